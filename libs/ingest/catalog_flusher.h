// Tells the catalog what happened: notes in their order, and a row for each series that changed. Points never wait for
// it: what it has not told yet is in the store (outbox, dirty runs), and a database that is away only delays lists.
//
// Thread safety: all methods may be called from any thread.
#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "ingest/catalog_backlog.h"
#include "ingest/committer.h"
#include "ingest/metrics.h"
#include "ingest/run_book.h"
#include "ingest/run_table.h"

namespace stepwell::ingest {

class Reader;

class CatalogFlusher : public CommitObserver {
 public:
  // All outlive it. `reader` finds statistics that a rewind made stale; `backlog` is told what waits.
  CatalogFlusher(store::Store* store, RunBook* book, RunTable* table, Reader* reader, Committer* committer,
                 Metrics* metrics, CatalogBacklog* backlog, std::function<void(const std::string&)> log);
  ~CatalogFlusher() override { Stop(); }

  // Takes up what an earlier process has not told.
  absl::Status Start();
  void Stop();

  void OnCommitted(const std::shared_ptr<const AcceptedBatch>& batch) override;
  // The run has series that no batch defined: a fork that was just made. REQUIRES: the store has its dirty key.
  void Adopt(const std::shared_ptr<Run>& run);
  // `done` is called when everything that was committed for the run before this call is in the catalog, or after 30 s
  // with UNAVAILABLE and the reason.
  void Sync(std::shared_ptr<Run> run, std::function<void(const absl::Status&)> done);

 private:
  using Time = std::chrono::steady_clock::time_point;
  struct Waiter {
    std::shared_ptr<Run> run;
    uint64_t lsn;
    Time deadline;
    std::function<void(const absl::Status&)> done;
  };

  void Loop();
  void Queue(const std::shared_ptr<Run>& run, Time due);
  // Notes that were committed up to `lsn` are told when this returns OK.
  absl::Status FlushNotes();
  absl::Status ApplyNotes(const std::vector<catalog::RunNote>& notes);
  absl::Status PutRows(const std::vector<catalog::SeriesRow>& rows);
  absl::Status FlushRun(const std::shared_ptr<Run>& run, bool urgent);
  void KeepStates(const Run& run, const std::vector<OpenSeries*>& told);
  void EndRun(const std::shared_ptr<Run>& run);
  absl::Status FlushDue(Time now, std::vector<Waiter>& waiters);
  absl::Status CountOutbox();
  void TellTrouble(const absl::Status& status);

  store::Store* const store_;
  RunBook* const book_;
  RunTable* const table_;
  Reader* const reader_;
  Committer* const committer_;
  Metrics* const metrics_;
  CatalogBacklog* const backlog_;
  const std::function<void(const std::string&)> log_;

  std::mutex mutex_;
  std::condition_variable wake_;
  std::map<uint64_t, std::pair<std::shared_ptr<Run>, Time>> due_;  // guarded by mutex_
  std::vector<Waiter> waiters_;                                    // guarded by mutex_
  bool notes_ = true;                                              // guarded by mutex_: the outbox may have something
  bool poked_ = false;                                             // guarded by mutex_
  bool stopping_ = false;                                          // guarded by mutex_

  std::string outbox_from_;  // the thread's own: everything before is told
  absl::Status trouble_;     // the thread's own: why the last flush failed
  Time behind_since_;        // the thread's own: meaningless without trouble
  std::thread thread_;
};

}  // namespace stepwell::ingest
