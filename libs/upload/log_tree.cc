#include "upload/log_tree.h"

#include <dirent.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <memory>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/bytes.h"
#include "tensorboard/log_files.h"
#include "tensorboard/profile.h"
#include "tensorboard/projector.h"
#include "upload/names.h"

namespace stepwell::upload {
namespace {

using FolderId = std::pair<dev_t, ino_t>;

int64_t ChangedAt(const struct stat& info) {
  return int64_t{info.st_mtim.tv_sec} * 1'000'000'000 + info.st_mtim.tv_nsec;
}

std::string Reason(int error) {
  switch (error) {
    case EACCES:
    case EPERM:
      return "permission denied";
    case ENOENT:
      return "no such file or directory";
    default:
      return std::strerror(error);
  }
}

class Scan {
 public:
  explicit Scan(std::string root) : root_(std::move(root)) {}

  LogTree Run() {
    Enter(root_, "");
    std::sort(tree_.runs.begin(), tree_.runs.end(),
              [](const RunFolder& a, const RunFolder& b) { return a.path < b.path; });
    return std::move(tree_);
  }

 private:
  void Problem(const std::string& relative, std::string reason) {
    tree_.problems.push_back({relative.empty() ? "." : PrintableName(relative), std::move(reason)});
  }

  void Enter(const std::string& path, const std::string& relative) {
    struct stat info;
    if (stat(path.c_str(), &info) != 0) {
      if (errno != ENOENT || relative.empty()) {
        Problem(relative, Reason(errno));
      }
      return;
    }
    const FolderId id{info.st_dev, info.st_ino};
    if (std::find(way_.begin(), way_.end(), id) != way_.end()) {
      return;  // a link to a folder that we are in
    }
    if (tree_.folders.size() >= kMaxFolders) {
      if (!full_) {
        Problem(relative, absl::StrCat("more than ", kMaxFolders, " folders; the rest is not read"));
      }
      full_ = true;
      return;
    }
    std::unique_ptr<DIR, int (*)(DIR*)> folder(opendir(path.c_str()), &closedir);
    if (!folder) {
      Problem(relative, Reason(errno));
      return;
    }
    tree_.folders.push_back(path);
    way_.push_back(id);
    Read(*folder, path, relative);
    way_.pop_back();
  }

  void Read(DIR& folder, const std::string& path, const std::string& relative) {
    RunFolder run;
    run.name = relative.empty() ? "." : PrintableName(relative);
    run.path = path;
    std::vector<std::string> inner;
    bool unreadable = false;
    while (const dirent* entry = readdir(&folder)) {
      const std::string name = entry->d_name;
      if (name == "." || name == "..") {
        continue;
      }
      const tensorboard::LogFileKind kind = tensorboard::ClassifyLogFile(name);
      const bool maybe_folder = entry->d_type == DT_DIR || entry->d_type == DT_LNK || entry->d_type == DT_UNKNOWN;
      if (!maybe_folder && kind == tensorboard::LogFileKind::kOther && name != tensorboard::kProjectorConfigName) {
        continue;
      }
      struct stat info;
      if (stat(absl::StrCat(path, "/", name).c_str(), &info) != 0) {
        unreadable = unreadable || errno == EACCES;
        continue;  // gone, or a link to nothing
      }
      if (S_ISDIR(info.st_mode)) {
        inner.push_back(name);
      } else if (S_ISREG(info.st_mode)) {
        Take(run, name, kind, info);
      }
    }
    if (unreadable) {  // listed, but not to be entered: no execute permission
      Problem(relative, Reason(EACCES));
    }
    Finish(std::move(run), relative);
    std::sort(inner.begin(), inner.end());
    for (const std::string& name : inner) {
      if (!IsProfileFolder(relative, name)) {
        Enter(absl::StrCat(path, "/", name), relative.empty() ? name : absl::StrCat(relative, "/", name));
      }
    }
  }

  static bool IsProfileFolder(const std::string& relative, const std::string& name) {
    const std::string full = absl::StrCat("/", relative, "/", name);
    const std::string wanted = absl::StrCat("/", std::string(tensorboard::kProfileFolder));
    return full.size() >= wanted.size() && full.compare(full.size() - wanted.size(), wanted.size(), wanted) == 0;
  }

  static void Take(RunFolder& run, const std::string& name, tensorboard::LogFileKind kind, const struct stat& info) {
    if (name == tensorboard::kProjectorConfigName) {
      run.has_projector = true;
      run.extras_signature += absl::StrCat("projector ", info.st_size, " ", ChangedAt(info), "\n");
    } else if (kind == tensorboard::LogFileKind::kEvents) {
      run.events.push_back({name, absl::StrCat(run.path, "/", name), static_cast<uint64_t>(info.st_size), info.st_dev,
                            info.st_ino, ChangedAt(info)});
    } else if (kind == tensorboard::LogFileKind::kPacked) {
      run.packed.push_back(name);
    }
  }

  void Finish(RunFolder run, const std::string& relative) {
    struct stat info;
    if (stat(absl::StrCat(run.path, "/", std::string(tensorboard::kProfileFolder)).c_str(), &info) == 0) {
      if (auto profiles = tensorboard::ListProfiles(run.path); profiles.ok()) {
        run.has_profiles = !profiles->empty();
        for (const tensorboard::ProfileFile& file : *profiles) {
          run.extras_signature += absl::StrCat(file.path, " ", file.size, " ", file.modified, "\n");
        }
      }
    }
    std::sort(run.packed.begin(), run.packed.end());
    for (const std::string& name : run.packed) {
      run.extras_signature += absl::StrCat("packed ", name, "\n");
    }
    std::sort(run.events.begin(), run.events.end(),
              [](const LogFile& a, const LogFile& b) { return tensorboard::NaturalLess(a.name, b.name); });
    if (!run.events.empty() || run.has_projector || run.has_profiles) {
      tree_.runs.push_back(std::move(run));
      return;
    }
    for (const std::string& name : run.packed) {  // no run to tell of them
      Problem(relative.empty() ? name : absl::StrCat(relative, "/", name), std::string(tensorboard::kPackedReason));
    }
  }

  const std::string root_;
  LogTree tree_;
  std::vector<FolderId> way_;
  bool full_ = false;
};

}  // namespace

LogTree ScanLogTree(const std::string& log_directory) { return Scan(log_directory).Run(); }

}  // namespace stepwell::upload
