#include "series/arrangement.h"

#include <algorithm>

#include "base/status_macros.h"

namespace stepwell::series {

absl::StatusOr<bool> Arrangement::Sweep(std::vector<Block> blocks, bool alone) {
  auto before = [&](const Block& a, const Block& b) { return FirstPlace(a) < FirstPlace(b); };
  if (!std::is_sorted(blocks.begin(), blocks.end(), before)) std::sort(blocks.begin(), blocks.end(), before);
  for (size_t from = 0; from < blocks.size();) {
    Place end = LastPlace(blocks[from]);
    size_t to = from + 1;
    for (; to < blocks.size() && FirstPlace(blocks[to]) < end; ++to) end = std::max(end, LastPlace(blocks[to]));
    ASSIGN_OR_RETURN(const bool more, Stretch(std::span(blocks).subspan(from, to - from), alone));
    if (!more) return false;
    from = to;
  }
  return true;
}

absl::StatusOr<bool> Arrangement::Stretch(std::span<const Block> blocks, bool alone) {
  if (alone && blocks.size() == 1 && axis_.Sorted(*blocks[0].summary)) return sink_.Whole(blocks[0]);
  std::vector<Block> left;
  int coarsest = Block::kPicked;
  for (const Block& block : blocks) {
    if (axis_.Sorted(*block.summary) && sink_.TakesAmongOthers(block)) continue;
    left.push_back(block);
    coarsest = std::max(coarsest, block.level);
  }
  if (coarsest < 0) {
    // In order of arrival, so that a chunk is read once and not once a block.
    std::sort(left.begin(), left.end(), [](const Block& a, const Block& b) { return a.order < b.order; });
    return sink_.Mixed(left);
  }
  std::vector<Block> finer;
  for (const Block& block : left) RETURN_IF_ERROR(selection_.Refine(block, coarsest - 1, &finer));
  // A block beside one that was taken must not move a column's border.
  return Sweep(std::move(finer), alone && left.size() == blocks.size());
}

}  // namespace stepwell::series
