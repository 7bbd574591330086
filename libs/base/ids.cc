#include "base/ids.h"

#include <openssl/rand.h>

#include <algorithm>

namespace stepwell {

std::string NewUlid(const Clock& clock) {
  constexpr char kAlphabet[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
  unsigned char chance[10];
  RAND_bytes(chance, sizeof chance);
  uint64_t millis = static_cast<uint64_t>(clock.WallSeconds() * 1000.0);
  std::string out(26, '0');
  for (int i = 9; i >= 0; --i) {
    out[static_cast<size_t>(i)] = kAlphabet[millis & 31];
    millis >>= 5;
  }
  // 80 bits are 16 digits of 5.
  for (size_t i = 0; i < 16; ++i) {
    size_t bit = i * 5;
    unsigned window = static_cast<unsigned>(chance[bit / 8]) << 8;
    if (bit / 8 + 1 < sizeof chance) window |= chance[bit / 8 + 1];
    out[10 + i] = kAlphabet[(window >> (11 - bit % 8)) & 31];
  }
  return out;
}

bool IsValidId(std::string_view id) {
  if (id.empty() || id.size() > 128 || id == "." || id == "..") return false;
  return std::all_of(id.begin(), id.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '_' ||
           c == '-';
  });
}

}  // namespace stepwell
