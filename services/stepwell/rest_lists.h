// Lists of the REST API, all pages of them.
//
// Thread safety: pure functions over a client.
#pragma once

#include <string>
#include <vector>

#include <boost/json.hpp>

#include "absl/status/statusor.h"
#include "stepwell/http_client.h"

namespace stepwell {

// `target` without limit and cursor; it may have a query.
absl::StatusOr<std::vector<boost::json::object>> ListAll(const HttpClient& client, const std::string& target);

// A member as text, without quotes if it is a string; empty if it is absent or null.
std::string Text(const boost::json::object& object, const std::string& name);

}  // namespace stepwell
