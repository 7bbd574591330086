// The background thread of a process that logs: brings the spool to the disk, sees that an uploader lives, and tells
// what goes wrong: the user by `tell`, and the run by a warning in the spool.
//
// Thread safety: the methods may be called from any thread; `tell` is called from the keeper's own.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <functional>
#include <mutex>
#include <string>
#include <thread>

#include "client/records.h"
#include "client/uploader.h"

namespace stepwell::client {

// The raw value of a top-level member of a JSON object that is a number, a string without escapes, or a literal; empty
// if there is none. For the few members of the uploader's status.json that a client reads.
std::string_view JsonMember(std::string_view json, std::string_view name);

class Keeper {
 public:
  // (text, what it is about: each is told once)
  using Tell = std::function<void(const std::string&, const std::string&)>;

  // `records` outlives the keeper. Without `upload` nothing is started.
  Keeper(std::string root, Records* records, bool upload, Tell tell);
  ~Keeper();
  Keeper(const Keeper&) = delete;
  Keeper& operator=(const Keeper&) = delete;

  // Ends the thread, and has the run told of what went wrong last.
  void Stop();
  std::string run() const;  // the id that the server gave; empty before it is known

 private:
  void Work();
  void Sync();
  void Watch();
  void ReadStatus();
  void WarnRun();

  const std::string root_;
  Records* const records_;
  const bool upload_;
  const Tell tell_;
  Uploader uploader_;
  std::string last_status_;
  bool lost_ = false;  // fenced, or the run was deleted: no uploader would take it
  uint64_t dropped_told_ = 0, failed_syncs_ = 0, failed_syncs_told_ = 0;
  mutable std::mutex mutex_;  // of what follows
  std::condition_variable stop_;
  bool stopped_ = false;
  std::string run_;
  std::thread thread_;
};

}  // namespace stepwell::client
