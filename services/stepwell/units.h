// Durations and sizes as people write them: "3ms", "5m", "30d"; "64MiB", "2GB", "1048576".
//
// Thread safety: pure functions.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

#include "absl/status/statusor.h"

namespace stepwell {

absl::StatusOr<std::chrono::milliseconds> ParseDuration(const std::string& text);
absl::StatusOr<uint64_t> ParseBytes(const std::string& text);

}  // namespace stepwell
