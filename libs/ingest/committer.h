// Makes batches durable: one thread gathers what arrived, writes it with one sync, then lets it into the tails and
// tells the writers. An idle committer commits at once; a busy one gathers for the commit window.
//
// What is enqueued is committed in that order or not at all: when a commit fails, everything in the queue fails with
// it, what the batches did in memory is undone, and their streams end with the reason. What failed may lie in the
// store's log all the same and would come back with it: it is taken back before anything else is written.
//
// Thread safety: all methods may be called from any thread.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <set>
#include <thread>
#include <unordered_map>
#include <vector>

#include "absl/status/status.h"
#include "ingest/accepted_batch.h"
#include "ingest/metrics.h"
#include "store/store.h"

namespace stepwell::ingest {

// Told of each committed batch, in order of lsn, after it is in the tails. Called by the committer's thread: be quick.
class CommitObserver {
 public:
  virtual ~CommitObserver() = default;
  virtual void OnCommitted(const std::shared_ptr<const AcceptedBatch>& batch) = 0;
};

// A write beside the batches that must keep its place among them: a writer's mark with the epoch that was raised.
struct Extra {
  std::shared_ptr<Run> run;
  Writer* writer = nullptr;
  std::function<void(const absl::Status&)> done;
};

// RocksDB says "busy" for about five seconds after a full disk has space again.
inline constexpr std::chrono::milliseconds kHealPause{500};

class Committer {
 public:
  // `store` and `metrics` outlive it. `next_lsn`: of the first batch. `heal_pause`: between tries to write again.
  Committer(store::Store* store, Metrics* metrics, std::chrono::milliseconds window, uint64_t next_lsn,
            std::chrono::milliseconds heal_pause = kHealPause);
  ~Committer() { Stop(); }

  // Before the first batch.
  void AddObserver(CommitObserver* observer) { observers_.push_back(observer); }
  void Start();
  // Commits what is in the queue, then ends the thread.
  void Stop();

  // Which commits a caller has seen fail: read it before looking at a batch, and Enqueue refuses if one failed since.
  uint64_t era() const { return era_.load(); }
  // REQUIRES: Writer::accepting. On an error (UNAVAILABLE, RESOURCE_EXHAUSTED) the batch is still the caller's.
  absl::Status Enqueue(std::unique_ptr<AcceptedBatch>& batch, uint64_t era);
  // `done` is called by the committer's thread.
  void Enqueue(Extra extra);

  // The highest number that is durable and in the tails.
  uint64_t committed_lsn() const { return committed_lsn_.load(); }
  // Why nothing is taken now: the disk is full, or the store is broken.
  absl::Status health() const;

 private:
  struct Item {
    std::unique_ptr<AcceptedBatch> batch;  // or
    Extra extra;
  };

  void Loop();
  void TurnBad(const absl::Status& status);  // REQUIRES mutex_. Nothing is taken until it heals.
  void Commit(std::deque<Item> items);
  absl::Status TryWrite(const store::WriteSet& changes);
  // Marks as they will be after the commit: a later batch of the same commit builds on an earlier one's.
  struct NewMark {
    Run* run = nullptr;
    store::Mark mark;
  };
  using NewMarks = std::unordered_map<Writer*, NewMark>;
  static NewMark& MarkOf(NewMarks& marks, Run& run, Writer* writer);  // REQUIRES run.mutex
  void Prepare(AcceptedBatch& batch, store::WriteSet& changes, NewMarks& marks);
  static void PutMarks(NewMarks& marks, store::WriteSet& changes);
  void Apply(AcceptedBatch& batch);
  void Acknowledge(const std::vector<std::shared_ptr<AcceptedBatch>>& batches);
  void Fail(std::deque<Item> items, const absl::Status& status);
  void TakeBack(const AcceptedBatch& batch);
  bool Heal();

  store::Store* const store_;
  Metrics* const metrics_;
  const std::chrono::milliseconds window_;
  const std::chrono::milliseconds heal_pause_;
  std::vector<CommitObserver*> observers_;

  uint64_t next_lsn_;  // the thread's own, and so are:
  store::WriteSet take_back_;
  std::set<std::pair<std::shared_ptr<Run>, Writer*>> marks_back_;
  std::atomic<uint64_t> committed_lsn_;
  std::atomic<uint64_t> era_{0};

  mutable std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<Item> queue_;  // guarded by mutex_
  bool stopping_ = false;   // guarded by mutex_
  absl::Status health_;     // guarded by mutex_
  std::thread thread_;
};

}  // namespace stepwell::ingest
