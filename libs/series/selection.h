// The first half of a query: which blocks of which sources lie in range and are visible.
//
// Blocks on an edge of the range, hit in part by a rewind, or with points that have no place on the axis are resolved
// down to points, and of those the right ones picked. So every block of a selection counts whole. What lies apart in
// the answer, the visible line and each rewind's stretch, is a layer each.
//
// Thread safety: none; one query, one thread.
#pragma once

#include <cmath>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <span>
#include <vector>

#include "absl/status/status.h"
#include "series/axis.h"
#include "series/block.h"

namespace stepwell::series {

class Selection {
 public:
  enum class Hidden { kLeftOut, kIncluded, kApart };
  Selection(const Axis& axis, Hidden hidden) : axis_(axis), hidden_(hidden) {}

  // Adds what the sources have. Called once.
  absl::Status Select(std::span<Source* const> sources, std::span<const Rewind> rewinds);

  struct Layer {
    std::vector<Block> blocks;  // by source, then by arrival
    uint64_t unplaced = 0;
    double last_wall = std::nan("");  // whatever the range
  };
  Layer& visible() { return layers_[Hiding::kStands]; }
  // By the rewind's place in the span. REQUIRES: Hidden::kApart.
  std::map<uint32_t, Layer> TakeStretches();
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

  // The key of its layer; nullopt: parts of it have others.
  std::optional<uint32_t> LayerOf(const Block& block) const;
  uint32_t LayerOf(const Block& block, int64_t step) const;
  // Of a block that is of one layer. False: a part of it lies in range.
  bool AdmitAsOne(const Block& block, uint32_t layer);
  absl::Status Admit(const Block& block);
  absl::Status Pick(const Block& block);
  void KeepPicked(const Block& of, uint32_t layer, Picked picked);

  const Axis& axis_;
  const Hidden hidden_;
  std::deque<BlockReader> readers_;
  std::deque<Picked> picked_;
  std::map<uint32_t, Layer> layers_;  // by what Hiding::FateOf says; kNeverHere: what is left out
};

}  // namespace stepwell::series
