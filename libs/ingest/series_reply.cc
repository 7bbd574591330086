#include "ingest/series_reply.h"

#include <algorithm>
#include <cmath>
#include <cstddef>

namespace stepwell::ingest {

void ToColumns(const series::Points& points, const std::vector<uint8_t>& hidden, v1::PointColumns* out, size_t from,
               size_t to) {
  out->mutable_step()->Add(points.step.begin() + static_cast<std::ptrdiff_t>(from),
                           points.step.begin() + static_cast<std::ptrdiff_t>(to));
  out->mutable_wall()->Add(points.wall.begin() + static_cast<std::ptrdiff_t>(from),
                           points.wall.begin() + static_cast<std::ptrdiff_t>(to));
  if (!points.value.empty()) {
    out->mutable_value()->Add(points.value.begin() + static_cast<std::ptrdiff_t>(from),
                              points.value.begin() + static_cast<std::ptrdiff_t>(to));
  }
  const auto begin = hidden.begin() + static_cast<std::ptrdiff_t>(std::min(from, hidden.size()));
  const auto end = hidden.begin() + static_cast<std::ptrdiff_t>(std::min(to, hidden.size()));
  if (std::find(begin, end, 1) != end) out->mutable_hidden()->Add(begin, end);
}

namespace {

void AddPoint(const series::Point& point, v1::PointColumns* out) {
  out->add_step(point.step);
  out->add_wall(point.wall);
  out->add_value(point.value);
}

void LineToReply(const series::Answer& answer, v1::ReadSeriesReply* reply) {
  reply->set_exact(answer.exact);
  reply->set_truncated(answer.truncated);
  reply->set_count(answer.count);
  reply->set_nan(answer.nan);
  reply->set_pos_inf(answer.pos_inf);
  reply->set_neg_inf(answer.neg_inf);
  reply->set_unplaced(answer.unplaced);
  if (answer.exact) {
    ToColumns(answer.points, answer.hidden, reply->mutable_points(), 0, answer.points.size());
    return;
  }
  for (const series::Summary& column : answer.columns) {
    AddPoint(column.first, reply->mutable_first());
    AddPoint(column.last, reply->mutable_last());
    const bool finite = column.finite() > 0;
    const series::Point none{0, 0, std::nan("")};
    AddPoint(finite ? column.min : none, reply->mutable_min());
    AddPoint(finite ? column.max : none, reply->mutable_max());
    reply->add_counts(column.count);
    reply->add_sums(column.sum);
  }
  if (answer.nan + answer.pos_inf + answer.neg_inf == 0) return;
  for (const series::Summary& column : answer.columns) reply->add_finite(column.finite());
}

}  // namespace

void ToReply(const series::Answer& answer, v1::ReadSeriesReply* reply) {
  LineToReply(answer, reply);
  for (const series::Stretch& stretch : answer.rewound) {
    v1::RewoundStretch* out = reply->add_rewound();
    out->set_lsn(stretch.rewind.lsn);
    out->set_step(stretch.rewind.step);
    out->set_last_wall(stretch.last_wall);
    LineToReply(stretch.line, out->mutable_line());
  }
  reply->set_rewound_left_out(answer.rewound_left_out);
}

namespace {

series::XAxis ToAxis(v1::XAxis x) { return x == v1::AXIS_STEP ? series::XAxis::kStep : series::XAxis::kWall; }

// Seconds since the line's first point are wall times with another zero.
double ZeroOf(v1::XAxis x, double first_wall) { return x == v1::AXIS_RELATIVE ? first_wall : 0; }

template <typename Request>
series::Range ToRange(const Request& request, double zero) {
  return {request.has_from(), request.has_to(),      request.from_step(),
          request.to_step(),  request.from() + zero, request.to() + zero};
}

}  // namespace

series::PickSpec ToSpec(const v1::ReadValuesRequest& request, double first_wall) {
  series::PickSpec spec;
  const double zero = ZeroOf(request.x(), first_wall);
  spec.x = ToAxis(request.x());
  spec.range = ToRange(request, zero);
  if (request.has_at()) spec.at = {request.at_step(), request.at() + zero};
  spec.nearest = !request.before();
  spec.steps = request.steps();
  spec.spread = request.spread();
  return spec;
}

series::QuerySpec ToSpec(const v1::ReadSeriesRequest& request, double first_wall) {
  series::QuerySpec spec;
  spec.x = ToAxis(request.x());
  spec.range = ToRange(request, ZeroOf(request.x(), first_wall));
  spec.columns = request.columns();
  spec.include_hidden = request.include_hidden();
  spec.include_rewound = request.include_rewound();
  if (request.max_points() > 0) spec.max_points = request.max_points();
  return spec;
}

}  // namespace stepwell::ingest
