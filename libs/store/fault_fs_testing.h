// A file system for tests that fails where it is told to, and forgets what was not synced when the power goes.
//
// Files are real ones. A sync only notes how far a file is durable: PowerOff cuts each file back to that, takes away
// files whose folder was not synced since they were made, and undoes renames that were not. It may leave a torn end.
//
// Thread safety: all methods may be called from any thread; Arm, Disarm and PowerOn by the test's while nothing writes.
#pragma once

#include <atomic>
#include <filesystem>
#include <fstream>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <random>
#include <sstream>
#include <string>
#include <utility>

#include "rocksdb/env.h"
#include "rocksdb/file_system.h"

namespace stepwell::store {

enum class FaultCall : uint8_t { kAppend, kSync, kCreate, kRename, kSyncFolder };
inline constexpr FaultCall kFaultCalls[] = {FaultCall::kAppend, FaultCall::kSync, FaultCall::kCreate,
                                            FaultCall::kRename, FaultCall::kSyncFolder};

struct Fault {
  FaultCall call = FaultCall::kAppend;
  uint64_t at = 1;        // the how many-th call from now on fails
  bool stays = false;     // and all after it
  bool no_space = false;  // with ENOSPC; otherwise an I/O error
  bool part = false;      // a failing append leaves half of its bytes
};

// What the disk has of bytes that were not synced.
enum class Tear : uint8_t { kNothing, kPart, kZeros, kGarbage };

class FaultFs : public rocksdb::FileSystemWrapper {
 public:
  FaultFs() : FileSystemWrapper(rocksdb::FileSystem::Default()) {}
  static const char* kClassName() { return "FaultFs"; }
  const char* Name() const override { return kClassName(); }

  void Arm(const Fault& fault) {
    std::lock_guard lock(mutex_);
    fault_ = fault;
    calls_ = 0;
    struck_ = false;
  }
  void Disarm() {
    std::lock_guard lock(mutex_);
    fault_.reset();
  }
  // Has the fault that was armed last been met?
  bool struck() const {
    std::lock_guard lock(mutex_);
    return struck_;
  }

  // Bytes that were written since the beginning, into whatever file.
  uint64_t written() const {
    std::lock_guard lock(mutex_);
    return written_;
  }

  // Nothing reaches the disk from now on: end whatever uses it, then PowerOn.
  void PowerOff() {
    std::lock_guard lock(mutex_);
    off_ = true;
  }
  void PowerOn(Tear tear, std::mt19937_64& random) {
    std::lock_guard lock(mutex_);
    for (const auto& [path, old] : renames_) {
      old ? WriteFile(path, *old) : static_cast<void>(std::filesystem::remove(path));
      files_.erase(path);
    }
    renames_.clear();
    for (const auto& [path, file] : files_) {
      if (!std::filesystem::exists(path)) continue;
      file.listed ? Cut(path, file, tear, random) : static_cast<void>(std::filesystem::remove(path));
    }
    files_.clear();
    fault_.reset();
    off_ = false;
  }

  rocksdb::IOStatus NewWritableFile(const std::string& name, const rocksdb::FileOptions& options,
                                    std::unique_ptr<rocksdb::FSWritableFile>* out,
                                    rocksdb::IODebugContext* dbg) override {
    rocksdb::IOStatus status = Meet(FaultCall::kCreate);
    if (status.ok()) status = target()->NewWritableFile(name, options, out, dbg);
    if (!status.ok()) return status;
    std::lock_guard lock(mutex_);
    files_[name] = {};
    *out = std::make_unique<File>(std::move(*out), name, this);
    return status;
  }
  rocksdb::IOStatus ReopenWritableFile(const std::string& name, const rocksdb::FileOptions& options,
                                       std::unique_ptr<rocksdb::FSWritableFile>* out,
                                       rocksdb::IODebugContext* dbg) override {
    rocksdb::IOStatus status = Meet(FaultCall::kCreate);
    if (status.ok()) status = target()->ReopenWritableFile(name, options, out, dbg);
    if (!status.ok()) return status;
    std::lock_guard lock(mutex_);
    const uint64_t size = std::filesystem::file_size(name);
    files_.try_emplace(name, FileState{size, size, true});
    *out = std::make_unique<File>(std::move(*out), name, this);
    return status;
  }
  rocksdb::IOStatus NewDirectory(const std::string& name, const rocksdb::IOOptions& options,
                                 std::unique_ptr<rocksdb::FSDirectory>* out, rocksdb::IODebugContext* dbg) override {
    rocksdb::IOStatus status = target()->NewDirectory(name, options, out, dbg);
    if (status.ok()) *out = std::make_unique<Folder>(std::move(*out), this);
    return status;
  }
  rocksdb::IOStatus RenameFile(const std::string& from, const std::string& to, const rocksdb::IOOptions& options,
                               rocksdb::IODebugContext* dbg) override {
    rocksdb::IOStatus status = Meet(FaultCall::kRename);
    std::optional<std::string> old;
    if (std::filesystem::exists(to)) old = ReadFile(to);
    if (status.ok()) status = target()->RenameFile(from, to, options, dbg);
    if (!status.ok()) return status;
    std::lock_guard lock(mutex_);
    auto moved = files_.extract(from);
    if (moved.empty()) return status;  // not one of ours: the log for people
    files_[to] = moved.mapped();
    files_[to].listed = true;
    renames_.try_emplace(to, std::move(old));
    return status;
  }
  rocksdb::IOStatus DeleteFile(const std::string& name, const rocksdb::IOOptions& options,
                               rocksdb::IODebugContext* dbg) override {
    std::lock_guard lock(mutex_);
    if (off_) return Error(false);
    files_.erase(name);
    renames_.erase(name);
    return target()->DeleteFile(name, options, dbg);
  }

  static std::string ReadFile(const std::string& path) {
    std::ostringstream out;
    out << std::ifstream(path, std::ios::binary).rdbuf();
    return out.str();
  }
  static void WriteFile(const std::string& path, const std::string& bytes) {
    std::ofstream(path, std::ios::binary | std::ios::trunc) << bytes;
  }

 private:
  struct FileState {
    uint64_t size = 0;
    uint64_t synced = 0;
    bool listed = false;  // its folder was synced since it was made
  };

  class File : public rocksdb::FSWritableFileOwnerWrapper {
   public:
    File(std::unique_ptr<rocksdb::FSWritableFile>&& file, std::string name, FaultFs* fs)
        : FSWritableFileOwnerWrapper(std::move(file)), name_(std::move(name)), fs_(fs) {}
    rocksdb::IOStatus Append(const rocksdb::Slice& data, const rocksdb::IOOptions& options,
                             rocksdb::IODebugContext* dbg) override {
      bool part = false;
      rocksdb::IOStatus status = fs_->Meet(FaultCall::kAppend, &part);
      if (!status.ok() && !part) return status;
      const rocksdb::Slice bytes(data.data(), part ? data.size() / 2 : data.size());
      rocksdb::IOStatus written = target()->Append(bytes, options, dbg);
      if (written.ok()) {
        fs_->Note(name_, [&](FileState& file) {
          file.size += bytes.size();
          fs_->written_ += bytes.size();
        });
      }
      return status.ok() ? written : status;
    }
    rocksdb::IOStatus Append(const rocksdb::Slice& data, const rocksdb::IOOptions& options,
                             const rocksdb::DataVerificationInfo&, rocksdb::IODebugContext* dbg) override {
      return Append(data, options, dbg);
    }
    rocksdb::IOStatus Truncate(uint64_t size, const rocksdb::IOOptions& options,
                               rocksdb::IODebugContext* dbg) override {
      if (fs_->off()) return Error(false);
      rocksdb::IOStatus status = target()->Truncate(size, options, dbg);
      if (status.ok()) fs_->Note(name_, [&](FileState& file) { file.size = size; });
      return status;
    }
    rocksdb::IOStatus Sync(const rocksdb::IOOptions&, rocksdb::IODebugContext*) override { return Synced(); }
    rocksdb::IOStatus Fsync(const rocksdb::IOOptions&, rocksdb::IODebugContext*) override { return Synced(); }
    rocksdb::IOStatus RangeSync(uint64_t, uint64_t, const rocksdb::IOOptions&, rocksdb::IODebugContext*) override {
      return rocksdb::IOStatus::OK();  // promises nothing
    }

   private:
    rocksdb::IOStatus Synced() {
      rocksdb::IOStatus status = fs_->Meet(FaultCall::kSync);
      if (status.ok()) fs_->Note(name_, [](FileState& file) { file.synced = file.size; });
      return status;
    }
    const std::string name_;
    FaultFs* const fs_;
  };

  class Folder : public rocksdb::FSDirectoryWrapper {
   public:
    Folder(std::unique_ptr<rocksdb::FSDirectory>&& folder, FaultFs* fs)
        : FSDirectoryWrapper(std::move(folder)), fs_(fs) {}
    rocksdb::IOStatus Fsync(const rocksdb::IOOptions&, rocksdb::IODebugContext*) override { return Synced(); }
    rocksdb::IOStatus FsyncWithDirOptions(const rocksdb::IOOptions&, rocksdb::IODebugContext*,
                                          const rocksdb::DirFsyncOptions&) override {
      return Synced();
    }

   private:
    rocksdb::IOStatus Synced() {
      rocksdb::IOStatus status = fs_->Meet(FaultCall::kSyncFolder);
      if (!status.ok()) return status;
      std::lock_guard lock(fs_->mutex_);
      for (auto& [path, file] : fs_->files_) file.listed = true;
      fs_->renames_.clear();
      return status;
    }
    FaultFs* const fs_;
  };

  static rocksdb::IOStatus Error(bool no_space) {
    return no_space ? rocksdb::IOStatus::NoSpace("injected") : rocksdb::IOStatus::IOError("injected");
  }
  bool off() const {
    std::lock_guard lock(mutex_);
    return off_;
  }
  rocksdb::IOStatus Meet(FaultCall call, bool* part = nullptr) {
    std::lock_guard lock(mutex_);
    if (off_) return Error(false);
    if (!fault_ || fault_->call != call) return rocksdb::IOStatus::OK();
    ++calls_;
    if (calls_ < fault_->at || (calls_ > fault_->at && !fault_->stays)) return rocksdb::IOStatus::OK();
    struck_ = true;
    if (part) *part = fault_->part;
    return Error(fault_->no_space);
  }
  template <typename Change>
  void Note(const std::string& name, Change change) {
    std::lock_guard lock(mutex_);
    if (auto it = files_.find(name); it != files_.end()) change(it->second);
  }

  static void Cut(const std::string& path, const FileState& file, Tear tear, std::mt19937_64& random) {
    const uint64_t size = std::min<uint64_t>(file.size, std::filesystem::file_size(path));
    std::string bytes = ReadFile(path).substr(0, size);
    const uint64_t kept = std::min(file.synced, size);
    if (tear == Tear::kNothing) bytes.resize(kept);
    if (tear == Tear::kPart) bytes.resize(kept + random() % (size - kept + 1));
    if (tear == Tear::kZeros) std::fill(bytes.begin() + static_cast<std::ptrdiff_t>(kept), bytes.end(), '\0');
    if (tear == Tear::kGarbage) {
      for (uint64_t i = kept; i < size; ++i) bytes[i] = static_cast<char>(random());
    }
    WriteFile(path, bytes);
  }

  mutable std::mutex mutex_;
  std::optional<Fault> fault_;
  uint64_t calls_ = 0;
  bool struck_ = false;
  bool off_ = false;
  uint64_t written_ = 0;
  std::map<std::string, FileState> files_;                     // written since the last PowerOn
  std::map<std::string, std::optional<std::string>> renames_;  // target: what was there before
};

}  // namespace stepwell::store
