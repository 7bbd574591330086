// Files that others read while they are written.
//
// Thread safety: functions without state.
#pragma once

#include <string>

#include "absl/status/status.h"

namespace stepwell {

// Written beside and renamed, so that a reader sees all of it or nothing. The error names the file and the reason.
// `durable`: on the disk when it returns; else the end of the machine may leave the file without its content.
absl::Status WriteWhole(const std::string& path, const std::string& content, bool durable = true);

}  // namespace stepwell
