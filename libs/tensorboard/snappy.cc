#include "tensorboard/snappy.h"

#include <algorithm>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "base/bytes.h"

namespace stepwell::tensorboard {
namespace {

absl::Status Damaged() { return absl::DataLossError("a block of the checkpoint is not Snappy's"); }

uint32_t LittleEndian(std::string_view bytes) {
  uint32_t value = 0;
  for (size_t i = bytes.size(); i-- > 0;) value = value << 8 | static_cast<unsigned char>(bytes[i]);
  return value;
}

// Appends `size` bytes from `offset` before the end; they may overlap what is being written.
bool Repeat(uint32_t offset, size_t size, uint64_t wanted, std::string& out) {
  if (offset == 0 || offset > out.size() || size > wanted - out.size()) return false;
  for (size_t i = 0; i < size; ++i) out += out[out.size() - offset];
  return true;
}

bool Literal(uint32_t size_code, uint64_t wanted, ByteReader& reader, std::string& out) {
  uint64_t size = size_code;
  if (size_code >= 60) size = LittleEndian(reader.Raw(size_code - 59));  // 1 to 4 bytes of length follow
  ++size;
  if (!reader.ok() || size > reader.left() || size > wanted - out.size()) return false;
  out.append(reader.Raw(size));
  return true;
}

}  // namespace

absl::StatusOr<std::string> UndoSnappy(std::string_view bytes, uint64_t limit) {
  ByteReader reader(bytes);
  const uint64_t wanted = reader.Varint();
  if (!reader.ok()) return Damaged();
  // A copy of two bytes makes at most 64: what claims more than that of its input is a lie.
  if (wanted > limit || wanted > 64 * (uint64_t{bytes.size()} + 1)) {
    return absl::ResourceExhaustedError(
        absl::StrCat("a block of the checkpoint claims ", wanted, " bytes; the limit is ", limit));
  }
  std::string out;
  out.reserve(wanted);
  while (!reader.done()) {
    const uint8_t head = reader.Byte();
    bool fine = false;
    switch (head & 3) {
      case 0:
        fine = Literal(head >> 2, wanted, reader, out);
        break;
      case 1:
        fine = Repeat((head >> 5) << 8 | reader.Byte(), (head >> 2 & 7) + 4, wanted, out);
        break;
      case 2:
        fine = Repeat(LittleEndian(reader.Raw(2)), (head >> 2) + 1, wanted, out);
        break;
      default:
        fine = Repeat(LittleEndian(reader.Raw(4)), (head >> 2) + 1, wanted, out);
        break;
    }
    if (!fine || !reader.ok()) return Damaged();
  }
  if (out.size() != wanted) return Damaged();
  return out;
}

}  // namespace stepwell::tensorboard
