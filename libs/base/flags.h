// Flags that several programs share: a flag and its variable (--disk-low, STEPWELL_DISK_LOW) from one name.
//
// Thread safety: main's thread.
#pragma once

#include <cctype>
#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <string>

#include "CLI/CLI.hpp"

namespace stepwell {

inline std::string VariableOf(const std::string& flag) {
  std::string name = "STEPWELL_";
  for (const char c : flag.substr(2)) name += c == '-' ? '_' : static_cast<char>(std::toupper(c));
  return name;
}

// A number of things.
template <typename T>
CLI::Option* AddCount(CLI::App& program, const std::string& flag, T& target, const std::string& help) {
  return program.add_option(flag, target, help)->envname(VariableOf(flag))->capture_default_str();
}

// A time: 500ms, 5s, 2m.
inline void AddDuration(CLI::App& program, const std::string& flag, std::chrono::milliseconds* target,
                        const std::string& help) {
  const std::map<std::string, int64_t> units{{"ms", 1}, {"s", 1000}, {"m", 60'000}};
  program
      .add_option_function<int64_t>(
          flag, [target](const int64_t& ms) { *target = std::chrono::milliseconds(ms); }, help)
      ->envname(VariableOf(flag))
      ->check(CLI::PositiveNumber)
      ->transform(CLI::AsNumberWithUnit(units, CLI::AsNumberWithUnit::UNIT_REQUIRED));
}

// A number of bytes: 64MiB. `set` instead of a target: for settings that may be not set.
inline void AddSize(CLI::App& program, const std::string& flag, const std::function<void(const uint64_t&)>& set,
                    const std::string& help) {
  program.add_option_function<uint64_t>(flag, set, help)
      ->envname(VariableOf(flag))
      ->transform(CLI::AsSizeValue(/*kb_is_1000=*/false));
}
template <typename T>
void AddSize(CLI::App& program, const std::string& flag, T* target, const std::string& help) {
  AddSize(
      program, flag, [target](const uint64_t& bytes) { *target = bytes; }, help);
}

}  // namespace stepwell
