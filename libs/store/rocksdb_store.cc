#include "store/rocksdb_store.h"

#include <sys/statvfs.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <mutex>
#include <shared_mutex>

#include "base/status_macros.h"
#include "rocksdb/convenience.h"
#include "rocksdb/db.h"
#include "rocksdb/env.h"
#include "rocksdb/statistics.h"
#include "rocksdb/write_batch.h"
#include "store/records.h"
#include "store/rocksdb_open.h"

namespace stepwell::store {
namespace {

rocksdb::Slice ToSlice(std::string_view text) { return {text.data(), text.size()}; }
std::string_view ToView(const rocksdb::Slice& slice) { return {slice.data(), slice.size()}; }

// The families in which a run is one range of keys.
constexpr Family kOfRuns[] = {Family::kMeta, Family::kData, Family::kBlobs};

// After a write that failed, RocksDB 7.8's own Resume is no way on: it gives up for good after most errors, and after
// some it appends to a log file that it holds for broken and aborts. So the database is closed and opened again, when a
// small file can be written beside it; until then it stays open for reading.
constexpr size_t kProbeBytes = size_t{1} << 20;

class RocksDbStore : public Store {
 public:
  RocksDbStore(RocksDbOptions options, OpenedDb opened)
      : options_(std::move(options)), folder_(options_.folder), opened_(std::move(opened)) {
    if (!opened_.damage.empty()) damage_.push_back(opened_.damage);
  }

  ~RocksDbStore() override { Close(); }

  absl::Status Write(const WriteSet& changes, bool sync) override {
    std::shared_lock lock(mutex_);
    RETURN_IF_ERROR(Writable());
    rocksdb::WriteBatch batch;
    for (const WriteSet::Change& change : changes.changes()) Add(change, batch);
    rocksdb::WriteOptions options;
    options.sync = sync;
    return Wrote(opened_.db->Write(options, &batch));
  }

  absl::StatusOr<std::optional<std::string>> Get(Family family, std::string_view key) const override {
    std::shared_lock lock(mutex_);
    RETURN_IF_ERROR(readable_);
    std::string value;
    rocksdb::Status status = opened_.db->Get(rocksdb::ReadOptions(), Handle(family), ToSlice(key), &value);
    if (status.IsNotFound()) return std::nullopt;
    if (!status.ok()) return FromRocks(status, folder_);
    return value;
  }

  absl::Status Scan(Family family, std::string_view from, std::string_view to,
                    const std::function<bool(std::string_view, std::string_view)>& visit) const override {
    std::shared_lock lock(mutex_);
    RETURN_IF_ERROR(readable_);
    rocksdb::ReadOptions options;
    rocksdb::Slice end = ToSlice(to);
    options.iterate_upper_bound = &end;
    options.readahead_size = family == Family::kJournal ? 2 << 20 : 0;
    std::unique_ptr<rocksdb::Iterator> it(opened_.db->NewIterator(options, Handle(family)));
    for (it->Seek(ToSlice(from)); it->Valid(); it->Next()) {
      if (!visit(ToView(it->key()), ToView(it->value()))) return absl::OkStatus();
    }
    return FromRocks(it->status(), folder_);
  }

  absl::Status Sync() override {
    std::shared_lock lock(mutex_);
    RETURN_IF_ERROR(Writable());
    return Wrote(opened_.db->SyncWAL());
  }

  absl::Status TrimJournal(uint64_t lsn) override {
    std::shared_lock lock(mutex_);
    RETURN_IF_ERROR(Writable());
    std::string from = JournalKey(0), to = JournalKey(lsn);
    rocksdb::Slice begin = from, end = to;
    return Wrote(rocksdb::DeleteFilesInRange(opened_.db.get(), Handle(Family::kJournal), &begin, &end, false));
  }

  uint64_t LogBytes() const override {
    std::shared_lock lock(mutex_);
    rocksdb::VectorLogPtr logs;
    if (!readable_.ok() || !opened_.db->GetSortedWalFiles(logs).ok()) return 0;
    uint64_t total = 0;
    for (const auto& log : logs) total += log->SizeFileBytes();
    return total;
  }

  absl::Status Flush() override {
    std::shared_lock lock(mutex_);
    RETURN_IF_ERROR(Writable());
    return Wrote(opened_.db->Flush(rocksdb::FlushOptions(), opened_.handles));
  }

  // With blob files, DeleteFilesInRanges would leak them (RocksDB before 8.11): delete by range, then compact with
  // forced garbage collection of the blob files that the compacted part of the tree refers to.
  absl::Status PurgeRuns(std::span<const uint64_t> runs, std::atomic<bool>* stop) override {
    if (Resting()) {
      return absl::DataLossError("no space is given back: compaction met damage in the store in " + folder_);
    }
    std::vector<uint64_t> sorted(runs.begin(), runs.end());
    std::sort(sorted.begin(), sorted.end());
    std::map<Family, std::vector<uint64_t>> having;
    WriteSet changes;
    for (uint64_t run : sorted) {
      ASSIGN_OR_RETURN(auto id, Get(Family::kMeta, RunIdKey(run)));
      for (Family family : kOfRuns) {
        // Without its id it is a purge that was cut short: the keys are gone, their bytes may not be.
        if (!id || HasAny(family, run)) having[family].push_back(run);
        changes.DeleteRange(family, RunBegin(run), RunBegin(run + 1));
      }
      if (id) changes.Delete(Family::kMeta, RunByIdKey(*id));
      changes.Delete(Family::kMeta, DirtyKey(run));
    }
    RETURN_IF_ERROR(Write(changes, /*sync=*/true));
    for (Family family : kOfRuns) RETURN_IF_ERROR(Reclaim(family, having[family], stop));
    return Flush();  // the log has their bytes too
  }

  absl::Status Resume() override {
    RETURN_IF_ERROR(Probe());
    std::unique_lock lock(mutex_);
    Close();
    absl::StatusOr<OpenedDb> again = OpenDb(options_, Resting() ? Tree::kRest : Tree::kCompact);
    writable_ = readable_ = again.status();
    if (!again.ok()) {
      again = OpenDbToRead(options_);
      readable_ = again.status();
    } else if (!again->damage.empty()) {
      // What is in memory above this store may be ahead of it now.
      writable_ = absl::UnavailableError(again->damage + "; start this server again");
    }
    if (again.ok()) opened_ = *std::move(again);
    std::lock_guard broken_lock(broken_mutex_);
    broken_ = writable_;
    return writable_;
  }

  absl::Status broken() const override {
    std::lock_guard lock(broken_mutex_);
    return broken_;
  }

  std::vector<std::string> damage() const override {
    std::lock_guard lock(broken_mutex_);
    return damage_;
  }

  absl::StatusOr<DiskSpace> Space() const override {
    struct statvfs found;
    if (statvfs(folder_.c_str(), &found) != 0) return absl::UnavailableError("cannot see the free space of " + folder_);
    return DiskSpace{uint64_t{found.f_bavail} * found.f_frsize, uint64_t{found.f_blocks} * found.f_frsize};
  }

  CacheUse Cache() const override {
    std::shared_lock lock(mutex_);
    CacheUse use;
    if (!readable_.ok()) return use;
    opened_.db->GetIntProperty(Handle(Family::kData), rocksdb::DB::Properties::kBlockCacheUsage, &use.bytes);
    const std::shared_ptr<rocksdb::Statistics> counted = opened_.db->GetDBOptions().statistics;
    use.hits = counted->getTickerCount(rocksdb::BLOCK_CACHE_HIT);
    use.misses = counted->getTickerCount(rocksdb::BLOCK_CACHE_MISS);
    return use;
  }

  uint64_t FamilyBytes(Family family) const override {
    std::shared_lock lock(mutex_);
    if (!readable_.ok()) return 0;
    uint64_t total = 0;
    for (const char* property :
         {"rocksdb.total-sst-files-size", "rocksdb.total-blob-file-size", "rocksdb.cur-size-all-mem-tables"}) {
      uint64_t value = 0;
      if (opened_.db->GetIntProperty(Handle(family), property, &value)) total += value;
    }
    return total;
  }

 private:
  rocksdb::ColumnFamilyHandle* Handle(Family family) const { return opened_.handles[static_cast<size_t>(family)]; }

  // Nothing is written behind a write that failed: RocksDB itself would go on after a while.
  absl::Status Writable() const {
    RETURN_IF_ERROR(writable_);
    return broken();
  }
  absl::Status Wrote(const rocksdb::Status& status) {
    if (status.ok()) return absl::OkStatus();
    absl::Status failed = FromRocks(status, folder_);
    std::lock_guard lock(broken_mutex_);
    // A write reads nothing: what is damaged was met by compaction, and the write is none the worse for it.
    if (status.IsCorruption()) {
      failed = absl::UnavailableError(failed.message());
      if (!resting_) {
        damage_.push_back(std::string(failed.message()) +
                          ": nothing of runs is compacted or given back until a backup of the folder is restored");
      }
      resting_ = true;
    }
    if (broken_.ok()) broken_ = failed;
    return failed;
  }
  bool Resting() const {
    std::lock_guard lock(broken_mutex_);
    return resting_;
  }

  void Close() {
    if (!opened_.db) return;
    for (rocksdb::ColumnFamilyHandle* handle : opened_.handles) opened_.db->DestroyColumnFamilyHandle(handle);
    opened_.db->Close();
    opened_ = {};
  }

  // OK if the disk takes something: opening writes, and what opened for writing once must not be lost for reading.
  absl::Status Probe() {
    rocksdb::Env* env = options_.env ? options_.env : rocksdb::Env::Default();
    const std::string path = folder_ + "/probe";
    rocksdb::Status status =
        rocksdb::WriteStringToFile(env, std::string(kProbeBytes, '\0'), path, /*should_sync=*/true);
    env->DeleteFile(path).PermitUncheckedError();
    return FromRocks(status, folder_);
  }

  bool HasAny(Family family, uint64_t run) const {
    bool any = false;
    const absl::Status scanned = Scan(family, RunBegin(run), RunBegin(run + 1), [&](auto, auto) {
      any = true;
      return false;
    });
    return any || !scanned.ok();
  }

  // Bytes of the tree's files between the end of one run and the begin of another; bytes of blobs do not count.
  uint64_t Between(Family family, uint64_t run, uint64_t next) const {
    const std::string from = RunBegin(run + 1), to = RunBegin(next);
    if (from >= to) return 0;
    const rocksdb::Range range(from, to);
    const rocksdb::SizeApproximationOptions options;
    uint64_t size = 0;
    std::shared_lock lock(mutex_);
    if (!readable_.ok()) return 0;
    return opened_.db->GetApproximateSizes(options, Handle(family), &range, 1, &size).ok() ? size : 0;
  }

  uint64_t FileBytes(Family family) const {
    std::shared_lock lock(mutex_);
    return readable_.ok() ? opened_.db->GetOptions(Handle(family)).target_file_size_base : 0;
  }

  // Runs that lie within a file of each other go together, so that no file is written again for each of them.
  absl::Status Reclaim(Family family, std::span<const uint64_t> runs, std::atomic<bool>* stop) {
    const uint64_t file = FileBytes(family);
    rocksdb::CompactRangeOptions options;
    options.bottommost_level_compaction = rocksdb::BottommostLevelCompaction::kForce;
    options.blob_garbage_collection_policy = rocksdb::BlobGarbageCollectionPolicy::kForce;
    options.blob_garbage_collection_age_cutoff = 1.0;
    options.exclusive_manual_compaction = false;
    options.canceled = stop;
    for (size_t i = 0; i < runs.size();) {
      size_t last = i;
      while (last + 1 < runs.size() && Between(family, runs[last], runs[last + 1]) < file) ++last;
      const std::string from = RunBegin(runs[i]), to = RunBegin(runs[last] + 1);
      const rocksdb::Slice begin = from, end = to;
      std::shared_lock lock(mutex_);
      RETURN_IF_ERROR(Writable());
      rocksdb::Status status = opened_.db->CompactRange(options, Handle(family), &begin, &end);
      if (stop && stop->load()) return absl::CancelledError("the server is stopping");
      RETURN_IF_ERROR(Wrote(status));
      i = last + 1;
    }
    return absl::OkStatus();
  }

  void Add(const WriteSet::Change& change, rocksdb::WriteBatch& batch) const {
    rocksdb::ColumnFamilyHandle* handle = Handle(change.family);
    switch (change.op) {
      case WriteSet::Op::kPut: {
        rocksdb::Slice key = change.key;
        rocksdb::Slice value[2] = {change.value, change.value_tail};
        batch.Put(handle, rocksdb::SliceParts(&key, 1), rocksdb::SliceParts(value, 2));
        return;
      }
      case WriteSet::Op::kDelete:
        batch.Delete(handle, change.key);
        return;
      case WriteSet::Op::kDeleteRange:
        batch.DeleteRange(handle, change.key, change.value);
        return;
    }
  }

  const RocksDbOptions options_;
  const std::string folder_;

  // Resume takes it alone, everybody else shared.
  mutable std::shared_mutex mutex_;
  OpenedDb opened_;                   // guarded by mutex_
  absl::Status readable_, writable_;  // guarded by mutex_: why not

  mutable std::mutex broken_mutex_;
  absl::Status broken_;              // guarded by broken_mutex_
  bool resting_ = false;             // guarded by broken_mutex_: compaction met damage
  std::vector<std::string> damage_;  // guarded by broken_mutex_
};

// A new store gets its header; a newer one is refused before anything is changed.
absl::Status CheckHeader(Store& store, const std::string& folder) {
  ASSIGN_OR_RETURN(auto found, store.Get(Family::kMeta, HeaderKey()));
  if (!found) {
    WriteSet changes;
    changes.Put(Family::kMeta, HeaderKey(), Encode(Header()));
    return store.Write(changes, /*sync=*/true);
  }
  ASSIGN_OR_RETURN(Header header, DecodeHeader(*found));
  if (header.format <= kFormatVersion) return absl::OkStatus();
  return absl::FailedPreconditionError(
      "the store in " + folder + " has format " + std::to_string(header.format) + "; this program knows up to " +
      std::to_string(kFormatVersion) +
      ": start the newer version that wrote it, or restore a backup into another folder");
}

}  // namespace

absl::StatusOr<std::unique_ptr<Store>> OpenRocksDb(const RocksDbOptions& options) {
  std::error_code error;
  std::filesystem::create_directories(options.folder, error);
  if (error) {
    return absl::FailedPreconditionError("cannot make the folder " + options.folder + ": " + error.message() +
                                         "; choose another with --data");
  }
  ASSIGN_OR_RETURN(OpenedDb opened, OpenDb(options));
  auto store = std::make_unique<RocksDbStore>(options, std::move(opened));
  RETURN_IF_ERROR(CheckHeader(*store, options.folder));
  return store;
}

}  // namespace stepwell::store
