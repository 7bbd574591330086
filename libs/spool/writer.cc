#include "spool/writer.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <system_error>
#include <utility>

#include "base/bytes.h"
#include "base/whole_file.h"
#include "spool/format.h"

namespace stepwell::spool {
namespace {

// What a writer may take of the free room before it measures the folder again: measuring costs a walk.
constexpr uint64_t kGrant = 4u << 20;
constexpr std::chrono::milliseconds kLookForRoom{50};
constexpr uint64_t kFullSegmentBytes = 4096;  // a larger segment of a full spool is ended: room comes back by segments
constexpr uint64_t kDiskReserve = 64u << 20;

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

// A full disk is a full spool.
Status Failed(const std::string& what, const std::string& path, int why = errno) {
  const Code code = why == ENOSPC || why == EDQUOT ? Code::kFull : Code::kFailed;
  return {code, what + " " + path + ": " + std::generic_category().message(why)};
}

}  // namespace

Status SpoolWriter::Create(const std::string& root, const std::string& id, const std::string& writer_json,
                           WriterOptions options, std::unique_ptr<SpoolWriter>* made) {
  std::unique_ptr<SpoolWriter> writer(new SpoolWriter(root, id, options));
  Status status = writer->Open(writer_json);
  if (status.ok()) *made = std::move(writer);
  return status;
}

SpoolWriter::SpoolWriter(std::string root, const std::string& id, WriterOptions options)
    : root_(std::move(root)), folder_(root_ + "/" + id), options_(options), process_(getpid()) {}

Status SpoolWriter::Open(const std::string& writer_json) {
  if (mkdir(folder_.c_str(), 0700) != 0) return Failed("cannot make the spool", folder_);
  const std::string alive = folder_ + "/alive";
  alive_ = open(alive.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  struct flock lock {};
  lock.l_type = F_WRLCK;
  lock.l_whence = SEEK_SET;
  if (alive_ < 0 || fcntl(alive_, F_SETLK, &lock) != 0) return Failed("cannot lock", alive);
  const std::string about = folder_ + "/writer.json";
  if (const std::error_code error = WriteWholeFile(about, writer_json, 0600))
    return Failed("cannot write", about, error.value());
  std::lock_guard lock_state(mutex_);
  return BeginSegment();
}

SpoolWriter::~SpoolWriter() { (void)Close(); }

Status SpoolWriter::Close() {
  if (getpid() != process_) {
    Abandon();
    return {};
  }
  {
    std::lock_guard lock(mutex_);
    closed_ = true;  // so that nothing is written after the sync
    closing_.notify_all();
  }
  Status status = Sync();
  std::lock_guard one_at_a_time(sync_mutex_);
  std::lock_guard lock(mutex_);
  for (const int file : full_files_) close(file);
  full_files_.clear();
  Abandon();
  return status;
}

// The list of full files may be half changed by a thread that is not here: the child keeps those few open.
void SpoolWriter::Abandon() {
  for (int* file : {&file_, &alive_})
    if (*file >= 0) close(std::exchange(*file, -1));
}

Status SpoolWriter::Check(const Record& record) const {
  const auto good = [](std::string_view body) { return !body.empty() && body.size() <= kMaxBody; };
  const bool needs = std::all_of(record.needs.begin(), record.needs.end(), [&](auto* one) { return good(one->body); });
  if (!good(record.body) || !needs)
    return {Code::kInvalid, "a record of " + std::to_string(record.body.size()) + " bytes; a spool takes 1 to " +
                                std::to_string(kMaxBody)};
  if (getpid() != process_)
    return {Code::kNotOurs,
            "the spool " + folder_ + " is of process " + std::to_string(process_) + "; after a fork make a new one"};
  return {};
}

Status SpoolWriter::Append(const Record& record) {
  if (Status bad = Check(record); !bad.ok()) return bad;
  std::vector<std::string> beside(record.blobs.size());
  Status status = Try(record, beside);
  while (status.code() == Code::kFull && !record.always && !options_.drop_when_full) {
    std::unique_lock lock(mutex_);
    if (!closing_.wait_for(lock, kLookForRoom, [this] { return closed_; })) {
      lock.unlock();
      status = Try(record, beside);
    } else {
      status = Closed();
    }
  }
  if (status.code() == Code::kFull && !record.always) ++dropped_;
  for (const std::string& path : beside) unlink(path.c_str());
  return status;
}

// Once. What is left of a try that failed is in the way of no other.
Status SpoolWriter::Try(const Record& record, std::span<std::string> beside) {
  Status status;
  for (size_t i = 0; status.ok() && i < beside.size(); ++i)
    if (beside[i].empty()) status = WriteBlobBeside(record.blobs[i], &beside[i]);
  if (!status.ok()) return status;
  uint64_t size = kRecordHead + record.body.size();
  for (const std::string_view blob : record.blobs) size += blob.size();
  std::lock_guard lock(mutex_);
  if (closed_) return Closed();
  if (!record.always) status = FindRoom(size);
  if (status.ok() && (torn_ || next_.offset >= options_.segment_bytes)) status = BeginSegment();
  const bool told = record.needs.empty() || record.needs.back()->told == next_.segment;
  for (size_t i = 0; status.ok() && !told && i < record.needs.size(); ++i) {
    Definition* const one = record.needs[i];
    if (one->told == next_.segment) continue;
    status = Write(one->body);
    if (status.ok()) one->told = next_.segment;
  }
  for (size_t i = 0; status.ok() && i < beside.size(); ++i) status = PlaceBlob(beside[i], record.blobs[i]);
  if (status.ok()) status = Write(record.body);
  if (status.ok()) budget_ -= std::min(budget_, size);
  return status;
}

Status SpoolWriter::FindRoom(uint64_t size) {
  if (budget_ >= size) return {};
  const Time now = std::chrono::steady_clock::now();
  if (now - full_at_ >= kLookForRoom) {
    const uint64_t used = BytesIn(root_);
    const uint64_t room = std::min(used < options_.max_bytes ? options_.max_bytes - used : 0, DiskRoom(root_));
    budget_ = room < size ? 0 : std::max(size, std::min(room / 16, kGrant));
    if (budget_ >= size) return {};
    full_at_ = now;
    if (next_.offset > kFullSegmentBytes) (void)BeginSegment();  // so that the room of the old one can come back
  }
  return {Code::kFull, "the spool " + root_ + " is full: it holds " + std::to_string(options_.max_bytes) +
                           " bytes, or its disk is full"};
}

Status SpoolWriter::Write(std::string_view body) {
  const std::string record = Framed(body);
  ssize_t written;
  do written = write(file_, record.data(), record.size());
  while (written < 0 && errno == EINTR);
  if (written == static_cast<ssize_t>(record.size())) {
    next_.offset += record.size();
    dirty_ = true;
    return {};
  }
  const int why = written < 0 ? errno : ENOSPC;
  torn_ = written > 0 && ftruncate(file_, static_cast<off_t>(next_.offset)) != 0;
  return Failed("cannot write to", SegmentPath(folder_, next_.segment), why);
}

Status SpoolWriter::BeginSegment() {
  const std::string path = SegmentPath(folder_, next_.segment + 1);
  const int file = open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_APPEND | O_CLOEXEC, 0600);
  if (file < 0) return Failed("cannot make", path);
  const ssize_t written = write(file, kMagic.data(), kMagic.size());
  if (written != static_cast<ssize_t>(kMagic.size())) {
    Status why = Failed("cannot write to", path, written < 0 ? errno : ENOSPC);
    close(file);
    unlink(path.c_str());
    return why;
  }
  if (file_ >= 0) full_files_.push_back(file_);
  file_ = file;
  next_ = {next_.segment + 1, kMagic.size()};
  torn_ = false;
  dirty_ = true;
  return {};
}

// Outside of the lock, because it waits for the disk; another call may bring the same bytes meanwhile.
Status SpoolWriter::WriteBlobBeside(std::string_view bytes, std::string* beside) const {
  static std::atomic<uint64_t> count{0};
  *beside = folder_ + "/blob." + std::to_string(++count) + ".new";
  const std::error_code error = WriteWholeFile(*beside, bytes, 0600);
  return error ? Failed("cannot write", *beside, error.value()) : Status();
}

// A link, and no new name: a record that names the same bytes may have put them there already.
Status SpoolWriter::PlaceBlob(const std::string& beside, std::string_view bytes) {
  const std::string blobs = BlobsPath(folder_, next_.segment);
  if (mkdir(blobs.c_str(), 0700) != 0 && errno != EEXIST) return Failed("cannot make", blobs);
  const std::string path = blobs + "/" + ToHex(Sha256(bytes));
  if (link(beside.c_str(), path.c_str()) == 0 || errno == EEXIST) return {};
  const std::error_code error = WriteWholeFile(path, bytes, 0600);  // a file system without links
  return error ? Failed("cannot make", path, error.value()) : Status();
}

Status SpoolWriter::Closed() const { return {Code::kClosed, "the spool " + folder_ + " is closed"}; }

Status SpoolWriter::Sync() {
  std::lock_guard one_at_a_time(sync_mutex_);
  std::vector<int> files;
  int newest = -1;
  {
    std::lock_guard lock(mutex_);
    if (!dirty_ || file_ < 0) return {};
    newest = fcntl(file_, F_DUPFD_CLOEXEC, 0);
    if (newest < 0) return Failed("cannot sync", folder_);
    files.swap(full_files_);
    dirty_ = false;
  }
  files.push_back(newest);
  Status status;
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

uint64_t DiskRoom(const std::string& folder) {
  struct statvfs disk {};
  if (statvfs(folder.c_str(), &disk) != 0) return UINT64_MAX;  // the write will tell
  const uint64_t reserve = std::min<uint64_t>(kDiskReserve, disk.f_blocks * disk.f_frsize / 16);
  const uint64_t free = disk.f_bavail * disk.f_frsize;
  return free > reserve ? free - reserve : 0;
}

bool IsLocked(const std::string& path) {
  const int file = open(path.c_str(), O_RDWR | O_CLOEXEC);
  if (file < 0) return false;
  struct flock lock {};
  lock.l_type = F_WRLCK;
  lock.l_whence = SEEK_SET;
  const bool held = fcntl(file, F_GETLK, &lock) == 0 && lock.l_type != F_UNLCK;
  close(file);
  return held;
}

bool IsAlive(const std::string& folder) { return IsLocked(folder + "/alive"); }

}  // namespace stepwell::spool
