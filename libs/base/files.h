// Files that others read while they are written.
//
// Thread safety: functions without state.
#pragma once

#include <string>

#include "absl/status/status.h"

namespace stepwell {

// Written beside and renamed, so that a reader sees all of it or nothing. The error names the file and the reason.
absl::Status WriteWhole(const std::string& path, const std::string& content);

}  // namespace stepwell
