#include "tensorboard/profile.h"

#include <sys/stat.h>

#include <algorithm>
#include <filesystem>
#include <system_error>

#include "absl/strings/str_cat.h"
#include "base/bytes.h"
#include "base/media_type.h"
#include "base/status_macros.h"
#include "tensorboard/file_bytes.h"
#include "tensorboard/utf8.h"

namespace stepwell::tensorboard {
namespace {

namespace fs = std::filesystem;

std::string_view FormatOf(std::string_view name) {
  struct Known {
    std::string_view suffix;
    std::string_view format;
  };
  constexpr Known kKnown[] = {
      {".xplane.pb", "xplane"},
      {".trace.json.gz", "trace"},
      {".trace", "trace"},
      {".overview_page.pb", "overview"},
      {".input_pipeline.pb", "input_pipeline"},
      {".kernel_stats.pb", "kernel_stats"},
      {".tensorflow_stats.pb", "tensorflow_stats"},
      {".memory_profile.json.gz", "memory_profile"},
      {".hlo_proto.pb", "hlo"},
      {".pt.trace.json", "trace"},
      {".pt.trace.json.gz", "trace"},
  };
  for (const Known& known : kKnown) {
    if (name.ends_with(known.suffix)) return known.format;
  }
  return "";
}

// The plain entries of a folder that are of `type`, in order of name. Links are not followed.
std::vector<fs::path> Entries(const fs::path& folder, fs::file_type type) {
  std::vector<fs::path> found;
  std::error_code error;
  for (fs::directory_iterator at(folder, error), end; !error && at != end; at.increment(error)) {
    std::error_code ignored;
    if (at->symlink_status(ignored).type() == type) found.push_back(at->path());
  }
  std::sort(found.begin(), found.end());
  return found;
}

}  // namespace

absl::StatusOr<std::vector<ProfileFile>> ListProfiles(const std::string& run_folder) {
  std::vector<ProfileFile> files;
  for (const fs::path& session : Entries(fs::path(run_folder) / kProfileFolder, fs::file_type::directory)) {
    for (const fs::path& path : Entries(session, fs::file_type::regular)) {
      struct stat about;
      if (lstat(path.c_str(), &about) != 0) continue;  // gone since
      ProfileFile file;
      file.path =
          absl::StrCat(std::string(kProfileFolder), "/", session.filename().string(), "/", path.filename().string());
      file.full_path = path.string();
      file.size = static_cast<uint64_t>(about.st_size);
      file.modified = static_cast<double>(about.st_mtim.tv_sec) + static_cast<double>(about.st_mtim.tv_nsec) / 1e9;
      files.push_back(std::move(file));
    }
  }
  return files;
}

absl::StatusOr<Profile> ReadProfile(const ProfileFile& file) {
  Profile profile;
  ASSIGN_OR_RETURN(profile.bytes, ReadFileBytes(file.full_path, kMaxProfileBytes));
  profile.sha256 = Sha256(profile.bytes);
  profile.type = std::string(SniffMediaType(profile.bytes));
  const std::string path = CleanUtf8(file.path);
  profile.series.set_tag(path);
  profile.series.set_kind(v1::KIND_PROFILE);
  profile.series.set_plugin("profile");
  v1::Bytes* bytes = profile.value.mutable_bytes();
  bytes->set_name(path);
  bytes->set_format(std::string(FormatOf(path)));
  bytes->mutable_blob()->set_sha256(profile.sha256);
  bytes->mutable_blob()->set_size(profile.bytes.size());
  bytes->mutable_blob()->set_type(profile.type);
  return profile;
}

}  // namespace stepwell::tensorboard
