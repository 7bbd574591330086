// Bodies of requests that change runs.
//
// Thread safety: functions without state.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "base/json.h"
#include "catalog/catalog.h"

namespace stepwell::query {

absl::StatusOr<catalog::RunEdit> ParseRunEdit(const std::string& body);

// One of the edits of POST /api/v1/runs:edit, as it was asked for: nothing is looked up yet.
struct AskedEdit {
  bool by_filter = false;         // else by ids
  std::vector<std::string> runs;  // ids
  std::string experiment, filter;
  catalog::RunChange change;
  std::string move_to, move_to_name;  // id, name; empty: they stay
};
absl::StatusOr<std::vector<AskedEdit>> ParseRunEdits(const std::string& body);

// {"changed", "skipped", "undo"}: `undo` is a body that ParseRunEdits reads.
void WriteBulkResult(JsonWriter& json, const catalog::BulkResult& result);

}  // namespace stepwell::query
