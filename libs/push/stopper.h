// Asks long waits to end: one Stopper for a program, set by its signal handler's thread or by the owner of the work.
//
// Thread safety: all methods may be called from any thread, none of them from a signal handler.
#pragma once

#include <chrono>
#include <condition_variable>
#include <mutex>

namespace stepwell::push {

class Stopper {
 public:
  void Stop() {
    std::lock_guard lock(mutex_);
    stopped_ = true;
    changed_.notify_all();
  }
  bool stopped() const {
    std::lock_guard lock(mutex_);
    return stopped_;
  }
  // Sleeps, at most until somebody stops; true if stopped.
  bool WaitFor(std::chrono::milliseconds time) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, time, [this] { return stopped_; });
  }

 private:
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  bool stopped_ = false;
};

}  // namespace stepwell::push
