// Appends records to a spool: one write(2) each, so what Append returned from survives the end of the process,
// whichever way it ends. Sync brings it to the disk, for the end of the machine; nobody calls it but the owner.
//
// Thread safety: all methods may be called from any thread. After a fork the child has no writer: its Append refuses,
// and it makes one of its own. While it lives, the process holds a record lock of the file `alive`, which goes when any
// descriptor of that file is closed: nothing else in the process may open it.
#pragma once

#include <sys/types.h>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "spool/status.h"

namespace stepwell::spool {

struct WriterOptions {
  uint64_t segment_bytes = 8u << 20;  // a segment that passes this is followed by a new one
  uint64_t max_bytes = 10ull << 30;   // of the spool folder, all writers together
  bool drop_when_full = false;        // or its disk is; else Append waits until there is room
};

struct Position {
  uint32_t segment = 0;
  uint64_t offset = 0;
  bool operator==(const Position&) const = default;
};

// A record that others refer to by its number. Each segment stands alone, so it is told again in every one.
struct Definition {
  std::string body;
  uint32_t told = 0;  // the newest segment that has it; the writer's own
};

struct Record {
  std::string_view body;
  // What it refers to, in order of use. The last one refers to the others: where it is told, they are.
  std::span<Definition* const> needs = {};
  std::span<const std::string_view> blobs = {};  // bytes that it names by their SHA-256
  bool always = false;                           // taken by a full spool too: how a run ended must get through
};

class SpoolWriter {
 public:
  // Makes <root>/<id>/ with writer.json and the first segment. The root must exist.
  static Status Create(const std::string& root, const std::string& id, const std::string& writer_json,
                       WriterOptions options, std::unique_ptr<SpoolWriter>* made);
  ~SpoolWriter();  // as Close
  SpoolWriter(const SpoolWriter&) = delete;
  SpoolWriter& operator=(const SpoolWriter&) = delete;

  // What the record needs, its blobs and then the record, all into one segment.
  Status Append(const Record& record);
  Status Append(std::string_view body) { return Append(Record{.body = body}); }
  // What Append wrote before is on the disk.
  Status Sync();
  // Syncs and lets go of the spool: a reader sees that no more comes. Whoever waits for room is told so.
  Status Close();
  // In a fork's child: closes the parent's files. Its lock is not inherited, so that harms nobody.
  void Abandon();

  Position position() const;  // of the next record
  uint64_t dropped() const { return dropped_; }
  const std::string& folder() const { return folder_; }

 private:
  using Time = std::chrono::steady_clock::time_point;

  SpoolWriter(std::string root, const std::string& id, WriterOptions options);
  Status Open(const std::string& writer_json);
  Status Check(const Record& record) const;
  Status Closed() const;
  Status Try(const Record& record, std::span<std::string> beside);
  Status WriteBlobBeside(std::string_view bytes, std::string* beside) const;
  // All REQUIRE mutex_.
  Status FindRoom(uint64_t size);
  Status BeginSegment();
  Status Write(std::string_view body);
  Status PlaceBlob(const std::string& beside, std::string_view bytes);

  const std::string root_, folder_;
  const WriterOptions options_;
  const pid_t process_;
  mutable std::mutex mutex_;
  std::condition_variable closing_;
  std::mutex sync_mutex_;  // before mutex_: who waits for a sync waits for the one that is under way, too
  int alive_ = -1, file_ = -1;
  Position next_;
  bool closed_ = false;
  bool torn_ = false;  // the segment ends in a part of a record that could not be taken back
  bool dirty_ = false;
  uint64_t budget_ = 0;          // bytes that may be written before the folder is measured again
  Time full_at_{};               // when there was no room; it is looked for again a moment later
  std::vector<int> full_files_;  // segments that were followed and are not synced
  std::atomic<uint64_t> dropped_{0};
};

// Bytes that the disk of a folder has for a spool: what is free but a sixteenth (at most 64 MiB), which is for notes.
uint64_t DiskRoom(const std::string& folder);

// Whether another process holds the lock of a file; not if there is no such file. Not for a lock that the calling
// process holds itself: closing a file lets go of all its locks.
bool IsLocked(const std::string& path);

// Whether the process of a spool lives. Not for a spool of the calling process.
bool IsAlive(const std::string& folder);

}  // namespace stepwell::spool
