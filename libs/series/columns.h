// Columns of a chart: equal parts of the x axis, each summing up the points and the whole blocks that fall into it.
//
// A block goes where its first x lies, so a column's border may be moved to the end of a block. Where blocks do not
// overlap, columns do not either.
//
// Thread safety: none.
#pragma once

#include <cstdint>
#include <vector>

#include "series/axis.h"
#include "series/block.h"

namespace stepwell::series {

class Columns {
 public:
  // x from key `low` to key `high`. REQUIRES: low <= high, count > 0.
  Columns(const Axis& axis, int64_t low, int64_t high, size_t count);

  // REQUIRES: the summary is of placed points that are sorted on the axis; `first_order` and `last_order` are the
  // arrival numbers of its first and last.
  void Add(const Summary& summary, uint64_t first_order, uint64_t last_order);
  // Points in any order, each in its own column.
  void AddPoints(const PointsView& view);

  // All its points have their place in one column.
  bool HoldsInOne(const Summary& summary) const { return IndexOf(axis_.Low(summary)) == IndexOf(axis_.High(summary)); }

  // In order of x, without empty ones.
  std::vector<Summary> Take();

 private:
  // Where a point lies: by x, then by arrival.
  struct Place {
    int64_t key = 0;
    uint64_t order = 0;
    auto operator<=>(const Place&) const = default;
  };
  struct Column {
    Summary sum;
    Place first, last, min, max;
  };

  size_t IndexOf(int64_t key) const;
  void TakeExtremes(Column& column, const Summary& from, uint64_t order) const;

  const Axis& axis_;
  const int64_t low_;
  double scale_ = 0;
  std::vector<Column> columns_;
};

}  // namespace stepwell::series
