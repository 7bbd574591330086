// The environment.
//
// Thread safety: as long as nobody sets it.
#pragma once

#include <cstdlib>
#include <string>

namespace stepwell::sync {

// Empty: it is not set.
inline std::string Variable(const char* name) {
  const char* value = std::getenv(name);  // NOLINT(concurrency-mt-unsafe): nothing here sets it
  return value ? value : "";
}

}  // namespace stepwell::sync
