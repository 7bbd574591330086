#include <algorithm>
#include <array>

#include <boost/json.hpp>

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "query/catalog_json.h"
#include "query/handlers.h"
#include "query/parameters.h"

namespace stepwell::query {
namespace {

using auth::Action;
namespace json = boost::json;

constexpr size_t kMaxExperiments = 1000;
constexpr size_t kMaxNote = size_t{256} << 10;
constexpr size_t kMaxLabels = 64;
constexpr std::array<std::string_view, 5> kStatuses = {"running", "finished", "failed", "killed", "crashed"};

net::Response RunAnswer(const catalog::Run& run) {
  net::Response response;
  JsonWriter out(response.body);
  WriteRun(out, run);
  response.hashed = true;
  return response;
}

// The experiments that a list is about: those named, or all of the workspace.
absl::StatusOr<std::vector<GrantedExperiment>> Experiments(Services& services, const net::Request& request) {
  std::vector<GrantedExperiment> found;
  const std::vector<std::string> named = request.query.FindAll("experiment");
  if (named.size() > kMaxExperiments) {
    return absl::InvalidArgumentError(
        absl::StrCat("experiment is given ", named.size(), " times; the limit is ", kMaxExperiments));
  }
  for (const std::string& id : named) {
    ASSIGN_OR_RETURN(auto granted, services.finder.Experiment(request.principal, Action::kRunRead, id));
    found.push_back(std::move(granted));
  }
  if (!named.empty()) return found;
  ASSIGN_OR_RETURN(const auto workspace,
                   services.finder.Workspace(request.principal, Action::kExperimentRead,
                                             request.query.Find("workspace").value_or("default")));
  std::string cursor;
  do {
    ASSIGN_OR_RETURN(const auto page, services.catalog.ListExperiments(workspace, 1000, cursor));
    for (const catalog::Experiment& experiment : page.items) {
      ASSIGN_OR_RETURN(auto granted, services.finder.Experiment(request.principal, Action::kRunRead, experiment.id));
      found.push_back(std::move(granted));
    }
    cursor = page.next;
  } while (!cursor.empty());
  return found;
}

absl::StatusOr<catalog::Archived> ReadArchived(const net::Request& request) {
  const std::optional<std::string> text = request.query.Find("archived");
  if (!text) return catalog::Archived::kDefault;
  if (*text == "any") return catalog::Archived::kAny;
  if (*text == "true") return catalog::Archived::kYes;
  if (*text == "false") return catalog::Archived::kNo;
  return absl::InvalidArgumentError("archived must be true, false or any");
}

absl::StatusOr<net::Response> List(Services& services, const net::Request& request) {
  RETURN_IF_ERROR(CheckParameters(request, {"experiment", "workspace", "filter", "order", "columns", "deleted",
                                            "archived", "total", "limit", "cursor"}));
  ASSIGN_OR_RETURN(const Paging paging, ReadPaging(request));
  catalog::RunQuery query;
  ASSIGN_OR_RETURN(query.experiments, Experiments(services, request));
  query.filter = request.query.Find("filter").value_or("");
  query.order = request.query.Find("order").value_or("");
  for (const std::string& columns : request.query.FindAll("columns")) {
    for (std::string& name : SplitNames(columns)) query.columns.push_back(std::move(name));
  }
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

absl::StatusOr<std::string> Text(const json::value& value, std::string_view name, size_t most) {
  if (!value.is_string()) return absl::InvalidArgumentError(absl::StrCat(std::string(name), " must be a string"));
  const json::string& text = value.get_string();
  if (text.size() > most) {
    return absl::InvalidArgumentError(
        absl::StrCat(std::string(name), " is ", text.size(), " bytes; the limit is ", most));
  }
  return std::string(text.data(), text.size());
}

absl::Status ParseLabels(const json::value& value, catalog::RunEdit* edit) {
  if (!value.is_object()) return absl::InvalidArgumentError("labels must be an object of strings; null removes one");
  if (value.get_object().size() > kMaxLabels)
    return absl::InvalidArgumentError(absl::StrCat("labels has more than ", kMaxLabels, " entries, the limit"));
  for (const auto& label : value.get_object()) {
    const std::string key(label.key().data(), label.key().size());
    if (key.empty() || key.size() > 256) return absl::InvalidArgumentError("a label's key must have 1 to 256 bytes");
    if (label.value().is_null()) {
      edit->labels[key] = std::nullopt;
    } else {
      ASSIGN_OR_RETURN(edit->labels[key], Text(label.value(), "a label's value", 256));
    }
  }
  return absl::OkStatus();
}

absl::StatusOr<catalog::RunEdit> ParseEdit(const std::string& body) {
  json::error_code error;
  json::parse_options options;
  const json::value parsed = json::parse(body, error, {}, options);
  if (error || !parsed.is_object())
    return absl::InvalidArgumentError("the body must be a JSON object with name, note, labels, archived or status");
  catalog::RunEdit edit;
  for (const auto& member : parsed.get_object()) {
    const std::string_view name(member.key().data(), member.key().size());
    if (name == "name") {
      ASSIGN_OR_RETURN(edit.name, Text(member.value(), name, 4096));
    } else if (name == "note") {
      ASSIGN_OR_RETURN(edit.note, Text(member.value(), name, kMaxNote));
    } else if (name == "status") {
      ASSIGN_OR_RETURN(edit.status, Text(member.value(), name, 64));
      if (std::find(kStatuses.begin(), kStatuses.end(), *edit.status) == kStatuses.end()) {
        return absl::InvalidArgumentError("status must be running, finished, failed, killed or crashed");
      }
    } else if (name == "archived") {
      if (!member.value().is_bool()) return absl::InvalidArgumentError("archived must be true or false");
      edit.archived = member.value().get_bool();
    } else if (name == "labels") {
      RETURN_IF_ERROR(ParseLabels(member.value(), &edit));
    } else {
      return absl::InvalidArgumentError(
          absl::StrCat("a run's \"", std::string(name.substr(0, 64)),
                       "\" cannot be changed; name, note, labels, archived and status can"));
    }
  }
  return edit;
}

absl::StatusOr<net::Response> Patch(Services& services, const net::Request& request) {
  RETURN_IF_ERROR(CheckParameters(request, {}));
  RETURN_IF_ERROR(CheckJsonBody(request));
  ASSIGN_OR_RETURN(const catalog::RunEdit edit, ParseEdit(request.body));
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
