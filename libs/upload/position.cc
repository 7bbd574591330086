#include "upload/position.h"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "absl/strings/str_cat.h"
#include "base/bytes.h"
#include "base/status_macros.h"

namespace stepwell::upload {
namespace {

constexpr char kFileVersion = 1;
constexpr char kContentVersion = 2;
constexpr uint64_t kStatusSeen = 1;
constexpr uint64_t kFinished = 2;

// Exactly `size` bytes, or fewer if the file ends.
absl::StatusOr<std::string> ReadAt(int descriptor, uint64_t offset, size_t size) {
  std::string out(size, '\0');
  size_t got = 0;
  while (got < size) {
    const ssize_t n = pread(descriptor, out.data() + got, size - got, static_cast<off_t>(offset + got));
    if (n < 0 && errno == EINTR) {
      continue;
    }
    if (n < 0) {
      return absl::UnavailableError(absl::StrCat("cannot read: ", std::strerror(errno)));
    }
    if (n == 0) {
      break;
    }
    got += static_cast<size_t>(n);
  }
  out.resize(got);
  return out;
}

}  // namespace

std::string FilePosition::Encode() const {
  std::string out(1, kFileVersion);
  PutVarint(out, (status_seen ? kStatusSeen : 0) | (finished ? kFinished : 0));
  PutVarint(out, offset);
  PutVarint(out, items);
  PutBytes(out, head);
  PutVarint(out, head_size);
  out += head_sha256.empty() ? std::string(32, '\0') : head_sha256;
  PutBytes(out, tail);
  PutBytes(out, state);
  return out;
}

std::optional<FilePosition> FilePosition::Decode(std::string_view bytes) {
  ByteReader reader(bytes);
  if (reader.Byte() != kFileVersion) {
    return std::nullopt;
  }
  FilePosition position;
  const uint64_t flags = reader.Varint();
  position.status_seen = (flags & kStatusSeen) != 0;
  position.finished = (flags & kFinished) != 0;
  position.offset = reader.Varint();
  position.items = reader.Varint();
  position.head = reader.Bytes();
  position.head_size = reader.Varint();
  position.head_sha256 = reader.Raw(32);
  position.tail = reader.Bytes();
  position.state = reader.Bytes();
  if (!reader.ok() || !reader.done() || position.head_size > kHeadDigestBytes ||
      position.tail.size() > position.offset) {
    return std::nullopt;
  }
  return position;
}

absl::Status FilePosition::Fingerprint(int descriptor) {
  const uint64_t wanted = std::min<uint64_t>(offset, kHeadDigestBytes);
  if (wanted != head_size) {
    ASSIGN_OR_RETURN(const std::string bytes, ReadAt(descriptor, 0, wanted));
    head = bytes.substr(0, kHeadBytes);
    head_size = bytes.size();
    head_sha256 = Sha256(bytes);
  }
  const uint64_t tail_size = std::min<uint64_t>(offset, kTailBytes);
  ASSIGN_OR_RETURN(tail, ReadAt(descriptor, offset - tail_size, tail_size));
  return absl::OkStatus();
}

absl::StatusOr<FileMatch> MatchFile(const FilePosition& position, int descriptor) {
  struct stat info;
  if (fstat(descriptor, &info) != 0) {
    return absl::UnavailableError(absl::StrCat("cannot stat: ", std::strerror(errno)));
  }
  const auto size = static_cast<uint64_t>(info.st_size);
  ASSIGN_OR_RETURN(const std::string bytes, ReadAt(descriptor, 0, position.head_size));
  const size_t common = std::min(bytes.size(), position.head.size());
  if (bytes.compare(0, common, position.head, 0, common) != 0) {
    return FileMatch::kReplaced;
  }
  if (bytes.size() == position.head_size && position.head_size > 0 && Sha256(bytes) != position.head_sha256) {
    return FileMatch::kReplaced;
  }
  if (size < position.offset) {
    return FileMatch::kShorter;
  }
  ASSIGN_OR_RETURN(const std::string tail,
                   ReadAt(descriptor, position.offset - position.tail.size(), position.tail.size()));
  return tail == position.tail ? FileMatch::kSame : FileMatch::kReplaced;
}

std::string ContentPosition::Encode() const {
  std::string out(1, kContentVersion);
  out += sha256;
  PutVarint(out, items);
  return out;
}

std::optional<ContentPosition> ContentPosition::Decode(std::string_view bytes) {
  ByteReader reader(bytes);
  if (reader.Byte() != kContentVersion) {
    return std::nullopt;
  }
  ContentPosition position;
  position.sha256 = reader.Raw(32);
  position.items = reader.Varint();
  if (!reader.ok() || !reader.done()) {
    return std::nullopt;
  }
  return position;
}

}  // namespace stepwell::upload
