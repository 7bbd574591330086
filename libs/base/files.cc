#include "base/files.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>

#include "absl/strings/str_cat.h"

namespace stepwell {

absl::Status WriteWhole(const std::string& path, const std::string& content) {
  const std::string beside = absl::StrCat(path, ".", getpid(), ".new");
  const auto failed = [&] { return absl::ErrnoToStatus(errno, absl::StrCat("cannot write ", path)); };
  const int fd = open(beside.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
  if (fd < 0) return failed();
  const bool written =
      write(fd, content.data(), content.size()) == static_cast<ssize_t>(content.size()) && fsync(fd) == 0;
  absl::Status why = written ? absl::OkStatus() : failed();
  close(fd);
  if (why.ok() && rename(beside.c_str(), path.c_str()) == 0) return why;
  if (why.ok()) why = failed();
  unlink(beside.c_str());
  return why;
}

}  // namespace stepwell
