#include "sync/sender.h"

#include <algorithm>
#include <filesystem>
#include <optional>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "spool/format.h"
#include "sync/position.h"

namespace stepwell::sync {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr milliseconds kPoll{20};       // between looks at a file that did not grow
constexpr milliseconds kRefresh{1000};  // between other looks: is the writer alive
constexpr milliseconds kTellEvery{100};
constexpr milliseconds kFirstPause{100}, kLongestPause{5000};
constexpr std::chrono::seconds kParentPatience{10};  // with one that is not sent on
constexpr char kNoFork[] = "as a fork of";           // in the server's words: the run is there already
// DATA_LOSS means that the server went back: the spool is read again from where it is now.
constexpr int kTries = 3;

std::string Message(const absl::Status& status) { return std::string(status.message()); }

}  // namespace

Sender::Sender(Site* site, std::string id, About about)
    : site_(site),
      id_(std::move(id)),
      folder_(absl::StrCat(site->root, "/", id_)),
      about_(std::move(about)),
      server_(site->servers->At(site->server.empty() ? about_.server : site->server)),
      kept_(folder_, site->keep) {
  state_.run = about_.run;
}

Sender::End Sender::Run() {
  milliseconds pause = kFirstPause;
  for (int tries = 1;; ++tries) {
    const absl::Status status = Session();
    if (status.ok()) return dead_ ? End::kSent : End::kLive;
    if (stopped()) return End::kStopped;
    if (std::error_code ignored; !std::filesystem::exists(folder_, ignored)) return End::kSent;  // by somebody else
    Tell([&](State& state) {
      state.error = Message(status);
      state.missing = about_.must_exist && absl::IsNotFound(status);
      state.deleted = Final(status) && !state.missing && absl::StrContains(status.message(), "deleted");
      const bool no_fork = about_.fork && absl::StrContains(status.message(), kNoFork);
      if (no_fork) state.fork_refused = Message(status);
      state.fenced = absl::IsFailedPrecondition(status) && !state.deleted && !no_fork;
    });
    if (absl::IsUnavailable(status) && !site_->follow) server_.GiveUp(status);
    if (Final(status) || (!site_->follow && (!absl::IsDataLoss(status) || tries >= kTries)))
      return Keep(Message(status));
    if (gives_way_ && absl::IsUnavailable(status)) return End::kLater;
    if (site_->servers->stopper().WaitFor(pause)) return End::kStopped;
    pause = std::min(2 * pause, kLongestPause);
  }
}

// Whether trying again would not change it.
bool Sender::Final(const absl::Status& status) {
  switch (status.code()) {
    case absl::StatusCode::kFailedPrecondition:  // fenced, or the run is deleted
      return true;
    case absl::StatusCode::kNotFound:  // deleted for good, or not made yet
      return !about_.must_exist || !site_->is_alive(folder_);
    case absl::StatusCode::kInvalidArgument:
    case absl::StatusCode::kUnimplemented:
      return !site_->is_alive(folder_);
    default:
      return false;
  }
}

Sender::End Sender::Keep(const std::string& reason) {
  site_->report->AddKept({folder_, RunOf(about_), about_.writer, reason});
  return End::kKept;
}

// One OpenRun, and streams until all is sent or something is wrong.
absl::Status Sender::Session() {
  if (!site_->follow) RETURN_IF_ERROR(server_.given_up());
  push::Connection& connection = server_.connection();
  v1::OpenRunRequest request;
  request.set_workspace(about_.workspace);
  request.set_experiment(about_.experiment);
  request.set_run_id(about_.run);
  request.set_name(about_.name);
  request.set_writer(about_.writer);
  request.set_client(about_.client);
  request.set_must_exist(about_.must_exist);
  if (about_.fork) {
    if (!opened_) RETURN_IF_ERROR(AwaitParent());
    request.mutable_fork()->set_run_id(about_.fork->run);
    request.mutable_fork()->set_step(about_.fork->step);
  }
  ASSIGN_OR_RETURN(const auto writer, push::RunWriter::Open(&connection, request));
  const v1::OpenRunReply& opened = writer->opened();
  Batcher batcher(folder_, opened.limits(), [&](Ready ready) { return PushBatch(*writer, std::move(ready)); });
  if (opened.durable_seq() > 0) {
    v1::DescribeSeriesRequest describe;
    describe.set_run_id(opened.run_id());
    describe.set_writer_number(opened.writer_number());
    ASSIGN_OR_RETURN(const auto items, connection.DescribeSeries(describe));
    for (const auto& item : items) batcher.Known(item.info(), item.series());
  }
  const Mark mark = DecodePosition(id_, opened.position());
  batcher.set_ended(mark.ended);
  {  // what the part that the server has names
    spool::SpoolReader passed(folder_, {mark.at.segment, 0});
    while (mark.at.segment > 0 && passed.Next(/*dead=*/false) == spool::SpoolReader::Outcome::kRecord &&
           passed.position().segment == mark.at.segment && passed.position().offset <= mark.at.offset)
      batcher.Pass(passed.body(), passed.position());
  }
  if (!std::exchange(opened_, true))
    site_->report->AddKnownBytes(BytesBefore(folder_, mark.at.segment) + mark.at.offset);
  next_seq_ = opened.durable_seq() + 1;
  pushed_.clear();
  damaged_ = cut_ = 0;
  Tell([&](State& state) {
    state.run = opened.run_id();
    state.acknowledged = mark.at;
    state.error.clear();
    state.opened = true;
    state.fenced = state.deleted = state.missing = false;
    if (!opened.fork_refused().empty()) state.fork_refused = opened.fork_refused();
  });
  beaten_.reset();
  spool::SpoolReader reader(folder_, mark.at);
  return Transfer(*writer, batcher, reader);
}

// What of the run that is forked lies in spools beside this one goes first. Who follows comes again, a pass waits as
// long as it gets on.
absl::Status Sender::AwaitParent() {
  std::string why;
  uint64_t before = 0;
  for (steady_clock::time_point moved = steady_clock::now();;) {
    why = UnsentParent(site_->root, *about_.fork);
    if (why.empty()) return absl::OkStatus();
    uint64_t sent = 0;
    for (const auto& [id, end] : about_.fork->after) {
      const spool::Position at = ReadState(absl::StrCat(site_->root, "/", id)).acknowledged;
      sent += (uint64_t{at.segment} << 32) + at.offset;
    }
    if (sent != std::exchange(before, sent)) moved = steady_clock::now();
    if (site_->follow || steady_clock::now() - moved > kParentPatience) return absl::AbortedError(why);
    if (site_->servers->stopper().WaitFor(kTellEvery)) return absl::CancelledError("stopped");
  }
}

absl::Status Sender::Transfer(push::RunWriter& writer, Batcher& batcher, spool::SpoolReader& reader) {
  steady_clock::time_point looked;
  for (bool first = true;; first = false) {
    RETURN_IF_ERROR(writer.Tend());
    const bool refresh = first || steady_clock::now() - looked >= kRefresh;
    if (refresh) {
      looked = steady_clock::now();
      dead_ = !site_->is_alive(folder_);
      Beat(writer);
    }
    if (refresh || reader.MayHaveMore()) {
      RETURN_IF_ERROR(ReadAll(batcher, reader, dead_));
      if (dead_) TellEnd(batcher);
      RETURN_IF_ERROR(batcher.Rest(reader.position()));
      if (dead_ || !site_->follow) return Finish(writer);
    }
    Acknowledge(writer, false);
    if (site_->servers->stopper().WaitFor(kPoll)) return absl::CancelledError("stopped");
  }
}

absl::Status Sender::ReadAll(Batcher& batcher, spool::SpoolReader& reader, bool dead) {
  for (;;) {
    const spool::Position before = reader.position();
    const bool record = reader.Next(dead) == spool::SpoolReader::Outcome::kRecord;
    if (const uint64_t bytes = reader.damaged() - std::exchange(damaged_, reader.damaged()); bytes > 0)
      batcher.LeaveOutBytes(bytes, before, "records were damaged");
    if (const uint64_t bytes = reader.cut() - std::exchange(cut_, reader.cut()); bytes > 0)
      batcher.LeaveOutBytes(bytes, before, "the last call was cut off");
    if (!record) return absl::OkStatus();
    const spool::Position next = reader.position();
    const size_t size = spool::kRecordHead + reader.body().size();
    RETURN_IF_ERROR(batcher.Add(reader.body(), {next.segment, next.offset - size}, next));
    site_->report->AddBytes(size);
  }
}

// What is said after the last record of a writer that is gone.
void Sender::TellEnd(Batcher& batcher) {
  if (batcher.ended() || !about_.primary) return;
  v1::Note note;
  note.mutable_status()->set_status("crashed");
  note.mutable_status()->set_wall(batcher.last_wall());
  batcher.set_ended(true);
  batcher.Note(std::move(note));
}

absl::Status Sender::Finish(push::RunWriter& writer) {
  RETURN_IF_ERROR(writer.Flush());
  Acknowledge(writer, true);
  writer.CloseStream();
  if (dead_) RemoveWriter(site_->root, id_);
  return absl::OkStatus();
}

absl::Status Sender::PushBatch(push::RunWriter& writer, Ready ready) {
  const Pushed pushed{next_seq_, ready.position, ready.points, ready.blobs};
  RETURN_IF_ERROR(writer.Push(std::move(ready.request)));
  site_->report->AddBytes(ready.blob_bytes);
  ++next_seq_;
  pushed_.push_back(pushed);
  Acknowledge(writer, false);
  Beat(writer);
  return absl::OkStatus();
}

// Now and then, also while there is much to send: the process that logs lives.
void Sender::Beat(push::RunWriter& writer) {
  const milliseconds every(writer.opened().heartbeat_ms());
  const auto now = steady_clock::now();
  if (!site_->follow || every.count() == 0 || (beaten_ && now - *beaten_ < every) || !site_->is_alive(folder_)) return;
  beaten_ = now;
  writer.Beat();
}

// Counts what is durable; status.json and segments that nobody needs any more at most ten times a second.
void Sender::Acknowledge(push::RunWriter& writer, bool now) {
  const uint64_t durable = writer.durable_seq();
  std::optional<spool::Position> acknowledged;
  for (; !pushed_.empty() && pushed_.front().seq <= durable; pushed_.pop_front()) {
    acknowledged = pushed_.front().position;
    site_->report->AddAcknowledged(pushed_.front().points, pushed_.front().blobs);
  }
  const std::vector<v1::Refusal> refusals = writer.TakeRefusals();
  for (const v1::Refusal& refusal : refusals)
    site_->report->Warn(
        {RunOf(about_), "refused by the server: " + refusal.reason(), std::max<uint64_t>(1, refusal.points())});
  {
    std::lock_guard lock(mutex_);
    if (acknowledged) {
      state_.acknowledged = *acknowledged;
      state_.error.clear();
    }
    state_.refused += refusals.size();
  }
  if (!now && steady_clock::now() - told_ < kTellEvery) return;
  told_ = steady_clock::now();
  Tell([](State&) {});
  if (site_->keep) kept_.Forget(state_.acknowledged.segment);
}

void Sender::Trouble(const std::string& text) {
  Tell([&](State& state) { state.error = text; });
}

void Sender::Tell(const std::function<void(State&)>& change) {
  std::lock_guard lock(mutex_);
  change(state_);
  if (state_ == written_) return;
  // What cannot be told is told the next time: the folder may be going, the disk full.
  if (WriteState(folder_, state_).ok()) written_ = state_;
}

}  // namespace stepwell::sync
