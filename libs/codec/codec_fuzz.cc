// Decoders of columns on arbitrary bytes; and every column that decodes must encode and decode to the same again.
#include <cstdint>
#include <cstdlib>
#include <cstring>

#include "codec/doubles.h"
#include "codec/integers.h"
#include "codec/strings.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace stepwell::codec;
  if (size < 3) return 0;
  const size_t count = (data[0] | data[1] << 8) % 1025;
  const std::string_view bytes(reinterpret_cast<const char*>(data) + 3, size - 3);
  std::string again;
  if (data[2] % 3 == 0) {
    std::vector<int64_t> values, back;
    if (!DecodeIntegers(bytes, count, &values).ok()) return 0;
    EncodeIntegers(values, again);
    if (!DecodeIntegers(again, count, &back).ok() || back != values) std::abort();
  } else if (data[2] % 3 == 1) {
    const std::vector<double> leader(count, 1.7e9);
    std::vector<double> values, back;
    if (count == 0 || !DecodeDoubles(bytes, count, leader, &values).ok()) return 0;
    EncodeDoubles(values, again);
    if (!DecodeDoubles(again, count, {}, &back).ok() || std::memcmp(back.data(), values.data(), 8 * count) != 0)
      std::abort();
  } else {
    std::vector<std::string> values, back;
    if (!DecodeStrings(bytes, count, &values).ok()) return 0;
    EncodeStrings(values, again);
    if (!DecodeStrings(again, count, &back).ok() || back != values) std::abort();
  }
  return 0;
}
