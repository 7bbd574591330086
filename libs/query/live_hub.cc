#include "query/live_hub.h"

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "query/live_feed.h"

namespace stepwell::query {

LiveHub::LiveHub(SeriesReader& reader, LiveSource& source, LiveOptions options)
    : reader_(reader), source_(source), options_(std::move(options)), poller_([this] { Loop(); }) {}

LiveHub::~LiveHub() { Stop(); }

absl::StatusOr<std::shared_ptr<LiveFeed>> LiveHub::FeedOf(const GrantedExperiment& experiment, uint64_t from) {
  {
    const std::lock_guard lock(mutex_);
    if (const auto it = feeds_.find(experiment->number); it != feeds_.end()) return it->second;
    if (feeds_.size() >= options_.feeds) {
      return absl::ResourceExhaustedError(absl::StrCat(
          "live events of ", feeds_.size(), " experiments are being watched, the limit; ask for the points instead"));
    }
  }
  auto feed = std::make_shared<LiveFeed>(reader_, source_, options_, experiment, from);
  RETURN_IF_ERROR(feed->Start());
  const std::lock_guard lock(mutex_);
  if (stopping_) return absl::UnavailableError("the server is stopping");
  return feeds_.emplace(experiment->number, std::move(feed)).first->second;  // the first of two at once wins
}

absl::Status LiveHub::Subscribe(Subscription subscription) {
  for (const GrantedExperiment& experiment : subscription.experiments) {
    ASSIGN_OR_RETURN(const std::shared_ptr<LiveFeed> feed, FeedOf(experiment, subscription.after.value_or(0)));
    feed->Add(subscription);
  }
  return absl::OkStatus();
}

absl::StatusOr<LiveHub::Seat> LiveHub::TakeSeat() {
  const size_t taken = ++seats_taken_;
  Seat seat(nullptr, [this](void*) {
    const size_t left = --seats_taken_;
    if (options_.level) options_.level(left);
  });
  if (taken > options_.listeners) {
    return absl::UnavailableError(absl::StrCat("the server has ", options_.listeners,
                                               " live listeners, the limit (--live-listeners); ask for the points"));
  }
  if (options_.level) options_.level(taken);
  return seat;
}

void LiveHub::Loop() {
  auto heartbeat = std::chrono::steady_clock::now();
  std::unique_lock lock(mutex_);
  while (!wake_.wait_for(lock, options_.poll, [&] { return stopping_; })) {
    const auto now = std::chrono::steady_clock::now();
    std::vector<std::shared_ptr<LiveFeed>> ended, live;
    for (auto it = feeds_.begin(); it != feeds_.end();) {
      const bool idle = it->second->IdleSince(now - options_.linger);
      (idle ? ended : live).push_back(it->second);
      it = idle ? feeds_.erase(it) : std::next(it);
    }
    lock.unlock();
    for (const auto& feed : ended) feed->Stop();
    for (const auto& feed : live) feed->Poll();
    if (now - heartbeat >= options_.heartbeat) {
      heartbeat = now;
      for (const auto& feed : live) feed->Heartbeat();
    }
    lock.lock();
  }
}

void LiveHub::Stop() {
  std::map<int64_t, std::shared_ptr<LiveFeed>> feeds;
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
    feeds.swap(feeds_);
  }
  wake_.notify_all();
  for (const auto& [number, feed] : feeds) feed->Stop();
  if (poller_.joinable()) poller_.join();
}

}  // namespace stepwell::query
