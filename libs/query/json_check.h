// Is this text JSON (RFC 8259)? Asked before what was logged as JSON goes into an answer as it is.
//
// Thread safety: pure functions.
#pragma once

#include <string_view>

namespace stepwell::query {

bool IsJson(std::string_view text);  // nested at most 100 deep

}  // namespace stepwell::query
