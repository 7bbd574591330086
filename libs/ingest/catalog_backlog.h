// What the catalog has not been told yet, against a budget: notes, and the rows of series that it has never seen. Later
// changes of a series that it knows cost nothing more, so points of known series are taken however long the database is
// away; beyond the budget, batches with new names or notes are refused until it has caught up.
//
// Batches under way are counted when they are committed, so the budget may be exceeded by what streams have in hand.
//
// Thread safety: all methods may be called from any thread.
#pragma once

#include <atomic>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "base/json.h"
#include "ingest/metrics.h"
#include "ingest/open_series.h"

namespace stepwell::ingest {

class CatalogBacklog {
 public:
  // `metrics` outlives it.
  CatalogBacklog(uint64_t limit, Metrics* metrics);

  void AddNote(const std::string& note) { Change(notes_, 1, NoteBytes(note)); }
  void TellNote(const std::string& note) { Change(notes_, -1, -NoteBytes(note)); }
  void AddSeries(const OpenSeries& series) { Change(series_, 1, SeriesBytes(series)); }
  void TellSeries(const OpenSeries& series) { Change(series_, -1, -SeriesBytes(series)); }
  // Wall time since when the catalog could not be told; 0: it can be.
  void SetBehindSince(double wall) { behind_since_ = wall; }

  // OK, or RESOURCE_EXHAUSTED: nothing that adds to it is taken now.
  absl::Status Room() const;
  uint64_t bytes() const;
  // Members of an open object: {"notes": …, "series": …, "bytes": …, "limit": …, "since": time or null}.
  void Write(JsonWriter& json) const;

 private:
  static int64_t NoteBytes(const std::string& note);
  static int64_t SeriesBytes(const OpenSeries& series);
  void Change(std::atomic<int64_t>& count, int64_t by, int64_t bytes);

  const uint64_t limit_;
  Metrics* const metrics_;
  // Signed: something may be told before it was counted.
  std::atomic<int64_t> notes_{0}, series_{0}, bytes_{0};
  std::atomic<double> behind_since_{0};
};

}  // namespace stepwell::ingest
