// The flags of what ingest takes and holds; docs/operations/limits.md has the table.
//
// Thread safety: main's thread.
#pragma once

#include "CLI/CLI.hpp"
#include "ingest/ingest_server.h"

namespace stepwell::ingest {

// `options` gets what is given; it outlives the parsing.
void AddLimitFlags(CLI::App& program, ServerOptions& options);

}  // namespace stepwell::ingest
