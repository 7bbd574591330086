// What lies in a cluster's folder, and which processes live in it.
//
// Thread safety: functions without state.
#pragma once

#include <sys/types.h>

#include <string>
#include <vector>

#include "absl/status/statusor.h"

namespace stepwell::postgres {

// The major version that made a cluster ("15"); empty if there is no cluster.
std::string ClusterVersion(const std::string& cluster);

// The folder with initdb and postgres: `given`, else Debian's folder for `version` (any version if empty: the newest),
// else PATH. FAILED_PRECONDITION if there is none, or if it is not of `version`.
absl::StatusOr<std::string> FindPrograms(const std::string& given, const std::string& version,
                                         const std::string& cluster);

// Processes whose working folder is the cluster: PostgreSQL's main process and its children all have it. We find only
// those whose working folder we may read, which are all if we are root or the cluster's user.
std::vector<pid_t> ProcessesIn(const std::string& cluster);

// The first line of postmaster.pid; 0 if there is none.
pid_t MainProcess(const std::string& cluster);

// What "cluster" has behind it while it is made, before the number of the process that makes it.
inline constexpr char kHalfMade[] = ".new-";

// Removes the half made clusters of starts that were interrupted.
void RemoveHalfMade(const std::string& folder);

std::string Tail(const std::string& file, size_t bytes);

}  // namespace stepwell::postgres
