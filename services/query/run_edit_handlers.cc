#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "base/ids.h"
#include "base/status_macros.h"
#include "query/handlers.h"
#include "query/parameters.h"
#include "query/run_edit_json.h"

namespace stepwell::query {
namespace {

using auth::Action;
using Trash = catalog::RunChange::Trash;

Action ActionOf(const catalog::RunChange& change) {
  return change.trash == Trash::kDelete    ? Action::kRunDelete
         : change.trash == Trash::kRestore ? Action::kRunRestore
                                           : Action::kRunEdit;
}

// All runs that the edits name, with one question to the catalog. UNKNOWN ids are left out.
absl::StatusOr<std::map<std::string, auth::RunRef>> FindAll(Services& services, const std::vector<AskedEdit>& asked) {
  std::set<std::string> ids;
  for (const AskedEdit& edit : asked) {
    for (const std::string& id : edit.runs) {
      if (IsValidId(id)) ids.insert(id);
    }
  }
  if (ids.size() > catalog::kRunsOfOneEdit) {
    return absl::InvalidArgumentError(absl::StrCat("these edits name ", ids.size(),
                                                   " runs; the limit of one request is ", catalog::kRunsOfOneEdit,
                                                   "; ask in parts"));
  }
  const std::vector<std::string> list(ids.begin(), ids.end());
  ASSIGN_OR_RETURN(const auto refs, services.catalog.FindRuns(list));
  std::map<std::string, auth::RunRef> found;
  for (const auth::RunRef& ref : refs) found.emplace(ref.id, ref);
  return found;
}

absl::StatusOr<net::Response> Edit(Services& services, const net::Request& request) {
  RETURN_IF_ERROR(CheckParameters(request, {"workspace"}));
  RETURN_IF_ERROR(CheckJsonBody(request));
  ASSIGN_OR_RETURN(const std::vector<AskedEdit> asked, ParseRunEdits(request.body));
  const std::string name = request.query.Find("workspace").value_or("default");
  ASSIGN_OR_RETURN(const auto workspace, services.finder.Workspace(request.principal, Action::kRunEdit, name));
  ASSIGN_OR_RETURN(const auto known, FindAll(services, asked));
  std::vector<catalog::BulkResult::Skipped> unknown;
  std::vector<catalog::BulkEdit> edits;
  for (const AskedEdit& one : asked) {
    catalog::BulkEdit& edit = edits.emplace_back();
    edit.change = one.change;
    edit.filter = one.filter;
    edit.move_to_name = one.move_to_name;
    for (const std::string& id : one.runs) {
      const auto found = known.find(id);
      // Another workspace's run looks like a free name to nobody: it is just not there.
      if (found == known.end() || found->second.workspace != workspace->number) {
        unknown.push_back({id, "there is no such run"});
        continue;
      }
      ASSIGN_OR_RETURN(auto run, services.finder.Decide(request.principal, ActionOf(one.change), found->second));
      edit.runs.push_back(std::move(run));
    }
    if (one.by_filter) {
      ASSIGN_OR_RETURN(auto experiment,
                       services.finder.Experiment(request.principal, ActionOf(one.change), one.experiment));
      edit.experiments.push_back(std::move(experiment));
    }
    if (!one.move_to.empty()) {
      ASSIGN_OR_RETURN(auto target, services.finder.Experiment(request.principal, Action::kRunEdit, one.move_to));
      edit.move_to = std::move(target);
    }
    const auto elsewhere = [&](const auto& experiment) { return experiment->workspace != workspace->number; };
    if (std::ranges::any_of(edit.experiments, elsewhere) || (edit.move_to && elsewhere(*edit.move_to))) {
      return absl::NotFoundError("there is no such experiment in this workspace");
    }
  }
  ASSIGN_OR_RETURN(catalog::BulkResult result, services.catalog.EditRuns(workspace, edits));
  for (const std::string& id : result.ids) services.finder.Forget(id);
  result.skipped.insert(result.skipped.end(), unknown.begin(), unknown.end());
  net::Response response;
  JsonWriter json(response.body);
  WriteBulkResult(json, result);
  return response;
}

}  // namespace

absl::Status AddRunEditRoutes(net::Router& router, Services& services) {
  return router.Add("POST", "/api/v1/runs:edit", [&services](const net::Request& r) { return Edit(services, r); });
}

}  // namespace stepwell::query
