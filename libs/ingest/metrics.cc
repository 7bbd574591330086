#include "ingest/metrics.h"

namespace stepwell::ingest {
namespace {

using Labels = prometheus::Labels;

prometheus::Counter& Count(prometheus::Registry& registry, const char* name, const char* help,
                           const Labels& labels = {}) {
  return prometheus::BuildCounter().Name(name).Help(help).Register(registry).Add(labels);
}
prometheus::Gauge& Level(prometheus::Registry& registry, const char* name, const char* help,
                         const Labels& labels = {}) {
  return prometheus::BuildGauge().Name(name).Help(help).Register(registry).Add(labels);
}
prometheus::Histogram& Seconds(prometheus::Registry& registry, const char* name, const char* help) {
  prometheus::Histogram::BucketBoundaries bounds;
  for (double bound = 0.001; bound < 40; bound *= 2) bounds.push_back(bound);  // 1 ms to 32 s
  return prometheus::BuildHistogram().Name(name).Help(help).Register(registry).Add({}, bounds);
}

constexpr char kPoints[] = "stepwell_ingest_points_total";
constexpr char kPointsHelp[] = "Points that were made durable.";
constexpr char kBatches[] = "stepwell_ingest_batches_total";
constexpr char kBatchesHelp[] = "Batches by what became of them.";
constexpr char kBytes[] = "stepwell_ingest_bytes_total";
constexpr char kBytesHelp[] = "Bytes taken and written, by stage.";
constexpr char kSeals[] = "stepwell_ingest_seals_total";
constexpr char kSealsHelp[] = "Series whose tail went into chunks, by cause.";
constexpr char kMemory[] = "stepwell_ingest_memory_bytes";
constexpr char kMemoryHelp[] = "Memory of the write path, by use.";

std::shared_ptr<prometheus::Registry> OwnIfNone(std::shared_ptr<prometheus::Registry> registry) {
  if (!registry) registry = std::make_shared<prometheus::Registry>();
  return registry;
}

}  // namespace

Metrics::Metrics(std::shared_ptr<prometheus::Registry> given) : Metrics(Owner{OwnIfNone(std::move(given))}) {}

Metrics::Metrics(const Owner& owner) : Metrics(*owner.registry, owner) {}

Metrics::Metrics(prometheus::Registry& r, const Owner& owner)
    : scalar_points(Count(r, kPoints, kPointsHelp, {{"kind", "scalar"}})),
      other_points(Count(r, kPoints, kPointsHelp, {{"kind", "other"}})),
      batches_taken(Count(r, kBatches, kBatchesHelp, {{"result", "taken"}})),
      batches_failed(Count(r, kBatches, kBatchesHelp, {{"result", "failed"}})),
      wire_bytes(Count(r, kBytes, kBytesHelp, {{"stage", "wire"}})),
      journal_bytes_written(Count(r, kBytes, kBytesHelp, {{"stage", "journal"}})),
      chunk_bytes(Count(r, kBytes, kBytesHelp, {{"stage", "chunk"}})),
      blob_bytes(Count(r, kBytes, kBytesHelp, {{"stage", "blob"}})),
      refused(Count(r, "stepwell_ingest_refused_total", "Items of batches that were left out.")),
      duplicates(Count(r, "stepwell_ingest_duplicates_total", "Batches that were here already.")),
      gaps(Count(r, "stepwell_ingest_gaps_total", "Batches whose number was not the next.")),
      streams_open(Level(r, "stepwell_ingest_streams_open", "Push streams.")),
      streams_paused(Level(r, "stepwell_ingest_streams_paused", "Push streams that wait for a byte budget.")),
      commit_seconds(Seconds(r, "stepwell_ingest_commit_duration_seconds", "One group commit, its sync included.")),
      ack_seconds(Seconds(r, "stepwell_ingest_ack_delay_seconds", "From a batch's arrival to its acknowledgement.")),
      tails_open(Level(r, "stepwell_ingest_tails_open", "Series with points that are in no chunk yet.")),
      tail_bytes(Level(r, kMemory, kMemoryHelp, {{"use", "tails"}})),
      series_bytes(Level(r, kMemory, kMemoryHelp, {{"use", "series"}})),
      unacknowledged_bytes(Level(r, kMemory, kMemoryHelp, {{"use", "unacknowledged"}})),
      journal_bytes(Level(r, "stepwell_ingest_journal_bytes", "What the journal takes, on disk and in memory.")),
      replay_seconds(Level(r, "stepwell_ingest_replay_seconds", "How long the last start read the journal.")),
      seals_full(Count(r, kSeals, kSealsHelp, {{"cause", "full"}})),
      seals_age(Count(r, kSeals, kSealsHelp, {{"cause", "age"}})),
      seals_memory(Count(r, kSeals, kSealsHelp, {{"cause", "memory"}})),
      runs_writing(Level(r, "stepwell_ingest_runs_writing", "Runs that a Push stream writes to.")),
      live_ring(Level(r, "stepwell_live_ring_bytes", "Recent batches that live views are told of.")),
      disk_free(Level(r, "stepwell_store_disk_free_bytes", "Free bytes of the disk that the store is on.")),
      disk_size(Level(r, "stepwell_store_disk_size_bytes", "Size of the disk that the store is on.")),
      disk_stopped(Level(r, "stepwell_store_disk_stopped", "1 while no points are taken for want of disk.")),
      disk_ballast(Level(r, "stepwell_store_ballast_bytes", "Disk space that is held back for sealing and deleting.")),
      flush_lag(Level(r, "stepwell_catalog_flush_lag_seconds", "Age of the oldest change that lists do not show yet.")),
      backlog_notes(Level(r, "stepwell_catalog_backlog_notes", "Notes that the database was not told yet.")),
      backlog_series(Level(r, "stepwell_catalog_backlog_series", "Series that the database has never seen.")),
      backlog_bytes(Level(r, "stepwell_catalog_backlog_bytes", "What waits for the database, by its budget's count.")),
      backlog_limit(Level(r, "stepwell_catalog_backlog_limit_bytes", "How much may wait for the database.")),
      cache_bytes(Level(r, "stepwell_store_cache_bytes", "Blocks and indexes in the store's cache.")),
      cache_hits(Count(r, "stepwell_store_cache_hits_total", "Blocks that were in the store's cache.")),
      cache_misses(Count(r, "stepwell_store_cache_misses_total", "Blocks that were read from disk.")),
      background_errors(Count(r, "stepwell_store_background_errors_total",
                              "Times that the store failed a write and took none until it was opened again.")),
      delete_backlog(Level(r, "stepwell_store_delete_backlog_runs",
                           "Runs whose time in the trash is over and whose space is not back yet.")),
      corruptions(Count(r, "stepwell_store_corruptions_total", "Damaged data that was met and left out.")),
      registry_(owner.registry) {}

}  // namespace stepwell::ingest
