#include "series/axis.h"

namespace stepwell::series {

absl::StatusOr<Axis> Axis::Make(XAxis x, const Range& range) {
  Axis axis;
  axis.wall_ = x == XAxis::kWall;
  if (axis.wall_) {
    if ((range.has_from && std::isnan(range.from_wall)) || (range.has_to && std::isnan(range.to_wall))) {
      return absl::InvalidArgumentError("range: an end is NaN; give a wall time in seconds, or leave it out");
    }
    if (range.has_from) axis.from_ = KeyOfWall(range.from_wall);
    if (range.has_to) axis.to_ = KeyOfWall(range.to_wall);
  } else {
    if (range.has_from) axis.from_ = range.from_step;
    if (range.has_to) axis.to_ = range.to_step;
  }
  return axis;
}

}  // namespace stepwell::series
