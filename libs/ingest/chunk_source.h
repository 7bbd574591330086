// Series as they were at one moment, for queries: what is in chunks is read from the store when it is needed, the open
// tail is a copy. Chunks and pages may be written while a query runs; a source shows nothing of them beyond its moment.
// That moment may be long ago: the series of a fork are its parent's as they were then.
//
// Thread safety: a ChunkReader may be used by any thread; a ChunkSource by one call at a time.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <vector>

#include "ingest/run.h"
#include "series/query.h"
#include "store/store.h"

namespace stepwell::ingest {

// Reads decoded chunks of one run; keeps the axes that several series share while it lives.
class ChunkReader {
 public:
  ChunkReader(const store::Store* store, uint64_t run) : store_(store), run_(run) {}

  enum class Columns { kAll, kAxis };
  absl::StatusOr<series::ChunkInfo> ReadChunk(series::SeriesKey key, uint64_t number, series::Points* points,
                                              Columns columns = Columns::kAll);
  absl::StatusOr<std::optional<series::SummaryPage>> ReadPage(series::SeriesKey key, uint8_t level,
                                                              uint64_t number) const;
  // Of another run; lives as long as this one.
  ChunkReader* Of(uint64_t run);

 private:
  absl::StatusOr<std::shared_ptr<const series::Points>> Leader(series::SeriesKey key, uint64_t number);

  const store::Store* const store_;
  const uint64_t run_;
  std::mutex mutex_;
  std::map<std::pair<series::SeriesKey, uint64_t>, std::shared_ptr<const series::Points>>
      leaders_;                                              // guarded by mutex_
  std::map<uint64_t, std::unique_ptr<ChunkReader>> others_;  // guarded by mutex_
};

class ChunkSource : public series::Source {
 public:
  // REQUIRES: the run's mutex.
  ChunkSource(std::shared_ptr<ChunkReader> reader, const OpenSeries& series, bool with_tail = true);

  series::SeriesKey key() const override { return key_; }
  uint64_t chunk_count() const override { return chunks_; }
  uint64_t sealed_points() const override { return stretches_.empty() ? 0 : stretches_.back().points; }
  absl::StatusOr<series::ChunkInfo> ReadChunk(uint64_t number, series::Points* points) override {
    return Read(number, points, ChunkReader::Columns::kAll);
  }
  absl::StatusOr<series::ChunkInfo> ReadAxis(uint64_t number, series::Points* points) override {
    return Read(number, points, ChunkReader::Columns::kAxis);
  }
  absl::StatusOr<std::optional<series::SummaryPage>> ReadPage(uint8_t level, uint64_t number) override;
  std::span<const series::TailPart> tail() const override { return tail_; }

 private:
  // Chunks that lie under one run's keys, as they were at our moment.
  struct Stretch {
    ChunkReader* reader = nullptr;
    uint64_t chunks = 0;  // up to this number
    uint64_t points = 0;  // so many in all
    uint64_t last_lsn = 0;
  };
  absl::StatusOr<series::ChunkInfo> Read(uint64_t number, series::Points* points, ChunkReader::Columns columns);

  const std::shared_ptr<ChunkReader> reader_;
  const series::SeriesKey key_;
  const uint64_t chunks_;
  std::vector<Stretch> stretches_;  // by number; pages are of the first one's chunks
  std::vector<series::TailPart> tail_;
};

}  // namespace stepwell::ingest
