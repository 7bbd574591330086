// uploader.lock: who sends what is in a spool folder. A record lock (fcntl), as the Python package takes: it goes with
// its process, however that ends.
//
// Thread safety: one owner. Nothing else in the process may open the file: closing it would let go of the lock.
#pragma once

#include <chrono>
#include <memory>
#include <string>

#include "absl/status/statusor.h"

namespace stepwell::sync {

class UploaderLock {
 public:
  // Null: somebody else has it. Waits so long, since others hold it for a moment to look whether it is free.
  static absl::StatusOr<std::unique_ptr<UploaderLock>> Take(const std::string& root,
                                                            std::chrono::milliseconds patience);
  ~UploaderLock();
  UploaderLock(const UploaderLock&) = delete;
  UploaderLock& operator=(const UploaderLock&) = delete;

 private:
  explicit UploaderLock(int file) : file_(file) {}
  const int file_;
};

// What the holder wrote about itself; "?" if nothing. REQUIRES: this process does not hold the lock.
std::string UploaderPid(const std::string& root);

}  // namespace stepwell::sync
