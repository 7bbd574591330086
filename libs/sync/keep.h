// How long acknowledged segments of a live writer stay, for a server that comes back from a backup: for some time, up
// to some bytes, and not while the spool folder, or its disk, is half full.
//
// Thread safety: all methods of Keep may be called from any thread; a Kept has one owner.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <mutex>
#include <string>

namespace stepwell::sync {

class Keep {
 public:
  Keep(std::string root, std::chrono::milliseconds time, uint64_t spool_max)
      : root_(std::move(root)), time_(time), spool_max_(spool_max) {}

  std::chrono::milliseconds time() const { return time_; }
  // Measured at most once a second.
  bool HalfFull();

 private:
  const std::string root_;
  const std::chrono::milliseconds time_;
  const uint64_t spool_max_;
  std::mutex mutex_;
  std::chrono::steady_clock::time_point looked_{};
  bool half_full_ = false;
};

// The acknowledged segments of one writer.
class Kept {
 public:
  Kept(std::string folder, Keep* keep) : folder_(std::move(folder)), keep_(keep) {}

  // Removes those before `acknowledged` that need not be kept, with their blobs.
  void Forget(uint32_t acknowledged);

 private:
  const std::string folder_;
  Keep* const keep_;
  std::map<uint32_t, std::chrono::steady_clock::time_point> since_;  // by segment
};

}  // namespace stepwell::sync
