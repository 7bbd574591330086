// The first half of a query: which blocks of which sources lie in range and are visible.
//
// Blocks on an edge of the range, hit in part by a rewind, or with points that have no place on the axis are resolved
// down to points, and of those the right ones picked. So every block of a selection counts whole.
//
// Thread safety: none; one query, one thread.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <span>
#include <vector>

#include "absl/status/status.h"
#include "series/axis.h"
#include "series/block.h"

namespace stepwell::series {

class Selection {
 public:
  Selection(const Axis& axis, bool include_hidden) : axis_(axis), include_hidden_(include_hidden) {}

  // Adds what the sources have. Called once.
  absl::Status Select(std::span<Source* const> sources, std::span<const Rewind> rewinds);

  // By source, then by arrival.
  std::vector<Block>& blocks() { return blocks_; }
  uint64_t unplaced() const { return unplaced_; }
  bool has_payloads() const;

  // Appends the block's descendants of `level` (Block::kChunk: its points), or itself if it is as fine.
  absl::Status Refine(const Block& block, int level, std::vector<Block>* out);
  // REQUIRES: block.has_points().
  absl::StatusOr<PointsView> View(const Block& block);

 private:
  struct Picked {
    Points points;
    std::vector<uint64_t> order;
    std::optional<int64_t> hidden_from;
    Summary summary;
  };
  enum class Fate { kWhole, kNothing, kPart };

  Fate FateOf(const Block& block);
  absl::Status Admit(const Block& block);
  absl::Status Pick(const Block& block);

  const Axis& axis_;
  const bool include_hidden_;
  std::deque<BlockReader> readers_;
  std::deque<Picked> picked_;
  std::vector<Block> blocks_;
  uint64_t unplaced_ = 0;
};

}  // namespace stepwell::series
