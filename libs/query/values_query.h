// The body of POST /api/v1/values:query, checked. Errors name the member, the limit and the way out.
//
//   {"series": [{"run", "tag" | "tag_base64", "kind", "writer"?}…], "x": "step" | "wall" | "relative", "at"?: x | null,
//    "choose": "nearest" | "before", "steps": false, "spread": 0, "range": [from, to]?}
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

inline constexpr size_t kMaxSeriesPerValuesQuery = 1'000;
inline constexpr uint64_t kMaxStepsOfValues = 10'000;
inline constexpr uint64_t kMaxSpread = 200;

struct AskedValues {
  std::string run;  // id
  std::string tag;
  v1::Kind kind = v1::KIND_UNSPECIFIED;
  std::optional<uint32_t> writer;
};
struct ValuesQuery {
  std::vector<AskedValues> series;
  ValuesSpec spec;  // without max_bytes
};

absl::StatusOr<ValuesQuery> ParseValuesQuery(std::string_view body);

}  // namespace stepwell::query
