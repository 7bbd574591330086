#include "stepwell/data_folder.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/files.h"
#include "base/status_macros.h"

namespace stepwell {
namespace {

namespace fs = std::filesystem;

absl::Status Failed(const std::string& what, const std::string& path) {
  return absl::FailedPreconditionError(absl::StrCat("cannot ", what, " ", path, ": ", std::strerror(errno)));
}

bool EnterableByOthers(const std::string& path) {
  struct stat info;
  return stat(path.c_str(), &info) == 0 && (info.st_mode & S_IXOTH) != 0;
}

// Private; under root others may enter it (not list it), because PostgreSQL's user has its own folder inside.
absl::Status MakeFolder(const std::string& path) {
  std::error_code error;
  if (fs::is_directory(path, error)) {
    return absl::OkStatus();
  }
  fs::create_directories(fs::path(path).parent_path(), error);
  if (mkdir(path.c_str(), geteuid() == 0 ? 0711 : 0700) != 0 && errno != EEXIST) {
    return Failed("make the data folder", path);
  }
  if (!fs::is_directory(path, error)) {
    return absl::FailedPreconditionError(
        absl::StrCat("the data folder ", path, " is not a folder; choose another with --data"));
  }
  return absl::OkStatus();
}

absl::Status CheckFormat(const std::string& path) {
  const std::string file = path + "/format";
  std::ifstream in(file);
  if (!in) {
    return WriteWhole(file, absl::StrCat(kDataFormat, "\n"));
  }
  int format = 0;
  if (!(in >> format) || format < 1) {
    return absl::FailedPreconditionError(
        absl::StrCat(file, " holds no format number; is ", path, " a data folder of Stepwell?"));
  }
  if (format > kDataFormat) {
    return absl::FailedPreconditionError(absl::StrCat("the data folder ", path, " is of format ", format,
                                                      "; this program reads formats up to ", kDataFormat,
                                                      ". Start it with the newer program that wrote it"));
  }
  return absl::OkStatus();
}

}  // namespace

std::string DefaultDataFolder() {
  const char* xdg = std::getenv("XDG_DATA_HOME");
  const char* home = std::getenv("HOME");
  if (xdg != nullptr && *xdg != '\0') {
    return absl::StrCat(xdg, "/stepwell");
  }
  if (home == nullptr || *home == '\0' || (geteuid() == 0 && !EnterableByOthers(home))) {
    return "/var/lib/stepwell";
  }
  return absl::StrCat(home, "/.local/share/stepwell");
}

absl::StatusOr<std::unique_ptr<DataFolder>> DataFolder::Open(const std::string& given) {
  std::error_code error;
  fs::path absolute = fs::absolute(given, error).lexically_normal();
  if (absolute.filename().empty()) {
    absolute = absolute.parent_path();
  }
  const std::string path = absolute.string();
  RETURN_IF_ERROR(MakeFolder(path));
  const std::string lock_path = path + "/lock";
  const int lock = open(lock_path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (lock < 0) {
    return Failed("open", lock_path);
  }
  std::unique_ptr<DataFolder> folder(new DataFolder(path, lock));
  if (flock(lock, LOCK_EX | LOCK_NB) != 0) {
    char holder[32] = {};
    const ssize_t size = pread(lock, holder, sizeof holder - 1, 0);
    return absl::FailedPreconditionError(
        absl::StrCat("another Stepwell", size > 0 ? absl::StrCat(" (process ", holder, ")") : "",
                     " works in the data folder ", path, "; stop it, or choose another with --data"));
  }
  RETURN_IF_ERROR(CheckFormat(path));
  const std::string pid = std::to_string(getpid());
  if (ftruncate(lock, 0) != 0 || pwrite(lock, pid.data(), pid.size(), 0) < 0) {
    return Failed("write to", lock_path);
  }
  return folder;
}

DataFolder::~DataFolder() { close(lock_); }

std::string ProgramFolder() {
  std::error_code error;
  return fs::read_symlink("/proc/self/exe", error).parent_path().string();
}

std::string SharedFolder(const std::string& name, const std::string& otherwise) {
  std::error_code error;
  const fs::path shared = fs::path(ProgramFolder()).parent_path() / "share" / "stepwell" / name;
  return fs::is_directory(shared, error) ? shared.string() : otherwise;
}

}  // namespace stepwell
