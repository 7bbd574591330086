// The answer to POST /api/v1/series:query, written as it is read: one item for each series in the order asked. A series
// that is unknown, or may not be read, is an item with its error, and the others come.
//
// Thread safety: a pure function of its arguments.
#pragma once

#include <chrono>
#include <functional>
#include <limits>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "query/raw_points.h"
#include "query/series_query.h"
#include "query/series_reader.h"

namespace stepwell::query {

struct SeriesAnswerOptions {
  RawPointsCache* raw = nullptr;  // REQUIRED
  // Of expressions: parameters of a run, and the run that base(…) means.
  std::function<absl::StatusOr<std::map<std::string, std::string>>(const GrantedRun&)> params;
  std::optional<absl::StatusOr<GrantedRun>> base;
  // After it nothing more is computed: the answer breaks off.
  std::chrono::steady_clock::time_point deadline = std::chrono::steady_clock::time_point::max();
  bool binary = false;
  std::function<std::string(const absl::Status&)> problem;  // an error as a problem document (JSON)
  std::function<absl::Status(std::string_view)> write;
  std::function<void(const v1::ReadSeriesReply&)> count;  // for metrics; may be empty
  // When as many are written, what is left of the series become items with an error.
  uint64_t most_bytes = std::numeric_limits<uint64_t>::max();
};

// runs[i] is what was found for query.series[i].
absl::Status AnswerSeries(SeriesReader& reader, const SeriesQuery& query,
                          std::span<const absl::StatusOr<GrantedRun>> runs, const SeriesAnswerOptions& options);

}  // namespace stepwell::query
