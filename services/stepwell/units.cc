#include "stepwell/units.h"

#include <charconv>
#include <utility>

#include "absl/strings/str_cat.h"

namespace stepwell {
namespace {

struct Unit {
  const char* name;
  double factor;
};

constexpr Unit kDurations[] = {{"ms", 1}, {"s", 1e3}, {"m", 60e3}, {"h", 3600e3}, {"d", 86400e3}};
constexpr Unit kSizes[] = {
    {"", 1},      {"B", 1},         {"kB", 1e3},      {"MB", 1e6},      {"GB", 1e9},
    {"TB", 1e12}, {"KiB", 1 << 10}, {"MiB", 1 << 20}, {"GiB", 1 << 30}, {"TiB", 1024.0 * (1 << 30)}};
constexpr double kMost = 9e15;  // exact in a double

template <size_t n>
absl::StatusOr<double> Parse(const std::string& text, const Unit (&units)[n], const char* what) {
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error == std::errc() && value >= 0) {
    const std::string name(end, text.data() + text.size());
    for (const Unit& unit : units) {
      if (name == unit.name && value * unit.factor <= kMost) {
        return value * unit.factor;
      }
    }
  }
  std::string names;
  for (const Unit& unit : units) {
    absl::StrAppend(&names, names.empty() ? "" : ", ", unit.name);
  }
  return absl::InvalidArgumentError(
      absl::StrCat("\"", text, "\" is not a ", what, "; write a number and one of ", names));
}

}  // namespace

absl::StatusOr<std::chrono::milliseconds> ParseDuration(const std::string& text) {
  absl::StatusOr<double> value = Parse(text, kDurations, "duration");
  if (!value.ok()) {
    return value.status();
  }
  return std::chrono::milliseconds(static_cast<int64_t>(*value));
}

absl::StatusOr<uint64_t> ParseBytes(const std::string& text) {
  absl::StatusOr<double> value = Parse(text, kSizes, "size");
  if (!value.ok()) {
    return value.status();
  }
  return static_cast<uint64_t>(*value);
}

}  // namespace stepwell
