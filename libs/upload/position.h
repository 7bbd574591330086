// Where an uploader is in a file. The server keeps it with the writer's mark (Batch.position), so that data and
// position cannot disagree, and an uploader needs no state of its own.
//
//   file position := 1:u8  flags:varint  offset:varint  items:varint  head:bytes  head_size:varint  head_sha256[32]
//                    tail:bytes  state:bytes
//   content position := 2:u8  sha256[32]  items:varint
//
// (bytes: varint length, then the bytes; at most 1 KiB in all.) `head` and `head_sha256` are the file's first bytes as
// far as they had been read, `tail` the bytes just before `offset`: by them a copy of the log is known again, whatever
// its inode, and a file that was replaced is not.
//
// Thread safety: values.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"

namespace stepwell::upload {

inline constexpr size_t kHeadBytes = 64;          // kept as they are: the first record holds the time of its writing
inline constexpr size_t kHeadDigestBytes = 1024;  // at most, under the digest
inline constexpr size_t kTailBytes = 16;          // the last record's checksum and what is before it

struct FilePosition {
  uint64_t offset = 0;       // of the next record
  uint64_t items = 0;        // points and rewinds of that record that were pushed already
  bool status_seen = false;  // the file itself said how the run ended
  bool finished = false;     // the uploader said that the run is finished, with everything up to `offset`
  std::string head, tail;
  uint64_t head_size = 0;  // bytes under head_sha256
  std::string head_sha256;
  std::string state;  // tensorboard::FileState

  std::string Encode() const;
  // Nothing if `bytes` are no file position.
  static std::optional<FilePosition> Decode(std::string_view bytes);

  // Sets head, tail and their sizes from the file, for the present offset.
  absl::Status Fingerprint(int descriptor);
};

enum class FileMatch {
  kSame,      // go on at the offset
  kShorter,   // the same beginning as far as it goes, but it ends before the offset: cut, or being copied
  kReplaced,  // another file
};
absl::StatusOr<FileMatch> MatchFile(const FilePosition& position, int descriptor);

// For what is pushed whole whenever its content changes (projector, profiles).
struct ContentPosition {
  std::string sha256;
  uint64_t items = 0;

  std::string Encode() const;
  static std::optional<ContentPosition> Decode(std::string_view bytes);
};

}  // namespace stepwell::upload
