// The answer to POST /api/v1/values:query, written as it is read: one item for each series in the order asked. A series
// that is unknown, or may not be read, or has more than there is room for, is an item with its error, and the others
// come.
//
// Thread safety: a pure function of its arguments.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "query/series_reader.h"
#include "query/values_query.h"

namespace stepwell::query {

struct ValuesAnswerOptions {
  // After it nothing more is read: the answer breaks off.
  std::chrono::steady_clock::time_point deadline = std::chrono::steady_clock::time_point::max();
  uint64_t most_bytes = uint64_t{32} << 20;                 // of the answer, problem documents apart
  std::function<std::string(const absl::Status&)> problem;  // an error as a problem document (JSON)
  std::function<absl::Status(std::string_view)> write;
  // A whole blob: long texts are kept as blobs.
  std::function<absl::StatusOr<std::string>(const GrantedRun&, const v1::BlobRef&)> read_blob;
};

// runs[i] is what was found for query.series[i].
absl::Status AnswerValues(SeriesReader& reader, const ValuesQuery& query,
                          std::span<const absl::StatusOr<GrantedRun>> runs, const ValuesAnswerOptions& options);

}  // namespace stepwell::query
