// What ingest counts, named as docs/operations says. Without a registry it counts for nobody.
//
// Thread safety: all methods may be called from any thread.
#pragma once

#include <memory>

#include "prometheus/counter.h"
#include "prometheus/gauge.h"
#include "prometheus/histogram.h"
#include "prometheus/registry.h"

namespace stepwell::ingest {

class Metrics {
 public:
  explicit Metrics(std::shared_ptr<prometheus::Registry> registry);

  prometheus::Counter& scalar_points;
  prometheus::Counter& other_points;
  prometheus::Counter& batches_taken;
  prometheus::Counter& batches_failed;
  prometheus::Counter& wire_bytes;
  prometheus::Counter& journal_bytes_written;
  prometheus::Counter& chunk_bytes;
  prometheus::Counter& blob_bytes;
  prometheus::Counter& refused;
  prometheus::Counter& duplicates;
  prometheus::Counter& gaps;
  prometheus::Gauge& streams_open;
  prometheus::Gauge& streams_paused;
  prometheus::Histogram& commit_seconds;
  prometheus::Histogram& ack_seconds;
  prometheus::Gauge& tails_open;
  prometheus::Gauge& tail_bytes;
  prometheus::Gauge& series_bytes;
  prometheus::Gauge& unacknowledged_bytes;
  prometheus::Gauge& journal_bytes;
  prometheus::Gauge& replay_seconds;
  prometheus::Counter& seals_full;
  prometheus::Counter& seals_age;
  prometheus::Counter& seals_memory;
  prometheus::Gauge& runs_writing;
  prometheus::Gauge& live_ring;
  prometheus::Gauge& disk_free;
  prometheus::Gauge& disk_size;
  prometheus::Gauge& disk_stopped;
  prometheus::Gauge& disk_ballast;
  prometheus::Gauge& flush_lag;
  prometheus::Gauge& backlog_notes;
  prometheus::Gauge& backlog_series;
  prometheus::Gauge& backlog_bytes;
  prometheus::Gauge& backlog_limit;
  prometheus::Gauge& cache_bytes;
  prometheus::Counter& cache_hits;
  prometheus::Counter& cache_misses;
  prometheus::Counter& background_errors;
  prometheus::Gauge& delete_backlog;
  prometheus::Counter& corruptions;

  // For what may live longer than this object.
  std::shared_ptr<prometheus::Gauge> Share(prometheus::Gauge& gauge) const { return {registry_, &gauge}; }

 private:
  struct Owner {
    std::shared_ptr<prometheus::Registry> registry;
  };
  explicit Metrics(const Owner& owner);
  Metrics(prometheus::Registry& registry, const Owner& owner);
  std::shared_ptr<prometheus::Registry> registry_;
};

}  // namespace stepwell::ingest
