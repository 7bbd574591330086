#include "base/files.h"

#include "absl/strings/str_cat.h"
#include "base/whole_file.h"

namespace stepwell {

absl::Status WriteWhole(const std::string& path, const std::string& content, bool durable) {
  const std::error_code error = WriteWholeFile(path, content, 0644, durable);
  if (!error) return absl::OkStatus();
  return absl::ErrnoToStatus(error.value(), absl::StrCat("cannot write ", path));
}

}  // namespace stepwell
