// Many runs changed at once, and what takes it back.
#pragma once

#include <compare>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "auth/granted.h"

namespace stepwell::catalog {

inline constexpr size_t kRunsOfOneEdit = 10'000;

// What is done to each of some runs.
struct RunChange {
  struct Rename {
    std::string match;  // RE2; each match in the name becomes `to`, in which \1 is the first group
    std::string to;
    friend auto operator<=>(const Rename&, const Rename&) = default;
  };
  enum class Trash { kStays, kDelete, kRestore };

  std::optional<std::string> name, note;
  std::optional<Rename> rename;
  std::map<std::string, std::optional<std::string>> labels;  // nullopt removes
  std::optional<bool> archived;
  Trash trash = Trash::kStays;

  friend auto operator<=>(const RunChange&, const RunChange&) = default;
};

// One change of runs that are named, or of those of experiments that match a filter (which is looked at before anything
// is changed). Runs move to an experiment, or to one of the workspace with this name, which is made if there is none.
struct BulkEdit {
  std::vector<auth::Granted<auth::RunRef>> runs;
  std::vector<auth::Granted<auth::ExperimentRef>> experiments;
  std::string filter;
  RunChange change;
  std::optional<auth::Granted<auth::ExperimentRef>> move_to;
  std::string move_to_name;
};

struct BulkResult {
  struct Skipped {
    std::string run, reason;
  };
  // The same change of several runs.
  struct Undo {
    std::vector<std::string> runs;
    RunChange change;
    std::string experiment;  // id of the one that they move back to; empty: they stay
  };
  int64_t changed = 0;           // runs
  std::vector<std::string> ids;  // of them
  std::vector<Skipped> skipped;
  std::vector<Undo> undo;  // in the order in which they are to be done
};

}  // namespace stepwell::catalog
