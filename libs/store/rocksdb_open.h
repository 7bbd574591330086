// Opens the database, also one whose log is damaged.
//
// RocksDB reads its log when it opens. A torn end is what a killed process or a power cut leaves: nothing of it was
// acknowledged, and it is left out without a word. Damage before the end is another thing: what follows it may have
// been acknowledged. The store is then taken as it was at the moment before the damage, writers' marks and all, so that
// whoever has the data still sends it again; the log is kept beside, and `damage` says so. If files of the tree are
// newer than that moment, there is no such moment: what can be read of the log behind the damage is taken.
//
// Thread safety: functions without state.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "rocksdb/db.h"
#include "store/rocksdb_store.h"

namespace stepwell::store {

struct OpenedDb {
  std::unique_ptr<rocksdb::DB> db;
  std::vector<rocksdb::ColumnFamilyHandle*> handles;  // in order of Family, then RocksDB's own
  std::string damage;                                 // empty: the log was whole
};

// What background work does with files of the tree. kRest: nothing of runs is compacted, after compaction met damage:
// it would meet it again at once, and RocksDB stops all writing then. The journal goes on: its files are moved unread.
enum class Tree : uint8_t { kCompact, kRest };

absl::StatusOr<OpenedDb> OpenDb(const RocksDbOptions& options, Tree tree = Tree::kCompact);
// Writes nothing, not even what the log has.
absl::StatusOr<OpenedDb> OpenDbToRead(const RocksDbOptions& options);

// Canonical codes of RocksDB's errors, the folder named.
absl::Status FromRocks(const rocksdb::Status& status, std::string_view folder);

}  // namespace stepwell::store
