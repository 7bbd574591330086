// One pass over a spool folder: everything that is there is sent, writers of mode offline too. Where an uploader lives
// already, it is left to that one, and waited for.
//
// Thread safety: one owner; a few threads of its own while it runs.
#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "sync/sender.h"

namespace stepwell::sync {

struct PassOptions {
  std::chrono::milliseconds patience{10'000};  // how long a living uploader may get nowhere
  int workers = 4;                             // writers that are sent at the same time
};

// `site->follow` must be false. What is kept, and why, is in the report. Errors: the folder cannot be used.
absl::Status SendAll(Site* site, const PassOptions& options);

// Bytes of the segments and blobs in a spool folder.
uint64_t SpoolBytes(const std::string& root);

}  // namespace stepwell::sync
