#include "ingest/heartbeats.h"

#include <pthread.h>

#include <vector>

namespace stepwell::ingest {

Heartbeats::Heartbeats(RunBook* book, std::chrono::milliseconds pause) : book_(book), pause_(pause) {
  thread_ = std::thread([this] { Loop(); });
  pthread_setname_np(thread_.native_handle(), "heartbeats");
}

void Heartbeats::Stop() {
  {
    std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_all();
  if (thread_.joinable()) thread_.join();
}

void Heartbeats::Heard(uint64_t run) {
  std::lock_guard lock(mutex_);
  heard_.insert(run);
}

void Heartbeats::Loop() {
  std::unique_lock lock(mutex_);
  while (!wake_.wait_for(lock, pause_, [this] { return stopping_; })) {
    if (heard_.empty()) continue;
    const std::vector<uint64_t> runs(heard_.begin(), heard_.end());
    heard_.clear();
    lock.unlock();
    (void)book_->RunsHeard(runs);
    lock.lock();
  }
}

}  // namespace stepwell::ingest
