#include "ingest/push_stream.h"

#include <algorithm>
#include <utility>

#include "base/bytes.h"
#include "base/status_macros.h"
#include "ingest/grpc_status.h"

namespace stepwell::ingest {
namespace {

// Refusals in one acknowledgement; all of them are counted and kept as warnings anyway.
constexpr int kRefusalsPerReply = 1000;
// Told to clients that are turned away for want of disk or of streams.
constexpr char kRetryAfterMs[] = "2000";

std::string Flatten(const grpc::ByteBuffer& buffer) {
  std::vector<grpc::Slice> slices;
  std::string out;
  if (!buffer.Dump(&slices).ok()) return out;
  out.reserve(buffer.Length());
  for (const grpc::Slice& slice : slices) out.append(reinterpret_cast<const char*>(slice.begin()), slice.size());
  return out;
}

// PushRequest{batch} and nothing else, without a copy into messages: tag, length, the batch's bytes.
constexpr char kBatchTag = '\x12';
bool IsPlainBatch(std::string_view message, std::string_view* batch) {
  if (message.empty() || message[0] != kBatchTag) return false;
  ByteReader in(message.substr(1));
  const uint64_t size = in.Varint();
  if (!in.ok() || size != in.left()) return false;
  *batch = in.Raw(size);
  return true;
}

}  // namespace

class PushStream::Driver : public Reactor {
 public:
  explicit Driver(std::shared_ptr<PushStream> stream) : stream_(std::move(stream)) {}

  void OnReadDone(bool ok) override {
    absl::Status status;
    if (ok) status = stream_->Take(stream_->in_);
    std::lock_guard lock(stream_->mutex_);
    stream_->reading_ = false;
    if (!ok) stream_->reads_done_ = true;
    if (!status.ok() && !stream_->end_) stream_->end_ = status;
    stream_->ReadOn();
    stream_->WriteOn();
  }
  void OnWriteDone(bool ok) override {
    std::lock_guard lock(stream_->mutex_);
    stream_->writing_ = false;
    if (!ok && !stream_->end_) stream_->end_ = absl::CancelledError("the client left");
    stream_->WriteOn();
  }
  void OnCancel() override {
    std::lock_guard lock(stream_->mutex_);
    if (!stream_->end_) stream_->end_ = absl::CancelledError("the client left");
    stream_->WriteOn();
  }
  void OnDone() override {
    {
      std::lock_guard lock(stream_->mutex_);
      stream_->reactor_ = nullptr;
    }
    delete this;
  }

 private:
  const std::shared_ptr<PushStream> stream_;
};

PushStream::~PushStream() {
  budget_->Give(ByteBudget::CostOf(outstanding_bytes_));
  if (paused_) ingest_->metrics().streams_paused.Decrement();
  ingest_->metrics().streams_open.Decrement();
}

PushStream::Reactor* PushStream::Begin(std::shared_ptr<PushStream> stream, grpc::CallbackServerContext* context,
                                       const absl::Status& refused) {
  PushStream& self = *stream;
  self.ingest_->metrics().streams_open.Increment();
  auto* driver = new Driver(std::move(stream));
  std::lock_guard lock(self.mutex_);
  self.reactor_ = driver;
  self.context_ = context;
  if (!refused.ok()) self.end_ = refused;
  self.ReadOn();
  self.WriteOn();
  return driver;
}

absl::Status PushStream::Take(const grpc::ByteBuffer& message) {
  RETURN_IF_ERROR(ingest_->HasDisk());
  const std::string bytes = Flatten(message);
  std::string_view batch;
  if (session_ && IsPlainBatch(bytes, &batch)) return TakeBatch(std::string(batch));
  v1::PushRequest request;
  if (!request.ParseFromString(bytes)) return absl::InvalidArgumentError("a message of the stream cannot be read");
  if (request.has_hello()) {
    if (session_) return absl::InvalidArgumentError("hello comes once, as the first message");
    ASSIGN_OR_RETURN(session_, ingest_->OpenSession(request.hello(), weak_from_this()));
    return absl::OkStatus();
  }
  if (!session_) return absl::InvalidArgumentError("the first message of a stream must be hello");
  if (request.has_alive()) {
    ingest_->Heard(session_->run()->number);
    return absl::OkStatus();
  }
  return TakeBatch(request.batch().SerializeAsString());
}

absl::Status PushStream::TakeBatch(std::string bytes) {
  const size_t size = bytes.size();
  const auto now = std::chrono::steady_clock::now();
  ASSIGN_OR_RETURN(Session::Pushed pushed, session_->Push(std::move(bytes)));
  std::lock_guard lock(mutex_);
  if (pushed.acknowledged > 0) {
    durable_seq_ = std::max(durable_seq_, pushed.acknowledged);
    reply_due_ = true;
    return absl::OkStatus();
  }
  if (pushed.seq <= durable_seq_) return absl::OkStatus();  // committed meanwhile
  if (outstanding_.try_emplace(pushed.seq, Outstanding{size, now}).second) {
    outstanding_bytes_ += size;
    budget_->Take(ByteBudget::CostOf(size));
  }
  return absl::OkStatus();
}

void PushStream::ReadOn() {
  if (!reactor_ || reading_ || reads_done_ || end_ || finished_) return;
  const bool room = outstanding_bytes_ < budget_->stream() && budget_->HasRoom();
  if (room == paused_) {
    paused_ = !room;
    paused_ ? ingest_->metrics().streams_paused.Increment() : ingest_->metrics().streams_paused.Decrement();
  }
  if (!room) {
    // Also when it was woken and another stream took the room before it.
    if (!std::exchange(waiting_, true)) budget_->Wait(weak_from_this());
    return;
  }
  reading_ = true;
  reactor_->StartRead(&in_);
}

void PushStream::WriteOn() {
  if (!reactor_ || writing_ || finished_) return;
  if (reply_due_) {
    reply_due_ = false;
    reply_.set_durable_seq(durable_seq_);
    const std::string bytes = reply_.SerializeAsString();
    reply_.Clear();
    grpc::Slice slice(bytes.data(), bytes.size());
    out_ = grpc::ByteBuffer(&slice, 1);
    writing_ = true;
    reactor_->StartWrite(&out_);
    return;
  }
  if (!end_ && reads_done_ && outstanding_.empty()) end_ = absl::OkStatus();
  if (!end_) return;
  finished_ = true;
  if (end_->code() == absl::StatusCode::kResourceExhausted)
    context_->AddTrailingMetadata("retry-after-ms", kRetryAfterMs);
  reactor_->Finish(ToGrpc(*end_));
}

void PushStream::Release(uint64_t seq) {
  const auto now = std::chrono::steady_clock::now();
  size_t bytes = 0;
  auto end = outstanding_.upper_bound(seq);
  for (auto it = outstanding_.begin(); it != end; ++it) {
    bytes += it->second.bytes;
    ingest_->metrics().ack_seconds.Observe(std::chrono::duration<double>(now - it->second.since).count());
  }
  outstanding_.erase(outstanding_.begin(), end);
  outstanding_bytes_ -= bytes;
  budget_->Give(ByteBudget::CostOf(bytes));
}

void PushStream::OnDurable(uint64_t seq, std::vector<v1::Refusal> refused) {
  std::lock_guard lock(mutex_);
  durable_seq_ = std::max(durable_seq_, seq);
  Release(seq);
  for (v1::Refusal& refusal : refused) {
    if (reply_.refused_size() < kRefusalsPerReply) *reply_.add_refused() = std::move(refusal);
  }
  reply_due_ = true;
  WriteOn();
  ReadOn();
}

void PushStream::OnFailure(const absl::Status& status) {
  std::lock_guard lock(mutex_);
  if (!end_) end_ = status;
  WriteOn();
}

void PushStream::OnRoom() {
  std::lock_guard lock(mutex_);
  waiting_ = false;
  ReadOn();
}

void PushStream::Drain(uint32_t after_ms) {
  std::lock_guard lock(mutex_);
  if (end_ || finished_) return;
  reply_.mutable_drain()->set_after_ms(after_ms);
  reply_due_ = true;
  WriteOn();
}

}  // namespace stepwell::ingest
