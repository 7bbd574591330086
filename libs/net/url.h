// Paths and query strings of requests, decoded once and never twice.
//
// A path that has "..", a backslash, NUL, an encoded slash, ";" or an encoded percent sign is refused: no name that the
// server gives out needs one, and every one of them has been a hole somewhere. Values of the query may hold anything:
// that is where tags go.
//
// Thread safety: pure functions.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "net/http.h"

namespace stepwell::net {

struct Target {
  std::string path;                   // decoded, begins with '/'
  std::vector<std::string> segments;  // decoded, without empty ones at the ends: "/a/b" is {"a", "b"}
  Query query;
};

// INVALID_ARGUMENT says what is wrong and where.
absl::StatusOr<Target> ParseTarget(std::string_view target);

// application/x-www-form-urlencoded: '+' is a space, %XX a byte.
absl::StatusOr<Query> ParseQuery(std::string_view text);

}  // namespace stepwell::net
