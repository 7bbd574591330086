// The store in one RocksDB, a column family for each family.
//
// Thread safety: as Store.
#pragma once

#include <memory>
#include <string>

#include "store/store.h"

namespace rocksdb {
class Env;
}

namespace stepwell::store {

struct RocksDbOptions {
  std::string folder;                          // made if it is not there
  uint64_t cache_bytes = uint64_t{256} << 20;  // one LRU for blocks and indexes; taken as it is used
  rocksdb::Env* env = nullptr;                 // for tests: another file system; outlives the store
};

// FAILED_PRECONDITION: another process has it open, or a newer version wrote it; the message names the folder and the
// way out.
absl::StatusOr<std::unique_ptr<Store>> OpenRocksDb(const RocksDbOptions& options);

}  // namespace stepwell::store
