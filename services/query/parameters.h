// Query parameters and bodies of requests, checked: what a route does not know is refused with the name that was
// probably meant, since a misspelt filter that is ignored shows too much.
//
// Thread safety: pure functions.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "net/http.h"
#include "stepwell/v1/value.pb.h"

namespace stepwell::query {

absl::Status CheckParameters(const net::Request& request, std::initializer_list<std::string_view> known);

struct Paging {
  uint32_t limit = 100;
  std::string cursor;
};
absl::StatusOr<Paging> ReadPaging(const net::Request& request);  // limit 1 to 1,000

absl::StatusOr<bool> ReadFlag(const net::Request& request, std::string_view name);  // "true" or "false"; absent: false
absl::StatusOr<v1::Kind> ReadKind(const net::Request& request);                     // absent: unspecified

// REQUIRES a body of JSON by its Content-Type: a form of a foreign page cannot send one.
absl::Status CheckJsonBody(const net::Request& request);

// "a,b,"c,d"" → a; b; "c,d" (quotes stay): commas inside double quotes do not separate.
std::vector<std::string> SplitNames(std::string_view text);

}  // namespace stepwell::query
