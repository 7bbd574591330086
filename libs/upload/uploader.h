// Uploads log directories: once (UploadOnce), or for as long as they grow (Follower, follower.h).
//
// Thread safety: UploadOnce is called from one thread; it uses threads of its own inside.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "upload/log_tree.h"
#include "upload/run_upload.h"

namespace stepwell::upload {

// A run's folder in one of the log directories, under the name that it gets: if a later log directory has a run of the
// same name as an earlier one, its own last name is put before.
struct FoundRun {
  std::string root;
  RunFolder folder;
};
struct FoundProblem {
  std::string root;
  TreeProblem problem;
};
struct Found {
  std::vector<FoundRun> runs;
  std::vector<FoundProblem> problems;
  std::vector<std::string> folders;
  uint64_t bytes = 0;  // of all event files
};
Found FindRuns(const std::vector<std::string>& log_directories);

// The run that a problem's note is kept with: the nearest one above it, else the first of its log directory; null if
// there is none.
const FoundRun* RunForProblem(const Found& found, const FoundProblem& problem);

// Reads everything that was found. Warnings and failures are in the context's report; an error means that the upload as
// a whole ended early (server away for too long, stopped).
absl::Status UploadOnce(UploadContext* context, const Found& found);

}  // namespace stepwell::upload
