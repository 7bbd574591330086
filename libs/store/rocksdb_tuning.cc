#include "store/rocksdb_tuning.h"

#include "rocksdb/cache.h"
#include "rocksdb/filter_policy.h"
#include "rocksdb/statistics.h"
#include "rocksdb/table.h"

namespace stepwell::store {
namespace {

constexpr size_t kMiB = size_t{1} << 20;

rocksdb::ColumnFamilyOptions Common(const std::shared_ptr<rocksdb::Cache>& cache, size_t memtable) {
  rocksdb::ColumnFamilyOptions options;
  options.write_buffer_size = memtable;
  options.max_write_buffer_number = 3;
  options.compression = rocksdb::kNoCompression;
  options.level_compaction_dynamic_level_bytes = true;
  rocksdb::BlockBasedTableOptions table;
  table.block_cache = cache;
  table.cache_index_and_filter_blocks = true;
  table.pin_l0_filter_and_index_blocks_in_cache = true;
  table.block_size = 16 << 10;
  table.format_version = 5;
  table.filter_policy.reset(rocksdb::NewBloomFilterPolicy(10));
  options.table_factory.reset(rocksdb::NewBlockBasedTableFactory(table));
  return options;
}

// Numbers rise and are never written again: files do not overlap, and compaction only moves them to a level from which
// DeleteFilesInRange can take them (it leaves level 0 alone). No tombstones: readers start behind Header::trimmed.
rocksdb::ColumnFamilyOptions Journal(const std::shared_ptr<rocksdb::Cache>& cache) {
  rocksdb::ColumnFamilyOptions options = Common(cache, 32 * kMiB);
  options.level_compaction_dynamic_level_bytes = false;
  options.level0_file_num_compaction_trigger = 1;
  options.max_bytes_for_level_base = 4096 * kMiB;
  return options;
}

// Chunks are compressed by their codec already.
rocksdb::ColumnFamilyOptions Data(const std::shared_ptr<rocksdb::Cache>& cache) { return Common(cache, 32 * kMiB); }

rocksdb::ColumnFamilyOptions Meta(const std::shared_ptr<rocksdb::Cache>& cache) {
  rocksdb::ColumnFamilyOptions options = Common(cache, 16 * kMiB);
  options.bottommost_compression = rocksdb::kZSTD;  // names repeat each other
  return options;
}

// Parts of up to 1 MiB stay out of the tree, so that compaction does not copy them. Small blobs (icons, short texts)
// live in it: a blob file reference costs more than they are.
rocksdb::ColumnFamilyOptions Blobs(const std::shared_ptr<rocksdb::Cache>& cache) {
  rocksdb::ColumnFamilyOptions options = Common(cache, 16 * kMiB);
  options.enable_blob_files = true;
  options.min_blob_size = 4096;
  options.blob_file_size = 64 * kMiB;
  // Deleting a run moves the blobs whose references share a file with its own: at most some 3,000 of them a side.
  options.target_file_size_base = kMiB / 4;
  return options;
}

}  // namespace

rocksdb::DBOptions DatabaseOptions() {
  rocksdb::DBOptions options;
  options.create_if_missing = true;
  options.create_missing_column_families = true;
  options.max_background_jobs = 2;
  options.max_open_files = 1024;
  options.db_write_buffer_size = 128 * kMiB;  // of all families together
  // A family that is seldom written would keep the log from its first record on.
  options.max_total_wal_size = 256 * kMiB;
  options.bytes_per_sync = kMiB;
  // A clean stop is quick; what is in memory is in the log.
  options.avoid_flush_during_shutdown = true;
  options.keep_log_file_num = 3;
  options.max_log_file_size = kMiB;
  options.stats_dump_period_sec = 0;
  options.stats_persist_period_sec = 0;
  options.info_log_level = rocksdb::WARN_LEVEL;
  options.statistics = rocksdb::CreateDBStatistics();  // for hits and misses of the cache
  options.statistics->set_stats_level(rocksdb::StatsLevel::kExceptHistogramOrTimers);
  // A full disk: we call Resume ourselves, with back-off.
  options.max_bgerror_resume_count = 0;
  return options;
}

std::vector<rocksdb::ColumnFamilyDescriptor> FamilyOptions(const RocksDbOptions& options) {
  std::shared_ptr<rocksdb::Cache> cache = rocksdb::NewLRUCache(options.cache_bytes);
  return {{"journal", Journal(cache)},
          {"meta", Meta(cache)},
          {"data", Data(cache)},
          {"blobs", Blobs(cache)},
          {rocksdb::kDefaultColumnFamilyName, Common(cache, kMiB)}};
}

}  // namespace stepwell::store
