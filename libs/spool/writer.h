// Appends records to a spool: one write(2) each, so what Append returned from survives the end of the process,
// whichever way it ends. A thread brings it to the disk every `sync_every`, for the end of the machine.
//
// Thread safety: Append, position, dropped and Sync may be called from any thread. After a fork the child has no
// writer: its Append refuses, and it makes one of its own. While it lives, the process holds a record lock of the file
// `alive`, which goes when any descriptor of that file is closed: nothing else in the process may open it.
#pragma once

#include <sys/types.h>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace stepwell::spool {

struct WriterOptions {
  uint64_t segment_bytes = 8u << 20;  // a segment that passes this is followed by a new one
  std::chrono::milliseconds sync_every{200};
  uint64_t max_bytes = 10ull << 30;  // of the spool folder, all writers together
  bool drop_when_full = false;       // else Append waits until there is room
};

struct Position {
  uint32_t segment = 0;
  uint64_t offset = 0;
  bool operator==(const Position&) const = default;
};

class SpoolWriter {
 public:
  // Makes <root>/<id>/ with writer.json and the first segment. The root must exist.
  static absl::StatusOr<std::unique_ptr<SpoolWriter>> Create(const std::string& root, const std::string& id,
                                                             const std::string& writer_json, WriterOptions options);
  ~SpoolWriter();  // syncs and lets go of the spool: a reader sees that no more comes
  SpoolWriter(const SpoolWriter&) = delete;
  SpoolWriter& operator=(const SpoolWriter&) = delete;

  // Full: waits, or drops and says RESOURCE_EXHAUSTED. `always`: written even then (how a run ended must get through).
  absl::Status Append(std::string_view body, bool always = false);
  // What Append wrote before is on the disk.
  absl::Status Sync();

  Position position() const;  // of the next record
  uint64_t dropped() const { return dropped_; }
  const std::string& folder() const { return folder_; }

 private:
  SpoolWriter(std::string root, const std::string& id, WriterOptions options);
  absl::Status Open(const std::string& writer_json);
  absl::Status BeginSegment();                  // REQUIRES: mutex_
  absl::Status Write(std::string_view record);  // REQUIRES: mutex_
  bool FindRoom(uint64_t size);                 // REQUIRES: mutex_
  void SyncNowAndThen();

  const std::string root_, folder_;
  const WriterOptions options_;
  const pid_t process_;
  mutable std::mutex mutex_;
  std::mutex sync_mutex_;  // before mutex_: who waits for a sync waits for the one that is under way, too
  int alive_ = -1, file_ = -1, stop_ = -1;
  Position next_;
  bool torn_ = false;  // the segment ends in a part of a record that could not be taken back
  bool dirty_ = false;
  uint64_t budget_ = 0;          // bytes that may be written before the folder is measured again
  std::vector<int> full_files_;  // segments that were followed and are not synced
  std::atomic<uint64_t> dropped_{0};
  std::thread syncer_;
};

// Whether the process of a spool lives. Not for a spool of the calling process (see above).
bool IsAlive(const std::string& folder);

}  // namespace stepwell::spool
