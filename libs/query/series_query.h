// The body of POST /api/v1/series:query, checked. Errors name the member, the limit and the way out.
//
//   {"series": [{"run", "tag" | "tag_base64" | "expression", "writer"?, "kind"?, "smoothing"?: {"kind", "amount",
//   "range"?}, "x_tag"?}…],
//    "x": "step" | "wall" | "relative", "range": [from, to]?, "columns": N | null, "include_hidden": false,
//    "include_rewound": false, "max_points"?: N, "base"?: run}
//
// A bound of the range may be null: open at that end. `columns` null gives every point; `max_points` then cuts each
// series and the answer says "truncated".
//
// Thread safety: pure functions.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "query/expression.h"
#include "query/series_reader.h"
#include "query/smoothing.h"

namespace stepwell::query {

inline constexpr size_t kMaxSeriesPerQuery = 10'000;
inline constexpr uint64_t kMaxUnitsPerQuery = 2'000'000;  // series × columns; with include_rewound × 11

struct AskedSeries {
  std::string run;  // id
  std::string tag;
  std::string expression;                    // as it was written; empty: the tag is asked for
  std::shared_ptr<const Expression> parsed;  // of `expression`; shared: queries are copied
  v1::Kind kind = v1::KIND_SCALAR;
  std::optional<uint32_t> writer;
  std::optional<Smoothing> smoothing;
  std::optional<std::string> x_tag;
};
struct SeriesQuery {
  std::vector<AskedSeries> series;
  ReadSpec spec;
  std::string base;  // id of the run that base(…) of expressions means; empty: none
};

absl::StatusOr<SeriesQuery> ParseSeriesQuery(std::string_view body);

}  // namespace stepwell::query
