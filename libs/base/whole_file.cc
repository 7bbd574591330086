#include "base/whole_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>

namespace stepwell {
namespace {

int WriteAll(int file, std::string_view content, bool durable) {
  while (!content.empty()) {
    const ssize_t written = write(file, content.data(), content.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return written < 0 ? errno : ENOSPC;
    content.remove_prefix(static_cast<size_t>(written));
  }
  return !durable || fsync(file) == 0 ? 0 : errno;
}

}  // namespace

std::error_code WriteWholeFile(const std::string& path, std::string_view content, mode_t mode, bool durable) {
  const std::string beside = path + "." + std::to_string(getpid()) + ".new";
  const int file = open(beside.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode);
  if (file < 0) return {errno, std::generic_category()};
  int why = WriteAll(file, content, durable);
  close(file);
  if (why == 0 && rename(beside.c_str(), path.c_str()) != 0) why = errno;
  if (why != 0) unlink(beside.c_str());
  return {why, std::generic_category()};
}

}  // namespace stepwell
