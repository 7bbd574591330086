// The kinds of series by the names of the REST API ("scalar", "pr_curve", ...), and the tags of series as JSON.
//
// Thread safety: pure functions.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/json.h"
#include "stepwell/v1/value.pb.h"

namespace stepwell::query {

std::string_view KindName(v1::Kind kind);                 // "other" for what this program does not know
std::optional<v1::Kind> FindKind(std::string_view name);  // nullopt: no such kind
std::string KindNames();                                  // "scalar, histogram, ...": for error messages

// "tag": the bytes as UTF-8 with U+FFFD for what is not, and then "tag_base64" with the bytes themselves.
void WriteTag(JsonWriter& json, std::string_view tag);

}  // namespace stepwell::query
