// The body of POST /api/v1/series:query, checked. Errors name the member, the limit and the way out.
//
//   {"series": [{"run", "tag" | "tag_base64", "writer"?, "kind"?, "smoothing"?: {"kind": "ema", "amount"}}…],
//    "x": "step" | "wall" | "relative", "range": [from, to]?, "columns": N | null, "include_hidden": false,
//    "max_points"?: N}
//
// A bound of the range may be null: open at that end. `columns` null gives every point; `max_points` then cuts each
// series and the answer says "truncated".
//
// Thread safety: pure functions.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "query/series_reader.h"

namespace stepwell::query {

inline constexpr size_t kMaxSeriesPerQuery = 10'000;
inline constexpr uint64_t kMaxUnitsPerQuery = 2'000'000;  // series × columns
inline constexpr uint64_t kMaxSmoothedPoints = 200'000;   // of a series; beyond, smoothing is not computed

struct Smoothing {
  double amount = 0;  // [0, 1)
};
struct AskedSeries {
  std::string run;  // id
  std::string tag;
  v1::Kind kind = v1::KIND_SCALAR;
  std::optional<uint32_t> writer;
  std::optional<Smoothing> smoothing;
};
struct SeriesQuery {
  std::vector<AskedSeries> series;
  ReadSpec spec;
};

absl::StatusOr<SeriesQuery> ParseSeriesQuery(std::string_view body);

}  // namespace stepwell::query
