// Files that others read while they are written, for code that is linked without Abseil; files.h tells errors as the
// servers do.
//
// Thread safety: a function without state.
#pragma once

#include <sys/types.h>

#include <string>
#include <string_view>
#include <system_error>

namespace stepwell {

// Written beside, synced and renamed, so that a reader sees all of it or nothing. Not `durable`: not synced, so that
// the end of the machine may leave the file without its content.
std::error_code WriteWholeFile(const std::string& path, std::string_view content, mode_t mode = 0644,
                               bool durable = true);

}  // namespace stepwell
