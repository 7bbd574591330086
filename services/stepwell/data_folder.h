// The folder that holds everything a server writes. One process at a time works in it: it holds `<folder>/lock`, and
// the format of the whole is the number in `<folder>/format`.
//
// Thread safety: values; one owner.
#pragma once

#include <memory>
#include <string>

#include "absl/status/statusor.h"

namespace stepwell {

inline constexpr int kDataFormat = 1;

// $XDG_DATA_HOME/stepwell or ~/.local/share/stepwell. Under root, whose home PostgreSQL's user may not enter,
// /var/lib/stepwell.
std::string DefaultDataFolder();

class DataFolder {
 public:
  // Makes the folder if it is missing. FAILED_PRECONDITION: another process works in it, or it is of a newer format.
  static absl::StatusOr<std::unique_ptr<DataFolder>> Open(const std::string& path);
  ~DataFolder();
  DataFolder(const DataFolder&) = delete;
  DataFolder& operator=(const DataFolder&) = delete;

  const std::string& path() const { return path_; }

 private:
  DataFolder(std::string path, int lock) : path_(std::move(path)), lock_(lock) {}

  const std::string path_;  // absolute
  const int lock_;          // descriptor
};

// The folder of the program that runs, without a trailing slash.
std::string ProgramFolder();
// `share/stepwell/<name>` beside the program's folder, else `otherwise`.
std::string SharedFolder(const std::string& name, const std::string& otherwise);

}  // namespace stepwell
