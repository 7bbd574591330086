// What a server says about itself, and the files of the web application.
#include "base/status_macros.h"
#include "net/http_metrics.h"
#include "query/handlers.h"
#include "query/parameters.h"

namespace stepwell::query {
namespace {

absl::StatusOr<net::Response> Server(Services& services, const net::Request& request) {
  RETURN_IF_ERROR(CheckParameters(request, {}));
  net::Response response;
  JsonWriter json(response.body);
  json.Object()
      .Key("version")
      .String(services.version)
      .Key("http")
      .String(services.http)
      .Key("grpc")
      .String(services.grpc);
  json.Key("workspace").String("default").Key("accounts").Bool(false).End();
  return response;
}

absl::StatusOr<net::Response> OpenApi(Services& services, const net::Request&) {
  if (services.openapi.empty()) return absl::NotFoundError("this server was installed without docs/openapi.yaml");
  net::Response response;
  response.content_type = "application/yaml";
  response.body = services.openapi;
  response.hashed = true;
  return response;
}

absl::StatusOr<net::Response> Healthz(Services& services, const net::Request&) {
  const absl::Status healthy = services.healthy();
  net::Response response;
  response.status = healthy.ok() ? 200 : 503;
  JsonWriter(response.body).Object().Key("healthy").Bool(healthy.ok()).End();
  return response;
}

absl::StatusOr<net::Response> Readyz(Services& services, const net::Request&) { return services.readyz(); }

absl::StatusOr<net::Response> Metrics(Services& services, const net::Request&) {
  net::Response response;
  response.content_type = "text/plain; version=0.0.4; charset=utf-8";
  response.body = net::MetricsText(*services.registry);
  return response;
}

}  // namespace

absl::Status AddServerRoutes(net::Router& router, Services& services) {
  const auto bind = [&services](auto handler) {
    return [&services, handler](const net::Request& r) { return handler(services, r); };
  };
  RETURN_IF_ERROR(router.Add("GET", "/api/v1/server", bind(Server)));
  RETURN_IF_ERROR(router.Add("GET", "/api/v1/openapi.yaml", bind(OpenApi)));
  return router.Add("GET", "/{path...}",
                    [&services](const net::Request& request) { return services.files.Answer(request); });
}

absl::Status AddHealthRoutes(net::Router& router, Services& services) {
  const auto bind = [&services](auto handler) {
    return [&services, handler](const net::Request& r) { return handler(services, r); };
  };
  RETURN_IF_ERROR(router.Add("GET", "/healthz", bind(Healthz)));
  RETURN_IF_ERROR(router.Add("GET", "/readyz", bind(Readyz)));
  return router.Add("GET", "/metrics", bind(Metrics));
}

}  // namespace stepwell::query
