// Regular expressions of filters: RE2's language, searched by PostgreSQL. Back-references and look-around, with which
// an expression can take for ever, are in neither.
//
// Thread safety: function without state.
#pragma once

#include <string>
#include <string_view>

#include "absl/status/statusor.h"

namespace stepwell::query {

// The same expression in PostgreSQL's syntax; INVALID_ARGUMENT with a hint if RE2 refuses it or PostgreSQL cannot say
// it.
absl::StatusOr<std::string> PostgresRegex(std::string_view expression);

}  // namespace stepwell::query
