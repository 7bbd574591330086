// Experiments, runs, series and warnings as the REST API shows them.
//
// Thread safety: pure functions. Each appends one object to the open array or after a key.
#pragma once

#include "base/json.h"
#include "catalog/catalog.h"
#include "stepwell/v1/reader.pb.h"

namespace stepwell::query {

void WriteExperiment(JsonWriter& json, const catalog::Experiment& experiment);
void WriteRun(JsonWriter& json, const catalog::Run& run);
void WriteWarning(JsonWriter& json, const catalog::Warning& warning);
void WriteTagRow(JsonWriter& json, const catalog::TagRow& row);
void WriteSeriesItem(JsonWriter& json, const v1::SeriesItem& item);

}  // namespace stepwell::query
