#include "sync/keep.h"

#include <sys/statvfs.h>

#include <algorithm>
#include <filesystem>
#include <system_error>
#include <vector>

#include "spool/format.h"
#include "sync/about.h"

namespace stepwell::sync {
namespace {

namespace fs = std::filesystem;

constexpr uint64_t kKeepBytes = 1u << 30;
constexpr uint64_t kSegmentBytes = 8u << 20;  // about what one has
constexpr std::chrono::seconds kMeasureEvery{1};

// What the disk of a folder has for a spool: what is free but a sixteenth (at most 64 MiB), which is for notes.
uint64_t DiskRoom(const std::string& folder) {
  struct statvfs disk {};
  if (statvfs(folder.c_str(), &disk) != 0) return 0;
  const uint64_t free = uint64_t{disk.f_bavail} * disk.f_frsize;
  const uint64_t reserve = std::min<uint64_t>(64u << 20, uint64_t{disk.f_blocks} * disk.f_frsize / 16);
  return free > reserve ? free - reserve : 0;
}

}  // namespace

bool Keep::HalfFull() {
  std::lock_guard lock(mutex_);
  const auto now = std::chrono::steady_clock::now();
  if (looked_ == decltype(looked_){} || now - looked_ > kMeasureEvery) {
    looked_ = now;
    const uint64_t there = BytesBelow(root_);
    half_full_ = there > std::min(spool_max_, there + DiskRoom(root_)) / 2;
  }
  return half_full_;
}

void Kept::Forget(uint32_t acknowledged) {
  if (acknowledged <= 1) return;
  const auto now = std::chrono::steady_clock::now();
  std::vector<uint32_t> old = spool::Segments(folder_);
  std::erase_if(old, [&](uint32_t segment) { return segment >= acknowledged; });
  for (size_t i = 0; i < old.size(); ++i) {
    const auto since = since_.try_emplace(old[i], now).first->second;
    if (now - since <= keep_->time() && old.size() - i <= kKeepBytes / kSegmentBytes && !keep_->HalfFull()) continue;
    std::error_code error;
    fs::remove_all(spool::BlobsPath(folder_, old[i]), error);
    fs::remove(spool::SegmentPath(folder_, old[i]), error);
    since_.erase(old[i]);
  }
}

}  // namespace stepwell::sync
