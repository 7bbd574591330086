#include "base/json.h"
#include "base/status_macros.h"
#include "query/catalog_json.h"
#include "query/handlers.h"
#include "query/parameters.h"

namespace stepwell::query {
namespace {

using auth::Action;

absl::StatusOr<net::Response> List(Services& services, const net::Request& request) {
  RETURN_IF_ERROR(CheckParameters(request, {"workspace", "limit", "cursor"}));
  ASSIGN_OR_RETURN(const Paging paging, ReadPaging(request));
  ASSIGN_OR_RETURN(const auto workspace,
                   services.finder.Workspace(request.principal, Action::kExperimentRead,
                                             request.query.Find("workspace").value_or("default")));
  ASSIGN_OR_RETURN(const auto page, services.catalog.ListExperiments(workspace, paging.limit, paging.cursor));
  return ListAnswer(
      [&](JsonWriter& json) {
        for (const auto& item : page.items) WriteExperiment(json, item);
      },
      page.next);
}

absl::StatusOr<net::Response> Get(Services& services, const net::Request& request) {
  RETURN_IF_ERROR(CheckParameters(request, {}));
  ASSIGN_OR_RETURN(const auto granted, services.finder.Experiment(request.principal, Action::kExperimentRead,
                                                                  request.params.at("experiment")));
  ASSIGN_OR_RETURN(const catalog::Experiment experiment, services.catalog.GetExperiment(granted));
  net::Response response;
  JsonWriter json(response.body);
  WriteExperiment(json, experiment);
  response.hashed = true;
  return response;
}

absl::StatusOr<net::Response> Tags(Services& services, const net::Request& request) {
  RETURN_IF_ERROR(CheckParameters(request, {"kind", "limit", "cursor"}));
  ASSIGN_OR_RETURN(const Paging paging, ReadPaging(request));
  ASSIGN_OR_RETURN(const v1::Kind kind, ReadKind(request));
  ASSIGN_OR_RETURN(const auto granted,
                   services.finder.Experiment(request.principal, Action::kSeriesRead, request.params.at("experiment")));
  ASSIGN_OR_RETURN(const auto page, services.catalog.ListTags(granted, kind, paging.limit, paging.cursor));
  return ListAnswer(
      [&](JsonWriter& json) {
        for (const auto& item : page.items) WriteTagRow(json, item);
      },
      page.next);
}

}  // namespace

net::Response ListAnswer(const std::function<void(JsonWriter&)>& write, std::string_view next,
                         std::optional<int64_t> total) {
  net::Response response;
  JsonWriter json(response.body);
  json.Object().Key("items").Array();
  write(json);
  json.End().Key("next");
  next.empty() ? json.Null() : json.String(next);
  if (total) json.Key("total").Int(*total);
  json.End();
  response.hashed = true;
  return response;
}

absl::Status AddExperimentRoutes(net::Router& router, Services& services) {
  const auto bind = [&services](auto handler) {
    return [&services, handler](const net::Request& r) { return handler(services, r); };
  };
  RETURN_IF_ERROR(router.Add("GET", "/api/v1/experiments", bind(List)));
  RETURN_IF_ERROR(router.Add("GET", "/api/v1/experiments/{experiment}", bind(Get)));
  return router.Add("GET", "/api/v1/experiments/{experiment}/tags", bind(Tags));
}

}  // namespace stepwell::query
