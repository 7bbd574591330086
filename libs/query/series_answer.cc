#include "query/series_answer.h"

#include <bit>
#include <cmath>

#include "base/bytes.h"
#include "base/json.h"
#include "query/kinds.h"

namespace stepwell::query {
namespace {

static_assert(std::endian::native == std::endian::little, "columns are copied as they lie in memory");

enum Flags : uint32_t {
  kExact = 1,
  kError = 2,
  kTruncated = 4,
  kDamaged = 8,
  kSmoothed = 16,
  kX = 32,
  kApproximate = 64,
  kRewound = 128
};

template <typename Column>
void AppendColumn(std::string& out, const Column& column) {
  out.append(reinterpret_cast<const char*>(column.data()), static_cast<size_t>(column.size()) * 8);
}

void AppendPoints(std::string& out, const v1::PointColumns& points) {
  AppendColumn(out, points.step());
  AppendColumn(out, points.wall());
  AppendColumn(out, points.value());
}

void AppendItem(std::string& out, uint32_t flags, size_t rows, const v1::ReadSeriesReply& reply,
                std::string_view body) {
  PutLe32(out, flags);
  PutLe32(out, static_cast<uint32_t>(rows));
  for (const uint64_t number : {reply.count(), reply.nan(), reply.pos_inf(), reply.neg_inf(), reply.unplaced()})
    PutLe64(out, number);
  PutLe32(out, static_cast<uint32_t>(reply.rewound_size()));
  PutLe32(out, static_cast<uint32_t>(reply.rewound_left_out()));
  PutLe64(out, body.size());
  out += body;
  out.append((8 - body.size() % 8) % 8, '\0');
}

// The points or columns of a line, and what was computed for them.
uint32_t LineFlags(const v1::ReadSeriesReply& reply, const Computed& computed) {
  return (reply.exact() ? kExact : 0u) | (reply.truncated() ? kTruncated : 0u) | (computed.smoothed ? kSmoothed : 0u) |
         (computed.x ? kX : 0u) | (computed.approximate ? kApproximate : 0u);
}
size_t AppendLine(std::string& body, const v1::ReadSeriesReply& reply, const Computed& computed) {
  size_t rows;
  if (reply.exact()) {
    rows = static_cast<size_t>(reply.points().step_size());
    AppendPoints(body, reply.points());
  } else {
    rows = static_cast<size_t>(reply.first().step_size());
    for (const v1::PointColumns* points : {&reply.first(), &reply.last(), &reply.min(), &reply.max()})
      AppendPoints(body, *points);
    AppendColumn(body, reply.counts());
    AppendColumn(body, reply.sums());
  }
  if (computed.smoothed) AppendColumn(body, *computed.smoothed);
  if (computed.x) AppendColumn(body, *computed.x);
  return rows;
}

// Where the counts say that a bucket has no finite value, min and max are null.
void WritePoints(JsonWriter& json, const v1::PointColumns& points, bool may_be_empty) {
  json.Key("step").Array();
  for (int i = 0; i < points.step_size(); ++i) {
    may_be_empty&& std::isnan(points.value(i)) ? json.Null() : json.Int(points.step(i));
  }
  json.End().Key("wall").Array();
  for (int i = 0; i < points.wall_size(); ++i) {
    may_be_empty&& std::isnan(points.value(i)) ? json.Null() : json.Double(points.wall(i));
  }
  json.End().Key("value").Array();
  for (const double value : points.value()) may_be_empty&& std::isnan(value) ? json.Null() : json.Double(value);
  json.End();
}

void WriteBuckets(JsonWriter& json, const v1::ReadSeriesReply& reply) {
  json.Key("buckets").Object();
  json.Key("first").Object();
  WritePoints(json, reply.first(), false);
  json.End().Key("last").Object();
  WritePoints(json, reply.last(), false);
  json.End().Key("min").Object();
  WritePoints(json, reply.min(), true);
  json.End().Key("max").Object();
  WritePoints(json, reply.max(), true);
  json.End().Key("count").Array();
  for (const uint64_t count : reply.counts()) json.Uint(count);
  json.End().Key("sum").Array();
  for (const double sum : reply.sums()) json.Double(sum);
  json.End().End();
}

// NaN where a row has no value, which is null; of points, a smoothed value is what was logged, NaN or not.
void WriteComputed(JsonWriter& json, std::string_view name, const std::vector<double>& values, bool may_be_empty) {
  json.Key(name).Array();
  for (const double value : values) may_be_empty&& std::isnan(value) ? json.Null() : json.Double(value);
  json.End();
}

void WriteName(JsonWriter& json, const AskedSeries& asked) {
  json.Object().Key("run").String(asked.run);
  asked.parsed ? void(json.Key("expression").String(asked.expression)) : WriteTag(json, asked.tag);
  if (asked.writer) json.Key("writer").Uint(*asked.writer);
}

void WriteLine(JsonWriter& json, const v1::ReadSeriesReply& reply, const Computed& computed) {
  json.Key("exact").Bool(reply.exact()).Key("count").Uint(reply.count()).Key("nan").Uint(reply.nan());
  json.Key("pos_inf").Uint(reply.pos_inf()).Key("neg_inf").Uint(reply.neg_inf());
  if (reply.unplaced() > 0) json.Key("unplaced").Uint(reply.unplaced());
  if (reply.truncated()) json.Key("truncated").Bool(true);
  if (!reply.damage().empty()) json.Key("damage").String(reply.damage());
  if (!reply.exact()) {
    WriteBuckets(json, reply);
  } else {
    WritePoints(json, reply.points(), false);
    if (reply.points().hidden_size() > 0) {
      json.Key("hidden").Array();
      for (const bool hidden : reply.points().hidden()) json.Bool(hidden);
      json.End();
    }
  }
  if (computed.smoothed) WriteComputed(json, "smoothed", *computed.smoothed, !reply.exact());
  if (computed.x) WriteComputed(json, "x", *computed.x, true);
  if (computed.approximate) json.Key("approximate").Bool(true);
}

// What was computed for the stretch at place `i`; without an x_tag nothing is.
Computed OfStretch(const Computed& computed, int i) {
  Computed own;
  if (computed.x_of_rewound.empty()) return own;
  own.x = computed.x_of_rewound[static_cast<size_t>(i)].x;
  own.approximate = computed.x_of_rewound[static_cast<size_t>(i)].approximate;
  return own;
}

}  // namespace

void AppendJsonItem(std::string& out, const AskedSeries& asked, bool rewound, const v1::ReadSeriesReply& reply,
                    const Computed& computed) {
  JsonWriter json(out);
  WriteName(json, asked);
  WriteLine(json, reply, computed);
  if (rewound) {
    json.Key("rewound").Array();
    for (int i = 0; i < reply.rewound_size(); ++i) {
      const v1::RewoundStretch& stretch = reply.rewound(i);
      json.Object().Key("rewind").Object().Key("step").Int(stretch.step()).Key("wall").Double(stretch.last_wall());
      json.End();
      WriteLine(json, stretch.line(), OfStretch(computed, i));
      json.End();
    }
    json.End();
    if (reply.rewound_left_out() > 0) json.Key("rewound_left_out").Uint(reply.rewound_left_out());
  }
  json.End();
}

void AppendJsonError(std::string& out, const AskedSeries& asked, std::string_view problem) {
  JsonWriter json(out);
  WriteName(json, asked);
  json.Key("error").Raw(problem).End();
}

void AppendBinaryHeader(std::string& out, uint32_t items) {
  out += "SWSQ";
  PutLe32(out, 1);
  PutLe32(out, items);
  PutLe32(out, 0);
}

void AppendBinaryItem(std::string& out, const v1::ReadSeriesReply& reply, const Computed& computed) {
  std::string body;
  const size_t rows = AppendLine(body, reply, computed);
  AppendItem(out, LineFlags(reply, computed) | (reply.damage().empty() ? 0u : kDamaged), rows, reply, body);
  for (int i = 0; i < reply.rewound_size(); ++i) {
    const v1::RewoundStretch& stretch = reply.rewound(i);
    const Computed own = OfStretch(computed, i);
    body.clear();
    PutLe64(body, static_cast<uint64_t>(stretch.step()));
    PutLe64(body, std::bit_cast<uint64_t>(stretch.last_wall()));
    const size_t its_rows = AppendLine(body, stretch.line(), own);
    AppendItem(out, LineFlags(stretch.line(), own) | kRewound, its_rows, stretch.line(), body);
  }
}

void AppendBinaryError(std::string& out, std::string_view problem) {
  AppendItem(out, kError, 0, v1::ReadSeriesReply(), problem);
}

}  // namespace stepwell::query
