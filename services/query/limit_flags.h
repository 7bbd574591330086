// The flags of what query holds and answers; docs/operations/limits.md has the table.
//
// Thread safety: main's thread.
#pragma once

#include "CLI/CLI.hpp"
#include "query/query_server.h"

namespace stepwell::query {

// `limits` gets what is given; it outlives the parsing.
void AddLimitFlags(CLI::App& program, QueryLimits& limits);

}  // namespace stepwell::query
