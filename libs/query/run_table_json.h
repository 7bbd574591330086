// Keys, values and groups of runs as the REST API shows them.
//
// Thread safety: pure functions.
#pragma once

#include "base/json.h"
#include "catalog/run_table.h"

namespace stepwell::query {

void WriteKeyRow(JsonWriter& json, const catalog::KeyRow& row);
void WriteKeyValues(JsonWriter& json, const catalog::KeyValues& values);
void WriteGroup(JsonWriter& json, const catalog::Group& group);

}  // namespace stepwell::query
