#include "query/finder.h"

#include "base/ids.h"
#include "base/status_macros.h"

namespace stepwell::query {
namespace {

constexpr std::chrono::seconds kRemember{2};  // security: a decision is at most 5 s old
constexpr size_t kMostKnown = 50'000;

}  // namespace

absl::StatusOr<auth::Granted<auth::WorkspaceRef>> Finder::Workspace(const auth::Principal& principal,
                                                                    auth::Action action, const std::string& name) {
  ASSIGN_OR_RETURN(auth::WorkspaceRef found, catalog_.FindWorkspace(name));
  return authority_.Authorize(principal, action, std::move(found));
}

absl::StatusOr<auth::Granted<auth::ExperimentRef>> Finder::Experiment(const auth::Principal& principal,
                                                                      auth::Action action, const std::string& id) {
  ASSIGN_OR_RETURN(auth::ExperimentRef found, catalog_.FindExperiment(id));
  return authority_.Authorize(principal, action, std::move(found));
}

absl::StatusOr<auth::RunRef> Finder::FindRun(const std::string& id) {
  const auto now = std::chrono::steady_clock::now();
  {
    const std::lock_guard lock(mutex_);
    if (const auto it = known_.find(id); it != known_.end() && it->second.until > now) return it->second.run;
  }
  // An id that no run can have is not worth a question to the database.
  if (!IsValidId(id)) return absl::NotFoundError("there is no such run");
  ASSIGN_OR_RETURN(auth::RunRef found, catalog_.FindRun(id));
  const std::lock_guard lock(mutex_);
  if (known_.size() >= kMostKnown) known_.clear();
  known_[id] = {found, now + kRemember};
  return found;
}

absl::StatusOr<GrantedRun> Finder::Run(const auth::Principal& principal, auth::Action action, const std::string& id) {
  ASSIGN_OR_RETURN(auth::RunRef found, FindRun(id));
  return authority_.Authorize(principal, action, std::move(found));
}

absl::StatusOr<GrantedRun> Finder::RunByNumber(const auth::Principal& principal, auth::Action action, uint64_t number) {
  ASSIGN_OR_RETURN(auth::RunRef found, catalog_.FindRunByNumber(number));
  return authority_.Authorize(principal, action, std::move(found));
}

void Finder::Forget(const std::string& run) {
  const std::lock_guard lock(mutex_);
  known_.erase(run);
}

}  // namespace stepwell::query
