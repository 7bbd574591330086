// Errors as RFC 9457 problem documents. `detail` names the thing, the limit and the way out; what is internal stays in
// the log and is found there by the request's id.
//
// Thread safety: pure functions.
#pragma once

#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "net/http.h"

namespace stepwell::net {

// The HTTP status that says the same.
int HttpStatus(absl::StatusCode code);

// {"type", "title", "status", "detail", "request_id"} as JSON; of an error in a text (base/text_error.h) also "text",
// "position", "length" and "hint".
std::string ProblemJson(int status, std::string_view detail, std::string_view request_id);
std::string ProblemJson(const absl::Status& error, std::string_view request_id);

Response Problem(int status, std::string_view detail, std::string_view request_id);
Response Problem(const absl::Status& error, std::string_view request_id);

// An error of a status that no absl code stands for (413, 415, 416, ...): a handler returns it like any other.
absl::Status HttpError(int status, std::string_view detail);

// What a client may know of an error: its message, or a sentence that leads to the log if it is the server's own fault.
std::string PublicDetail(const absl::Status& error, std::string_view request_id);

}  // namespace stepwell::net
