// The second half of a query: the blocks of a selection put on the axis.
//
// Blocks are put in the order of their first x and swept. A block whose points are sorted and which overlaps no other
// stands as it is. Blocks that overlap, or whose points go back and forth, are replaced by finer ones and swept again,
// down to points if need be, except those that are sorted and that the sink takes as they are. Where x only rises,
// nothing is refined here.
//
// Thread safety: none; one query, one thread.
#pragma once

#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "series/axis.h"
#include "series/block.h"
#include "series/selection.h"

namespace stepwell::series {

// Takes stretches of the axis in order of x. False: enough.
class Sink {
 public:
  virtual ~Sink() = default;
  // A block that stands by itself, its points sorted.
  virtual absl::StatusOr<bool> Whole(const Block& block) = 0;
  // True if it takes this one of overlapping blocks as it is; its points are sorted.
  virtual bool TakesAmongOthers(const Block& block) = 0;
  // Blocks of points that overlap or are not sorted.
  virtual absl::StatusOr<bool> Mixed(std::span<const Block> blocks) = 0;
};

class Arrangement {
 public:
  Arrangement(const Axis& axis, Selection& selection, Sink& sink) : axis_(axis), selection_(selection), sink_(sink) {}

  // `alone`: nothing else lies where these blocks do.
  absl::StatusOr<bool> Sweep(std::vector<Block> blocks, bool alone = true);

 private:
  using Place = std::pair<int64_t, uint64_t>;  // x, arrival
  Place FirstPlace(const Block& b) const { return {axis_.Low(*b.summary), b.order}; }
  Place LastPlace(const Block& b) const { return {axis_.High(*b.summary), b.order}; }
  absl::StatusOr<bool> Stretch(std::span<const Block> blocks, bool alone);

  const Axis& axis_;
  Selection& selection_;
  Sink& sink_;
};

}  // namespace stepwell::series
