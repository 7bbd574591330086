// Any bytes as an event file: the reader ends, gives only records whose checksums fit, and never the same offset twice.
#include <sys/mman.h>
#include <unistd.h>

#include <cstdint>
#include <cstdlib>

#include "tensorboard/record_reader.h"
#include "tensorboard/testing.h"

using stepwell::tensorboard::Framed;
using stepwell::tensorboard::RecordReader;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size < 2) return 0;
  const int file = memfd_create("fuzz", MFD_CLOEXEC);
  // The first byte says how much is there at first; 0x80: frame the rest, so that the fuzzer gets past the checksums.
  std::string bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
  if (data[0] & 0x80) bytes = Framed(bytes.substr(0, bytes.size() / 2)) + bytes.substr(bytes.size() / 2);
  const size_t first = bytes.size() * (data[0] & 0x7f) / 127;
  if (write(file, bytes.data(), first) < 0) std::abort();
  auto reader = RecordReader::FromDescriptor(file);
  uint64_t at = 0;
  for (int part = 0; part < 2; ++part) {
    while (true) {
      const auto outcome = (*reader)->Next();
      if (outcome == RecordReader::Outcome::kRecord) {
        const uint64_t offset = (*reader)->record_offset();
        if (offset < at || bytes.compare(offset, (*reader)->record().size() + 16, Framed((*reader)->record())) != 0)
          std::abort();
      } else if (outcome != RecordReader::Outcome::kDamage) {
        break;
      }
      if ((*reader)->offset() <= at) std::abort();
      at = (*reader)->offset();
    }
    if (lseek(file, 0, SEEK_END) < 0 || write(file, bytes.data() + first, bytes.size() - first) < 0) std::abort();
    if (part == 1) break;
  }
  return 0;
}
