// Blocks: pieces of a series as the query handles them, from a summary of a coarse page down to points, and the reader
// that gets a block's finer blocks and its points from a Source.
//
// Thread safety: none; one query, one thread.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "series/hiding.h"
#include "series/query.h"
#include "series/summary.h"

namespace stepwell::series {

// Arrival numbers of all sources in one: the source's place, then the ordinal in the series.
inline constexpr int kOrdinalBits = 44;

struct Block {
  // Levels of pages are 0 and up; below them are points.
  static constexpr int kChunk = -1;   // points of chunk `number`, from `index` on
  static constexpr int kTail = -2;    // of tail part `number`, from `index` on
  static constexpr int kPicked = -3;  // of the query's own picked points `number`, all

  int level = kChunk;
  uint32_t source = 0;
  uint64_t number = 0;               // of the page, chunk, part or pick
  uint32_t index = 0;                // of the summary in its page, or of the first point
  const Summary* summary = nullptr;  // the reader (or the query) keeps it
  uint64_t order = 0;                // arrival number of the first point; the others follow, if not picked
  uint64_t first_lsn = 0, last_lsn = 0;

  bool has_points() const { return level < 0; }
};

// Points [from, to) in memory, until the next call of the reader.
struct PointsView {
  const Points* points = nullptr;
  size_t from = 0, to = 0;
  uint64_t order = 0;                  // of the first; without `orders` the others follow
  const uint64_t* orders = nullptr;    // or one for each
  std::optional<int64_t> hidden_from;  // points from this step on are hidden

  uint64_t OrderOf(size_t i) const { return orders ? orders[i - from] : order + (i - from); }
  bool Hidden(size_t i) const { return hidden_from && points->step[i] >= *hidden_from; }
};

class BlockReader {
 public:
  BlockReader(Source& source, uint32_t place, std::span<const Rewind> rewinds);

  const Hiding& hiding() const { return hiding_; }
  bool has_payloads() const { return has_payloads_; }

  // The whole series in as few blocks as there are pages for, in order of arrival.
  absl::Status Cover(std::vector<Block>* blocks);
  // The four or fewer blocks of the next finer level; of level 0, the one block of its points.
  absl::Status Children(const Block& block, std::vector<Block>* children);
  // REQUIRES: kChunk or kTail.
  absl::StatusOr<PointsView> View(const Block& block);

 private:
  struct Chunk {
    uint64_t number = 0;
    ChunkInfo info;
    Points points;
  };
  absl::StatusOr<const SummaryPage*> Page(uint8_t level, uint64_t number);  // null: not written
  absl::StatusOr<const Chunk*> ReadChunk(uint64_t number);
  absl::StatusOr<const SummaryPage*> LargestPageAt(uint64_t chunk);
  absl::Status FindPoints(const Block& block, std::vector<Block>* children);
  void AddPointBlocks(const Points& points, Block block, std::vector<Block>* blocks);
  absl::Status Lost(const std::string& what) const;

  Source& source_;
  const uint32_t place_;
  const Hiding hiding_;
  bool has_payloads_ = false;
  std::map<std::pair<uint8_t, uint64_t>, std::unique_ptr<SummaryPage>> pages_;
  // The chunks last read: what no page covers yet (up to 16 chunks) is summed up first and may be needed in points
  // after.
  static constexpr size_t kChunksKept = 24;
  std::deque<std::unique_ptr<Chunk>> chunks_;
  std::deque<Summary> summaries_;
};

}  // namespace stepwell::series
