#include "sync/folder.h"

#include <sys/stat.h>
#include <unistd.h>

#include "absl/strings/str_cat.h"
#include "sync/variable.h"

namespace stepwell::sync {
namespace {

bool IsFolder(const std::string& path, bool mine) {
  struct stat about {};
  return stat(path.c_str(), &about) == 0 && S_ISDIR(about.st_mode) && (!mine || about.st_uid == getuid());
}

}  // namespace

std::string SpoolFolder() {
  if (std::string chosen = Variable("STEPWELL_DIR"); !chosen.empty()) return chosen;
  std::string state = Variable("XDG_STATE_HOME");
  if (state.empty()) state = Variable("HOME") + "/.local/state";
  return state + "/stepwell";
}

std::vector<std::string> SpoolFolders() {
  std::string temporary = Variable("TMPDIR");
  if (temporary.empty()) temporary = "/tmp";
  std::vector<std::string> found;
  if (std::string wanted = SpoolFolder(); IsFolder(wanted, false)) found.push_back(std::move(wanted));
  if (std::string spare = absl::StrCat(temporary, "/stepwell-", getuid()); IsFolder(spare, /*mine=*/true))
    found.push_back(std::move(spare));
  return found;
}

}  // namespace stepwell::sync
