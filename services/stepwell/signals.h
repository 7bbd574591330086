// SIGINT and SIGTERM as a call on an ordinary thread.
//
// Thread safety: one Signals for a program, made in main before any other thread, so that all threads have the signals
// blocked. The second signal ends the program at once.
#pragma once

#include <atomic>
#include <functional>
#include <thread>

namespace stepwell {

class Signals {
 public:
  // `stop` is called once, from a thread of its own.
  explicit Signals(std::function<void()> stop);
  ~Signals();
  Signals(const Signals&) = delete;
  Signals& operator=(const Signals&) = delete;

  // Blocks the signals for this thread and those that it starts.
  static void Block();

 private:
  std::atomic<bool> done_{false};
  std::thread thread_;
};

}  // namespace stepwell
