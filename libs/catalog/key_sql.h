// Keys of the filter language as columns of a query on `runs r`, for grouping and for lists of values.
//
// Thread safety: values; functions without state.
#pragma once

#include <string>
#include <string_view>

#include "catalog/filter_sql.h"
#include "catalog/run_table.h"
#include "query/filter.h"

namespace stepwell::catalog {

// What a run has of a key, as SQL. A number and a text: at most one is not null.
struct KeySql {
  std::string join;    // " left join ...", or empty
  std::string number;  // float8
  std::string text;    // as EncodeText and BooleanText write it
  std::string other;   // boolean: there is a value that is neither (null, an array, an object)
};
// `alias` names the joined row. Not for times and durations, nor metrics.
KeySql KeySqlOf(const query::Key& key, const NameNumbers& names, const Shown& shown, const std::string& alias);

// Of a text column as KeySql::text gives it.
KeyValue ReadKeyText(std::string_view text);
// Text of the filter language that is true of runs with this value of the key alone. `other`: of those that have none,
// some have an array or an object.
std::string KeyTest(const query::Key& key, const KeyValue& value, bool other);

}  // namespace stepwell::catalog
