// Moves points from open tails into chunks, off the commit path, and trims the journal behind them. A tail goes when it
// fills a chunk, when it is old, or, the oldest first, when tails take too much memory.
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
#include <string>
#include <thread>

#include "ingest/committer.h"
#include "ingest/metrics.h"
#include "ingest/run_table.h"

namespace stepwell::ingest {

class ChunkReader;
class Leaders;

struct SealOptions {
  uint32_t points = series::kChunkPoints;  // a tail of this many is looked at
  std::chrono::milliseconds age{300'000};
  uint64_t memory = uint64_t{1} << 30;   // bytes of tails
  std::chrono::milliseconds tick{1000};  // how often ages are looked at
};

class Sealer : public CommitObserver {
 public:
  Sealer(store::Store* store, RunTable* table, Committer* committer, Metrics* metrics, SealOptions options,
         std::function<void(const std::string&)> log);
  ~Sealer() override { Stop(); }

  void Start();
  void Stop();
  void OnCommitted(const std::shared_ptr<const AcceptedBatch>& batch) override;

  // Seals everything that is old, or (`all`) everything. Also for tests; the thread does it by itself.
  absl::Status SealOld(bool all);
  // Seals what of the run is in open tails now.
  absl::Status SealAllOf(const std::shared_ptr<Run>& run) {
    return SealRun(run, Cause::kAge, std::chrono::steady_clock::now());
  }
  // The journal below the oldest point that is in no chunk is not needed any more.
  absl::Status TrimJournal();
  // While the disk is low: points are sealed and the journal is trimmed as soon as can be.
  void Hurry(bool hurry) { hurry_ = hurry; }
  // When this returns, nothing is being sealed that began before. A run that is marked as purged stays as it is.
  void AwaitIdle() { std::lock_guard work(work_); }
  // Bytes of all tails: as of the last look, and what came since as it came.
  uint64_t tail_bytes() const { return tail_bytes_.load(); }

 private:
  enum class Cause { kFull, kAge, kMemory };
  void Loop();
  absl::Status SealRun(const std::shared_ptr<Run>& run, Cause cause, std::chrono::steady_clock::time_point before);
  absl::Status SealGroup(Run& run, const std::vector<OpenSeries*>& group, Cause cause, ChunkReader& reader,
                         Leaders& leaders);
  void Count();
  absl::Status RelieveMemory();
  absl::Status ShrinkLog(bool idle);

  store::Store* const store_;
  RunTable* const table_;
  Committer* const committer_;
  Metrics* const metrics_;
  const SealOptions options_;
  const std::function<void(const std::string&)> log_;
  std::atomic<uint64_t> tail_bytes_{0};
  std::atomic<bool> hurry_{false};
  store::CacheUse cache_;                             // the sealer's thread: as it was counted last
  uint64_t trimmed_ = 0;                              // guarded by work_
  std::chrono::steady_clock::time_point log_shrunk_;  // guarded by work_

  std::mutex work_;  // one seals at a time
  std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<std::shared_ptr<Run>> ready_;  // guarded by mutex_
  bool pressed_ = false;                    // guarded by mutex_: tails are over their memory
  bool stopping_ = false;                   // guarded by mutex_
  std::thread thread_;
};

}  // namespace stepwell::ingest
