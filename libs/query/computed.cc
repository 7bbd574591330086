#include "query/computed.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"

namespace stepwell::query {
namespace {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
// Of what lies outside an answer's range, where all is approximate.
constexpr uint32_t kCoarseColumns = 1000;

int Rows(const v1::ReadSeriesReply& reply) {
  return reply.exact() ? reply.points().step_size() : reply.first().step_size();
}
const v1::PointColumns& Firsts(const v1::ReadSeriesReply& reply) {
  return reply.exact() ? reply.points() : reply.first();
}
const v1::PointColumns& Lasts(const v1::ReadSeriesReply& reply) {
  return reply.exact() ? reply.points() : reply.last();
}

bool ByStep(const ReadSpec& spec) { return spec.x == v1::AXIS_STEP; }

// Where in the line each row ends; its points are those from the end of the row before. nullopt: the line has changed.
struct Places {
  size_t begin = 0;
  std::vector<size_t> ends;
};
std::optional<Places> PlacesOf(const ReadSpec& spec, const RawPoints& line, const v1::ReadSeriesReply& reply) {
  Places places;
  const int rows = Rows(reply);
  if (rows == 0) return places;
  const v1::PointColumns &first = Firsts(reply), &last = Lasts(reply);
  places.begin = static_cast<size_t>(
      ByStep(spec) ? std::lower_bound(line.step.begin(), line.step.end(), first.step(0)) - line.step.begin()
                   : std::lower_bound(line.wall.begin(), line.wall.end(), first.wall(0)) - line.wall.begin());
  size_t end = places.begin;
  for (int i = 0; i < rows; ++i) places.ends.push_back(end += reply.exact() ? 1 : reply.counts(i));
  const auto same = [&](size_t at, const v1::PointColumns& points, int i) {
    return at < line.size() && line.step[at] == points.step(i) && line.wall[at] == points.wall(i);
  };
  if (!same(places.begin, first, 0) || !same(end - 1, last, rows - 1)) return std::nullopt;
  return places;
}

// The last of each row's points that is finite; none: the last of all, and NaN in `values` afterwards.
std::vector<size_t> LastFinite(const Places& places, std::span<const double> values) {
  std::vector<size_t> found;
  size_t begin = places.begin;
  for (const size_t end : places.ends) {
    size_t at = end;
    while (at > begin && !std::isfinite(values[at - 1])) --at;
    found.push_back((at > begin ? at : end) - 1);
    begin = end;
  }
  return found;
}

// Steps differ from the first by what a double says exactly for longer than they do themselves.
double Since(int64_t first, int64_t step) {
  return static_cast<double>(static_cast<uint64_t>(step) - static_cast<uint64_t>(first));
}

// Rows of answers in order of x as samples with weights.
class ColumnSamples {
 public:
  ColumnSamples(const ReadSpec& spec, bool middles) : by_step_(ByStep(spec)), middles_(middles) {}

  void Add(const v1::ReadSeriesReply& reply) {
    const v1::PointColumns &first = Firsts(reply), &last = Lasts(reply);
    for (int i = 0; i < Rows(reply); ++i) {
      if (samples_.x.empty()) {
        first_step_ = first.step(i);
        first_wall_ = first.wall(i);
      }
      const double begin = At(first, i), end = At(last, i);
      samples_.x.push_back(middles_ ? begin + (end - begin) / 2 : end);
      const uint64_t finite = reply.exact() ? 1 : reply.finite_size() > 0 ? reply.finite(i) : reply.counts(i);
      samples_.weight.push_back(static_cast<double>(finite));
      samples_.y.push_back(reply.exact() ? reply.points().value(i)
                           : finite == 0 ? kNan
                                         : reply.sums(i) / static_cast<double>(finite));
    }
  }
  const Samples& samples() const { return samples_; }

 private:
  double At(const v1::PointColumns& points, int i) const {
    return by_step_ ? Since(first_step_, points.step(i)) : points.wall(i) - first_wall_;
  }
  const bool by_step_, middles_;
  int64_t first_step_ = 0;
  double first_wall_ = 0;
  Samples samples_;
};

absl::Status ReadOne(SeriesReader& reader, const SeriesKey& key, const ReadSpec& spec, v1::ReadSeriesReply* found) {
  return reader.ReadSeries({&key, 1}, spec, [&](const v1::ReadSeriesReply& reply) {
    if (reply.code() != 0) return absl::Status(static_cast<absl::StatusCode>(reply.code()), reply.error());
    *found = reply;
    return absl::OkStatus();
  });
}

absl::Status SmoothColumns(SeriesReader& reader, const SeriesKey& key, const ReadSpec& spec, const Smoothing& smoothing,
                           const v1::ReadSeriesReply& reply, Computed* computed) {
  ColumnSamples columns(spec, smoothing.kind == Smoothing::Kind::kGauss);
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  ReadSpec beside = spec;
  beside.include_rewound = false;
  beside.columns = kCoarseColumns;
  if (spec.from && spec.from->step != INT64_MIN) {
    beside.from = std::nullopt;
    beside.to = Bound{spec.from->step - 1, std::nextafter(spec.from->seconds, -kInfinity)};
    v1::ReadSeriesReply before;
    RETURN_IF_ERROR(ReadOne(reader, key, beside, &before));
    columns.Add(before);
  }
  std::vector<size_t> rows(static_cast<size_t>(Rows(reply)));
  std::iota(rows.begin(), rows.end(), columns.samples().x.size());
  columns.Add(reply);
  if (spec.to && spec.to->step != INT64_MAX) {
    beside.from = Bound{spec.to->step + 1, std::nextafter(spec.to->seconds, kInfinity)};
    beside.to = std::nullopt;
    v1::ReadSeriesReply after;
    RETURN_IF_ERROR(ReadOne(reader, key, beside, &after));
    columns.Add(after);
  }
  computed->smoothed = Smooth(smoothing, columns.samples(), rows);
  computed->approximate = true;
  return absl::OkStatus();
}

// x at each point of a line, its writers merged as ingest merges them: in order of x, of equal x by writer.
struct JoinedLine {
  RawPoints points;
  std::vector<double> x;
};

// Appends the points of one writer; x is the last value of `other` at the same step.
void Join(const RawPoints& points, const RawPoints* other, bool by_step, JoinedLine* line) {
  size_t at = 0;
  for (size_t i = 0; i < points.size(); ++i) {
    if (!by_step && !std::isfinite(points.wall[i])) continue;
    line->points.step.push_back(points.step[i]);
    line->points.wall.push_back(points.wall[i]);
    double x = kNan;
    if (other != nullptr) {
      while (at < other->size() && other->step[at] < points.step[i]) ++at;
      for (size_t k = at; k < other->size() && other->step[k] == points.step[i]; ++k) x = other->value[k];
    }
    line->x.push_back(x);
  }
}

void SortByX(bool by_step, JoinedLine* line) {
  std::vector<size_t> order(line->x.size());
  std::iota(order.begin(), order.end(), size_t{0});
  const RawPoints& points = line->points;
  std::stable_sort(order.begin(), order.end(), [&](size_t a, size_t b) {
    return by_step ? points.step[a] < points.step[b] : points.wall[a] < points.wall[b];
  });
  JoinedLine sorted;
  for (const size_t i : order) {
    sorted.points.step.push_back(points.step[i]);
    sorted.points.wall.push_back(points.wall[i]);
    sorted.x.push_back(line->x[i]);
  }
  *line = std::move(sorted);
}

// nullopt: more points than are computed on. NOT_FOUND: no writer of the line has logged `x_tag`.
absl::StatusOr<std::optional<JoinedLine>> JoinWriters(SeriesReader& reader, RawPointsCache& raw, const SeriesKey& key,
                                                      const ReadSpec& spec, const std::string& x_tag,
                                                      const v1::ReadSeriesReply& reply) {
  ReadSpec by_step = spec;
  by_step.x = v1::AXIS_STEP;
  JoinedLine line;
  bool found = reply.writers_size() == 0;
  for (const uint32_t writer : reply.writers()) {
    ASSIGN_OR_RETURN(const auto points, raw.Get(reader, {key.run, key.tag, key.kind, writer}, by_step));
    const auto other = raw.Get(reader, {key.run, x_tag, v1::KIND_SCALAR, writer}, by_step);
    if (!other.ok() && !absl::IsNotFound(other.status())) return other.status();
    if (points->too_many || (other.ok() && (*other)->too_many)) return std::nullopt;
    found |= other.ok();
    Join(*points, other.ok() ? other->get() : nullptr, ByStep(spec), &line);
  }
  if (!found) return absl::NotFoundError("no writer of this series has logged scalars of x_tag");
  if (reply.writers_size() > 1 || !ByStep(spec)) SortByX(ByStep(spec), &line);
  return line;
}

// For each row the last value of `other` at or before the row's last point.
std::vector<double> XBefore(const ReadSpec& spec, const v1::ReadSeriesReply& other, const v1::ReadSeriesReply& reply) {
  std::vector<double> x;
  int at = 0;
  for (int i = 0; i < Rows(reply); ++i) {
    const auto begun = [&](int k) {
      return ByStep(spec) ? Firsts(other).step(k) <= Lasts(reply).step(i)
                          : Firsts(other).wall(k) <= Lasts(reply).wall(i);
    };
    while (at < Rows(other) && begun(at)) ++at;
    x.push_back(at > 0 ? Lasts(other).value(at - 1) : kNan);
  }
  return x;
}

absl::Status XOfColumns(SeriesReader& reader, const SeriesKey& key, const ReadSpec& spec, const std::string& x_tag,
                        const v1::ReadSeriesReply& reply, Computed* computed) {
  ReadSpec coarse = spec;
  coarse.include_rewound = false;
  if (coarse.columns == 0) coarse.columns = kCoarseColumns;
  v1::ReadSeriesReply other;
  RETURN_IF_ERROR(ReadOne(reader, {key.run, x_tag, v1::KIND_SCALAR, key.writer}, coarse, &other));
  computed->x = XBefore(spec, other, reply);
  computed->approximate = true;
  return absl::OkStatus();
}

}  // namespace

std::optional<std::vector<double>> SmoothLine(const ReadSpec& spec, const Smoothing& smoothing, const RawPoints& line,
                                              const v1::ReadSeriesReply& reply) {
  const std::optional<Places> places = PlacesOf(spec, line, reply);
  if (!places) return std::nullopt;
  Samples samples;
  samples.y = line.value;
  samples.x.reserve(line.size());
  for (size_t i = 0; i < line.size(); ++i)
    samples.x.push_back(ByStep(spec) ? Since(line.step[0], line.step[i]) : line.wall[i] - line.wall[0]);
  const std::vector<size_t> rows = LastFinite(*places, line.value);
  std::vector<double> smoothed = Smooth(smoothing, samples, rows);
  for (size_t i = 0; i < rows.size() && !reply.exact(); ++i) {
    if (!std::isfinite(line.value[rows[i]])) smoothed[i] = kNan;
  }
  return smoothed;
}

absl::Status AddSmoothed(SeriesReader& reader, RawPointsCache& raw, const SeriesKey& key, const ReadSpec& spec,
                         const Smoothing& smoothing, const v1::ReadSeriesReply& reply, Computed* computed) {
  if (reply.exact() && !spec.from && !spec.to && !reply.truncated()) {
    computed->smoothed = SmoothLine(spec, smoothing, PointsOf(reply.points()), reply);
  } else {
    ASSIGN_OR_RETURN(const auto line, raw.Get(reader, key, spec, reply.revision()));
    if (!line->too_many) computed->smoothed = SmoothLine(spec, smoothing, *line, reply);
  }
  if (computed->smoothed) return absl::OkStatus();
  return SmoothColumns(reader, key, spec, smoothing, reply, computed);
}

absl::Status AddX(SeriesReader& reader, RawPointsCache& raw, const SeriesKey& key, const ReadSpec& spec,
                  const std::string& x_tag, const v1::ReadSeriesReply& reply, Computed* computed) {
  ASSIGN_OR_RETURN(const std::optional<JoinedLine> line, JoinWriters(reader, raw, key, spec, x_tag, reply));
  const std::optional<Places> places = line ? PlacesOf(spec, line->points, reply) : std::nullopt;
  if (!places) return XOfColumns(reader, key, spec, x_tag, reply, computed);
  std::vector<double> x;
  for (const size_t at : LastFinite(*places, line->x)) x.push_back(line->x[at]);
  computed->x = std::move(x);
  return absl::OkStatus();
}

absl::Status AddXOfRewound(SeriesReader& reader, const SeriesKey& key, const ReadSpec& spec, const std::string& x_tag,
                           const v1::ReadSeriesReply& reply, Computed* computed) {
  v1::ReadSeriesReply other;
  RETURN_IF_ERROR(ReadOne(reader, {key.run, x_tag, v1::KIND_SCALAR, key.writer}, spec, &other));
  for (const v1::RewoundStretch& stretch : reply.rewound()) {
    const auto found = std::find_if(other.rewound().begin(), other.rewound().end(), [&](const v1::RewoundStretch& one) {
      return one.lsn() == stretch.lsn() && one.step() == stretch.step();
    });
    const v1::ReadSeriesReply its = found == other.rewound().end() ? v1::ReadSeriesReply() : found->line();
    Computed& own = computed->x_of_rewound.emplace_back();
    if (ByStep(spec) && stretch.line().exact() && its.exact()) {
      const RawPoints points = PointsOf(its.points());
      JoinedLine joined;
      Join(PointsOf(stretch.line().points()), &points, true, &joined);
      own.x = std::move(joined.x);
      // Two of one step may be of two writers.
      own.approximate = std::ranges::adjacent_find(points.step) != points.step.end();
    } else {
      own.x = XBefore(spec, its, stretch.line());
      own.approximate = true;
    }
  }
  return absl::OkStatus();
}

}  // namespace stepwell::query
