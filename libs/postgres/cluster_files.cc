#include "postgres/cluster_files.h"

#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <thread>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "postgres/child.h"

namespace stepwell::postgres {
namespace fs = std::filesystem;
namespace {

constexpr char kDebian[] = "/usr/lib/postgresql";
constexpr std::chrono::seconds kHalfMadeWait{10};

bool HasPrograms(const fs::path& folder) {
  return access((folder / "postgres").c_str(), X_OK) == 0 && access((folder / "initdb").c_str(), X_OK) == 0;
}

std::string FirstLine(const fs::path& file) {
  std::ifstream in(file);
  std::string line;
  std::getline(in, line);
  return line;
}

// "postgres (PostgreSQL) 15.8 (Debian ...)" → "15". Before 10, the first two numbers made the version.
std::string VersionOf(const fs::path& folder) {
  int output = memfd_create("version", MFD_CLOEXEC);
  if (output < 0) return "";
  Command command;
  command.arguments = {(folder / "postgres").string(), "--version"};
  command.output = output;
  absl::Status ran = RunToEnd(command);
  char line[256] = "";
  ssize_t size = pread(output, line, sizeof line - 1, 0);
  close(output);
  if (!ran.ok() || size <= 0) return "";
  std::string_view text = line;
  size_t at = text.find_first_of("0123456789");
  if (at == std::string_view::npos) return "";
  return std::string(text.substr(at, text.find_first_not_of("0123456789", at) - at));
}

std::vector<int> DebianVersions() {
  std::vector<int> versions;
  std::error_code ignored;
  for (const auto& entry : fs::directory_iterator(kDebian, ignored)) {
    int version = 0;
    if (absl::SimpleAtoi(entry.path().filename().string(), &version) && HasPrograms(entry.path() / "bin")) {
      versions.push_back(version);
    }
  }
  std::sort(versions.rbegin(), versions.rend());
  return versions;
}

std::vector<fs::path> PathFolders() {
  std::vector<fs::path> folders;
  const char* path = std::getenv("PATH");  // NOLINT(concurrency-mt-unsafe): nothing here sets it
  for (absl::string_view folder : absl::StrSplit(path == nullptr ? "" : path, ':')) {
    fs::path candidate(std::string(folder.data(), folder.size()));
    if (candidate.is_absolute() && HasPrograms(candidate)) folders.push_back(candidate);
  }
  return folders;
}

}  // namespace

std::string ClusterVersion(const std::string& cluster) { return FirstLine(fs::path(cluster) / "PG_VERSION"); }

absl::StatusOr<std::string> FindPrograms(const std::string& given, const std::string& version,
                                         const std::string& cluster) {
  std::vector<fs::path> candidates;
  if (!given.empty()) {
    if (!HasPrograms(given)) {
      return absl::FailedPreconditionError(absl::StrCat("\"", given, "\" has no postgres and initdb in it"));
    }
    candidates.emplace_back(given);
  } else {
    for (int debian : DebianVersions()) candidates.push_back(fs::path(kDebian) / absl::StrCat(debian) / "bin");
    for (fs::path& folder : PathFolders()) candidates.push_back(std::move(folder));
  }
  if (candidates.empty()) {
    return absl::FailedPreconditionError(absl::StrCat(
        "PostgreSQL's programs postgres and initdb are neither under ", kDebian,
        " nor in PATH; install PostgreSQL 15 or newer (Debian: postgresql-15), or use a server (--postgres URL)"));
  }
  std::string found;
  for (const fs::path& candidate : candidates) {
    std::string has = VersionOf(candidate);
    if (version.empty() ? std::atoi(has.c_str()) >= 15 : has == version) return candidate.string();
    absl::StrAppend(&found, found.empty() ? "" : ", ", has);
  }
  if (version.empty()) {
    return absl::FailedPreconditionError(absl::StrCat("PostgreSQL 15 or newer is needed, and here is ", found,
                                                      "; install it, or use a server (--postgres URL)"));
  }
  return absl::FailedPreconditionError(absl::StrCat("the database in \"", cluster, "\" was made by PostgreSQL ",
                                                    version, ", and here is ", found, "; install PostgreSQL ", version,
                                                    " again, or convert the folder with pg_upgrade and start then"));
}

std::vector<pid_t> ProcessesIn(const std::string& cluster) {
  std::vector<pid_t> processes;
  std::error_code error;
  fs::path real = fs::canonical(cluster, error);
  if (error) return processes;
  for (const auto& entry : fs::directory_iterator("/proc", error)) {
    pid_t pid = 0;
    if (!absl::SimpleAtoi(entry.path().filename().string(), &pid)) continue;
    std::error_code unreadable;
    fs::path folder = fs::read_symlink(entry.path() / "cwd", unreadable);
    if (!unreadable && folder == real && FirstLine(entry.path() / "comm") == "postgres") processes.push_back(pid);
  }
  return processes;
}

pid_t MainProcess(const std::string& cluster) {
  pid_t pid = 0;
  return absl::SimpleAtoi(FirstLine(fs::path(cluster) / "postmaster.pid"), &pid) ? pid : 0;
}

void RemoveHalfMade(const std::string& folder) {
  // A program of the interrupted start may still write there for a moment; once the folder is gone nothing can.
  const auto deadline = std::chrono::steady_clock::now() + kHalfMadeWait;
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(folder, error)) {
    if (!absl::StartsWith(entry.path().filename().string(), absl::StrCat("cluster", kHalfMade))) continue;
    while (fs::remove_all(entry.path(), error), error && std::chrono::steady_clock::now() < deadline) {
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
  }
}

std::string Tail(const std::string& file, size_t bytes) {
  std::ifstream in(file, std::ios::binary | std::ios::ate);
  if (!in) return "";
  auto size = static_cast<size_t>(in.tellg());
  in.seekg(static_cast<std::streamoff>(size > bytes ? size - bytes : 0));
  std::ostringstream out;
  out << in.rdbuf();
  return out.str();
}

}  // namespace stepwell::postgres
