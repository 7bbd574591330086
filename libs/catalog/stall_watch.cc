#include "catalog/stall_watch.h"

#include <pthread.h>
#include <sys/socket.h>

#include <algorithm>

namespace stepwell::catalog {

StallWatch::StallWatch() : thread_([this] { Loop(); }) { pthread_setname_np(thread_.native_handle(), "catalog-watch"); }

StallWatch::~StallWatch() {
  {
    std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_one();
  thread_.join();
}

uint64_t StallWatch::Add(int socket) {
  std::lock_guard lock(mutex_);
  entries_.emplace(next_number_, Entry{socket, end_});
  if (end_ < next_look_) wake_.notify_one();
  return next_number_++;
}

void StallWatch::Remove(uint64_t number) {
  std::lock_guard lock(mutex_);
  entries_.erase(number);
}

void StallWatch::Expect(uint64_t number, Time deadline) {
  std::lock_guard lock(mutex_);
  deadline = std::min(deadline, end_);
  entries_.at(number).deadline = deadline;
  // Mostly the thread wakes up before that anyway: a call costs no switch of threads.
  if (deadline < next_look_) wake_.notify_one();
}

void StallWatch::EndAt(Time end) {
  std::lock_guard lock(mutex_);
  end_ = end;
  for (auto& [number, entry] : entries_) entry.deadline = std::min(entry.deadline, end);
  wake_.notify_one();
}

bool StallWatch::Expired(uint64_t number) const {
  std::lock_guard lock(mutex_);
  return entries_.at(number).expired;
}

void StallWatch::Loop() {
  std::unique_lock lock(mutex_);
  while (!stopping_) {
    const Time now = std::chrono::steady_clock::now();
    next_look_ = Time::max();
    for (auto& [number, entry] : entries_) {
      if (!entry.expired && entry.deadline <= now) {
        entry.expired = true;
        shutdown(entry.socket, SHUT_RDWR);
      }
      if (!entry.expired) next_look_ = std::min(next_look_, entry.deadline);
    }
    if (next_look_ == Time::max()) {
      wake_.wait(lock);
    } else {
      wake_.wait_until(lock, next_look_);
    }
  }
}

}  // namespace stepwell::catalog
