#include "base/status_macros.h"
#include "query/catalog_json.h"
#include "query/handlers.h"
#include "query/parameters.h"
#include "query/run_edit_json.h"
#include "query/run_parameters.h"

namespace stepwell::query {
namespace {

using auth::Action;

net::Response RunAnswer(const catalog::Run& run) {
  net::Response response;
  JsonWriter out(response.body);
  WriteRun(out, run);
  response.hashed = true;
  return response;
}

absl::StatusOr<net::Response> List(Services& services, const net::Request& request) {
  RETURN_IF_ERROR(CheckParameters(request, {"experiment", "workspace", "filter", "order", "columns", "deleted",
                                            "archived", "total", "limit", "cursor"}));
  ASSIGN_OR_RETURN(const Paging paging, ReadPaging(request));
  catalog::RunQuery query;
  ASSIGN_OR_RETURN(query.experiments, ReadExperiments(services, request));
  query.filter = request.query.Find("filter").value_or("");
  query.order = request.query.Find("order").value_or("");
  query.columns = ReadColumns(request);
  ASSIGN_OR_RETURN(query.deleted, ReadFlag(request, "deleted"));
  ASSIGN_OR_RETURN(query.archived, ReadArchived(request));
  ASSIGN_OR_RETURN(query.total, ReadFlag(request, "total"));
  query.limit = paging.limit;
  query.cursor = paging.cursor;
  ASSIGN_OR_RETURN(const auto page, services.catalog.ListRuns(query));
  return ListAnswer(
      [&](JsonWriter& out) {
        for (const auto& run : page.items) WriteRun(out, run);
      },
      page.next, page.total);
}

absl::StatusOr<net::Response> Get(Services& services, const net::Request& request) {
  RETURN_IF_ERROR(CheckParameters(request, {}));
  ASSIGN_OR_RETURN(const GrantedRun run,
                   services.finder.Run(request.principal, Action::kRunRead, request.params.at("run")));
  ASSIGN_OR_RETURN(const catalog::Run found, services.catalog.GetRun(run));
  return RunAnswer(found);
}

absl::StatusOr<net::Response> Patch(Services& services, const net::Request& request) {
  RETURN_IF_ERROR(CheckParameters(request, {}));
  RETURN_IF_ERROR(CheckJsonBody(request));
  ASSIGN_OR_RETURN(const catalog::RunEdit edit, ParseRunEdit(request.body));
  ASSIGN_OR_RETURN(const GrantedRun run,
                   services.finder.Run(request.principal, Action::kRunEdit, request.params.at("run")));
  ASSIGN_OR_RETURN(const catalog::Run changed, services.catalog.EditRun(run, edit));
  return RunAnswer(changed);
}

absl::StatusOr<net::Response> Delete(Services& services, const net::Request& request) {
  RETURN_IF_ERROR(CheckParameters(request, {}));
  ASSIGN_OR_RETURN(const GrantedRun run,
                   services.finder.Run(request.principal, Action::kRunDelete, request.params.at("run")));
  RETURN_IF_ERROR(services.catalog.DeleteRun(run));
  services.finder.Forget(run->id);
  net::Response response;
  response.status = 204;
  return response;
}

absl::StatusOr<net::Response> Restore(Services& services, const net::Request& request) {
  RETURN_IF_ERROR(CheckParameters(request, {}));
  if (!request.body.empty()) RETURN_IF_ERROR(CheckJsonBody(request));
  ASSIGN_OR_RETURN(const GrantedRun run,
                   services.finder.Run(request.principal, Action::kRunRestore, request.params.at("run")));
  RETURN_IF_ERROR(services.catalog.RestoreRun(run));
  services.finder.Forget(run->id);
  ASSIGN_OR_RETURN(const catalog::Run restored, services.catalog.GetRun(run));
  return RunAnswer(restored);
}

absl::StatusOr<net::Response> Warnings(Services& services, const net::Request& request) {
  RETURN_IF_ERROR(CheckParameters(request, {"limit", "cursor"}));
  ASSIGN_OR_RETURN(const Paging paging, ReadPaging(request));
  ASSIGN_OR_RETURN(const GrantedRun run,
                   services.finder.Run(request.principal, Action::kRunRead, request.params.at("run")));
  ASSIGN_OR_RETURN(const auto page, services.catalog.ListWarnings(run, paging.limit, paging.cursor));
  return ListAnswer(
      [&](JsonWriter& out) {
        for (const auto& item : page.items) WriteWarning(out, item);
      },
      page.next);
}

}  // namespace

// Each of these writes does the same again when it is repeated, so an Idempotency-Key needs no memory.
absl::Status AddRunRoutes(net::Router& router, Services& services) {
  const auto bind = [&services](auto handler) {
    return [&services, handler](const net::Request& r) { return handler(services, r); };
  };
  RETURN_IF_ERROR(router.Add("GET", "/api/v1/runs", bind(List)));
  RETURN_IF_ERROR(router.Add("GET", "/api/v1/runs/{run}", bind(Get)));
  RETURN_IF_ERROR(router.Add("PATCH", "/api/v1/runs/{run}", bind(Patch)));
  RETURN_IF_ERROR(router.Add("DELETE", "/api/v1/runs/{run}", bind(Delete)));
  RETURN_IF_ERROR(router.Add("POST", "/api/v1/runs/{run}:restore", bind(Restore)));
  return router.Add("GET", "/api/v1/runs/{run}/warnings", bind(Warnings));
}

}  // namespace stepwell::query
