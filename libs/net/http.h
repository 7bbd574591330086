// What a handler sees of HTTP: plain values. No handler knows the server's framework, and tests call handlers without
// one.
//
// Thread safety: values; a BodyWriter is used by one thread at a time.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "auth/principal.h"

namespace stepwell::net {

// Query parameters in the order sent, decoded; names may repeat.
class Query {
 public:
  void Add(std::string name, std::string value) { items_.emplace_back(std::move(name), std::move(value)); }
  const std::vector<std::pair<std::string, std::string>>& items() const { return items_; }
  // The first one of the name.
  std::optional<std::string> Find(std::string_view name) const;
  std::vector<std::string> FindAll(std::string_view name) const;

 private:
  std::vector<std::pair<std::string, std::string>> items_;
};

// Names in lower case.
using Headers = std::map<std::string, std::string, std::less<>>;

struct Request {
  std::string method;                                      // as sent; a HEAD request reaches handlers as GET
  std::string path;                                        // decoded once
  std::map<std::string, std::string, std::less<>> params;  // {name} of the route's pattern, decoded
  Query query;
  Headers headers;
  std::string body;
  std::string id;    // of the request: in its log line, its answer's header and its problem document
  std::string peer;  // address, for nothing but checks and rates
  auth::Principal principal;

  std::string_view Header(std::string_view name) const;  // empty: not sent
};

// Where a streaming answer goes. The head of the answer is sent with the first bytes that leave, so a handler that
// fails early still becomes a problem document; one that fails later cuts the connection, and the client sees that it
// is incomplete.
class BodyWriter {
 public:
  virtual ~BodyWriter() = default;
  // Waits while the client is slow. CANCELLED when it is gone: stop working.
  virtual absl::Status Write(std::string_view data) = 0;
};

// A lasting answer that is fed from elsewhere (server-sent events): nobody waits for the client; what does not fit is
// refused.
class Outlet {
 public:
  virtual ~Outlet() = default;
  // False if `data` does not fit in what may wait for this client, or the client is gone.
  virtual bool Offer(std::string_view data) = 0;
  virtual bool closed() const = 0;
  virtual void Close() = 0;
};

struct Response {
  int status = 200;
  std::vector<std::pair<std::string, std::string>> headers;
  std::string content_type = "application/json";
  std::string body;
  // Bytes that are shared between answers (static files); used instead of `body` if set.
  std::shared_ptr<const std::string>
      shared_body;  // shared: a file's bytes outlive no table, but answers may outlive a request
  // Called on a thread that may wait, instead of `body`.
  std::function<absl::Status(BodyWriter&)> stream;
  std::optional<uint64_t> stream_bytes;  // if known before: Content-Length
  // Called once with the way to the client, instead of `body`; returns at once.
  std::function<void(std::shared_ptr<Outlet>)> listen;
  bool compressible = true;  // false: bytes that must stay as they are (ranges, media)
  bool hashed = false;       // give an ETag by content and answer If-None-Match

  void Set(std::string name, std::string value) { headers.emplace_back(std::move(name), std::move(value)); }
  std::string_view bytes() const { return shared_body ? std::string_view(*shared_body) : std::string_view(body); }
};

std::string_view ReasonPhrase(int status);

}  // namespace stepwell::net
