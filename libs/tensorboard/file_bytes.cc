#include "tensorboard/file_bytes.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <limits>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "base/status_macros.h"

namespace stepwell::tensorboard {
namespace {

// An open regular file; closes it.
class File {
 public:
  static absl::StatusOr<File> Open(const std::string& path) {
    // O_NONBLOCK: the name of a FIFO must not hang us.
    const int descriptor = open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (descriptor < 0) return absl::ErrnoToStatus(errno, absl::StrCat("cannot open ", path));
    File file(descriptor);
    struct stat about;
    if (fstat(descriptor, &about) != 0) return absl::ErrnoToStatus(errno, absl::StrCat("cannot look at ", path));
    if (!S_ISREG(about.st_mode)) return absl::InvalidArgumentError(absl::StrCat(path, " is not a regular file"));
    file.size_ = static_cast<uint64_t>(about.st_size);
    return file;
  }
  explicit File(int descriptor) : descriptor_(descriptor) {}
  File(File&& other) noexcept : descriptor_(other.descriptor_), size_(other.size_) { other.descriptor_ = -1; }
  File(const File&) = delete;
  File& operator=(const File&) = delete;
  ~File() {
    if (descriptor_ >= 0) close(descriptor_);
  }

  uint64_t size() const { return size_; }

  // REQUIRES: offset + size <= this->size().
  absl::StatusOr<std::string> Read(const std::string& path, uint64_t offset, uint64_t size) {
    std::string bytes(size, '\0');
    uint64_t have = 0;
    while (have < size) {
      const ssize_t got = pread(descriptor_, bytes.data() + have, size - have, static_cast<off_t>(offset + have));
      if (got < 0 && errno == EINTR) continue;
      if (got < 0) return absl::ErrnoToStatus(errno, absl::StrCat("cannot read ", path));
      if (got == 0) return absl::OutOfRangeError(absl::StrCat(path, " was cut while it was read"));
      have += static_cast<uint64_t>(got);
    }
    return bytes;
  }

 private:
  int descriptor_;
  uint64_t size_ = 0;
};

}  // namespace

absl::StatusOr<std::string> ReadFileBytes(const std::string& path, uint64_t limit) {
  ASSIGN_OR_RETURN(File file, File::Open(path));
  if (file.size() > limit) {
    return absl::ResourceExhaustedError(absl::StrCat(path, " has ", file.size(), " bytes; the limit is ", limit));
  }
  return file.Read(path, 0, file.size());
}

absl::StatusOr<std::string> ReadFileRange(const std::string& path, uint64_t offset, uint64_t size) {
  ASSIGN_OR_RETURN(File file, File::Open(path));
  if (offset > file.size() || size > file.size() - offset) {
    return absl::OutOfRangeError(
        absl::StrCat(path, " has ", file.size(), " bytes, not ", size, " from byte ", offset, " on"));
  }
  return file.Read(path, offset, size);
}

}  // namespace stepwell::tensorboard
