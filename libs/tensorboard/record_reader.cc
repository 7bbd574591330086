#include "tensorboard/record_reader.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "absl/strings/str_cat.h"
#include "base/crc32c.h"

namespace stepwell::tensorboard {
namespace {

constexpr uint64_t kLengthBytes = 8;
constexpr uint64_t kHeaderBytes = 12;  // length and its checksum
constexpr uint64_t kFrameBytes = 16;   // all that a record has around its data
constexpr uint64_t kReadBytes = 1 << 20;
constexpr uint64_t kShortRecordBytes = 4 << 10;

template <typename T>
T Load(const char* at) {
  T value;
  std::memcpy(&value, at, sizeof(value));
  return value;
}

bool LengthFits(const char* at) { return MaskCrc(Crc32c({at, kLengthBytes})) == Load<uint32_t>(at + kLengthBytes); }

bool DataFits(const char* data, uint64_t size) {
  return MaskCrc(Crc32c({data, static_cast<size_t>(size)})) == Load<uint32_t>(data + size);
}

absl::Status Errno(std::string_view what) {
  return absl::ErrnoToStatus(errno, absl::StrCat("cannot ", absl::string_view(what.data(), what.size())));
}

}  // namespace

std::string_view DamageReasonName(DamageReason reason) {
  switch (reason) {
    case DamageReason::kLengthChecksum:
      return "length checksum";
    case DamageReason::kDataChecksum:
      return "data checksum";
    case DamageReason::kImpossibleLength:
      return "impossible length";
  }
  return "unknown";
}

absl::StatusOr<std::unique_ptr<RecordReader>> RecordReader::Open(const std::string& path, uint64_t offset) {
  // O_NONBLOCK: a FIFO with the name of an event file must not hang the reader; FromDescriptor refuses it.
  const int descriptor = open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (descriptor < 0) return Errno(absl::StrCat("open ", path));
  return FromDescriptor(descriptor, offset);
}

absl::StatusOr<std::unique_ptr<RecordReader>> RecordReader::FromDescriptor(int descriptor, uint64_t offset) {
  std::unique_ptr<RecordReader> reader(new RecordReader(descriptor, offset));
  struct stat about;
  if (fstat(descriptor, &about) != 0) return Errno("look at an event file");
  if (!S_ISREG(about.st_mode)) return absl::InvalidArgumentError("not an event file: it is not a regular file");
  return reader;
}

RecordReader::RecordReader(int descriptor, uint64_t offset)
    : descriptor_(descriptor), offset_(offset), searched_(offset) {}

RecordReader::~RecordReader() { close(descriptor_); }

absl::StatusOr<FileIdentity> RecordReader::Identity() const {
  struct stat about;
  if (fstat(descriptor_, &about) != 0) return Errno("look at an event file");
  return FileIdentity{static_cast<uint64_t>(about.st_dev), static_cast<uint64_t>(about.st_ino),
                      static_cast<uint64_t>(about.st_size)};
}

uint64_t RecordReader::FileSize() {
  struct stat about;
  size_ = fstat(descriptor_, &about) == 0 ? static_cast<uint64_t>(about.st_size) : 0;
  return size_;
}

std::string_view RecordReader::At(uint64_t at, uint64_t size) const {
  return {buffer_.data() + (at - buffer_start_), static_cast<size_t>(size)};
}

bool RecordReader::Fill(uint64_t at, uint64_t size) {
  if (at >= buffer_start_ && at - buffer_start_ <= buffer_size_ && buffer_size_ - (at - buffer_start_) >= size)
    return true;
  // What the file does not hold is never given memory.
  if (at > size_ || size_ - at < size) {
    FileSize();
    if (at > size_ || size_ - at < size) return false;
  }
  const bool overlaps = at >= buffer_start_ && at < buffer_start_ + buffer_size_;
  const uint64_t kept = overlaps ? buffer_start_ + buffer_size_ - at : 0;
  if (kept > 0) std::memmove(buffer_.data(), buffer_.data() + (at - buffer_start_), kept);
  buffer_start_ = at;
  buffer_size_ = kept;
  const uint64_t wanted = std::max(size, std::min(kReadBytes, size_ - at));
  if (buffer_.size() < wanted || buffer_.size() > 4 * std::max(wanted, kReadBytes)) {
    buffer_.resize(wanted);
    buffer_.shrink_to_fit();
  }
  while (buffer_size_ < size) {
    const ssize_t got = pread(descriptor_, buffer_.data() + buffer_size_, buffer_.size() - buffer_size_,
                              static_cast<off_t>(buffer_start_ + buffer_size_));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) {
      status_ = Errno(absl::StrCat("read an event file at byte ", buffer_start_ + buffer_size_));
      return false;
    }
    if (got == 0) return false;  // cut while we read
    buffer_size_ += static_cast<uint64_t>(got);
  }
  return true;
}

RecordReader::Check RecordReader::CheckRecord(uint64_t at, uint64_t* data_size) {
  if (!Fill(at, kHeaderBytes)) return Check::kTorn;
  const char* header = At(at, kHeaderBytes).data();
  if (!LengthFits(header)) return Check::kBadLength;
  const uint64_t size = Load<uint64_t>(header);
  *data_size = size;
  if (size > kMaxRecordBytes) return Check::kTooLong;
  if (!Fill(at, size + kFrameBytes)) return Check::kTorn;
  return DataFits(At(at, size + kFrameBytes).data() + kHeaderBytes, size) ? Check::kWhole : Check::kBadData;
}

RecordReader::Outcome RecordReader::Next() {
  uint64_t size = 0;
  status_ = absl::OkStatus();
  switch (CheckRecord(offset_, &size)) {
    case Check::kWhole:
      record_ = At(offset_ + kHeaderBytes, size);
      record_offset_ = offset_;
      offset_ += size + kFrameBytes;
      searched_ = offset_;
      return Outcome::kRecord;
    case Check::kTorn: {
      if (!status_.ok()) return Outcome::kFailed;
      const uint64_t file = FileSize();
      return End(file < offset_ ? Tail::kTruncated : file == offset_ ? Tail::kClean : Tail::kTorn);
    }
    case Check::kBadLength:
      return Resynchronise(DamageReason::kLengthChecksum);
    case Check::kTooLong:
      return Resynchronise(DamageReason::kImpossibleLength);
    case Check::kBadData:
      return DropRecord(size);
  }
  return End(Tail::kDamaged);
}

RecordReader::Outcome RecordReader::End(Tail tail) {
  // What lies behind offset_ may change before the next look (a page that arrives late): it is read anew. And somebody
  // who follows ten thousand files must not pay for ten thousand buffers.
  buffer_size_ = 0;
  std::string().swap(buffer_);
  tail_ = tail;
  record_ = {};
  return Outcome::kEnd;
}

RecordReader::Outcome RecordReader::Skip(uint64_t to, DamageReason reason) {
  damage_ = {offset_, to - offset_, reason};
  offset_ = to;
  searched_ = to;
  record_ = {};
  return Outcome::kDamage;
}

uint64_t RecordReader::FindRecord(uint64_t from, uint64_t to, uint64_t* open) {
  // A hostile file can be full of headers that fit and name long data: after this much of checksumming, only short
  // records are believed, so that the search stays linear.
  uint64_t budget = 64 * kReadBytes + 4 * (to - from);
  *open = to;
  for (uint64_t at = from; at < to; ++at) {
    if (!Fill(at, kHeaderBytes)) {
      *open = std::min(*open, at);
      return to;
    }
    const char* header = At(at, kHeaderBytes).data();
    if (!LengthFits(header)) continue;
    uint64_t size = Load<uint64_t>(header);
    if (size > std::max(budget, kShortRecordBytes)) continue;
    budget -= std::min(budget, size);
    const Check check = CheckRecord(at, &size);
    if (check == Check::kWhole) return at;
    if (!status_.ok()) return to;
    if (check == Check::kTorn) *open = std::min(*open, at);
  }
  return to;
}

RecordReader::Outcome RecordReader::Resynchronise(DamageReason reason) {
  const uint64_t end = FileSize();
  uint64_t open = end;
  const uint64_t found = FindRecord(std::max(searched_, offset_ + 1), end, &open);
  if (!status_.ok()) return Outcome::kFailed;
  if (found < end) return Skip(found, reason);
  searched_ = open;  // before it, nothing can become a record any more
  return End(Tail::kDamaged);
}

// The bytes at `after` begin a record, or end the file where one may begin.
bool RecordReader::FramingIntact(uint64_t after) {
  if (Fill(after, kHeaderBytes)) return LengthFits(At(after, kHeaderBytes).data());
  return FileSize() == after;
}

RecordReader::Outcome RecordReader::DropRecord(uint64_t data_size) {
  const uint64_t after = offset_ + data_size + kFrameBytes;
  if (FramingIntact(after)) return Skip(after, DamageReason::kDataChecksum);
  // A writer that died inside this record and another that went on behind it look like this: whole records stand
  // inside.
  uint64_t open = after;
  const uint64_t found = FindRecord(offset_ + 1, after, &open);
  if (!status_.ok()) return Outcome::kFailed;
  return Skip(found, DamageReason::kDataChecksum);
}

}  // namespace stepwell::tensorboard
