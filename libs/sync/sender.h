// Brings the spool of one writer to its server: opens the run, goes on where the server's position says, and either
// follows the files until the writer is gone or sends what is there. No state of its own: killed at any moment, the
// next one asks the server. What is not acknowledged stays in the spool.
//
// Thread safety: Run belongs to one thread; Trouble may be called from any.
#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <functional>
#include <mutex>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "push/run_writer.h"
#include "spool/reader.h"
#include "sync/about.h"
#include "sync/batcher.h"
#include "sync/keep.h"
#include "sync/report.h"
#include "sync/servers.h"

namespace stepwell::sync {

// What the senders of a spool folder share. Outlives them.
struct Site {
  std::string root;
  Servers* servers = nullptr;
  Report* report = nullptr;
  Keep* keep = nullptr;  // null: acknowledged segments of live writers stay
  bool follow = false;   // until the writer is gone, and through everything that passes; else what is there
  std::string server;    // instead of where writers were meant to go, unless empty
  std::function<bool(const std::string&)> is_alive = spool::IsAlive;  // whether the process of a folder lives
};

class Sender {
 public:
  enum class End {
    kSent,     // the writer is gone, all is acknowledged, the folder is removed
    kLive,     // the writer goes on; what was there is acknowledged
    kKept,     // nothing more is taken; the reason is reported
    kLater,    // the server is away, and others may want the turn (GiveWay)
    kStopped,  // by the stopper
  };

  Sender(Site* site, std::string id, About about);

  End Run();
  // Run does not wait for a server that is away. Before Run; for what is followed.
  void GiveWay() { gives_way_ = true; }

  const Server& server() const { return server_; }
  // What passes, for status.json: the server takes nothing now. Empty: it does.
  void Trouble(const std::string& text);

 private:
  struct Pushed {
    uint64_t seq = 0;
    spool::Position position;
    uint64_t points = 0, blobs = 0;
  };

  absl::Status Session();
  absl::Status AwaitParent();
  absl::Status Transfer(push::RunWriter& writer, Batcher& batcher, spool::SpoolReader& reader);
  absl::Status ReadAll(Batcher& batcher, spool::SpoolReader& reader, bool dead);
  absl::Status Finish(push::RunWriter& writer);
  absl::Status PushBatch(push::RunWriter& writer, Ready ready);
  void TellEnd(Batcher& batcher);
  void Beat(push::RunWriter& writer);
  void Acknowledge(push::RunWriter& writer, bool now);
  void Tell(const std::function<void(State&)>& change);
  bool Final(const absl::Status& status);
  End Keep(const std::string& reason);
  bool stopped() const { return site_->servers->stopper().stopped(); }

  Site* const site_;
  const std::string id_, folder_;
  const About about_;
  Server& server_;
  Kept kept_;
  bool gives_way_ = false;
  bool opened_ = false;  // once
  bool dead_ = false;    // Transfer sent a writer that is gone

  // Of the session.
  uint64_t next_seq_ = 1;
  std::deque<Pushed> pushed_;
  std::chrono::steady_clock::time_point told_{};
  std::optional<std::chrono::steady_clock::time_point> beaten_;
  uint64_t damaged_ = 0, cut_ = 0;  // bytes that were told

  std::mutex mutex_;
  State state_;    // guarded by mutex_, as the next
  State written_;  // what status.json holds
};

}  // namespace stepwell::sync
