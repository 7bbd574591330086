// What a run must answer, found without chunks, tails, journals or summaries: a list of points in order of arrival,
// each of which a rewind may have hidden. For tests that ask an Ingest the same.
//
// Thread safety: none.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <map>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "ingest/reader.h"
#include "series/summary.h"
#include "stepwell/v1/ingest.pb.h"
#include "stepwell/v1/reader.pb.h"

namespace stepwell::ingest {

struct PlainSeries {
  uint32_t writer = 0, number = 0;
  std::string tag;
  v1::Kind kind = v1::KIND_UNSPECIFIED;
  uint64_t defined = 0, first = 0;  // batches; first: of the first point, or 0
};

struct PlainPoint {
  series::Point p;
  std::string payload;
  bool hidden = false;
};

inline void ExpectSameRow(const v1::PointColumns& got, int i, const series::Point& want, bool with_value) {
  ASSERT_EQ(got.step(i), want.step);
  ASSERT_EQ(std::bit_cast<uint64_t>(got.wall(i)), std::bit_cast<uint64_t>(want.wall));
  if (with_value) {
    ASSERT_EQ(std::bit_cast<uint64_t>(got.value(i)), std::bit_cast<uint64_t>(want.value));
  }
}

class PlainRun {
 public:
  using Line = std::vector<PlainPoint>;
  struct Name {
    std::string tag;
    v1::Kind kind;
    auto operator<=>(const Name&) const = default;
  };

  void Apply(uint32_t writer, const v1::Batch& batch) {
    ++batches_;
    for (const v1::Define& define : batch.define()) {
      PlainSeries made{writer, define.series(), define.info().tag(), define.info().kind(), batches_, 0};
      series_.try_emplace({writer, define.series()}, made);
    }
    for (const v1::BlobPart& part : batch.blobs()) {
      std::string& bytes = blobs_[part.sha256()];
      if (part.offset() == bytes.size()) bytes += part.data();
    }
    for (const v1::Rewind& rewind : batch.rewinds()) Hide(writer, rewind);
    for (const v1::Column& column : batch.columns()) Append(writer, batch, column);
  }

  // What a fork of it begins with.
  PlainRun Forked(int64_t step) const {
    PlainRun fork = *this;
    v1::Rewind rewind;
    rewind.set_step(step);
    fork.Hide(0, rewind);
    return fork;
  }

  std::vector<Name> Names() const {
    std::vector<Name> names;
    for (const auto& [key, series] : series_) names.push_back({series.tag, series.kind});
    std::sort(names.begin(), names.end());
    names.erase(std::unique(names.begin(), names.end()), names.end());
    return names;
  }
  const std::map<std::string, std::string>& blobs() const { return blobs_; }

  // All that a reader can be asked without choosing a range.
  void ExpectAll(Reader& reader, uint64_t run) const {
    for (const Name& name : Names()) {
      ExpectPoints(reader, run, name, false);
      ExpectPoints(reader, run, name, true);
      if (testing::Test::HasFatalFailure()) return;
    }
    ExpectList(reader, run);
    for (const auto& [sha256, bytes] : blobs_) ExpectBlob(reader, run, sha256, bytes);
  }

  void ExpectPoints(Reader& reader, uint64_t run, const Name& name, bool include_hidden) const {
    SCOPED_TRACE("points of " + name.tag + (include_hidden ? ", hidden ones too" : ""));
    v1::ReadPointsRequest request;
    *request.mutable_series() = Selector(run, name);
    request.set_include_hidden(include_hidden);
    Line want;
    for (const PlainSeries* series : Writers(name)) {
      for (const PlainPoint& point : points_.at({series->writer, series->number})) {
        if (include_hidden || !point.hidden) want.push_back(point);
      }
    }
    size_t at = 0;
    const absl::Status status = reader.ReadPoints(request, [&](const v1::ReadPointsReply& reply) {
      ExpectRows(reply, want, at);
      at += static_cast<size_t>(reply.points().step_size());
      return !testing::Test::HasFatalFailure();
    });
    if (testing::Test::HasFatalFailure()) return;
    ASSERT_TRUE(status.ok()) << status;
    ASSERT_EQ(at, want.size());
  }

  void ExpectList(Reader& reader, uint64_t run) const {
    SCOPED_TRACE("the list of series");
    v1::ListSeriesRequest request;
    request.set_run_number(run);
    v1::ListSeriesReply reply;
    const absl::Status status = reader.ListSeries(request, &reply);
    ASSERT_TRUE(status.ok()) << status;
    ASSERT_EQ(static_cast<size_t>(reply.items_size()), series_.size());
    std::vector<const PlainSeries*> order;
    for (const auto& [key, series] : series_) order.push_back(&series);
    std::stable_sort(order.begin(), order.end(),
                     [](const PlainSeries* a, const PlainSeries* b) { return a->defined < b->defined; });
    for (size_t i = 0; i < order.size(); ++i) {
      const v1::SeriesItem& item = reply.items(static_cast<int>(i));
      ASSERT_EQ(item.writer_number(), order[i]->writer);
      ASSERT_EQ(item.series(), order[i]->number);
      ASSERT_EQ(item.info().tag(), order[i]->tag);
      ExpectStats(item.stats(), *order[i]);
    }
  }

  static void ExpectBlob(Reader& reader, uint64_t run, const std::string& sha256, const std::string& bytes) {
    v1::ReadBlobRequest request;
    request.set_run_number(run);
    request.set_sha256(sha256);
    std::string got;
    const absl::Status status = reader.ReadBlob(request, [&](const v1::ReadBlobReply& reply) {
      got += reply.data();
      return true;
    });
    ASSERT_TRUE(status.ok()) << status;
    ASSERT_EQ(got, bytes);
  }

  // A chart of one line with random axis, range, columns and writers.
  void ExpectChart(Reader& reader, uint64_t run, const Name& name, std::mt19937_64& random) const;

 private:
  using Key = std::pair<uint32_t, uint32_t>;  // writer, number

  void Hide(uint32_t writer, const v1::Rewind& rewind) {
    for (auto& [key, points] : points_) {
      if (rewind.spare_own() && key.first == writer) continue;
      for (PlainPoint& point : points) point.hidden |= point.p.step >= rewind.step();
    }
  }

  void Append(uint32_t writer, const v1::Batch& batch, const v1::Column& column) {
    auto it = series_.find({writer, column.series()});
    if (it == series_.end() || column.axis() >= static_cast<uint32_t>(batch.axes_size())) return;
    const v1::Axis& axis = batch.axes(static_cast<int>(column.axis()));
    const bool scalar = it->second.kind == v1::KIND_SCALAR;
    const int size = axis.step_deltas_size();
    if ((scalar ? column.scalars_size() : column.values_size()) != size) return;
    uint64_t step = 0;
    for (int i = 0; i < size; ++i) {
      step += static_cast<uint64_t>(axis.step_deltas(i));
      PlainPoint point;
      point.p = {static_cast<int64_t>(step), axis.walls(i), scalar ? column.scalars(i) : 0};
      if (!scalar) point.payload = column.values(i).SerializeAsString();
      points_[it->first].push_back(std::move(point));
    }
    if (it->second.first == 0 && size > 0) it->second.first = batches_;
  }

  // The series of a line in the order of their first points.
  std::vector<const PlainSeries*> Writers(const Name& name) const {
    std::vector<const PlainSeries*> found;
    for (const auto& [key, series] : series_) {
      if (series.tag == name.tag && series.kind == name.kind) found.push_back(&series);
    }
    std::stable_sort(found.begin(), found.end(), [](const PlainSeries* a, const PlainSeries* b) {
      return (a->first ? a->first : a->defined) < (b->first ? b->first : b->defined);
    });
    for (const PlainSeries* series : found) points_[{series->writer, series->number}];
    return found;
  }

  static v1::SeriesSelector Selector(uint64_t run, const Name& name) {
    v1::SeriesSelector selector;
    selector.set_run_number(run);
    selector.set_tag(name.tag);
    selector.set_kind(name.kind);
    return selector;
  }

  static void ExpectRows(const v1::ReadPointsReply& reply, const Line& want, size_t at) {
    const v1::PointColumns& got = reply.points();
    ASSERT_LE(at + static_cast<size_t>(got.step_size()), want.size());
    for (int i = 0; i < got.step_size(); ++i) {
      const PlainPoint& point = want[at + static_cast<size_t>(i)];
      ExpectSameRow(got, i, point.p, reply.values_size() == 0);
      ASSERT_EQ(got.hidden_size() > 0 && got.hidden(i), point.hidden);
      if (reply.values_size() > 0) {
        ASSERT_EQ(reply.values(i).SerializeAsString(), point.payload);
      }
      if (testing::Test::HasFatalFailure()) return;
    }
  }

  void ExpectStats(const v1::SeriesStats& got, const PlainSeries& series) const {
    SCOPED_TRACE("series " + std::to_string(series.number) + " of writer " + std::to_string(series.writer));
    series::Points shown;
    uint64_t hidden = 0;
    if (auto it = points_.find({series.writer, series.number}); it != points_.end()) {
      for (const PlainPoint& point : it->second) {
        hidden += point.hidden;
        if (!point.hidden) Add(point, shown, series.kind == v1::KIND_SCALAR);
      }
    }
    ASSERT_EQ(got.count(), shown.size());
    ASSERT_EQ(got.hidden(), hidden);
    if (shown.empty()) return;
    const series::Summary want = series::Summarize(shown, 0, shown.size());
    ASSERT_EQ(got.first_step(), want.first.step);
    ASSERT_EQ(got.last_step(), want.last.step);
    ASSERT_EQ(got.min_step(), want.min_step);
    ASSERT_EQ(got.max_step(), want.max_step);
    if (series.kind != v1::KIND_SCALAR) return;
    ASSERT_EQ(std::bit_cast<uint64_t>(got.last()), std::bit_cast<uint64_t>(want.last.value));
    ASSERT_EQ(got.nan(), want.nan);
    ASSERT_EQ(got.pos_inf(), want.pos_inf);
    ASSERT_EQ(got.neg_inf(), want.neg_inf);
    ASSERT_EQ(got.has_finite(), want.finite() > 0);
    if (!got.has_finite()) return;
    ASSERT_EQ(got.min(), want.min.value);
    ASSERT_EQ(got.max(), want.max.value);
  }

  static void Add(const PlainPoint& point, series::Points& out, bool scalar) {
    out.step.push_back(point.p.step);
    out.wall.push_back(point.p.wall);
    if (scalar) out.value.push_back(point.p.value);
    if (!scalar) out.payload.push_back(point.payload);
  }

  // Points of the chart in order of x; `unplaced` counts those that have none.
  Line InRange(const v1::ReadSeriesRequest& request, const std::vector<const PlainSeries*>& writers,
               uint64_t* unplaced) const;
  static void ExpectColumns(const v1::ReadSeriesReply& got, const v1::ReadSeriesRequest& request, const Line& want);

  uint64_t batches_ = 0;
  std::map<Key, PlainSeries> series_;
  mutable std::map<Key, Line> points_;  // in order of arrival
  std::map<std::string, std::string> blobs_;
};

inline PlainRun::Line PlainRun::InRange(const v1::ReadSeriesRequest& request,
                                        const std::vector<const PlainSeries*>& writers, uint64_t* unplaced) const {
  double zero = 0;
  for (auto it = writers.rbegin(); it != writers.rend() && request.x() == v1::AXIS_RELATIVE; ++it) {
    const Line& line = points_.at({(*it)->writer, (*it)->number});
    auto first = std::find_if(line.begin(), line.end(), [](const PlainPoint& point) { return !point.hidden; });
    if (first != line.end() && std::isfinite(first->p.wall)) zero = first->p.wall;
  }
  const bool by_step = request.x() == v1::AXIS_STEP;
  Line out;
  for (const PlainSeries* series : writers) {
    for (const PlainPoint& point : points_.at({series->writer, series->number})) {
      if (point.hidden && !request.include_hidden()) continue;
      const double wall = point.p.wall;
      if (!by_step && !std::isfinite(wall)) {
        ++*unplaced;
        continue;
      }
      const bool before = by_step ? point.p.step < request.from_step() : wall < request.from() + zero;
      const bool behind = by_step ? point.p.step > request.to_step() : wall > request.to() + zero;
      if ((request.has_from() && before) || (request.has_to() && behind)) continue;
      out.push_back(point);
    }
  }
  std::stable_sort(out.begin(), out.end(), [&](const PlainPoint& a, const PlainPoint& b) {
    return by_step ? a.p.step < b.p.step : a.p.wall < b.p.wall;
  });
  return out;
}

// Each column must sum up exactly the next of the points in order of x.
inline void PlainRun::ExpectColumns(const v1::ReadSeriesReply& got, const v1::ReadSeriesRequest& request,
                                    const Line& want) {
  ASSERT_LE(static_cast<uint32_t>(got.counts_size()), request.columns());
  size_t at = 0;
  for (int i = 0; i < got.counts_size(); ++i) {
    ASSERT_GT(got.counts(i), 0u);
    ASSERT_LE(at + got.counts(i), want.size());
    series::Points part;
    for (const size_t end = at + got.counts(i); at < end; ++at) Add(want[at], part, true);
    const series::Summary s = series::Summarize(part, 0, part.size());
    ExpectSameRow(got.first(), i, s.first, true);
    ExpectSameRow(got.last(), i, s.last, true);
    ASSERT_EQ(std::isnan(got.min().value(i)), s.finite() == 0);
    if (s.finite() > 0) ExpectSameRow(got.min(), i, s.min, true);
    if (s.finite() > 0) ExpectSameRow(got.max(), i, s.max, true);
    ASSERT_NEAR(got.sums(i), s.sum, 1e-9 * (1 + std::abs(s.sum)));
    if (testing::Test::HasFatalFailure()) return;
  }
  ASSERT_EQ(at, want.size());
}

inline void PlainRun::ExpectChart(Reader& reader, uint64_t run, const Name& name, std::mt19937_64& random) const {
  std::vector<const PlainSeries*> writers = Writers(name);
  v1::ReadSeriesRequest request;
  v1::SeriesSelector selector = Selector(run, name);
  if (random() % 4 == 0) {
    const uint32_t writer = writers[random() % writers.size()]->writer;
    selector.set_one_writer(true);
    selector.set_writer_number(writer);
    std::erase_if(writers, [&](const PlainSeries* series) { return series->writer != writer; });
  }
  const Line& any = points_.at({writers[0]->writer, writers[0]->number});
  const auto pick = [&] { return any.empty() ? series::Point() : any[random() % any.size()].p; };
  const series::Point a = pick(), b = pick();
  const uint32_t columns[] = {0, 1, 2, 7, 50, 333};
  request.set_x(static_cast<v1::XAxis>(random() % 3));
  request.set_columns(columns[random() % std::size(columns)]);
  request.set_include_hidden(random() % 4 == 0);
  request.set_has_from(random() % 2);
  request.set_has_to(random() % 2);
  request.set_from_step(std::min(a.step, b.step));
  request.set_to_step(std::max(a.step, b.step));
  if (std::isfinite(a.wall) && std::isfinite(b.wall)) {
    request.set_from(std::min(a.wall, b.wall) - (request.x() == v1::AXIS_RELATIVE ? a.wall : 0));
    request.set_to(std::max(a.wall, b.wall) - (request.x() == v1::AXIS_RELATIVE ? a.wall : 0));
  }
  SCOPED_TRACE("chart of " + name.tag + ": " + request.ShortDebugString());
  uint64_t unplaced = 0;
  const Line want = InRange(request, writers, &unplaced);
  v1::ReadSeriesReply got;
  reader.ReadSeries(request, selector, &got);
  ASSERT_EQ(got.code(), 0u) << got.error();
  ASSERT_EQ(got.count(), want.size());
  ASSERT_EQ(got.unplaced(), unplaced);
  ASSERT_EQ(got.exact(), request.columns() == 0 || want.size() < 4 * uint64_t{request.columns()});
  if (!got.exact()) return ExpectColumns(got, request, want);
  ASSERT_EQ(static_cast<size_t>(got.points().step_size()), want.size());
  for (size_t i = 0; i < want.size(); ++i) {
    ExpectSameRow(got.points(), static_cast<int>(i), want[i].p, true);
    ASSERT_EQ(got.points().hidden_size() > 0 && got.points().hidden(static_cast<int>(i)), want[i].hidden);
    if (testing::Test::HasFatalFailure()) return;
  }
}

}  // namespace stepwell::ingest
