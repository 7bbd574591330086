#include "client/settings.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <cerrno>
#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <system_error>

#include "spool/writer.h"

namespace stepwell::client {
namespace {

constexpr uint64_t kSpoolMax = 10ull << 30;
constexpr uint64_t kSegmentBytes = 8ull << 20;
constexpr double kSyncSeconds = 0.2;

// Why no spool can be in the folder; empty if one can. A disk without record locks (NFS without its lock daemon) has
// no use: whether a writer lives is told by its lock.
std::string WhyNotWritable(const std::string& folder) {
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  if (error) return error.message();
  std::string probe = folder + "/.probeXXXXXX";
  const int file = mkstemp(probe.data());
  if (file < 0) return std::generic_category().message(errno);
  struct flock lock {};
  lock.l_type = F_WRLCK;
  const std::string why = fcntl(file, F_SETLK, &lock) == 0 ? "" : std::generic_category().message(errno);
  close(file);
  unlink(probe.c_str());
  return why;
}

}  // namespace

std::string Environment(const char* name, std::string_view otherwise) {
  const char* value = std::getenv(name);  // NOLINT(concurrency-mt-unsafe): see the header
  return std::string(value != nullptr && *value != '\0' ? std::string_view(value) : otherwise);
}

uint64_t ParseSize(std::string_view text) {
  const std::string number(text);
  char* end = nullptr;
  double bytes = std::strtod(number.c_str(), &end);
  std::string unit;
  for (; *end != '\0'; ++end)
    if (std::isspace(static_cast<unsigned char>(*end)) == 0)
      unit.push_back(static_cast<char>(std::tolower(static_cast<unsigned char>(*end))));
  constexpr std::string_view kUnits = "kmgt";
  const size_t power = unit.empty() ? std::string_view::npos : kUnits.find(unit[0]);
  if (power != std::string_view::npos) {
    bytes *= std::pow(1024.0, static_cast<double>(power) + 1);
    unit.erase(0, 1);
  }
  const bool known = unit.empty() || unit == "b" || unit == "ib";
  return known && bytes >= 1 && bytes < 0x1p63 ? static_cast<uint64_t>(bytes) : 0;
}

uint64_t SpoolMax() {
  const uint64_t asked = ParseSize(Environment("STEPWELL_SPOOL_MAX"));
  return asked > 0 ? asked : kSpoolMax;
}

uint64_t SegmentBytes(const std::string& root) {
  return std::min(kSegmentBytes, std::max<uint64_t>(4096, std::min(SpoolMax(), spool::DiskRoom(root)) / 8));
}

std::chrono::milliseconds SyncEvery() {
  const double asked = std::strtod(Environment("STEPWELL_SYNC").c_str(), nullptr);
  const double seconds = asked > 0 && asked < 1e6 ? asked : kSyncSeconds;
  return std::chrono::milliseconds(std::max<int64_t>(1, std::llround(1000 * seconds)));
}

std::string SpoolRoot(const std::string& chosen, std::string* warning) {
  const std::string home = Environment("HOME", "/");
  const std::string state = Environment("XDG_STATE_HOME", home + "/.local/state");
  std::string wanted = !chosen.empty() ? chosen : Environment("STEPWELL_DIR", state + "/stepwell");
  std::error_code error;
  wanted = std::filesystem::absolute(wanted, error).lexically_normal().string();
  const std::string why = WhyNotWritable(wanted);
  if (why.empty()) return wanted;
  std::string spare = Environment("TMPDIR", "/tmp") + "/stepwell-" + std::to_string(getuid());
  mkdir(spare.c_str(), 0700);
  struct stat about {};
  const bool own = stat(spare.c_str(), &about) == 0 && about.st_uid == getuid();
  *warning = wanted + " cannot be used (" + why + "); ";
  if (own && WhyNotWritable(spare).empty()) {
    *warning += "the spool is in " + spare;
    return spare;
  }
  *warning += "nor can " + spare + ": nothing is logged. Set STEPWELL_DIR";
  return {};
}

}  // namespace stepwell::client
