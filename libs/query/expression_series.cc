#include "query/expression_series.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <set>

#include <boost/json.hpp>

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "query/expression_values.h"
#include "query/filter_lexer.h"
#include "series/query.h"

namespace stepwell::query {
namespace {

// Columns of a metric that has more points than are computed on.
constexpr uint32_t kCoarseColumns = 2000;

using Shared = std::shared_ptr<const RawPoints>;  // kept by the cache, too

absl::Status ErrorOf(const v1::ReadSeriesReply& reply) {
  return absl::Status(static_cast<absl::StatusCode>(reply.code()), reply.error());
}

absl::Status About(const Expression::Name& name, std::string_view space, const absl::Status& status) {
  if (!absl::IsNotFound(status)) return status;
  return absl::NotFoundError(absl::StrCat("expression, column ", name.column, ": the ", name.base ? "base " : "",
                                          "run has no ", std::string(space), " \"", name.name,
                                          "\"; names may hold - and /, so operators stand apart from them"));
}

absl::StatusOr<std::vector<double>> ReadParams(const ExpressionAsk& ask) {
  std::vector<double> values;
  for (const Expression::Name& name : ask.expression.params) {
    const auto& params = name.base ? ask.base->params : ask.run.params;
    const auto it = params.find(name.name);
    if (it == params.end()) return About(name, "parameter", absl::NotFoundError(""));
    boost::json::error_code error;
    const boost::json::value value = boost::json::parse(it->second, error);
    if (error || !value.is_number()) {
      return absl::InvalidArgumentError(
          absl::StrCat("expression, column ", name.column, ": parameter \"", name.name, "\" of the run is no number"));
    }
    values.push_back(value.to_number<double>());
  }
  return values;
}

// A metric of one writer in order of step.
struct Operand {
  Shared points;
  bool coarse = false;
};

class Evaluation {
 public:
  Evaluation(SeriesReader& reader, RawPointsCache& raw, const ExpressionAsk& ask)
      : reader_(reader), raw_(raw), ask_(ask) {}

  absl::StatusOr<ExpressionLine> Run() {
    ASSIGN_OR_RETURN(params_, ReadParams(ask_));
    ASSIGN_OR_RETURN(const std::vector<uint32_t> writers, Writers());
    for (const uint32_t writer : writers) {
      std::vector<Operand> operands;
      for (const Expression::Name& name : ask_.expression.metrics) {
        ASSIGN_OR_RETURN(Operand operand, Read(name, writer));
        line_.approximate |= operand.coarse;
        operands.push_back(std::move(operand));
      }
      Append(operands);
    }
    return std::move(line_);
  }

 private:
  SeriesKey KeyOf(const Expression::Name& name, std::optional<uint32_t> writer) const {
    return {name.base ? ask_.base->run : ask_.run.run, name.name, v1::KIND_SCALAR, name.base ? std::nullopt : writer};
  }

  // The run's writers that have all of its metrics, in the order in which they have the first of them.
  absl::StatusOr<std::vector<uint32_t>> Writers() {
    std::optional<std::vector<uint32_t>> all;
    for (const Expression::Name& name : ask_.expression.metrics) {
      if (name.base) continue;
      const auto line = raw_.Get(reader_, KeyOf(name, ask_.writer), by_step_);
      if (!line.ok()) return About(name, "metric", line.status());
      const std::vector<uint32_t>& its = (*line)->writers;
      if (!all) all = its;
      std::erase_if(*all, [&](uint32_t writer) { return std::find(its.begin(), its.end(), writer) == its.end(); });
      if (its.size() == 1) alone_.insert(name.name);
    }
    return all.value_or(std::vector<uint32_t>{0});  // of the base run alone, which is one line
  }

  absl::StatusOr<Operand> Read(const Expression::Name& name, uint32_t writer) {
    // A line of one writer was read as a whole already.
    const bool whole = name.base || alone_.contains(name.name);
    const SeriesKey key = KeyOf(name, whole ? ask_.writer : std::optional<uint32_t>(writer));
    auto points = raw_.Get(reader_, key, by_step_);
    if (!points.ok()) return About(name, "metric", points.status());
    if (!(*points)->too_many) return Operand{*points};
    ASSIGN_OR_RETURN(Shared columns, ReadColumns(key));
    return Operand{columns, true};
  }

  // Means of columns at their last steps.
  absl::StatusOr<Shared> ReadColumns(const SeriesKey& key) {
    auto found = std::make_shared<RawPoints>();
    ReadSpec spec = by_step_;
    spec.columns = kCoarseColumns;
    RETURN_IF_ERROR(reader_.ReadSeries({&key, 1}, spec, [&](const v1::ReadSeriesReply& reply) {
      if (reply.code() != 0) return ErrorOf(reply);
      if (reply.exact()) *found = PointsOf(reply.points());
      for (int i = 0; i < reply.last().step_size(); ++i) {
        const uint64_t finite = reply.finite_size() > 0 ? reply.finite(i) : reply.counts(i);
        found->step.push_back(reply.last().step(i));
        found->wall.push_back(reply.last().wall(i));
        found->value.push_back(reply.sums(i) / static_cast<double>(finite));  // NaN where there is none
      }
      return absl::OkStatus();
    }));
    return found;
  }

  // Rows at the steps that all operands have; of a coarse one, at those that it reaches over.
  void Append(const std::vector<Operand>& operands) {
    const size_t main = static_cast<size_t>(std::find_if(ask_.expression.metrics.begin(), ask_.expression.metrics.end(),
                                                         [](const Expression::Name& name) { return !name.base; }) -
                                            ask_.expression.metrics.begin()) %
                        operands.size();
    const RawPoints& first = *operands[main].points;
    std::vector<std::vector<double>> values(operands.size());
    std::vector<size_t> at(operands.size(), 0), rows;
    for (size_t i = 0; i < first.size(); ++i) {
      if (i + 1 < first.size() && first.step[i + 1] == first.step[i]) continue;  // the last of a step
      std::vector<double> row;
      for (size_t k = 0; k < operands.size(); ++k) {
        const std::optional<double> value =
            k == main ? first.value[i] : ValueAt(operands[k], line_.approximate, first.step[i], &at[k]);
        if (!value) break;
        row.push_back(*value);
      }
      if (row.size() < operands.size()) continue;
      rows.push_back(i);
      for (size_t k = 0; k < operands.size(); ++k) values[k].push_back(row[k]);
    }
    const ExpressionValues result = EvaluateRows(ask_.expression, values, params_, rows.size());
    for (size_t r = result.lead; r < rows.size(); ++r) {
      line_.points.step.push_back(first.step[rows[r]]);
      line_.points.wall.push_back(first.wall[rows[r]]);
      line_.points.value.push_back(result.values[r]);
    }
  }

  // `at` goes on from call to call. Between points, where one of the metrics is coarse, on a straight line.
  static std::optional<double> ValueAt(const Operand& operand, bool between, int64_t step, size_t* at) {
    const RawPoints& points = *operand.points;
    while (*at < points.size() && points.step[*at] < step) ++*at;
    if (*at == points.size()) return std::nullopt;
    if (points.step[*at] == step) {
      while (*at + 1 < points.size() && points.step[*at + 1] == step) ++*at;
      return points.value[*at];
    }
    if (!between || *at == 0) return std::nullopt;
    const double from = static_cast<double>(points.step[*at - 1]);
    const double part = (static_cast<double>(step) - from) / (static_cast<double>(points.step[*at]) - from);
    return points.value[*at - 1] * (1 - part) + points.value[*at] * part;
  }

  SeriesReader& reader_;
  RawPointsCache& raw_;
  const ExpressionAsk& ask_;
  const ReadSpec by_step_;  // what a rewind hides takes no part
  std::vector<double> params_;
  std::set<std::string> alone_;  // metrics of one writer
  ExpressionLine line_;
};

void SortByX(bool by_step, RawPoints* points) {
  std::vector<size_t> order;
  for (size_t i = 0; i < points->size(); ++i) {
    if (by_step || std::isfinite(points->wall[i])) order.push_back(i);
  }
  std::stable_sort(order.begin(), order.end(), [&](size_t a, size_t b) {
    return by_step ? points->step[a] < points->step[b] : points->wall[a] < points->wall[b];
  });
  RawPoints sorted;
  for (const size_t i : order) {
    sorted.step.push_back(points->step[i]);
    sorted.wall.push_back(points->wall[i]);
    sorted.value.push_back(points->value[i]);
  }
  *points = std::move(sorted);
}

// Points in memory as a series that has no chunks.
class MemoryLine : public series::Source {
 public:
  explicit MemoryLine(const RawPoints& points) {
    tail_.push_back({1, 1, {points.step, points.wall, points.value, {}}});
  }
  series::SeriesKey key() const override { return {}; }
  uint64_t chunk_count() const override { return 0; }
  uint64_t sealed_points() const override { return 0; }
  absl::StatusOr<series::ChunkInfo> ReadChunk(uint64_t, series::Points*) override {
    return absl::InternalError("a line in memory has no chunks");
  }
  absl::StatusOr<series::ChunkInfo> ReadAxis(uint64_t number, series::Points* points) override {
    return ReadChunk(number, points);
  }
  absl::StatusOr<std::optional<series::SummaryPage>> ReadPage(uint8_t, uint64_t) override { return std::nullopt; }
  std::span<const series::TailPart> tail() const override { return tail_; }

 private:
  std::vector<series::TailPart> tail_;
};

series::QuerySpec ToSpec(const ReadSpec& spec, double zero) {
  series::QuerySpec out;
  out.x = spec.x == v1::AXIS_STEP ? series::XAxis::kStep : series::XAxis::kWall;
  const Bound from = spec.from.value_or(Bound()), to = spec.to.value_or(Bound());
  out.range = {spec.from.has_value(), spec.to.has_value(), from.step, to.step, from.seconds + zero, to.seconds + zero};
  out.columns = spec.columns;
  if (spec.max_points > 0) out.max_points = spec.max_points;
  return out;
}

void AddPoint(const series::Point& point, v1::PointColumns* out) {
  out->add_step(point.step);
  out->add_wall(point.wall);
  out->add_value(point.value);
}

}  // namespace

absl::StatusOr<ExpressionLine> Evaluate(SeriesReader& reader, RawPointsCache& raw, const ExpressionAsk& ask,
                                        const ReadSpec& spec) {
  ASSIGN_OR_RETURN(ExpressionLine line, Evaluation(reader, raw, ask).Run());
  SortByX(spec.x == v1::AXIS_STEP, &line.points);
  return line;
}

absl::StatusOr<v1::ReadSeriesReply> AnswerOf(const RawPoints& points, const ReadSpec& spec) {
  v1::ReadSeriesReply reply;
  reply.set_exact(true);
  if (points.size() == 0) return reply;
  MemoryLine line(points);
  series::Source* const sources[] = {&line};
  const double zero = spec.x == v1::AXIS_RELATIVE ? points.wall.front() : 0;
  ASSIGN_OR_RETURN(const series::Answer answer, series::Query(sources, {}, ToSpec(spec, zero)));
  reply.set_exact(answer.exact);
  reply.set_truncated(answer.truncated);
  reply.set_count(answer.count);
  reply.set_nan(answer.nan);
  reply.set_pos_inf(answer.pos_inf);
  reply.set_neg_inf(answer.neg_inf);
  for (size_t i = 0; i < answer.points.size(); ++i)
    AddPoint({answer.points.step[i], answer.points.wall[i], answer.points.value[i]}, reply.mutable_points());
  for (const series::Summary& column : answer.columns) {
    const series::Point none{0, 0, std::numeric_limits<double>::quiet_NaN()};
    AddPoint(column.first, reply.mutable_first());
    AddPoint(column.last, reply.mutable_last());
    AddPoint(column.finite() > 0 ? column.min : none, reply.mutable_min());
    AddPoint(column.finite() > 0 ? column.max : none, reply.mutable_max());
    reply.add_counts(column.count);
    reply.add_sums(column.sum);
  }
  return reply;
}

}  // namespace stepwell::query
