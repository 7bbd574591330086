// The write path and the reading side as one object, without gRPC: a store, the runs in memory, and the threads that
// commit, seal, tell the catalog and purge.
//
// Thread safety: all methods may be called from any thread, Stop by one.
#pragma once

#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <thread>

#include "absl/status/statusor.h"
#include "ingest/batch_check.h"
#include "ingest/catalog_flusher.h"
#include "ingest/committer.h"
#include "ingest/damage.h"
#include "ingest/disk_guard.h"
#include "ingest/fork_maker.h"
#include "ingest/heartbeats.h"
#include "ingest/limits.h"
#include "ingest/reader.h"
#include "ingest/run_table.h"
#include "ingest/sealer.h"
#include "ingest/session.h"
#include "ingest/watch_hub.h"

namespace stepwell::ingest {

struct IngestOptions {
  std::chrono::milliseconds commit_window{3};
  std::chrono::milliseconds heal_pause = kHealPause;  // after a failed write, between tries to go on
  SealOptions seal;
  DiskOptions disk;
  std::chrono::seconds trash{30 * 24 * 3600};
  std::chrono::milliseconds heartbeat{20'000};   // how often clients are asked to say that they live
  std::chrono::milliseconds deleted_look{2000};  // how soon writers of a deleted run are told
  Limits limits;
  uint64_t series_memory = kSeriesMemory;
  uint64_t catalog_backlog = kCatalogBacklog;
  uint64_t live_ring = kLiveRing;
  std::chrono::milliseconds live_least{5000};  // of it, batches so young are kept when the series' memory is spent
  Reader::Sniff sniff;
  std::function<void(const std::string&)> log;
};

class Ingest {
 public:
  // Replays the journal. `store`, `book` and `metrics` outlive it.
  static absl::StatusOr<std::unique_ptr<Ingest>> Start(store::Store* store, RunBook* book, Metrics* metrics,
                                                       IngestOptions options);
  ~Ingest() { Stop(); }
  void Stop();

  // Makes or joins a run; `done` gets the reply when the raised epoch is on disk. Blocks for the catalog.
  void OpenRun(const auth::Granted<auth::WorkspaceRef>& workspace, const v1::OpenRunRequest& request,
               std::function<void(absl::StatusOr<v1::OpenRunReply>)> done);
  absl::StatusOr<std::unique_ptr<Session>> OpenSession(const v1::Hello& hello, std::weak_ptr<AckSink> sink);
  absl::Status DescribeSeries(const v1::DescribeSeriesRequest& request,
                              const std::function<bool(const v1::DescribeSeriesReply&)>& send);
  void SyncRun(const std::string& run_id, std::function<void(const absl::Status&)> done);
  // A process that logs to the run lives.
  void Heard(uint64_t run) { heartbeats_->Heard(run); }
  // Takes away the runs whose time in the trash is over. Also for tests; a thread does it by itself.
  absl::Status Purge();

  Reader& reader() { return reader_; }
  WatchHub& hub() { return *hub_; }
  Sealer& sealer() { return *sealer_; }
  Metrics& metrics() { return *metrics_; }
  const Limits& limits() const { return options_.limits; }
  // OK, or why no batch would be taken.
  absl::Status Ready() const {
    const absl::Status space = disk_.health();
    return space.ok() ? committer_->health() : space;
  }
  // OK, or RESOURCE_EXHAUSTED: no new points are taken.
  absl::Status HasDisk() const { return disk_.health(); }
  // Looks at the disk and does what its space asks for; to be called some times a second.
  void LookAtDisk();
  const CatalogBacklog& backlog() const { return backlog_; }
  uint64_t tail_bytes() const { return sealer_->tail_bytes(); }

 private:
  Ingest(store::Store* store, RunBook* book, Metrics* metrics, IngestOptions options);
  absl::Status Replay(uint64_t* next_lsn);
  absl::Status ReplayFrom(uint64_t from, uint64_t* next_lsn, bool* damaged);
  absl::Status ReplayRecord(uint64_t lsn, std::string_view bytes);
  absl::StatusOr<catalog::OpenedRun> OpenInCatalog(const auth::Granted<auth::WorkspaceRef>& workspace,
                                                   const catalog::OpenSpec& spec);
  void TellCatalogOf(const std::string& run_id);
  void CareLoop();
  void TellStoreDamage();
  void FindDeleted();
  // Nothing more is taken; whom to tell. With `opens`: only if nobody opened the run since it had so many.
  static std::vector<std::shared_ptr<AckSink>> Refuse(Run& run, bool purged, std::optional<uint64_t> opens = {});
  static void EndStreams(const Run& run, const std::vector<std::shared_ptr<AckSink>>& sinks);
  absl::Status Quiet(uint64_t number);
  absl::Status PurgeRuns(const std::vector<uint64_t>& runs);

  store::Store* const store_;
  RunBook* const book_;
  Metrics* const metrics_;
  const IngestOptions options_;
  const std::shared_ptr<SeriesMemory> series_memory_;  // shared with the runs
  RunTable table_;
  DiskGuard disk_;
  Damage damage_;
  Reader reader_;
  CatalogBacklog backlog_;
  BatchCheck check_;
  std::unique_ptr<Committer> committer_;
  std::unique_ptr<WatchHub> hub_;
  std::unique_ptr<Sealer> sealer_;
  std::unique_ptr<CatalogFlusher> flusher_;
  std::unique_ptr<ForkMaker> forks_;
  std::unique_ptr<Heartbeats> heartbeats_;

  size_t told_damage_ = 0;    // the care thread's own: of the store's damage, so much was told
  uint64_t last_looked_ = 0;  // the care thread's own: the last run that FindDeleted asked for

  std::mutex purging_;  // one purges at a time
  std::atomic<bool> purge_stop_{false};
  std::mutex care_mutex_;
  std::condition_variable care_wake_;
  bool stopping_ = false;  // guarded by care_mutex_
  std::thread care_;
};

}  // namespace stepwell::ingest
