#include "upload/follower.h"

#include <algorithm>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"

namespace stepwell::upload {
namespace {

using std::chrono::milliseconds;

// A folder of which no event comes is looked at this often: growth is seen within a second all the same.
constexpr milliseconds kRescan{700};
// Between two looks, so that a file which grows all the time is not looked at all the time.
constexpr milliseconds kShortest{30};
// How often the stopper is looked at.
constexpr milliseconds kTick{100};
// A stream that had nothing to send for so long is closed; the next growth opens another within a millisecond.
constexpr std::chrono::seconds kIdle{10};
// More open streams than this are closed right away: servers bound the streams of a connection.
constexpr size_t kMaxStreams = 64;
constexpr std::chrono::seconds kLongestPause{30};

}  // namespace

Follower::Follower(UploadContext* context, std::vector<std::string> log_directories)
    : context_(context),
      log_directories_(std::move(log_directories)),
      pool_(std::make_unique<WorkPool>(context->options.workers)) {}

Follower::~Follower() { pool_.reset(); }

void Follower::Run() {
  const push::Stopper& stopper = context_->connection->stopper();
  while (!stopper.stopped()) {
    const Time start = std::chrono::steady_clock::now();
    Look();
    const Time end = std::chrono::steady_clock::now();
    // Large trees take long to look at: leave the machine at least half of the time.
    const auto pause = std::max<std::chrono::steady_clock::duration>(kShortest, end - start);
    bool changed = false;
    while (!stopper.stopped()) {
      const auto waited = std::chrono::steady_clock::now() - end;
      if ((changed && waited >= pause) || waited >= std::max<std::chrono::steady_clock::duration>(kRescan, pause)) {
        break;
      }
      if (changed) {
        context_->connection->stopper().WaitFor(std::chrono::duration_cast<milliseconds>(pause - waited) +
                                                milliseconds(1));
      } else {
        changed = watch_.WaitFor(kTick);
      }
    }
  }
}

void Follower::Look() {
  const Found found = FindRuns(log_directories_);
  watch_.Add(found.folders);
  std::lock_guard lock(mutex_);
  const Time now = std::chrono::steady_clock::now();
  for (const FoundRun& one : found.runs) {
    Followed& followed = runs_[one.folder.path];
    if (!followed.run) {
      followed.run = std::make_unique<RunUpload>(context_, one.root, one.folder.name);
    }
    followed.told_gone = followed.told_gone && followed.busy;
    if (!followed.busy && now >= followed.next_try && followed.run->Changed(one.folder)) {
      StartAdvance(followed, one.folder);
    }
  }
  TellGone(found);
  TellProblems(found);
  CloseIdle();
  TellCaughtUp();
}

void Follower::StartAdvance(Followed& followed, const RunFolder& folder) {
  followed.busy = true;
  followed.last_change = std::chrono::steady_clock::now();
  pool_->Add([this, &followed, folder] {
    const absl::Status status = followed.run->Advance(folder);
    Advanced(followed, status);
  });
}

void Follower::Advanced(Followed& followed, const absl::Status& status) {
  const size_t open = followed.run->open_streams();
  bool too_many = false;
  {
    std::lock_guard lock(mutex_);
    open_streams_ += open;  // counted anew by CloseIdle
    too_many = open_streams_ > kMaxStreams;
  }
  if (too_many) {
    followed.run->CloseStreams();
  }
  std::lock_guard lock(mutex_);
  followed.busy = false;
  if (status.ok() || status.code() == absl::StatusCode::kCancelled) {
    followed.failures = 0;
    return;
  }
  const std::chrono::seconds pause(1 << std::min(followed.failures++, 5));
  followed.next_try = std::chrono::steady_clock::now() + std::min(pause, kLongestPause);
  std::string message(status.message());
  if (std::string& last = told_[followed.run->name()]; last != message) {
    context_->report->Say("error: " + message);
    last = std::move(message);
  }
}

void Follower::TellGone(const Found& found) {
  std::set<std::string> there;
  for (const FoundRun& one : found.runs) {
    there.insert(one.folder.path);
  }
  std::set<std::string> unreadable;
  for (const FoundProblem& one : found.problems) {
    unreadable.insert(one.problem.path);
  }
  for (auto& [path, followed] : runs_) {
    if (there.contains(path) || followed.busy || followed.told_gone || !followed.run->opened() ||
        followed.run->over() || unreadable.contains(followed.run->name())) {
      continue;
    }
    followed.told_gone = true;
    followed.run->Note("", "source is gone");
    RunFolder nothing;
    nothing.name = followed.run->name();
    nothing.path = path;
    StartAdvance(followed, nothing);
  }
}

void Follower::TellProblems(const Found& found) {
  for (const FoundProblem& problem : found.problems) {
    const FoundRun* host = RunForProblem(found, problem);
    if (host == nullptr) {
      context_->report->Warn({problem.problem.path, "", -1, "", problem.problem.reason, 1});
      continue;
    }
    Followed& followed = runs_[host->folder.path];
    if (!followed.busy && followed.run->opened()) {
      followed.run->Note(problem.problem.path, problem.problem.reason);  // pushed when the run is looked at next
    }
  }
}

void Follower::CloseIdle() {
  open_streams_ = 0;
  const Time now = std::chrono::steady_clock::now();
  for (auto& [path, followed] : runs_) {
    if (followed.busy) {
      continue;
    }
    const size_t open = followed.run->open_streams();
    open_streams_ += open;
    if (open > 0 && now - followed.last_change > kIdle) {
      followed.busy = true;
      pool_->Add([this, entry = &followed] {
        entry->run->CloseStreams();
        std::lock_guard lock(mutex_);
        entry->busy = false;
      });
    }
  }
}

void Follower::TellCaughtUp() {
  const bool busy = std::any_of(runs_.begin(), runs_.end(), [](const auto& entry) { return entry.second.busy; });
  if (caught_up_ || busy) {
    return;
  }
  caught_up_ = true;
  const Totals totals = context_->report->totals();
  context_->report->Say(
      absl::StrCat("following ", runs_.size(), " runs; ", HumanCount(totals.points), " points are taken so far"));
}

}  // namespace stepwell::upload
