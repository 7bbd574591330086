// So many named threads work at once, with a bounded queue in front of them. Handlers run here, because they wait for
// the database and the store, and the threads that serve sockets never wait. A task that waits for a stranger says so
// (Wait) and is not counted meanwhile: another thread takes its place.
//
// Thread safety: all methods may be called from any thread, Stop from one that is not of the pool.
#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace stepwell::net {

class ThreadPool {
 public:
  // A task waits for a stranger while one of these lives. REQUIRES: made by a task of the pool.
  class Wait {
   public:
    explicit Wait(ThreadPool& pool) : pool_(pool), counted_(pool.BeginWait()) {}
    ~Wait() {
      if (counted_) pool_.EndWait();
    }
    Wait(const Wait&) = delete;
    Wait& operator=(const Wait&) = delete;

   private:
    ThreadPool& pool_;
    const bool counted_;
  };

  // `waiters`: so many tasks may wait; those beyond are counted as working.
  ThreadPool(std::string name, int threads, size_t queue_limit, size_t waiters = 0);
  ~ThreadPool() { Stop(); }

  // False if the queue is full or the pool has stopped; the task is not run then.
  bool Run(std::function<void()> task);
  // Runs what is queued, then ends the threads.
  void Stop();

 private:
  void Loop();
  bool BeginWait();
  void EndWait();
  void AddThread();       // REQUIRES: mutex_
  void MakeRoom();        // REQUIRES: mutex_. Sees that what is queued has a thread, if one may work
  bool MayWork() const {  // REQUIRES: mutex_
    return !queue_.empty() && working_ < limit_;
  }

  const std::string name_;
  const size_t limit_, queue_limit_, waiters_;
  std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<std::function<void()>> queue_;  // guarded by mutex_
  bool stopping_ = false;                    // guarded by mutex_
  size_t working_ = 0;                       // guarded by mutex_; above limit_ for a while when waits end
  size_t waiting_ = 0;                       // guarded by mutex_
  size_t idle_ = 0;                          // guarded by mutex_
  std::vector<std::thread> threads_;         // guarded by mutex_ until the pool stops
};

}  // namespace stepwell::net
