// Whatever the text, the parser answers with a tree or an error with a message, within its limits.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "query/filter.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  std::string_view text(reinterpret_cast<const char*>(data), size);
  auto filter = stepwell::query::ParseFilter(text);
  if (!filter.ok() && filter.status().message().empty()) std::abort();
  auto order = stepwell::query::ParseOrder(text);
  if (order.ok() && (order->empty() || order->size() > stepwell::query::kOrderKeys)) std::abort();
  return 0;
}
