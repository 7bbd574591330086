// Names of folders and files as the protocol can carry them: it wants UTF-8, file systems do not.
//
// Thread safety: pure functions.
#pragma once

#include <string>
#include <string_view>

namespace stepwell::upload {

// Unchanged if it is UTF-8; else each byte that belongs to no character becomes \xNN, so that names stay apart.
std::string PrintableName(std::string_view name);

// The writer of a file: its printable name, "#2", "#3", ... for a file that took the place of an earlier one. Longer
// than 255 bytes: cut, with the SHA-256 of the whole in place of the rest.
std::string WriterId(std::string_view file_name, int generation = 1);

// The run of (workspace, experiment, name): the same id whenever the same folder is uploaded again, so that a run which
// was renamed in the product is still found.
std::string RunId(std::string_view workspace, std::string_view experiment, std::string_view name);

}  // namespace stepwell::upload
