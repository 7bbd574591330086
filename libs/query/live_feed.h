// The live events of one experiment: see live_hub.h, whose part this is.
//
// Thread safety: all methods may be called from any thread.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "query/live_hub.h"

namespace stepwell::query {

class LiveFeed {
 public:
  LiveFeed(SeriesReader& reader, LiveSource& source, const LiveOptions& options, GrantedExperiment experiment,
           uint64_t from);
  ~LiveFeed();

  // Reads the runs and begins to watch.
  absl::Status Start();
  void Add(const LiveHub::Subscription& subscription);
  // Tells who fell behind; asks the catalog what changed; tells listeners; takes new runs into the watch.
  void Poll();
  // A comment line to every listener, so that the ones that left are noticed.
  void Heartbeat();
  size_t listeners();
  // Nobody has listened since `before`.
  bool IdleSince(std::chrono::steady_clock::time_point before);
  void Stop();

 private:
  struct Event {
    uint64_t run = 0;  // 0: concerns all
    std::string text;
  };
  // Events of one message from ingest, which a listener gets together or not at all.
  struct Bundle {
    uint64_t lsn = 0;
    size_t bytes = 0;
    std::vector<Event> events;
  };
  struct Listener {
    LiveHub::Seat seat;
    std::shared_ptr<LiveListener> to;
    std::set<uint64_t> runs;
    bool behind = false;  // has lost events and does not know yet
  };
  struct WatchedRun {
    std::string id;
    GrantedRun run;
  };

  void Watch();
  void OnNews(const v1::WatchReply& reply);
  void Send(const Bundle& bundle);                         // REQUIRES: mutex_
  void SendTo(Listener& listener, const Bundle& bundle);   // REQUIRES: mutex_
  void Tell(Listener& listener, const std::string& text);  // REQUIRES: mutex_
  void TellSkips();                                        // REQUIRES: mutex_
  void Keep(Bundle bundle);                                // REQUIRES: mutex_
  std::string SkipText() const;                            // REQUIRES: mutex_
  bool Adopt(const std::vector<catalog::Run>& runs, Bundle* bundle, bool begun);
  bool Drop(const std::vector<catalog::Run>& runs);  // REQUIRES: mutex_
  void Count(std::string_view what) const;

  SeriesReader& reader_;
  LiveSource& source_;
  const LiveOptions& options_;
  const GrantedExperiment experiment_;
  std::thread watcher_;

  std::mutex mutex_;
  std::condition_variable changed_;
  std::map<uint64_t, WatchedRun> runs_;  // all below: guarded by mutex_
  std::vector<Listener> listeners_;
  std::deque<Bundle> ring_;
  size_t ring_bytes_ = 0;
  uint64_t lsn_ = 0;         // everything up to here was told
  uint64_t ring_floor_ = 0;  // the ring has everything after this
  bool begun_ = false;       // ingest has said where it is
  bool again_ = false;       // the set of runs changed
  bool stopping_ = false;
  double since_ = 0;                    // of the catalog's changes
  std::shared_ptr<NewsStream> stream_;  // shared: cancelled by who changes the runs while the watcher reads
  std::chrono::steady_clock::time_point last_listener_ = std::chrono::steady_clock::now();
};

}  // namespace stepwell::query
