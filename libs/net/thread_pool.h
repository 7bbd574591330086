// A fixed number of named threads and a bounded queue in front of them. Handlers run here, because they wait for the
// database and the store, and the threads that serve sockets never wait.
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
  ThreadPool(std::string name, int threads, size_t queue_limit);
  ~ThreadPool() { Stop(); }

  // False if the queue is full or the pool has stopped; the task is not run then.
  bool Run(std::function<void()> task);
  // Runs what is queued, then ends the threads.
  void Stop();

 private:
  void Loop();

  const size_t queue_limit_;
  std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<std::function<void()>> queue_;  // guarded by mutex_
  bool stopping_ = false;                    // guarded by mutex_
  std::vector<std::thread> threads_;
};

}  // namespace stepwell::net
