// Ends connections whose server does not answer. PostgreSQL keeps statement_timeout itself, but a server that is
// stopped or cut off keeps nothing, and libpq would wait for ever. Shutting the socket down makes it return as from a
// broken connection. A program that stops ends all such waits at one time (EndAt).
//
// Thread safety: all methods may be called from any thread; a Guard has one owner.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <map>
#include <mutex>
#include <thread>

namespace stepwell::catalog {

class StallWatch {
 public:
  using Time = std::chrono::steady_clock::time_point;

  StallWatch();
  ~StallWatch();

  // Watches a socket for as long as it lives. The file descriptor is one that nobody else closes (a dup).
  class Guard {
   public:
    Guard(StallWatch* watch, int socket) : watch_(watch), number_(watch->Add(socket)) {}
    ~Guard() { watch_->Remove(number_); }
    Guard(const Guard&) = delete;
    Guard& operator=(const Guard&) = delete;
    // An answer must come within `limit` from now, and before the end of all.
    void Expect(std::chrono::milliseconds limit) { watch_->Expect(number_, std::chrono::steady_clock::now() + limit); }
    // It did not come.
    bool expired() const { return watch_->Expired(number_); }

   private:
    StallWatch* const watch_;
    const uint64_t number_;
  };

  // No answer is waited for beyond this, by those that are watched and those to come.
  void EndAt(Time end);

 private:
  struct Entry {
    int socket;
    Time deadline;
    bool expired = false;
  };
  uint64_t Add(int socket);
  void Remove(uint64_t number);
  void Expect(uint64_t number, Time deadline);
  bool Expired(uint64_t number) const;
  void Loop();

  mutable std::mutex mutex_;
  std::condition_variable wake_;
  std::map<uint64_t, Entry> entries_;  // guarded by mutex_
  uint64_t next_number_ = 0;           // guarded by mutex_
  Time end_ = Time::max();             // guarded by mutex_
  Time next_look_ = Time::max();       // guarded by mutex_: when the thread wakes up
  bool stopping_ = false;              // guarded by mutex_
  std::thread thread_;
};

}  // namespace stepwell::catalog
