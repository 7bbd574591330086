// Turns the front of a series' tail into chunks: cut where rewinds are and at 1,024 points, the last one not final if
// it is short, and the summary pages that became complete. Works on a copy, so it needs no lock.
//
// Thread safety: a job has one owner; Begin and Finish REQUIRE the run's mutex.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "ingest/chunk_source.h"
#include "ingest/run.h"
#include "store/store.h"

namespace stepwell::ingest {

// Axes of final chunks that were just sealed, by chunk number: series that were logged together refer to the first
// one's.
class Leaders {
 public:
  struct Leader {
    series::SeriesKey key;
    std::shared_ptr<const series::Points> points;
  };
  // nullptr if there is none with these steps.
  const Leader* Find(uint64_t chunk, const series::Points& points) const;
  void Offer(uint64_t chunk, series::SeriesKey key, const series::Points& points);

 private:
  std::map<uint64_t, std::vector<Leader>> by_chunk_;
};

class SealJob {
 public:
  // `all`: also what does not fill a chunk. REQUIRES: !series->sealing, points in its tail.
  static std::unique_ptr<SealJob> Begin(const Run& run, OpenSeries* series, bool all);
  // Encodes, and puts what must be written into `changes`.
  absl::Status Encode(ChunkReader& reader, Leaders& leaders, store::WriteSet& changes);
  // The write is done: the points leave the tail. Or it failed: they stay.
  void Finish(const Run& run, bool written);

  uint64_t chunk_bytes() const { return chunk_bytes_; }

 private:
  struct Made {
    series::ChunkInfo info;
    std::vector<series::Summary> blocks;
  };

  SealJob() = default;
  absl::Status JoinOpenChunk(ChunkReader& reader, Leaders& leaders, store::WriteSet& changes);
  absl::Status EncodePart(size_t index, Leaders& leaders, store::WriteSet& changes);
  absl::Status PutChunk(series::ChunkInfo info, const series::Points& points, Leaders& leaders,
                        store::WriteSet& changes);
  absl::Status PutPages(ChunkReader& reader, store::WriteSet& changes);
  absl::StatusOr<series::SummaryPage> BasePage(uint64_t number, ChunkReader& reader);
  absl::StatusOr<series::SummaryPage> PageAbove(uint8_t level, uint64_t number, ChunkReader& reader);
  absl::StatusOr<series::SummaryPage> PageOf(uint8_t level, uint64_t number, ChunkReader& reader);
  absl::StatusOr<Made> ChunkOf(uint64_t number, ChunkReader& reader);
  void SumUp(size_t index, size_t end);

  uint64_t run_ = 0;
  OpenSeries* series_ = nullptr;
  bool all_ = false;
  Rewinds rewinds_;
  std::vector<OpenPart> parts_;
  size_t old_points_ = 0;  // of the first part: they came from the open chunk
  size_t taken_ = 0;       // points of the tail that the chunks hold
  store::SeriesState before_, after_;
  uint64_t final_before_ = 0;  // chunks that were final already
  std::map<uint64_t, Made> made_;
  std::map<std::pair<uint8_t, uint64_t>, series::SummaryPage> pages_;
  uint64_t chunk_bytes_ = 0;
};

}  // namespace stepwell::ingest
