#include "tensorboard/log_files.h"

#include <algorithm>
#include <array>
#include <cstddef>

namespace stepwell::tensorboard {
namespace {

constexpr std::array<std::string_view, 12> kPackedSuffixes = {".gz",  ".tgz", ".bz2", ".xz",  ".zst", ".lz4",
                                                              ".zip", ".7z",  ".tar", ".rar", ".br",  ".z"};

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

// The run of digits at `at`, without leading zeros.
std::string_view Number(std::string_view text, size_t at, size_t* end) {
  size_t from = at;
  while (at < text.size() && IsDigit(text[at])) ++at;
  *end = at;
  while (from + 1 < at && text[from] == '0') ++from;
  return text.substr(from, at - from);
}

}  // namespace

LogFileKind ClassifyLogFile(std::string_view name) {
  if (name.find("tfevents") == std::string_view::npos) return LogFileKind::kOther;
  if (name.ends_with(".profile-empty")) return LogFileKind::kMarker;
  const bool packed = std::any_of(kPackedSuffixes.begin(), kPackedSuffixes.end(),
                                  [name](std::string_view suffix) { return name.ends_with(suffix); });
  return packed ? LogFileKind::kPacked : LogFileKind::kEvents;
}

bool NaturalLess(std::string_view a, std::string_view b) {
  size_t i = 0;
  size_t j = 0;
  while (i < a.size() && j < b.size()) {
    if (IsDigit(a[i]) && IsDigit(b[j])) {
      const std::string_view m = Number(a, i, &i);
      const std::string_view n = Number(b, j, &j);
      if (m.size() != n.size()) return m.size() < n.size();
      if (m != n) return m < n;
    } else {
      if (a[i] != b[j]) return static_cast<unsigned char>(a[i]) < static_cast<unsigned char>(b[j]);
      ++i;
      ++j;
    }
  }
  if ((i < a.size()) != (j < b.size())) return j < b.size();
  return a < b;  // they differ in leading zeros alone
}

}  // namespace stepwell::tensorboard
