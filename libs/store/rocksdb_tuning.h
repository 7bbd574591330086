// How RocksDB is set up, and why.
#pragma once

#include <vector>

#include "rocksdb/db.h"
#include "store/rocksdb_store.h"

namespace stepwell::store {

rocksdb::DBOptions DatabaseOptions();
// In order of Family, "default" behind them (RocksDB insists on it; it stays empty).
std::vector<rocksdb::ColumnFamilyDescriptor> FamilyOptions(const RocksDbOptions& options);

}  // namespace stepwell::store
