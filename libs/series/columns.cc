#include "series/columns.h"

#include <algorithm>
#include <cmath>

namespace stepwell::series {

Columns::Columns(const Axis& axis, int64_t low, int64_t high, size_t count) : axis_(axis), low_(low), columns_(count) {
  const double scale = static_cast<double>(count) / axis.Distance(low, high);
  // All x are one, or nearer than a float64 can tell: one column.
  scale_ = std::isfinite(scale) ? scale : 0;
}

size_t Columns::IndexOf(int64_t key) const {
  // The last x would begin a column of its own.
  return std::min(columns_.size() - 1, static_cast<size_t>(axis_.Distance(low_, key) * scale_));
}

// Of equal extremes the earliest in x, then in arrival. `order` is that of the summary's first point: other summaries
// came wholly before it or wholly after.
void Columns::TakeExtremes(Column& column, const Summary& from, uint64_t order) const {
  if (from.finite() == 0) return;
  Summary& sum = column.sum;
  const bool none = sum.finite() == 0;
  const Place min{axis_.Key(from.min), order}, max{axis_.Key(from.max), order};
  if (none || from.min.value < sum.min.value || (from.min.value == sum.min.value && min < column.min)) {
    sum.min = from.min;
    column.min = min;
  }
  if (none || from.max.value > sum.max.value || (from.max.value == sum.max.value && max < column.max)) {
    sum.max = from.max;
    column.max = max;
  }
}

void Columns::Add(const Summary& s, uint64_t first_order, uint64_t last_order) {
  const Place first{axis_.Low(s), first_order}, last{axis_.High(s), last_order};
  Column& column = columns_[IndexOf(first.key)];
  Summary& sum = column.sum;
  // Before the counts: they say whether the column has extremes yet.
  TakeExtremes(column, s, first_order);
  const bool none = sum.count == 0;
  if (none || first < column.first) {
    sum.first = s.first;
    column.first = first;
  }
  if (none || column.last < last) {
    sum.last = s.last;
    column.last = last;
  }
  sum.count += s.count;
  sum.nan += s.nan;
  sum.pos_inf += s.pos_inf;
  sum.neg_inf += s.neg_inf;
  sum.unplaced += s.unplaced;
  sum.sum += s.sum;
  sum.min_step = none ? s.min_step : std::min(sum.min_step, s.min_step);
  sum.max_step = none ? s.max_step : std::max(sum.max_step, s.max_step);
  // fmin and fmax take the number where the other is NaN.
  sum.min_wall = none ? s.min_wall : std::fmin(sum.min_wall, s.min_wall);
  sum.max_wall = none ? s.max_wall : std::fmax(sum.max_wall, s.max_wall);
}

void Columns::AddPoints(const PointsView& view) {
  const Points& points = *view.points;
  for (size_t from = view.from; from < view.to;) {
    // Neighbours in one column whose x does not go back are summed up together.
    int64_t key = axis_.Key(points, from);
    const size_t column = IndexOf(key);
    size_t to = from + 1;
    for (; to < view.to; ++to) {
      const int64_t next = axis_.Key(points, to);
      if (next < key || IndexOf(next) != column) break;
      key = next;
    }
    Add(Summarize(points, from, to), view.OrderOf(from), view.OrderOf(to - 1));
    from = to;
  }
}

std::vector<Summary> Columns::Take() {
  std::vector<Summary> out;
  out.reserve(columns_.size());
  for (const Column& column : columns_) {
    if (column.sum.count > 0) out.push_back(column.sum);
  }
  return out;
}

}  // namespace stepwell::series
