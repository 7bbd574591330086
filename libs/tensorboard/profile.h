// Files that profilers leave below a run: plugins/profile/<session>/<file>. They are files of the run, never runs.
//
// Thread safety: functions of the file system; no shared state.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "stepwell/v1/value.pb.h"

namespace stepwell::tensorboard {

inline constexpr std::string_view kProfileFolder = "plugins/profile";
// Larger profiles are not taken (the server's limit for a blob by default is smaller and says so itself).
inline constexpr uint64_t kMaxProfileBytes = uint64_t{1} << 30;

struct ProfileFile {
  std::string path;  // below the run: "plugins/profile/2023_11_14_22_13_20/host.xplane.pb"; also the tag
  std::string full_path;
  uint64_t size = 0;    // bytes
  double modified = 0;  // seconds since the epoch
};

// In order of path. Empty if the run has none. Symbolic links are not followed.
absl::StatusOr<std::vector<ProfileFile>> ListProfiles(const std::string& run_folder);

struct Profile {
  v1::SeriesInfo series;  // kind profile, plugin "profile", tag = path
  v1::Value value;        // Bytes: blob, name = path, format from the name: "xplane", "trace", ..., "" if not known
  std::string sha256;     // of the blob
  std::string bytes;
  std::string type;
};
absl::StatusOr<Profile> ReadProfile(const ProfileFile& file);

}  // namespace stepwell::tensorboard
