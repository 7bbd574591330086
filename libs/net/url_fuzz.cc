// Request targets from a stranger: no decoded path leads elsewhere.
#include <cstddef>
#include <cstdint>

#include "net/url.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const auto target = stepwell::net::ParseTarget({reinterpret_cast<const char*>(data), size});
  if (!target.ok()) return 0;
  for (const std::string& segment : target->segments) {
    if (segment == ".." || segment.find_first_of(std::string("/\\;%\0", 5)) != std::string::npos) __builtin_trap();
  }
  return 0;
}
