// Where points, marks and blobs rest: families of ordered keys, written together or not at all. keys.h names what is in
// it, records.h says what the values are. One engine stands behind it today (rocksdb_store.h).
//
// Errors: RESOURCE_EXHAUSTED: the disk is full (nothing of the write is there; try again when there is space);
// DATA_LOSS: a checksum failed; UNAVAILABLE: the engine stopped writing after an error.
//
// Thread safety: all methods of Store may be called from any thread. A WriteSet has one owner.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "store/keys.h"

namespace stepwell::store {

// Changes that belong together, in order.
class WriteSet {
 public:
  enum class Op : uint8_t { kPut, kDelete, kDeleteRange };
  struct Change {
    Op op;
    Family family;
    std::string key;
    std::string value;       // of a range: its end
    std::string value_tail;  // of a put: follows `value`; saves joining a prefix and a large rest
  };

  void Put(Family family, std::string key, std::string value, std::string value_tail = {}) {
    changes_.push_back({Op::kPut, family, std::move(key), std::move(value), std::move(value_tail)});
  }
  void Delete(Family family, std::string key) { changes_.push_back({Op::kDelete, family, std::move(key), {}, {}}); }
  void DeleteRange(Family family, std::string from, std::string to) {
    changes_.push_back({Op::kDeleteRange, family, std::move(from), std::move(to), {}});
  }
  // Appends all of `other`.
  void Join(WriteSet&& other) {
    for (Change& change : other.changes_) changes_.push_back(std::move(change));
    other.changes_.clear();
  }

  const std::vector<Change>& changes() const { return changes_; }
  bool empty() const { return changes_.empty(); }

 private:
  std::vector<Change> changes_;
};

struct DiskSpace {
  uint64_t free_bytes = 0;
  uint64_t size_bytes = 0;
};

// Of the cache of blocks and indexes; hits and misses since it was opened.
struct CacheUse {
  uint64_t bytes = 0, hits = 0, misses = 0;
};

class Store {
 public:
  virtual ~Store() = default;

  // All or nothing. With `sync` it is on disk when this returns OK, and so is everything that was written before.
  virtual absl::Status Write(const WriteSet& changes, bool sync) = 0;
  virtual absl::StatusOr<std::optional<std::string>> Get(Family family, std::string_view key) const = 0;
  // Visits [from, to) in order of keys, as it was at one moment, until `visit` returns false. `visit` must not ask the
  // store: a store that opens itself anew waits for both, and each would wait for it.
  virtual absl::Status Scan(Family family, std::string_view from, std::string_view to,
                            const std::function<bool(std::string_view key, std::string_view value)>& visit) const = 0;
  // Everything written so far is on disk when this returns OK.
  virtual absl::Status Sync() = 0;

  // Gives back the space of journal records below `lsn`, which nobody reads any more.
  virtual absl::Status TrimJournal(uint64_t lsn) = 0;
  // Bytes of the engine's own log, which holds what is in memory only.
  virtual uint64_t LogBytes() const = 0;
  // Writes what is in memory into the tree, so that the log can go.
  virtual absl::Status Flush() = 0;
  // Deletes all that these runs have and gives the space back; what others have is moved only where it shares a file
  // with them. May take long and ends early (CANCELLED) once `stop` is true; may be repeated, and must be until it is
  // OK. DATA_LOSS: compaction met damage, and nothing is moved until the store is opened by another process.
  virtual absl::Status PurgeRuns(std::span<const uint64_t> runs, std::atomic<bool>* stop) = 0;
  // After a write that failed (a full disk), tries to go on writing: not OK means not yet. Reading goes on meanwhile.
  // Of the write that failed all or nothing may be there then.
  virtual absl::Status Resume() = 0;
  // Why Resume is needed, whoever's write it was; OK: it is not.
  virtual absl::Status broken() const = 0;
  // What was found damaged since the store was opened, newest last, and what became of it, for people; empty: nothing
  // that is known.
  virtual std::vector<std::string> damage() const = 0;

  virtual absl::StatusOr<DiskSpace> Space() const = 0;
  virtual uint64_t FamilyBytes(Family family) const = 0;  // about what it takes on disk and in memory
  virtual CacheUse Cache() const { return {}; }
};

}  // namespace stepwell::store
