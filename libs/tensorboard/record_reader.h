// Reads the records of one event file (TFRecord framing) while it grows, and past its damage.
//
//   record := length:u64le  masked_crc32c(length):u32le  data[length]  masked_crc32c(data):u32le
//
// Why not the usual loop: a training job is still writing, was killed in the middle of a record, or its disk flipped a
// bit. The reader keeps three things apart that others confuse:
//   torn     the file ends inside a record: an append in progress. Next() says kEnd and goes on there when more has
//   come. dropped  the data checksum is wrong, the framing is intact: exactly that record is lost. lost     the length
//   cannot be trusted: the reader searches the next place where the length's and the data's checksum
//            both fit, and says how many bytes lay between. Nothing is searched or reported while no such place exists:
//            the tail may still be filling up (a copy in progress); tail() tells.
// Every checksum is always verified. A length is compared with what the file holds before memory is taken.
//
// Thread safety: none; one owner.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace stepwell::tensorboard {

// No record may be longer (protobuf's own limit is 2 GiB): a longer one is damage, not a torn tail.
inline constexpr uint64_t kMaxRecordBytes = uint64_t{1} << 30;

enum class DamageReason { kLengthChecksum, kDataChecksum, kImpossibleLength };

// "length checksum", "data checksum", "impossible length".
std::string_view DamageReasonName(DamageReason reason);

struct Damage {
  uint64_t offset = 0;   // of the first byte that was skipped
  uint64_t skipped = 0;  // bytes
  DamageReason reason = DamageReason::kDataChecksum;
};

// Which file this is, to see that a path names another one now (replaced by a rename) or that it was cut.
struct FileIdentity {
  uint64_t device = 0;
  uint64_t inode = 0;
  uint64_t size = 0;
  bool SameFile(const FileIdentity& other) const { return device == other.device && inode == other.inode; }
};

class RecordReader {
 public:
  enum class Outcome {
    kRecord,  // record() and record_offset()
    kEnd,     // nothing more now; call again when the file has grown. tail() says how it ends
    kDamage,  // damage(); each damaged place is told once; call again to go on behind it
    kFailed,  // status(): the operating system refused to read
  };
  enum class Tail {
    kClean,      // the file ends where a record ends
    kTorn,       // it ends inside a record
    kDamaged,    // a length is wrong and no whole record follows it (yet)
    kTruncated,  // it is shorter than offset(): somebody cut it; nothing will come
  };

  // `offset` must be where a record starts: 0, or what offset() said earlier.
  static absl::StatusOr<std::unique_ptr<RecordReader>> Open(const std::string& path, uint64_t offset = 0);
  // Takes over the descriptor. It must be of a regular file.
  static absl::StatusOr<std::unique_ptr<RecordReader>> FromDescriptor(int descriptor, uint64_t offset = 0);
  ~RecordReader();
  RecordReader(const RecordReader&) = delete;
  RecordReader& operator=(const RecordReader&) = delete;

  Outcome Next();

  std::string_view record() const { return record_; }  // valid until the next call of Next()
  uint64_t record_offset() const { return record_offset_; }
  const Damage& damage() const { return damage_; }
  Tail tail() const { return tail_; }
  const absl::Status& status() const { return status_; }

  // Where to go on after a restart: behind the last record or damage that Next() gave.
  uint64_t offset() const { return offset_; }
  // Of the open file, as it is now.
  absl::StatusOr<FileIdentity> Identity() const;

 private:
  RecordReader(int descriptor, uint64_t offset);

  // Makes [at, at + size) readable through At(); false if the file ends before, or (status_ set) if it cannot be read.
  bool Fill(uint64_t at, uint64_t size);
  std::string_view At(uint64_t at, uint64_t size) const;
  uint64_t FileSize();

  enum class Check { kWhole, kTorn, kBadLength, kBadData, kTooLong };
  Check CheckRecord(uint64_t at, uint64_t* data_size);
  // The first offset in [from, to) where a whole record with two good checksums stands; `to` if there is none. `open`:
  // the first offset that may still become one when the file grows.
  uint64_t FindRecord(uint64_t from, uint64_t to, uint64_t* open);
  bool FramingIntact(uint64_t after);
  Outcome Skip(uint64_t to, DamageReason reason);
  Outcome Resynchronise(DamageReason reason);
  Outcome DropRecord(uint64_t data_size);
  Outcome End(Tail tail);

  int descriptor_;
  uint64_t offset_;
  uint64_t size_ = 0;   // of the file, when last looked
  std::string buffer_;  // bytes [buffer_start_, buffer_start_ + buffer_size_) of the file
  uint64_t buffer_start_ = 0;
  uint64_t buffer_size_ = 0;
  uint64_t searched_ = 0;  // no record starts in [offset_, searched_): not to search a damaged tail again at every call
  std::string_view record_;
  uint64_t record_offset_ = 0;
  Damage damage_;
  Tail tail_ = Tail::kClean;
  absl::Status status_;
};

}  // namespace stepwell::tensorboard
