// The parameters that routes about runs share.
//
// Thread safety: functions without state.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "query/handlers.h"

namespace stepwell::query {

// The experiments that a request is about: those named, or all of the workspace.
absl::StatusOr<std::vector<GrantedExperiment>> ReadExperiments(Services& services, const net::Request& request);
// archived=false|true|any.
absl::StatusOr<catalog::Archived> ReadArchived(const net::Request& request);
// `columns`, which may repeat.
std::vector<std::string> ReadColumns(const net::Request& request);

}  // namespace stepwell::query
