// How our own PostgreSQL is started: small, and reached through its socket alone.
//
// Thread safety: a function without state.
#pragma once

#include <string>

#include "postgres/child.h"

namespace stepwell::postgres {

inline constexpr int kPort = 5432;  // only a part of the socket's name

// Without user and output. It ends with the thread that spawns it.
Command ServerCommand(const std::string& programs, const std::string& cluster, const std::string& socket_folder,
                      bool sync);

}  // namespace stepwell::postgres
