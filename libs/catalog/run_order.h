// The order of the run table as SQL, page by page without OFFSET.
//
// A run may lack what it is ordered by. Such runs come last, whichever way the order goes: the list is a sequence of
// *phases*, runs that have the first key (numbers before text), then the others, so that each phase can walk an index.
// Keys after the first are sorted with nulls last. Runs that agree in all keys follow by id.
//
// Thread safety: values; no shared state.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "catalog/database.h"
#include "catalog/filter_sql.h"
#include "query/filter.h"

namespace stepwell::catalog {

// Where a page ended: the phase, and the values of the phase's columns and the id of the last run.
struct Position {
  size_t phase = 0;
  int64_t as_of = 0;  // of durations: microseconds since the epoch, the same for all pages of a list
  std::vector<std::optional<std::string>> values;
  std::string id;
};

// A cursor is bound to its order: with another one it is INVALID_ARGUMENT.
std::string WriteCursor(const Position& position, std::string_view order);
absl::StatusOr<Position> ReadCursor(std::string_view cursor, std::string_view order);

struct Phase {
  struct Column {
    std::string sql;
    std::string type;
    bool nullable = false;
    bool descending = false;
  };
  std::string joins;      // after "from runs r"
  std::string condition;  // begins with " and ", or empty
  std::vector<Column> columns;

  std::string OrderBy() const;
  std::string OrderByNames() const;  // the same where the columns are called r.k0, r.k1, ...
  // " and ..." for what comes after `position`; INVALID_ARGUMENT if that has another shape.
  absl::StatusOr<std::string> After(const Position& position, Params& params) const;
};

std::vector<Phase> MakePhases(const std::vector<query::OrderKey>& order, const NameNumbers& names, const Shown& shown);

}  // namespace stepwell::catalog
