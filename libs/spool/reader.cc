#include "spool/reader.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "spool/format.h"

namespace stepwell::spool {
namespace {

constexpr size_t kBlock = 1u << 20;

}  // namespace

SpoolReader::SpoolReader(std::string folder, Position from) : folder_(std::move(folder)), at_(from) {
  at_.offset = std::max<uint64_t>(at_.offset, kMagic.size());
}

SpoolReader::~SpoolReader() { Close(); }

SpoolReader::Outcome SpoolReader::Next(bool dead) {
  while (true) {
    body_ = {};
    if (file_ >= 0 && used_ < buffer_.size() && ReadRecord()) return Outcome::kRecord;
    // Looked at before the file is: a segment that is followed by another does not grow any more.
    const std::vector<uint32_t> there = Segments(folder_);
    const auto follower = std::upper_bound(there.begin(), there.end(), at_.segment);
    buffer_.clear();  // the writer may have taken back a part of a record, and written another
    used_ = 0;
    if (at_.segment > 0 && Open() && ReadRecord()) return Outcome::kRecord;
    if (follower == there.end()) {
      if (dead) EndOfDead();
      return Outcome::kNothing;
    }
    damaged_ += Left();
    Close();
    at_ = {*follower, kMagic.size()};
  }
}

bool SpoolReader::MayHaveMore() const {
  return used_ < buffer_.size() || file_ < 0 || Left() > 0 ||
         access(SegmentPath(folder_, at_.segment + 1).c_str(), F_OK) == 0;
}

bool SpoolReader::Open() {
  if (file_ < 0) file_ = open(SegmentPath(folder_, at_.segment).c_str(), O_RDONLY | O_CLOEXEC);
  char magic[8];
  return file_ >= 0 && pread(file_, magic, sizeof magic, 0) == sizeof magic &&
         std::string_view(magic, sizeof magic) == kMagic;
}

void SpoolReader::Close() {
  if (file_ >= 0) close(file_);
  file_ = -1;
}

bool SpoolReader::ReadRecord() {
  if (buffer_.size() - used_ < kRecordHead) Fill(kRecordHead);
  ByteReader head(std::string_view(buffer_).substr(used_));
  const uint32_t size = head.Le32();
  if (!head.ok() || size == 0 || size > kMaxBody) return false;
  if (buffer_.size() - used_ < kRecordHead + size) Fill(kRecordHead + size);
  const std::string_view rest = std::string_view(buffer_).substr(used_);
  const size_t whole = WholeRecord(rest);
  if (whole == 0) return false;
  body_ = rest.substr(kRecordHead, whole - kRecordHead);
  used_ += whole;
  at_.offset += whole;
  return true;
}

void SpoolReader::Fill(size_t needed) {
  used_ = 0;
  buffer_.resize(std::min<uint64_t>(std::max(needed, kBlock), Left()));
  size_t got = 0;
  while (got < buffer_.size()) {
    const ssize_t part = pread(file_, buffer_.data() + got, buffer_.size() - got, static_cast<off_t>(at_.offset + got));
    if (part < 0 && errno == EINTR) continue;
    if (part <= 0) break;
    got += static_cast<size_t>(part);
  }
  buffer_.resize(got);
}

uint64_t SpoolReader::Left() const {
  struct stat about {};
  if (file_ < 0 || fstat(file_, &about) != 0) return 0;
  const auto size = static_cast<uint64_t>(about.st_size);
  return size > at_.offset ? size - at_.offset : 0;
}

// A record that is wrong and followed by a good one was not torn.
void SpoolReader::EndOfDead() {
  const uint64_t left = Left();
  Fill(kRecordHead);
  const uint32_t size = ByteReader(buffer_).Le32();
  bool followed = false;
  if (size > 0 && size <= kMaxBody && left > kRecordHead + size) {
    Fill(std::min<uint64_t>(left, size + 2 * kRecordHead + uint64_t{kMaxBody}));
    followed =
        buffer_.size() > kRecordHead + size && WholeRecord(std::string_view(buffer_).substr(kRecordHead + size)) > 0;
  }
  (followed ? damaged_ : cut_) += left;
  at_.offset += left;
  buffer_.clear();
  used_ = 0;
}

}  // namespace stepwell::spool
