// What was committed lately, for live views: a ring of batches of bounded bytes, in order of their numbers.
//
// Thread safety: all methods may be called from any thread.
#pragma once

#include <chrono>
#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <unordered_set>
#include <vector>

#include "ingest/committer.h"
#include "ingest/limits.h"
#include "prometheus/gauge.h"
#include "stepwell/v1/reader.pb.h"

namespace stepwell::ingest {

class WatchHub : public CommitObserver {
 public:
  // `level` gets the bytes that are held; nullptr: nobody asks.
  explicit WatchHub(uint64_t last_lsn, size_t budget = kLiveRing, prometheus::Gauge* level = nullptr)
      : budget_(budget), level_(level), oldest_(last_lsn), newest_(last_lsn) {}

  void OnCommitted(const std::shared_ptr<const AcceptedBatch>& batch) override;
  // Batches that came before do not hold their runs in memory any more: readers that are so far behind are told.
  void Forget(std::chrono::steady_clock::time_point before);
  // Ends all waits.
  void Stop();

  uint64_t newest() const;
  // Waits until there is something behind `after` or the time is over (false), then fills `reply` with what the runs
  // had, one item a series, and moves `after`. A reader that is too far behind gets skipped = true and goes on from
  // what is here.
  bool Next(const std::unordered_set<uint64_t>& runs, uint64_t* after, std::chrono::milliseconds wait,
            v1::WatchReply* reply);
  bool stopped() const;

 private:
  struct Kept {
    std::shared_ptr<const AcceptedBatch> batch;
    std::chrono::steady_clock::time_point came;
  };
  using Batches = std::vector<std::shared_ptr<const AcceptedBatch>>;
  // The oldest goes to `dropped`, to be freed without the mutex. REQUIRES: mutex_
  void Drop(Batches* dropped);

  const size_t budget_;
  prometheus::Gauge* const level_;
  mutable std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<Kept> ring_;  // guarded by mutex_
  size_t bytes_ = 0;       // guarded by mutex_
  uint64_t oldest_;        // guarded by mutex_: everything after this number is in the ring
  uint64_t newest_;        // guarded by mutex_
  bool stopped_ = false;   // guarded by mutex_
};

}  // namespace stepwell::ingest
