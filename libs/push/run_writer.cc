#include "push/run_writer.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"

namespace stepwell::push {
namespace {

// How often a waiting call looks whether it was asked to stop.
constexpr std::chrono::milliseconds kLook{100};
// A half-closed stream has this long to end by itself.
constexpr std::chrono::seconds kCloseTime{2};

}  // namespace

// One Push call. Its methods REQUIRE the writer's mutex_; the On... reactions take it. At most one write is in flight,
// and a read always is until the stream ends. The hold keeps OnDone away while writes may still be started from
// outside.
class RunWriter::Stream final : public grpc::ClientBidiReactor<v1::PushRequest, v1::PushReply> {
 public:
  explicit Stream(RunWriter* writer) : writer_(writer) {
    v1::Hello* hello = hello_.mutable_hello();
    hello->set_run_id(writer->opened_.run_id());
    hello->set_writer_number(writer->opened_.writer_number());
    hello->set_epoch(writer->opened_.epoch());
  }

  void Start(v1::Ingest::Stub& stub) {
    writer_->connection_->Authorize(context_);
    stub.async()->Push(&context_, this);
    AddHold();
    writing_ = true;
    StartRead(&reply_);
    StartWrite(&hello_);
    StartCall();
  }

  bool CanWrite() const { return !writing_ && !broken_ && !half_closed_ && !draining_; }
  void Write(const v1::PushRequest* request, uint64_t seq) {
    writing_ = true;
    writing_seq_ = seq;
    StartWrite(request);
  }
  // Once the present write is done, no more are coming.
  void HalfClose() {
    draining_ = true;
    if (!writing_ && !broken_ && !half_closed_) {
      half_closed_ = true;
      StartWritesDone();
    }
  }
  void Cancel() { context_.TryCancel(); }

  bool IsWriting(uint64_t seq) const { return writing_ && writing_seq_ == seq; }
  bool ended() const { return ended_; }
  bool replied() const { return replied_; }
  const absl::Status& end() const { return end_; }
  std::chrono::milliseconds retry_after() const { return retry_after_; }

  void OnReadDone(bool ok) override {
    std::lock_guard lock(writer_->mutex_);
    if (!ok) {
      broken_ = true;
      RemoveHold();
      return;
    }
    replied_ = true;
    writer_->OnReply(reply_);
    if (reply_.has_drain()) {
      HalfClose();
    }
    reply_.Clear();
    StartRead(&reply_);
  }

  void OnWriteDone(bool ok) override {
    std::lock_guard lock(writer_->mutex_);
    writing_ = false;
    broken_ = broken_ || !ok;
    writer_->DropAcknowledged();
    if (draining_) {
      HalfClose();
    } else {
      writer_->SendNext();
    }
  }

  void OnDone(const grpc::Status& status) override {
    std::lock_guard lock(writer_->mutex_);
    ended_ = true;
    writing_ = false;
    end_ = FromGrpc(status);
    retry_after_ = RetryAfter(context_);
    writer_->DropAcknowledged();
    writer_->changed_.notify_all();
  }

 private:
  RunWriter* const writer_;
  grpc::ClientContext context_;
  v1::PushRequest hello_;
  v1::PushReply reply_;
  bool writing_ = false;
  uint64_t writing_seq_ = 0;
  bool broken_ = false;    // no further write may be started
  bool draining_ = false;  // no further batch may be started
  bool half_closed_ = false;
  bool replied_ = false;
  bool ended_ = false;
  absl::Status end_;
  std::chrono::milliseconds retry_after_{0};
};

RunWriter::RunWriter(Connection* connection, v1::OpenRunReply opened)
    : connection_(connection),
      opened_(std::move(opened)),
      durable_seq_(opened_.durable_seq()),
      next_seq_(durable_seq_ + 1),
      send_seq_(next_seq_),
      last_reply_(std::chrono::steady_clock::now()) {
  alive_.mutable_alive();
}

RunWriter::~RunWriter() {
  std::unique_lock lock(mutex_);
  if (stream_) {
    stream_->Cancel();
    changed_.wait(lock, [this] { return stream_->ended(); });
  }
}

absl::StatusOr<std::unique_ptr<RunWriter>> RunWriter::Open(Connection* connection, const v1::OpenRunRequest& request) {
  absl::StatusOr<v1::OpenRunReply> opened = connection->OpenRun(request);
  if (!opened.ok()) {
    return opened.status();
  }
  if (opened->deleted()) {
    return absl::FailedPreconditionError(absl::StrCat("run \"", request.name(), "\" was deleted"));
  }
  return std::unique_ptr<RunWriter>(new RunWriter(connection, *std::move(opened)));
}

absl::Status RunWriter::Push(std::unique_ptr<v1::PushRequest> batch) {
  const size_t bytes = batch->ByteSizeLong();
  std::unique_lock lock(mutex_);
  for (;;) {
    if (absl::Status status = EnsureStream(lock); !status.ok()) {
      return status;
    }
    if (window_.empty() || window_bytes_ + bytes <= kWindowBytes) {
      break;
    }
    changed_.wait_for(lock, kLook);
  }
  batch->mutable_batch()->set_seq(next_seq_);
  window_.push_back({next_seq_++, bytes, std::move(batch)});
  window_bytes_ += bytes;
  SendNext();
  return absl::OkStatus();
}

absl::Status RunWriter::Flush() {
  std::unique_lock lock(mutex_);
  while (!window_.empty()) {
    if (absl::Status status = EnsureStream(lock); !status.ok()) {
      return status;
    }
    changed_.wait_for(lock, kLook, [this] { return window_.empty() || stream_->ended(); });
  }
  return final_;
}

absl::Status RunWriter::Tend() {
  std::unique_lock lock(mutex_);
  return EnsureStream(lock);
}

void RunWriter::Beat() {
  std::lock_guard lock(mutex_);
  beat_due_ = true;
  SendNext();
}

uint64_t RunWriter::durable_seq() {
  std::lock_guard lock(mutex_);
  return durable_seq_;
}

void RunWriter::CloseStream() {
  std::unique_lock lock(mutex_);
  if (!stream_) {
    return;
  }
  stream_->HalfClose();
  if (!changed_.wait_for(lock, kCloseTime, [this] { return stream_->ended(); })) {
    stream_->Cancel();
    changed_.wait(lock, [this] { return stream_->ended(); });
  }
  stream_.reset();
}

std::vector<v1::Refusal> RunWriter::TakeRefusals() {
  std::lock_guard lock(mutex_);
  return std::exchange(refusals_, {});
}

absl::Status RunWriter::EnsureStream(std::unique_lock<std::mutex>& lock) {
  while (!stream_ || stream_->ended()) {
    if (!final_.ok()) {
      return final_;
    }
    if (connection_->stopper().stopped()) {
      return absl::CancelledError("stopped");
    }
    if (stream_) {
      if (absl::Status status = JudgeEnd(lock); !status.ok()) {
        return status;
      }
    }
    stream_ = std::make_unique<Stream>(this);
    send_seq_ = durable_seq_ + 1;
    stream_->Start(connection_->stub());
  }
  if (connection_->stopper().stopped()) {
    return absl::CancelledError("stopped");
  }
  return final_;
}

// Why the stream ended, and how long to wait before the next one. Leaves no stream.
absl::Status RunWriter::JudgeEnd(std::unique_lock<std::mutex>& lock) {
  const absl::Status end = stream_->end();
  const bool full = absl::IsResourceExhausted(end);
  const std::chrono::milliseconds retry_after = stream_->retry_after();
  failures_ = stream_->replied() && !full ? 0 : failures_ + 1;
  if (full) {
    last_reply_ = std::chrono::steady_clock::now();  // it is there, and is waited for
  }
  stream_.reset();
  if (end.code() == absl::StatusCode::kOutOfRange) {
    final_ = absl::DataLossError(
        absl::StrCat("the server no longer has what it acknowledged (", std::string(end.message()), ")"));
  } else if (!end.ok() && !IsTransient(end)) {
    final_ = end;
  }
  if (!final_.ok() || failures_ == 0) {
    return final_;
  }
  const RetryPolicy& policy = connection_->policy();
  if (policy.patience_after.count() > 0 && std::chrono::steady_clock::now() - last_reply_ > policy.patience_after) {
    return absl::UnavailableError(absl::StrCat("server ", connection_->server(), " did not answer for ",
                                               policy.patience_after.count() / 1000, " s (", std::string(end.message()),
                                               ")"));
  }
  const auto pause = std::max(retry_after, std::min(policy.longest, policy.first * (1 << std::min(failures_ - 1, 10))));
  lock.unlock();
  connection_->ReportAway(end);
  const bool stopped = connection_->stopper().WaitFor(pause);
  lock.lock();
  return stopped ? absl::CancelledError("stopped") : absl::OkStatus();
}

void RunWriter::SendNext() {
  if (!stream_ || !stream_->CanWrite()) {
    return;
  }
  if (std::exchange(beat_due_, false)) {
    return stream_->Write(&alive_, 0);  // no batch has this number
  }
  if (window_.empty()) {
    return;
  }
  const uint64_t first = window_.front().seq;
  send_seq_ = std::max(send_seq_, first);
  const uint64_t index = send_seq_ - first;
  if (index >= window_.size()) {
    return;
  }
  stream_->Write(window_[index].request.get(), send_seq_);
  ++send_seq_;
}

// What is acknowledged leaves the window, but for the one that gRPC still reads.
void RunWriter::DropAcknowledged() {
  while (!window_.empty() && window_.front().seq <= durable_seq_ &&
         !(stream_ && stream_->IsWriting(window_.front().seq))) {
    window_bytes_ -= window_.front().bytes;
    window_.pop_front();
  }
  changed_.notify_all();
}

void RunWriter::OnReply(const v1::PushReply& reply) {
  last_reply_ = std::chrono::steady_clock::now();
  failures_ = 0;
  connection_->ReportBack();
  durable_seq_ = std::max(durable_seq_, reply.durable_seq());
  refusals_.insert(refusals_.end(), reply.refused().begin(), reply.refused().end());
  DropAcknowledged();
}

}  // namespace stepwell::push
