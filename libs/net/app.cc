#include "net/app.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "base/bytes.h"
#include "base/ids.h"
#include "base/status_macros.h"
#include "net/problem.h"
#include "net/url.h"

namespace stepwell::net {
namespace {

constexpr char kPagePolicy[] =
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; media-src 'self' blob:; "
    "font-src 'self'; connect-src 'self'; worker-src 'self'; frame-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'; require-trusted-types-for 'script'";

bool Has(const Response& response, std::string_view name) {
  return std::any_of(response.headers.begin(), response.headers.end(), [&](const auto& header) {
    return std::equal(header.first.begin(), header.first.end(), name.begin(), name.end(),
                      [](char a, char b) { return (a | 0x20) == (b | 0x20); });
  });
}

// RFC 9110 section 13.1.2: weak comparison against a list of tags or "*".
bool NoneMatch(std::string_view if_none_match, std::string_view etag) {
  return !if_none_match.empty() && (if_none_match == "*" || if_none_match.find(etag) != std::string_view::npos);
}

}  // namespace

absl::Status App::Greet(const Endpoint& theirs, const Endpoint& ours) const {
  return options_.local ? CheckPeer(theirs, ours, options_.self) : absl::OkStatus();
}

absl::Status App::Check(Admission& admission, std::string_view target, const absl::Status& greeting) const {
  Request& request = admission.request;
  if (options_.local) {
    RETURN_IF_ERROR(greeting);
    RETURN_IF_ERROR(CheckLocalHeaders(request.headers));
  }
  request.principal = options_.local ? auth::Principal::Local() : auth::Principal::Anonymous();
  ASSIGN_OR_RETURN(Target parsed, ParseTarget(target));
  Router::Match match = router_.Find(request.method, parsed.segments);
  if (match.route == nullptr) {
    if (match.allow.empty())
      return absl::NotFoundError("there is nothing at this path; /api/v1/openapi.yaml lists what there is");
    return HttpError(405, absl::StrCat("this path takes ", match.allow, ", not ", request.method));
  }
  const bool metrics = options_.anonymous_metrics && match.route->action == auth::Action::kOpsMetrics;
  if (!metrics) RETURN_IF_ERROR(authority_.MayCall(request.principal, *match.route));
  request.path = std::move(parsed.path);
  request.query = std::move(parsed.query);
  request.params = std::move(match.params);
  if (request.method == "HEAD") request.method = "GET";
  admission.route = match.route;
  admission.handler = match.handler;
  admission.body_limit = match.route->body_limit;
  return absl::OkStatus();
}

App::Admission App::Admit(std::string method, std::string_view target, Headers headers, const absl::Status& greeting,
                          std::string peer) const {
  Admission admission;
  admission.request.id = NewUlid();
  admission.request.method = std::move(method);
  admission.request.headers = std::move(headers);
  admission.request.peer = std::move(peer);
  if (const absl::Status status = Check(admission, target, greeting); !status.ok()) {
    admission.refusal = Problem(status, admission.request.id);
    if (admission.refusal->status == 405) {
      const std::string detail(status.message());
      constexpr std::string_view kBefore = "this path takes ";
      const size_t end = detail.rfind(", not ");
      admission.refusal->Set("Allow", detail.substr(kBefore.size(), end - kBefore.size()));
    }
  }
  return admission;
}

Response App::Answer(const Admission& admission) const {
  absl::StatusOr<Response> response = (*admission.handler)(admission.request);
  return response.ok() ? *std::move(response) : Problem(response.status(), admission.request.id);
}

void App::Finish(const Request& request, Response& response) const {
  if (response.hashed && response.status == 200 && !response.stream && !response.listen) {
    // Weak where the bytes sent depend on the coding (RFC 9110 section 8.8.1).
    const std::string etag =
        std::string(response.compressible ? "W/" : "") + "\"" + ToHex(Sha256(response.bytes())).substr(0, 32) + "\"";
    if (!Has(response, "ETag")) response.Set("ETag", etag);
    if (NoneMatch(request.Header("if-none-match"), etag)) {
      response.status = 304;
      response.body.clear();
      response.shared_body.reset();
    }
  }
  const auto add = [&](const char* name, const char* value) {
    if (!Has(response, name)) response.Set(name, value);
  };
  response.Set("X-Request-Id", request.id);
  add("Content-Security-Policy", kPagePolicy);
  add("X-Content-Type-Options", "nosniff");
  add("Referrer-Policy", "same-origin");
  add("Cross-Origin-Opener-Policy", "same-origin");
  add("Cross-Origin-Resource-Policy", "same-origin");
  add("Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=()");
  add("Cache-Control", response.hashed ? "private, no-cache" : "no-store");
}

}  // namespace stepwell::net
