#include "base/status_macros.h"
#include "query/handlers.h"
#include "query/json_check.h"
#include "query/parameters.h"

namespace stepwell::query {
namespace {

using auth::Action;

absl::StatusOr<auth::Granted<auth::WorkspaceRef>> Workspace(Services& services, const net::Request& request,
                                                            Action action) {
  return services.finder.Workspace(request.principal, action, request.query.Find("workspace").value_or("default"));
}

absl::StatusOr<net::Response> Post(Services& services, const net::Request& request) {
  RETURN_IF_ERROR(CheckParameters(request, {"workspace"}));
  RETURN_IF_ERROR(CheckJsonBody(request));
  const size_t start = request.body.find_first_not_of(" \t\r\n");
  if (!IsJson(request.body) || start == std::string::npos || request.body[start] != '{') {
    return absl::InvalidArgumentError("the body must be the view's state as a JSON object");
  }
  ASSIGN_OR_RETURN(const auto workspace, Workspace(services, request, Action::kViewCreate));
  ASSIGN_OR_RETURN(const std::string id, services.catalog.PutView(workspace, request.body));
  net::Response response;
  response.status = 201;
  response.Set("Location", "/api/v1/views/" + id);
  JsonWriter(response.body).Object().Key("id").String(id).End();
  return response;
}

absl::StatusOr<net::Response> Get(Services& services, const net::Request& request) {
  RETURN_IF_ERROR(CheckParameters(request, {"workspace"}));
  ASSIGN_OR_RETURN(const auto workspace, Workspace(services, request, Action::kViewRead));
  const std::string& id = request.params.at("id");
  ASSIGN_OR_RETURN(const std::string state, services.catalog.GetView(workspace, id));
  net::Response response;
  JsonWriter json(response.body);
  json.Object().Key("id").String(id).Key("state").Raw(state).End();
  response.hashed = true;
  return response;
}

}  // namespace

absl::Status AddViewRoutes(net::Router& router, Services& services) {
  const auto bind = [&services](auto handler) {
    return [&services, handler](const net::Request& r) { return handler(services, r); };
  };
  RETURN_IF_ERROR(router.Add("POST", "/api/v1/views", bind(Post)));
  return router.Add("GET", "/api/v1/views/{id}", bind(Get));
}

}  // namespace stepwell::query
