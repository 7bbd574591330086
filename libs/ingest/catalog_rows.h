// What happened to a run, as the catalog has it.
//
// Thread safety: functions without state.
#pragma once

#include <cstdint>
#include <optional>

#include "catalog/catalog.h"
#include "ingest/open_series.h"
#include "series/summary.h"
#include "stepwell/v1/ingest.pb.h"

namespace stepwell::ingest {

// A note without a time has the present one.
catalog::RunNote ToRunNote(uint64_t run, const v1::Note& note);
// `total`: its visible points summed up. REQUIRES: the run's mutex.
catalog::SeriesRow ToRow(uint64_t run, const OpenSeries& series, const std::optional<series::Summary>& total);

}  // namespace stepwell::ingest
