#include "store/rocksdb_open.h"

#include <filesystem>
#include <limits>

#include "store/rocksdb_tuning.h"

namespace stepwell::store {
namespace {

using rocksdb::WALRecoveryMode;

struct Attempt {
  rocksdb::Status status;
  OpenedDb opened;
};

// However many files level 0 has then, writes wait for none of them.
void LetRest(std::vector<rocksdb::ColumnFamilyDescriptor>& families) {
  for (Family family : {Family::kMeta, Family::kData, Family::kBlobs}) {
    rocksdb::ColumnFamilyOptions& options = families[static_cast<size_t>(family)].options;
    options.disable_auto_compactions = true;
    options.level0_slowdown_writes_trigger = options.level0_stop_writes_trigger = std::numeric_limits<int>::max();
    options.soft_pending_compaction_bytes_limit = options.hard_pending_compaction_bytes_limit = 0;
  }
}

Attempt TryOpen(const RocksDbOptions& options, WALRecoveryMode mode, Tree tree, bool to_read = false) {
  rocksdb::DBOptions database = DatabaseOptions();
  if (options.env) database.env = options.env;
  database.wal_recovery_mode = mode;
  auto families = FamilyOptions(options);
  if (tree == Tree::kRest) LetRest(families);
  rocksdb::DB* db = nullptr;
  Attempt attempt;
  attempt.status = to_read
                       ? rocksdb::DB::OpenForReadOnly(database, options.folder, families, &attempt.opened.handles, &db)
                       : rocksdb::DB::Open(database, options.folder, families, &attempt.opened.handles, &db);
  attempt.opened.db.reset(db);
  return attempt;
}

// Second names for the log's files, before RocksDB takes away the first. Empty: they could not be made.
std::string KeepLog(const std::string& folder) {
  namespace fs = std::filesystem;
  std::error_code error;
  fs::path kept;
  for (int n = 1; kept.empty() || fs::exists(kept, error); ++n) kept = folder + "/damaged-" + std::to_string(n);
  if (!fs::create_directory(kept, error)) return {};
  for (const fs::directory_entry& entry : fs::directory_iterator(folder, error)) {
    if (entry.path().extension() == ".log") fs::create_hard_link(entry.path(), kept / entry.path().filename(), error);
    if (error) return {};
  }
  return kept;
}

// RocksDB would make a new, empty database.
bool CurrentIsLost(const std::string& folder) {
  std::error_code error;
  if (std::filesystem::exists(folder + "/CURRENT", error)) return false;
  for (const auto& entry : std::filesystem::directory_iterator(folder, error)) {
    const std::string kind = entry.path().extension();
    if (kind == ".sst" || kind == ".blob" || kind == ".log") return true;
  }
  return false;
}

absl::Status Refusal(const rocksdb::Status& status, const std::string& folder) {
  const std::string text = status.ToString();
  if (text.find("lock ") != std::string::npos) {
    return absl::FailedPreconditionError("another process has the data in " + folder +
                                         " open: stop it, or choose another folder with --data");
  }
  if (status.IsInvalidArgument()) {  // column families that this version does not know
    return absl::FailedPreconditionError("the store in " + folder + " is not of this version: " + text);
  }
  if (status.IsCorruption() || status.IsPathNotFound()) {
    return absl::DataLossError("the store in " + folder + " is damaged and cannot be opened: " + text +
                               "; restore a backup of the folder, or choose another with --data and upload again");
  }
  return FromRocks(status, folder);
}

}  // namespace

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

absl::StatusOr<OpenedDb> OpenDb(const RocksDbOptions& options, Tree tree) {
  if (CurrentIsLost(options.folder)) {
    return Refusal(rocksdb::Status::Corruption("the file CURRENT is missing"), options.folder);
  }
  Attempt first = TryOpen(options, WALRecoveryMode::kTolerateCorruptedTailRecords, tree);
  if (first.status.ok()) return std::move(first.opened);
  if (!first.status.IsCorruption()) return Refusal(first.status, options.folder);
  const std::string kept = KeepLog(options.folder);
  for (WALRecoveryMode mode : {WALRecoveryMode::kPointInTimeRecovery, WALRecoveryMode::kSkipAnyCorruptedRecords}) {
    Attempt again = TryOpen(options, mode, tree);
    if (!again.status.ok()) continue;
    again.opened.damage =
        "the log of the store in " + options.folder + " is damaged (" + first.status.ToString() +
        "): what was written behind the damage " + (mode == WALRecoveryMode::kPointInTimeRecovery ? "is" : "may be") +
        " left out; upload again what was logged last" + (kept.empty() ? "" : "; the log as it was is in " + kept);
    return std::move(again.opened);
  }
  if (!kept.empty()) std::filesystem::remove_all(kept);  // second names of files that are still there
  return Refusal(first.status, options.folder);
}

absl::StatusOr<OpenedDb> OpenDbToRead(const RocksDbOptions& options) {
  Attempt attempt = TryOpen(options, WALRecoveryMode::kPointInTimeRecovery, Tree::kRest, /*to_read=*/true);
  if (!attempt.status.ok()) return FromRocks(attempt.status, options.folder);
  return std::move(attempt.opened);
}

}  // namespace stepwell::store
