#include "net/thread_pool.h"

#include <pthread.h>

#include <system_error>

namespace stepwell::net {

ThreadPool::ThreadPool(std::string name, int threads, size_t queue_limit, size_t waiters)
    : name_(name.substr(0, 15)),  // the kernel's limit
      limit_(static_cast<size_t>(threads)),
      queue_limit_(queue_limit),
      waiters_(waiters) {
  const std::lock_guard lock(mutex_);
  for (int i = 0; i < threads; ++i) AddThread();
}

void ThreadPool::AddThread() {
  threads_.emplace_back([this] {
    pthread_setname_np(pthread_self(), name_.c_str());
    Loop();
  });
}

bool ThreadPool::Run(std::function<void()> task) {
  {
    const std::lock_guard lock(mutex_);
    if (stopping_ || queue_.size() >= queue_limit_) return false;
    queue_.push_back(std::move(task));
    MakeRoom();
  }
  wake_.notify_one();
  return true;
}

void ThreadPool::MakeRoom() {
  if (stopping_ || !MayWork() || queue_.size() <= idle_ || threads_.size() >= limit_ + waiters_) return;
  try {
    AddThread();
  } catch (const std::system_error&) {
    // No thread to be had: what is queued is run when a task ends.
  }
}

bool ThreadPool::BeginWait() {
  {
    const std::lock_guard lock(mutex_);
    if (waiting_ >= waiters_) return false;
    ++waiting_;
    --working_;
    MakeRoom();
  }
  wake_.notify_one();
  return true;
}

void ThreadPool::EndWait() {
  const std::lock_guard lock(mutex_);
  --waiting_;
  ++working_;
}

void ThreadPool::Loop() {
  std::unique_lock lock(mutex_);
  for (;;) {
    ++idle_;
    wake_.wait(lock, [&] { return MayWork() || (stopping_ && queue_.empty()); });
    --idle_;
    if (queue_.empty()) return;
    std::function<void()> task = std::move(queue_.front());
    queue_.pop_front();
    if (stopping_ && queue_.empty()) wake_.notify_all();
    ++working_;
    lock.unlock();
    task();
    task = nullptr;  // what it holds goes without the lock
    lock.lock();
    --working_;
  }
}

void ThreadPool::Stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_all();
  for (std::thread& thread : threads_) {
    if (thread.joinable()) thread.join();
  }
}

}  // namespace stepwell::net
