#include "query/run_parameters.h"

#include <optional>

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "query/parameters.h"

namespace stepwell::query {
namespace {

using auth::Action;

constexpr size_t kMaxExperiments = 1000;

}  // namespace

absl::StatusOr<std::vector<GrantedExperiment>> ReadExperiments(Services& services, const net::Request& request) {
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

std::vector<std::string> ReadColumns(const net::Request& request) {
  std::vector<std::string> names;
  for (const std::string& columns : request.query.FindAll("columns")) {
    for (std::string& name : SplitNames(columns)) names.push_back(std::move(name));
  }
  return names;
}

}  // namespace stepwell::query
