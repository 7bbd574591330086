// Keys and values as the filter language writes them, so that what is read from the catalog can be put into a filter.
//
// Thread safety: functions without state.
#pragma once

#include <string>
#include <string_view>

#include "query/filter.h"

namespace stepwell::query {

// params.lr, metrics."a b".min; in quotes where it must be. ParseKeys reads it back.
std::string WriteKey(const Key& key);
// "text" in double quotes; any bytes.
std::string WriteText(std::string_view text);
// Shortest that reads back the same; NaN, Infinity, -Infinity.
std::string WriteNumber(double value);

}  // namespace stepwell::query
