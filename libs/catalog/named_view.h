// Views of an experiment that people gave names, with every version of each.
#pragma once

#include <optional>
#include <string>

namespace stepwell::catalog {

inline constexpr int kViewsOfExperiment = 1000;

struct NamedView {
  std::string id, name, owner;
  std::string state;        // a JSON object
  bool shared = false;      // others see it
  bool is_default = false;  // what a fresh page shows; at most one of an experiment, and shared
  int version = 1;
  double updated = 0;  // seconds since the epoch
};

struct ViewVersion {
  int version = 1;
  std::string state, author;
  double created = 0;
};

// What is not given stays. A state that differs is a new version.
struct ViewChange {
  std::optional<std::string> name, state;
  std::optional<bool> shared, is_default;
};

}  // namespace stepwell::catalog
