// From the ids in a request to proof that its sender may do what he asks: look-up and decision in one step.
//
// Runs are remembered for some seconds, since one page asks for the same runs many times a second. A decision is
// therefore at most that old.
//
// Thread safety: all methods may be called from any thread.
#pragma once

#include <chrono>
#include <map>
#include <mutex>
#include <string>
#include <utility>

#include "absl/status/statusor.h"
#include "auth/authority.h"
#include "catalog/catalog.h"
#include "query/series_reader.h"

namespace stepwell::query {

class Finder {
 public:
  // Both outlive the finder.
  Finder(catalog::Catalog& catalog, const auth::Authority& authority) : catalog_(catalog), authority_(authority) {}

  absl::StatusOr<auth::Granted<auth::WorkspaceRef>> Workspace(const auth::Principal& principal, auth::Action action,
                                                              const std::string& name);
  absl::StatusOr<auth::Granted<auth::ExperimentRef>> Experiment(const auth::Principal& principal, auth::Action action,
                                                                const std::string& id);
  absl::StatusOr<GrantedRun> Run(const auth::Principal& principal, auth::Action action, const std::string& id);
  absl::StatusOr<GrantedRun> RunByNumber(const auth::Principal& principal, auth::Action action, uint64_t number);
  // The decision alone, for a run that was just looked up.
  absl::StatusOr<GrantedRun> Decide(const auth::Principal& principal, auth::Action action, auth::RunRef run) const {
    return authority_.Authorize(principal, action, std::move(run));
  }
  // After a change of a run: the next look-up asks again.
  void Forget(const std::string& run);

 private:
  struct Known {
    auth::RunRef run;
    std::chrono::steady_clock::time_point until;
  };
  absl::StatusOr<auth::RunRef> FindRun(const std::string& id);

  catalog::Catalog& catalog_;
  const auth::Authority& authority_;
  std::mutex mutex_;
  std::map<std::string, Known> known_;  // guarded by mutex_
};

}  // namespace stepwell::query
