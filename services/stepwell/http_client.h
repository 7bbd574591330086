// GET over HTTP/1.1, for commands that read a server's REST API.
//
// Thread safety: none; one owner.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace stepwell {

class HttpClient {
 public:
  // "http://127.0.0.1:7007" or "127.0.0.1:7007".
  static absl::StatusOr<HttpClient> ForServer(const std::string& server);

  // Gives the body to `take` as it comes. NOT_FOUND for 404; other errors carry the server's detail. UNAVAILABLE: no
  // answer.
  absl::Status Get(const std::string& target, const std::function<absl::Status(std::string_view)>& take) const;
  absl::StatusOr<std::string> GetAll(const std::string& target) const;

  const std::string& server() const { return server_; }

 private:
  std::string server_, host_, port_;
};

// Percent-encodes all but unreserved characters (RFC 3986).
std::string UrlEncode(std::string_view text);

}  // namespace stepwell
