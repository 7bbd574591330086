#include "spool/writer.h"

#include <fcntl.h>
#include <sys/stat.h>
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

Status Failed(const std::string& what, const std::string& path, int why = errno) {
  return {Code::kFailed, what + " " + path + ": " + std::generic_category().message(why)};
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
  Abandon();
  return status;
}

void SpoolWriter::Abandon() {
  for (const int file : full_files_) close(file);
  full_files_.clear();
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
  Status status = Check(record);
  std::vector<std::string> beside;
  for (size_t i = 0; status.ok() && i < record.blobs.size(); ++i)
    status = WriteBlobBeside(record.blobs[i], &beside.emplace_back());
  if (status.ok()) {
    std::unique_lock lock(mutex_);
    status = AppendAll(lock, record, beside);
  }
  for (const std::string& path : beside) unlink(path.c_str());  // those that were not renamed
  return status;
}

Status SpoolWriter::AppendAll(std::unique_lock<std::mutex>& lock, const Record& record,
                              std::span<const std::string> beside) {
  uint64_t size = kRecordHead + record.body.size();
  for (const std::string_view blob : record.blobs) size += blob.size();
  Status status = record.always ? Status() : AwaitRoom(lock, size);
  if (status.ok() && closed_) status = {Code::kClosed, "the spool " + folder_ + " is closed"};
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

Status SpoolWriter::AwaitRoom(std::unique_lock<std::mutex>& lock, uint64_t size) {
  while (!closed_ && budget_ < size && !FindRoom(size)) {
    if (options_.drop_when_full) {
      ++dropped_;
      return {Code::kFull, "the spool " + root_ + " is full: " + std::to_string(options_.max_bytes) + " bytes"};
    }
    closing_.wait_for(lock, kLookForRoom);
  }
  return {};
}

bool SpoolWriter::FindRoom(uint64_t size) {
  const Time now = std::chrono::steady_clock::now();
  if (now - full_at_ < kLookForRoom) return false;
  const uint64_t used = BytesIn(root_);
  const uint64_t room = used < options_.max_bytes ? options_.max_bytes - used : 0;
  budget_ = room < size ? 0 : std::max(size, std::min(room / 16, kGrant));
  full_at_ = budget_ > 0 ? Time() : now;
  return budget_ > 0;
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

Status SpoolWriter::PlaceBlob(const std::string& beside, std::string_view bytes) {
  const std::string blobs = BlobsPath(folder_, next_.segment);
  if (mkdir(blobs.c_str(), 0700) != 0 && errno != EEXIST) return Failed("cannot make", blobs);
  const std::string path = blobs + "/" + ToHex(Sha256(bytes));
  return rename(beside.c_str(), path.c_str()) == 0 ? Status() : Failed("cannot make", path);
}

Status SpoolWriter::Sync() {
  std::lock_guard one_at_a_time(sync_mutex_);
  std::vector<int> files;
  int newest = -1;
  {
    std::lock_guard lock(mutex_);
    if (!dirty_ || file_ < 0) return {};
    newest = dup(file_);
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
