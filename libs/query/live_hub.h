// Live events: new points and changes of runs, pushed to listeners as server-sent events (the HTML standard's text
// form).
//
//   hello  {"lsn", "resumed"}                     first; resumed: nothing between Last-Event-ID and now is missing
//   points {"run", "tag", "writer", "step": […], "wall": […], "value": […]}     scalars
//   run    {run object}                           a run is new or changed
//   rewind {"run", "step"}                        older points from that step on are hidden: read again what you show
//   skip   {"run"?}                               events are missing (of that run): read again what you show
//
// The id of events is the journal number up to which the listener has everything. One feed serves all listeners of an
// experiment: one stream from ingest, one question to the catalog a second. A listener that does not keep up loses
// events, never others' time, and is told by `skip`.
//
// Thread safety: all methods may be called from any thread. Locks: the hub's, then a feed's; neither is held while
// asking ingest or the catalog.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "absl/status/statusor.h"
#include "catalog/catalog.h"
#include "query/series_reader.h"

namespace stepwell::query {

using GrantedExperiment = auth::Granted<auth::ExperimentRef>;

// A browser, or whoever listens.
class LiveListener {
 public:
  virtual ~LiveListener() = default;
  virtual bool Offer(std::string_view events) = 0;  // false: it does not keep up, or is gone
  virtual bool closed() const = 0;
  virtual void Close() = 0;
};

// What a feed asks the catalog.
class LiveSource {
 public:
  virtual ~LiveSource() = default;
  // The runs that changed last, at most some thousand: the ones that may still be written to.
  virtual absl::StatusOr<std::vector<catalog::Run>> Recent(const GrantedExperiment& experiment) = 0;
  virtual absl::StatusOr<std::vector<catalog::Run>> Changed(const GrantedExperiment& experiment, double since) = 0;
  virtual absl::StatusOr<GrantedRun> Grant(const catalog::Run& run) = 0;
};

struct LiveOptions {
  std::chrono::milliseconds poll{1000};
  std::chrono::milliseconds heartbeat{15'000};
  std::chrono::milliseconds linger{60'000};   // a feed without listeners waits for them to come back
  std::chrono::milliseconds first_news{500};  // how long `hello` may wait for the stream to begin
  size_t feeds = 500;
  size_t listeners = 10'000;
  uint64_t history = uint64_t{256} << 10;  // bytes of events of a feed: what a listener that comes back may have missed
  std::function<void(size_t)> level;       // for metrics: how many listen; may be empty
  std::function<void(int64_t change)> kept;          // for metrics: bytes in all histories; may be empty
  std::function<void(std::string_view kind)> count;  // for metrics: "event", "skip"; may be empty
};

class LiveFeed;

class LiveHub {
 public:
  // `reader` and `source` outlive the hub.
  LiveHub(SeriesReader& reader, LiveSource& source, LiveOptions options);
  ~LiveHub();

  // A place among the listeners; free again when the last copy goes. Shared: a feed of each experiment has one.
  using Seat = std::shared_ptr<void>;
  // UNAVAILABLE if all are taken.
  absl::StatusOr<Seat> TakeSeat();

  struct Subscription {
    Seat seat;
    std::vector<GrantedExperiment> experiments;
    std::set<uint64_t> runs;                 // numbers; empty: all of the experiments
    std::optional<uint64_t> after;           // Last-Event-ID
    std::shared_ptr<LiveListener> listener;  // shared: a feed of each experiment holds it
  };
  // RESOURCE_EXHAUSTED beyond the limits.
  absl::Status Subscribe(Subscription subscription);
  size_t listeners() const { return seats_taken_; }
  void Stop();

 private:
  absl::StatusOr<std::shared_ptr<LiveFeed>> FeedOf(const GrantedExperiment& experiment, uint64_t from);
  void Loop();

  SeriesReader& reader_;
  LiveSource& source_;
  const LiveOptions options_;
  std::atomic<size_t> seats_taken_{0};
  mutable std::mutex mutex_;
  std::condition_variable wake_;
  std::map<int64_t, std::shared_ptr<LiveFeed>>
      feeds_;              // by experiment number; guarded by mutex_. Shared: Loop works on a copy
  bool stopping_ = false;  // guarded by mutex_
  std::thread poller_;
};

}  // namespace stepwell::query
