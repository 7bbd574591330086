// The uploader of a spool folder: sends what writers log while they log it, until there has been nothing to do for a
// while. Takes the folder's lock; while another uploader has it, waits for it.
//
// A live writer has a thread at once. Of those that are gone, some at a time are drained, so that memory and threads do
// not grow with what lies in the folder; one whose server is away gives way to the others.
//
// Thread safety: one owner; Run returns when the servers' stopper stops.
#pragma once

#include <atomic>
#include <chrono>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <thread>

#include "absl/status/status.h"
#include "sync/sender.h"

namespace stepwell::sync {

struct WatchOptions {
  std::chrono::milliseconds idle{10'000};  // ends when nothing was there for so long; 0: never
  size_t drains = 8;                       // writers that are gone, sent at the same time
};

class Watch {
 public:
  // `site->follow` must be true.
  Watch(Site* site, const WatchOptions& options) : site_(site), options_(options) {}
  ~Watch();

  // Errors: the folder cannot be used.
  absl::Status Run();

 private:
  struct Running {
    std::unique_ptr<Sender> sender;
    std::thread thread;
    std::atomic<bool> over{false};
    Sender::End end = Sender::End::kStopped;  // once it is over
    bool drain = false;                       // began when its writer was gone
  };

  void Look();
  void Start(const std::string& id, const About& about, bool drain);
  void Reap();
  void TellTrouble();

  Site* const site_;
  const WatchOptions options_;
  std::map<std::string, std::unique_ptr<Running>> running_;             // by id
  std::map<std::string, std::chrono::steady_clock::time_point> later_;  // servers that are away: next turn
  std::set<std::string> settled_;                                       // kept: not tried again
};

}  // namespace stepwell::sync
