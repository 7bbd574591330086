// What lies beside the event files of a run: the projector's configuration, profiles, and notes about things that could
// not be taken. Each has a writer of its own ("stepwell:projector", "stepwell:profile:<path>", "stepwell:notes") whose
// position is a digest of the content: the same content again pushes nothing.
//
// Thread safety: none; one owner at a time.
#pragma once

#include <set>
#include <string>
#include <tuple>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "upload/log_tree.h"
#include "upload/run_session.h"

namespace stepwell::upload {

// `root` is the log directory: nothing outside it is read.
absl::Status PushProjector(RunSession& session, const RunFolder& folder, const std::string& root);
absl::Status PushProfiles(RunSession& session, const RunFolder& folder);

// Warnings about files and folders, kept with a run so that its readers find them.
class RunNotes {
 public:
  void Add(const std::string& file, const std::string& reason) {
    changed_ = notes_.emplace(file, reason).second || changed_;
  }
  bool changed() const { return changed_; }
  absl::Status Push(RunSession& session);

 private:
  std::set<std::pair<std::string, std::string>> notes_;  // (file, reason)
  bool changed_ = false;
};

}  // namespace stepwell::upload
