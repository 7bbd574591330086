// The uploader of a spool folder: a process of its own that sends what clients wrote, and outlives them. Which program
// that is, the environment says: STEPWELL_UPLOADER (a command line; the folder is put behind it), else
// `stepwell sync --watch` if a `stepwell` is in PATH, else none.
//
// Thread safety: one thread at a time.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <string>

namespace stepwell::client {

class Uploader {
 public:
  explicit Uploader(std::string root) : root_(std::move(root)) {}

  // Starts one unless one lives. Returns what the user should know, or nothing: that there is no such program, or that
  // it ends with an error.
  std::string Ensure();

 private:
  using Time = std::chrono::steady_clock::time_point;
  bool Runs();  // and learns how it ended
  std::string Start();

  const std::string root_;
  pid_t process_ = 0;  // 0: we started none, or it has ended
  int status_ = 0;     // of the last one that ended
  std::chrono::seconds pause_{1};
  Time next_{};  // no start before: one that fails is not started every second
};

}  // namespace stepwell::client
