#include "spool/writer.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <system_error>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/files.h"
#include "base/status_macros.h"
#include "spool/format.h"

namespace stepwell::spool {
namespace {

// What a writer may take of the free room before it measures the folder again: measuring costs a walk.
constexpr uint64_t kGrant = 4u << 20;
constexpr std::chrono::milliseconds kLookForRoom{50};

uint64_t BytesIn(const std::string& root) {
  uint64_t bytes = 0;
  std::error_code error;
  for (std::filesystem::recursive_directory_iterator entry(root, error), end; !error && entry != end;
       entry.increment(error)) {
    std::error_code gone;  // the uploader deletes what is acknowledged
    if (!entry->is_regular_file(gone)) continue;
    const uint64_t size = entry->file_size(gone);
    if (!gone) bytes += size;
  }
  return bytes;
}

absl::Status Failed(std::string_view what, const std::string& path) {
  const int why = errno;
  return absl::ErrnoToStatus(why, absl::StrCat(std::string(what), " ", path));
}

}  // namespace

absl::StatusOr<std::unique_ptr<SpoolWriter>> SpoolWriter::Create(const std::string& root, const std::string& id,
                                                                 const std::string& writer_json,
                                                                 WriterOptions options) {
  std::unique_ptr<SpoolWriter> writer(new SpoolWriter(root, id, options));
  RETURN_IF_ERROR(writer->Open(writer_json));
  return writer;
}

SpoolWriter::SpoolWriter(std::string root, const std::string& id, WriterOptions options)
    : root_(std::move(root)), folder_(absl::StrCat(root_, "/", id)), options_(options), process_(getpid()) {}

absl::Status SpoolWriter::Open(const std::string& writer_json) {
  if (mkdir(folder_.c_str(), 0700) != 0) return Failed("cannot make the spool", folder_);
  const std::string alive = folder_ + "/alive";
  alive_ = open(alive.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  struct flock lock {};
  lock.l_type = F_WRLCK;
  lock.l_whence = SEEK_SET;
  if (alive_ < 0 || fcntl(alive_, F_SETLK, &lock) != 0) return Failed("cannot lock", alive);
  RETURN_IF_ERROR(WriteWhole(folder_ + "/writer.json", writer_json));
  stop_ = eventfd(0, EFD_CLOEXEC);
  if (stop_ < 0) return Failed("cannot make an event for", folder_);
  {
    std::lock_guard lock_state(mutex_);
    RETURN_IF_ERROR(BeginSegment());
  }
  syncer_ = std::thread([this] { SyncNowAndThen(); });
  return absl::OkStatus();
}

SpoolWriter::~SpoolWriter() {
  const bool ours = getpid() == process_;
  if (syncer_.joinable() && ours) {
    const uint64_t one = 1;
    // An eventfd takes one more unless it is at its limit, which nobody else counts up to.
    if (write(stop_, &one, sizeof one) != sizeof one) std::abort();
    syncer_.join();
  } else if (syncer_.joinable()) {
    syncer_.detach();  // a fork's child has no such thread
  }
  if (ours && file_ >= 0) (void)Sync();
  for (const int file : full_files_) close(file);
  for (const int file : {file_, stop_, alive_})
    if (file >= 0) close(file);
}

absl::Status SpoolWriter::Append(std::string_view body, bool always) {
  if (body.empty() || body.size() > kMaxBody)
    return absl::InvalidArgumentError(
        absl::StrCat("a record of ", body.size(), " bytes; a spool takes 1 to ", kMaxBody));
  if (getpid() != process_)
    return absl::FailedPreconditionError(
        absl::StrCat("the spool ", folder_, " is of process ", process_, "; after a fork make a new one"));
  const std::string record = Framed(body);
  std::unique_lock lock(mutex_);
  while (!always && budget_ < record.size() && !FindRoom(record.size())) {
    if (options_.drop_when_full) {
      ++dropped_;
      return absl::ResourceExhaustedError(
          absl::StrCat("the spool ", root_, " is full: ", options_.max_bytes, " bytes (max_bytes)"));
    }
    lock.unlock();
    std::this_thread::sleep_for(kLookForRoom);
    lock.lock();
  }
  RETURN_IF_ERROR(Write(record));
  budget_ -= std::min<uint64_t>(budget_, record.size());
  return absl::OkStatus();
}

absl::Status SpoolWriter::Write(std::string_view record) {
  if (torn_ || next_.offset >= options_.segment_bytes) RETURN_IF_ERROR(BeginSegment());
  ssize_t written;
  do written = write(file_, record.data(), record.size());
  while (written < 0 && errno == EINTR);
  if (written == static_cast<ssize_t>(record.size())) {
    next_.offset += record.size();
    dirty_ = true;
    return absl::OkStatus();
  }
  if (written >= 0) {
    torn_ = written > 0 && ftruncate(file_, static_cast<off_t>(next_.offset)) != 0;
    errno = ENOSPC;
  }
  return Failed("cannot write to", SegmentPath(folder_, next_.segment));
}

absl::Status SpoolWriter::BeginSegment() {
  const std::string path = SegmentPath(folder_, next_.segment + 1);
  const int file = open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_APPEND | O_CLOEXEC, 0600);
  if (file < 0) return Failed("cannot make", path);
  const ssize_t written = write(file, kMagic.data(), kMagic.size());
  if (written != static_cast<ssize_t>(kMagic.size())) {
    if (written >= 0) errno = ENOSPC;
    absl::Status why = Failed("cannot write to", path);
    close(file);
    unlink(path.c_str());
    return why;
  }
  if (file_ >= 0) full_files_.push_back(file_);
  file_ = file;
  next_ = {next_.segment + 1, kMagic.size()};
  torn_ = false;
  dirty_ = true;
  return absl::OkStatus();
}

bool SpoolWriter::FindRoom(uint64_t size) {
  const uint64_t used = BytesIn(root_);
  const uint64_t room = used < options_.max_bytes ? options_.max_bytes - used : 0;
  budget_ = room < size ? 0 : std::max(size, std::min(room / 16, kGrant));
  return budget_ > 0;
}

absl::Status SpoolWriter::Sync() {
  std::lock_guard one_at_a_time(sync_mutex_);
  std::vector<int> files;
  int newest = -1;
  {
    std::lock_guard lock(mutex_);
    if (!dirty_) return absl::OkStatus();
    newest = dup(file_);
    if (newest < 0) return Failed("cannot sync", folder_);
    files.swap(full_files_);
    dirty_ = false;
  }
  files.push_back(newest);
  absl::Status status;
  for (const int file : files) {
    if (fsync(file) != 0 && status.ok()) status = Failed("cannot sync", folder_);
    close(file);
  }
  if (!status.ok()) {
    std::lock_guard lock(mutex_);
    dirty_ = true;
  }
  return status;
}

Position SpoolWriter::position() const {
  std::lock_guard lock(mutex_);
  return next_;
}

void SpoolWriter::SyncNowAndThen() {
  pollfd stop{stop_, POLLIN, 0};
  while (poll(&stop, 1, static_cast<int>(options_.sync_every.count())) <= 0) (void)Sync();
}

bool IsAlive(const std::string& folder) {
  const int file = open((folder + "/alive").c_str(), O_RDWR | O_CLOEXEC);
  if (file < 0) return false;
  struct flock lock {};
  lock.l_type = F_WRLCK;
  lock.l_whence = SEEK_SET;
  const bool held = fcntl(file, F_GETLK, &lock) == 0 && lock.l_type != F_UNLCK;
  close(file);
  return held;
}

}  // namespace stepwell::spool
