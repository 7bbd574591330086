#include "sync/watch.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "sync/uploader_lock.h"

namespace stepwell::sync {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr milliseconds kLook{100};
constexpr milliseconds kNextTurn{5000};

}  // namespace

Watch::~Watch() {
  for (auto& [id, running] : running_) running->thread.join();
}

absl::Status Watch::Run() {
  push::Stopper& stopper = site_->servers->stopper();
  steady_clock::time_point rest = steady_clock::now();
  std::unique_ptr<UploaderLock> lock;
  for (bool told = false; !stopper.stopped(); stopper.WaitFor(kLook)) {
    if (!lock) {
      ASSIGN_OR_RETURN(lock, UploaderLock::Take(site_->root, milliseconds(0)));
      if (!lock && !std::exchange(told, true))
        site_->report->Say(absl::StrCat("another uploader (process ", UploaderPid(site_->root), ") has ", site_->root,
                                        "; waiting for its end"));
    }
    if (lock) {
      Reap();
      Look();
      TellTrouble();
      if (!running_.empty() || !later_.empty()) rest = steady_clock::now();
    }
    if (options_.idle.count() > 0 && steady_clock::now() - rest >= options_.idle) break;
  }
  for (auto& [id, running] : running_) running->thread.join();
  running_.clear();
  return absl::OkStatus();
}

void Watch::Look() {
  RemoveGone(site_->root);
  size_t drains = 0;
  for (const auto& [id, running] : running_) drains += running->drain ? 1 : 0;
  const std::vector<std::string> there = WritersIn(site_->root);
  std::erase_if(later_, [&](const auto& one) { return !std::binary_search(there.begin(), there.end(), one.first); });
  for (const std::string& id : there) {
    const auto turn = later_.find(id);
    if (running_.contains(id) || settled_.contains(id) || (turn != later_.end() && turn->second > steady_clock::now()))
      continue;
    const std::string folder = absl::StrCat(site_->root, "/", id);
    const absl::StatusOr<About> about = ReadAbout(folder);
    if (!about.ok() && !absl::IsNotFound(about.status())) {
      settled_.insert(id);
      site_->report->AddKept({folder, "", "", std::string(about.status().message())});
    }
    if (!about.ok() || about->offline) continue;
    if (const State state = ReadState(folder); state.fenced || state.deleted) {
      // Opening again would take another writer's place.
      settled_.insert(id);
      site_->report->AddKept({folder, RunOf(*about), about->writer, state.fenced ? "fenced" : "the run was deleted"});
      continue;
    }
    const bool drain = !site_->is_alive(folder);
    if (drain && drains >= options_.drains) continue;
    drains += drain ? 1 : 0;
    Start(id, *about, drain);
  }
}

void Watch::Start(const std::string& id, const About& about, bool drain) {
  auto running = std::make_unique<Running>();
  running->sender = std::make_unique<Sender>(site_, id, about);
  running->drain = drain;
  if (drain) running->sender->GiveWay();
  running->thread = std::thread([one = running.get()] {
    one->end = one->sender->Run();
    one->over = true;
  });
  running_.emplace(id, std::move(running));
}

void Watch::Reap() {
  for (auto it = running_.begin(); it != running_.end();) {
    Running& running = *it->second;
    if (!running.over) {
      ++it;
      continue;
    }
    running.thread.join();
    later_.erase(it->first);
    if (running.end == Sender::End::kLater) later_[it->first] = steady_clock::now() + kNextTurn;
    if (running.end == Sender::End::kSent) site_->report->AddSent();
    if (running.end == Sender::End::kKept) settled_.insert(it->first);
    it = running_.erase(it);
  }
}

void Watch::TellTrouble() {
  for (auto& [id, running] : running_) {
    if (const std::string trouble = running->sender->server().trouble(); !trouble.empty())
      running->sender->Trouble(trouble);
  }
}

}  // namespace stepwell::sync
