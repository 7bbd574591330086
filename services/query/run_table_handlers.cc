#include "base/status_macros.h"
#include "query/handlers.h"
#include "query/parameters.h"
#include "query/run_parameters.h"
#include "query/run_table_json.h"

namespace stepwell::query {
namespace {

using auth::Action;

absl::StatusOr<net::Response> GroupRuns(Services& services, const net::Request& request) {
  RETURN_IF_ERROR(CheckParameters(
      request, {"experiment", "workspace", "filter", "by", "order", "columns", "archived", "limit", "cursor"}));
  ASSIGN_OR_RETURN(const Paging paging, ReadPaging(request));
  catalog::GroupQuery query;
  ASSIGN_OR_RETURN(query.experiments, ReadExperiments(services, request));
  query.filter = request.query.Find("filter").value_or("");
  query.by = request.query.Find("by").value_or("");
  query.order = request.query.Find("order").value_or("");
  query.columns = ReadColumns(request);
  ASSIGN_OR_RETURN(query.archived, ReadArchived(request));
  query.limit = paging.limit;
  query.cursor = paging.cursor;
  ASSIGN_OR_RETURN(const catalog::GroupPage page, services.catalog.GroupRuns(query));
  return ListAnswer(
      [&](JsonWriter& json) {
        for (const catalog::Group& group : page.items) WriteGroup(json, group);
      },
      page.next, page.total);
}

absl::StatusOr<net::Response> Keys(Services& services, const net::Request& request) {
  RETURN_IF_ERROR(CheckParameters(request, {"prefix", "limit"}));
  ASSIGN_OR_RETURN(const Paging paging, ReadPaging(request));
  ASSIGN_OR_RETURN(const auto experiment,
                   services.finder.Experiment(request.principal, Action::kRunRead, request.params.at("experiment")));
  ASSIGN_OR_RETURN(const auto keys,
                   services.catalog.ListKeys(experiment, request.query.Find("prefix").value_or(""), paging.limit));
  return ListAnswer(
      [&](JsonWriter& json) {
        for (const catalog::KeyRow& key : keys) WriteKeyRow(json, key);
      },
      "");
}

absl::StatusOr<net::Response> Values(Services& services, const net::Request& request) {
  RETURN_IF_ERROR(CheckParameters(request, {"key", "prefix", "limit"}));
  ASSIGN_OR_RETURN(const Paging paging, ReadPaging(request));
  ASSIGN_OR_RETURN(const auto experiment,
                   services.finder.Experiment(request.principal, Action::kRunRead, request.params.at("experiment")));
  ASSIGN_OR_RETURN(const catalog::KeyValues values,
                   services.catalog.ListValues(experiment, request.query.Find("key").value_or(""),
                                               request.query.Find("prefix").value_or(""), paging.limit));
  net::Response response;
  JsonWriter json(response.body);
  WriteKeyValues(json, values);
  response.hashed = true;
  return response;
}

}  // namespace

absl::Status AddRunTableRoutes(net::Router& router, Services& services) {
  const auto bind = [&services](auto handler) {
    return [&services, handler](const net::Request& r) { return handler(services, r); };
  };
  RETURN_IF_ERROR(router.Add("GET", "/api/v1/runs:group", bind(GroupRuns)));
  RETURN_IF_ERROR(router.Add("GET", "/api/v1/experiments/{experiment}/keys", bind(Keys)));
  return router.Add("GET", "/api/v1/experiments/{experiment}/values", bind(Values));
}

}  // namespace stepwell::query
