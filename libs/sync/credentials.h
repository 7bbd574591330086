// The token for a server: STEPWELL_TOKEN, or what `python -m stepwell login` kept for it in the user's credentials file
// (STEPWELL_CREDENTIALS, else stepwell/credentials.json in the configuration folder):
//
//   {"version": 1, "servers": {"tracker.example:7008": {"token": "…"}}}
//
// Thread safety: functions of the environment and the file system.
#pragma once

#include <string>
#include <string_view>

namespace stepwell::sync {

// Empty: there is none.
std::string TokenFor(std::string_view server);

// "host:port" of an address, whatever it is written like.
std::string ServerKey(std::string_view server);

}  // namespace stepwell::sync
