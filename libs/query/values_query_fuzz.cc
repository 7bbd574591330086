// Bodies of values:query from a stranger: parsed or refused, never more.
#include <cstddef>
#include <cstdint>

#include "query/values_query.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace stepwell;
  const auto query = query::ParseValuesQuery({reinterpret_cast<const char*>(data), size});
  if (!query.ok()) return 0;
  if (query->series.size() > query::kMaxSeriesPerValuesQuery || query->spec.spread > query::kMaxSpread)
    __builtin_trap();
  for (const query::AskedValues& asked : query->series) {
    if (asked.kind == v1::KIND_UNSPECIFIED || asked.kind == v1::KIND_SCALAR) __builtin_trap();
  }
  return 0;
}
