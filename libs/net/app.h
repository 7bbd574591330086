// The way of a request through everything that is the same for all: who asks, is there such a route, may he, how much
// body; then the handler; then security headers, ETag and the error document. Knows no sockets, so tests walk the same
// way.
//
// Thread safety: all methods may be called from any thread after construction.
#pragma once

#include <sys/types.h>

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "auth/authority.h"
#include "net/http.h"
#include "net/local_guard.h"
#include "net/router.h"

namespace stepwell::net {

struct AppOptions {
  // Without accounts: only this machine's own user, `self`. False (the listener of operators): everybody is
  // anonymous.
  bool local = true;
  uid_t self = 0;
  // Anonymous may read metrics: for the listener of operators, which is never routed to the outside.
  bool anonymous_metrics = false;
};

class App {
 public:
  // `router` and `authority` outlive the app.
  App(const Router& router, const auth::Authority& authority, AppOptions options)
      : router_(router), authority_(authority), options_(options) {}

  // A connection was made: OK, or the refusal that every request on it gets.
  absl::Status Greet(const Endpoint& theirs, const Endpoint& ours) const;

  struct Admission {
    Request request;
    const auth::Route* route = nullptr;
    const Handler* handler = nullptr;
    size_t body_limit = 0;
    std::optional<Response> refusal;  // answer this, read no body
  };
  // The head of a request has come. `greeting` is what Greet said.
  Admission Admit(std::string method, std::string_view target, Headers headers, const absl::Status& greeting,
                  std::string peer) const;
  // The body has come (in admission.request.body).
  Response Answer(const Admission& admission) const;
  // What every answer gets: security headers, request id, ETag and 304.
  void Finish(const Request& request, Response& response) const;

 private:
  absl::Status Check(Admission& admission, std::string_view target, const absl::Status& greeting) const;

  const Router& router_;
  const auth::Authority& authority_;
  const AppOptions options_;
};

}  // namespace stepwell::net
