// Bodies of series:query from a stranger: parsed or refused, never more.
#include <cstddef>
#include <cstdint>

#include "query/series_query.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const auto query = stepwell::query::ParseSeriesQuery({reinterpret_cast<const char*>(data), size});
  if (query.ok() && query->series.size() * uint64_t{query->spec.columns} > stepwell::query::kMaxUnitsPerQuery)
    __builtin_trap();
  return 0;
}
