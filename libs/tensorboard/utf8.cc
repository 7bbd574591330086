#include "tensorboard/utf8.h"

#include <cstddef>
#include <cstdint>

namespace stepwell::tensorboard {
namespace {

struct Step {
  size_t size;  // bytes that belong together
  bool valid;
};

// What stands at the front of `bytes` (not empty): one character, or the bytes to replace by one U+FFFD.
Step Decode(std::string_view bytes) {
  const auto at = [bytes](size_t i) { return static_cast<uint8_t>(bytes[i]); };
  const uint8_t lead = at(0);
  if (lead < 0x80) return {1, true};
  size_t size = 0;
  uint8_t low = 0x80;
  uint8_t high = 0xBF;  // limits of the second byte
  if (lead >= 0xC2 && lead <= 0xDF) {
    size = 2;
  } else if (lead >= 0xE0 && lead <= 0xEF) {
    size = 3;
    if (lead == 0xE0) low = 0xA0;
    if (lead == 0xED) high = 0x9F;
  } else if (lead >= 0xF0 && lead <= 0xF4) {
    size = 4;
    if (lead == 0xF0) low = 0x90;
    if (lead == 0xF4) high = 0x8F;
  } else {
    return {1, false};
  }
  for (size_t i = 1; i < size; ++i) {
    if (i >= bytes.size() || at(i) < low || at(i) > high) return {i, false};
    low = 0x80;
    high = 0xBF;
  }
  return {size, true};
}

}  // namespace

std::string CleanUtf8(std::string_view bytes) {
  std::string clean;
  clean.reserve(bytes.size());
  while (!bytes.empty()) {
    const Step step = Decode(bytes);
    if (step.valid) {
      clean.append(bytes.substr(0, step.size));
    } else {
      clean.append("\xef\xbf\xbd");
    }
    bytes.remove_prefix(step.size);
  }
  return clean;
}

}  // namespace stepwell::tensorboard
