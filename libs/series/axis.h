// The x axis of a query. Both kinds of x, steps and wall times, become int64 keys whose order is the order of x, so the
// query knows only keys and compares them exactly, whatever their size.
//
// Thread safety: a value.
#pragma once

#include <cmath>
#include <cstdint>

#include "absl/status/statusor.h"
#include "codec/doubles.h"
#include "series/points.h"
#include "series/query.h"
#include "series/summary.h"

namespace stepwell::series {

class Axis {
 public:
  // INVALID_ARGUMENT if an end of the range is NaN.
  static absl::StatusOr<Axis> Make(XAxis x, const Range& range);

  // Ends of the range, inclusive; from > to is an empty one.
  int64_t from() const { return from_; }
  int64_t to() const { return to_; }

  // A point without a finite wall time has no place on an axis of wall times, and its key means nothing.
  bool Placed(const Points& points, size_t i) const { return !wall_ || std::isfinite(points.wall[i]); }
  int64_t Key(const Points& points, size_t i) const { return wall_ ? KeyOfWall(points.wall[i]) : points.step[i]; }

  int64_t Key(const Point& point) const { return wall_ ? KeyOfWall(point.wall) : point.step; }

  // Of the placed points of a summary. REQUIRES: some are.
  int64_t Low(const Summary& s) const { return wall_ ? KeyOfWall(s.min_wall) : s.min_step; }
  int64_t High(const Summary& s) const { return wall_ ? KeyOfWall(s.max_wall) : s.max_step; }
  bool Sorted(const Summary& s) const { return wall_ ? s.walls_sorted : s.steps_sorted; }
  uint32_t Unplaced(const Summary& s) const { return wall_ ? s.unplaced : 0; }

  // How far `key` lies beyond `low`; not exact, but it never falls where keys rise, which is all that columns need.
  // Halves, because the span of two wall times may overflow.
  double Distance(int64_t low, int64_t key) const {
    if (wall_) return codec::FromOrdered(key) / 2 - codec::FromOrdered(low) / 2;
    return static_cast<double>(static_cast<uint64_t>(key) - static_cast<uint64_t>(low)) / 2;
  }

 private:
  // -0.0 and 0.0 are one place: adding 0.0 makes them one key.
  static int64_t KeyOfWall(double wall) { return codec::ToOrdered(wall + 0.0); }

  bool wall_ = false;
  int64_t from_ = INT64_MIN, to_ = INT64_MAX;
};

}  // namespace stepwell::series
