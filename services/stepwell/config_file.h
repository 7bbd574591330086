// Settings from a TOML file: `[ingest] commit-window = "5ms"` is the flag --ingest-commit-window. A flag or a variable
// that was given wins; a key that no flag has is an error that names the nearest.
//
// Thread safety: called while the command line is parsed, from main's thread.
#pragma once

#include <string>

#include "CLI/CLI.hpp"
#include "absl/status/status.h"

namespace stepwell {

// Sets the options of `command` that were not given. INVALID_ARGUMENT reports all mistakes together, with file and
// line.
absl::Status ApplyConfigFile(const std::string& path, CLI::App& command);

// The candidate that is the fewest edits away; empty if none is near.
std::string Nearest(const std::string& word, const std::vector<std::string>& candidates);

}  // namespace stepwell
