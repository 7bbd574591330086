#include "store/rocksdb_store.h"

#include <sys/statvfs.h>

#include <algorithm>
#include <filesystem>
#include <map>

#include "base/status_macros.h"
#include "rocksdb/convenience.h"
#include "rocksdb/db.h"
#include "rocksdb/write_batch.h"
#include "store/records.h"
#include "store/rocksdb_tuning.h"

namespace stepwell::store {
namespace {

// The families in which a run is one range of keys.
constexpr Family kOfRuns[] = {Family::kMeta, Family::kData, Family::kBlobs};

rocksdb::Slice ToSlice(std::string_view text) { return {text.data(), text.size()}; }
std::string_view ToView(const rocksdb::Slice& slice) { return {slice.data(), slice.size()}; }

absl::Status FromRocks(const rocksdb::Status& status, std::string_view folder) {
  if (status.ok()) return absl::OkStatus();
  std::string where = "the store in " + std::string(folder) + ": " + status.ToString();
  if (status.IsNoSpace()) {
    return absl::ResourceExhaustedError("the disk of " + std::string(folder) +
                                        " is full: nothing is taken until there is space again");
  }
  if (status.IsCorruption()) return absl::DataLossError(where);
  if (status.IsBusy() || status.IsTryAgain() || status.IsIOError()) return absl::UnavailableError(where);
  return absl::InternalError(where);
}

class RocksDbStore : public Store {
 public:
  RocksDbStore(std::string folder, std::unique_ptr<rocksdb::DB> db, std::vector<rocksdb::ColumnFamilyHandle*> handles)
      : folder_(std::move(folder)), db_(std::move(db)), handles_(std::move(handles)) {}

  ~RocksDbStore() override {
    for (rocksdb::ColumnFamilyHandle* handle : handles_) db_->DestroyColumnFamilyHandle(handle);
    db_->Close();
  }

  absl::Status Write(const WriteSet& changes, bool sync) override {
    rocksdb::WriteBatch batch;
    for (const WriteSet::Change& change : changes.changes()) Add(change, batch);
    rocksdb::WriteOptions options;
    options.sync = sync;
    return FromRocks(db_->Write(options, &batch), folder_);
  }

  absl::StatusOr<std::optional<std::string>> Get(Family family, std::string_view key) const override {
    std::string value;
    rocksdb::Status status = db_->Get(rocksdb::ReadOptions(), Handle(family), ToSlice(key), &value);
    if (status.IsNotFound()) return std::nullopt;
    if (!status.ok()) return FromRocks(status, folder_);
    return value;
  }

  absl::Status Scan(Family family, std::string_view from, std::string_view to,
                    const std::function<bool(std::string_view, std::string_view)>& visit) const override {
    rocksdb::ReadOptions options;
    rocksdb::Slice end = ToSlice(to);
    options.iterate_upper_bound = &end;
    options.readahead_size = family == Family::kJournal ? 2 << 20 : 0;
    std::unique_ptr<rocksdb::Iterator> it(db_->NewIterator(options, Handle(family)));
    for (it->Seek(ToSlice(from)); it->Valid(); it->Next()) {
      if (!visit(ToView(it->key()), ToView(it->value()))) return absl::OkStatus();
    }
    return FromRocks(it->status(), folder_);
  }

  absl::Status Sync() override { return FromRocks(db_->SyncWAL(), folder_); }

  absl::Status TrimJournal(uint64_t lsn) override {
    std::string from = JournalKey(0), to = JournalKey(lsn);
    rocksdb::Slice begin = from, end = to;
    return FromRocks(rocksdb::DeleteFilesInRange(db_.get(), Handle(Family::kJournal), &begin, &end, false), folder_);
  }

  uint64_t LogBytes() const override {
    rocksdb::VectorLogPtr logs;
    if (!db_->GetSortedWalFiles(logs).ok()) return 0;
    uint64_t total = 0;
    for (const auto& log : logs) total += log->SizeFileBytes();
    return total;
  }

  absl::Status Flush() override { return FromRocks(db_->Flush(rocksdb::FlushOptions(), handles_), folder_); }

  // With blob files, DeleteFilesInRanges would leak them (RocksDB before 8.11): delete by range, then compact with
  // forced garbage collection of the blob files that the compacted part of the tree refers to.
  absl::Status PurgeRuns(std::span<const uint64_t> runs, std::atomic<bool>* stop) override {
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

  absl::Status Resume() override { return FromRocks(db_->Resume(), folder_); }

  absl::StatusOr<DiskSpace> Space() const override {
    struct statvfs found;
    if (statvfs(folder_.c_str(), &found) != 0) return absl::UnavailableError("cannot see the free space of " + folder_);
    return DiskSpace{uint64_t{found.f_bavail} * found.f_frsize, uint64_t{found.f_blocks} * found.f_frsize};
  }

  uint64_t FamilyBytes(Family family) const override {
    uint64_t total = 0;
    for (const char* property :
         {"rocksdb.total-sst-files-size", "rocksdb.total-blob-file-size", "rocksdb.cur-size-all-mem-tables"}) {
      uint64_t value = 0;
      if (db_->GetIntProperty(Handle(family), property, &value)) total += value;
    }
    return total;
  }

 private:
  rocksdb::ColumnFamilyHandle* Handle(Family family) const { return handles_[static_cast<size_t>(family)]; }

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
    uint64_t size = 0;
    return db_->GetApproximateSizes(rocksdb::SizeApproximationOptions(), Handle(family), &range, 1, &size).ok() ? size
                                                                                                                : 0;
  }

  // Runs that lie within a file of each other go together, so that no file is written again for each of them.
  absl::Status Reclaim(Family family, std::span<const uint64_t> runs, std::atomic<bool>* stop) {
    const uint64_t file = db_->GetOptions(Handle(family)).target_file_size_base;
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
      rocksdb::Status status = db_->CompactRange(options, Handle(family), &begin, &end);
      if (stop && stop->load()) return absl::CancelledError("the server is stopping");
      RETURN_IF_ERROR(FromRocks(status, folder_));
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

  const std::string folder_;
  const std::unique_ptr<rocksdb::DB> db_;
  const std::vector<rocksdb::ColumnFamilyHandle*> handles_;
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
  rocksdb::DBOptions database = DatabaseOptions();
  if (options.env) database.env = options.env;
  rocksdb::DB* db = nullptr;
  std::vector<rocksdb::ColumnFamilyHandle*> handles;
  rocksdb::Status status = rocksdb::DB::Open(database, options.folder, FamilyOptions(options), &handles, &db);
  if (!status.ok()) {
    std::string text = status.ToString();
    if (text.find("lock ") != std::string::npos) {
      return absl::FailedPreconditionError("another process has the data in " + options.folder +
                                           " open: stop it, or choose another folder with --data");
    }
    if (status.IsInvalidArgument()) {  // column families that this version does not know
      return absl::FailedPreconditionError("the store in " + options.folder + " is not of this version: " + text);
    }
    return FromRocks(status, options.folder);
  }
  auto store = std::make_unique<RocksDbStore>(options.folder, std::unique_ptr<rocksdb::DB>(db), std::move(handles));
  RETURN_IF_ERROR(CheckHeader(*store, options.folder));
  return store;
}

}  // namespace stepwell::store
