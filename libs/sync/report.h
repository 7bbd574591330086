// What was sent and what was not, in numbers and words; lines for people as they happen.
//
// Thread safety: all methods may be called from any thread.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <mutex>
#include <set>
#include <string>
#include <vector>

#include "sync/about.h"

namespace stepwell::sync {

struct KeptWriter {
  std::string folder, run, writer;
  std::string reason;
};

struct SyncWarning {
  std::string run;
  std::string reason;
  uint64_t count = 1;
  bool operator<(const SyncWarning& other) const {
    return std::tie(run, reason, count) < std::tie(other.run, other.reason, other.count);
  }
};

class Report {
 public:
  explicit Report(std::function<void(const std::string&)> tell) : tell_(std::move(tell)) {}

  // A writer that is gone: all of it is at the server, and its folder is removed.
  void AddSent() { ++sent_; }
  // A writer that goes on: what it had is at the server, or is left to the uploader that lives.
  void AddLive() { ++live_; }
  void AddAcknowledged(uint64_t points, uint64_t blobs) {
    points_ += points;
    blobs_ += blobs;
  }
  void AddBytes(uint64_t bytes) { bytes_ += bytes; }             // read from spools and sent
  void AddKnownBytes(uint64_t bytes) { known_bytes_ += bytes; }  // the server had them already
  // What stays in the spool, and why.
  void AddKept(KeptWriter kept);
  // Something that was left out; told once.
  void Warn(const SyncWarning& warning);
  void Say(const std::string& line) const {
    if (tell_) tell_(line);
  }

  uint64_t sent() const { return sent_; }
  uint64_t live() const { return live_; }
  uint64_t points() const { return points_; }
  uint64_t blobs() const { return blobs_; }
  uint64_t bytes() const { return bytes_; }
  uint64_t done_bytes() const { return bytes_ + known_bytes_; }
  std::vector<KeptWriter> kept() const;
  std::vector<SyncWarning> warnings() const;

 private:
  const std::function<void(const std::string&)> tell_;
  std::atomic<uint64_t> sent_{0}, live_{0}, points_{0}, blobs_{0}, bytes_{0}, known_bytes_{0};
  mutable std::mutex mutex_;
  std::vector<KeptWriter> kept_;
  std::set<SyncWarning> warnings_;
};

// "digits/lr-0.1": the run of a writer, for people.
std::string RunOf(const About& about);

}  // namespace stepwell::sync
