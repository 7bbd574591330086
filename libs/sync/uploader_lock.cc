#include "sync/uploader_lock.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <fstream>
#include <thread>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"

namespace stepwell::sync {
namespace {

constexpr std::chrono::milliseconds kAgain{20};

}  // namespace

absl::StatusOr<std::unique_ptr<UploaderLock>> UploaderLock::Take(const std::string& root,
                                                                 std::chrono::milliseconds patience) {
  const std::string path = root + "/uploader.lock";
  const int file = open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (file < 0) return absl::ErrnoToStatus(errno, absl::StrCat("cannot open ", path));
  const auto end = std::chrono::steady_clock::now() + patience;
  struct flock lock {};
  lock.l_type = F_WRLCK;
  lock.l_whence = SEEK_SET;
  while (fcntl(file, F_SETLK, &lock) != 0) {
    if (std::chrono::steady_clock::now() >= end) {
      close(file);
      return nullptr;
    }
    std::this_thread::sleep_for(kAgain);
  }
  const std::string pid = absl::StrCat(getpid(), "\n");
  if (ftruncate(file, 0) != 0 || pwrite(file, pid.data(), pid.size(), 0) < 0) {
    // The number is for people; the lock is what counts.
  }
  return std::unique_ptr<UploaderLock>(new UploaderLock(file));
}

UploaderLock::~UploaderLock() { close(file_); }

std::string UploaderPid(const std::string& root) {
  std::ifstream in(root + "/uploader.lock");
  std::string pid;
  return in >> pid ? pid : "?";
}

}  // namespace stepwell::sync
