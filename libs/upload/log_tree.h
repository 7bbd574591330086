// What lies in a log directory: the folders that are runs, and the files in them. Every folder with event files is a
// run, named by its path relative to the log directory; so is one that has only a projector configuration or profiles.
//
// Symbolic links are followed; one that leads back to a folder on its own way is not entered again, and the number of
// folders is bounded. What cannot be read is a problem beside what can.
//
// Thread safety: pure functions of the file system.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace stepwell::upload {

struct LogFile {
  std::string name;
  std::string path;
  uint64_t size = 0;  // bytes
  uint64_t device = 0;
  uint64_t inode = 0;
  int64_t changed = 0;  // nanoseconds since the epoch
};

struct RunFolder {
  std::string name;  // printable; "." for the log directory itself
  std::string path;
  std::vector<LogFile> events;      // in the order in which they are read
  std::vector<std::string> packed;  // names of event files in archives: to be warned of
  bool has_projector = false;
  bool has_profiles = false;
  // Changes when something beside the event files does.
  std::string extras_signature;
};

struct TreeProblem {
  std::string path;    // relative to the log directory, printable
  std::string reason;  // "permission denied"
};

struct LogTree {
  std::vector<RunFolder> runs;       // by path
  std::vector<std::string> folders;  // all that were entered, for watching
  std::vector<TreeProblem> problems;
};

inline constexpr size_t kMaxFolders = 200'000;

LogTree ScanLogTree(const std::string& log_directory);

}  // namespace stepwell::upload
