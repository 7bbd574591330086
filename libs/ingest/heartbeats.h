// Tells the catalog which runs live: their clients say so every some seconds, and all that did meanwhile go to the
// catalog in one statement. What cannot be told is forgotten: they say it again.
//
// Thread safety: all methods may be called from any thread, Stop by one.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <set>
#include <thread>

#include "ingest/run_book.h"

namespace stepwell::ingest {

class Heartbeats {
 public:
  // `pause`: between two statements. `book` outlives it.
  Heartbeats(RunBook* book, std::chrono::milliseconds pause);
  ~Heartbeats() { Stop(); }
  void Stop();

  void Heard(uint64_t run);

 private:
  void Loop();

  RunBook* const book_;
  const std::chrono::milliseconds pause_;
  std::mutex mutex_;
  std::condition_variable wake_;
  std::set<uint64_t> heard_;  // guarded by mutex_
  bool stopping_ = false;     // guarded by mutex_
  std::thread thread_;
};

}  // namespace stepwell::ingest
