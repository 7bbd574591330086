#include "catalog/text.h"

#include "base/bytes.h"

namespace stepwell::catalog {
namespace {

constexpr char kEscape = '\x01';
constexpr char kDigits[] = "0123456789abcdef";

}  // namespace

size_t Utf8SequenceLength(std::string_view text) {
  if (text.empty()) return 0;
  auto at = [&](size_t i) { return static_cast<unsigned char>(text[i]); };
  unsigned char first = at(0);
  if (first < 0x80) return 1;
  size_t length = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
  if (first < 0xc2 || first > 0xf4 || text.size() < length) return 0;
  // The second byte's range excludes overlong forms, surrogates and what is beyond U+10FFFF.
  unsigned char low = first == 0xe0 ? 0xa0 : first == 0xf0 ? 0x90 : 0x80;
  unsigned char high = first == 0xed ? 0x9f : first == 0xf4 ? 0x8f : 0xbf;
  if (at(1) < low || at(1) > high) return 0;
  for (size_t i = 2; i < length; ++i) {
    if ((at(i) & 0xc0) != 0x80) return 0;
  }
  return length;
}

std::string EncodeText(std::string_view bytes) {
  std::string out;
  out.reserve(bytes.size());
  while (!bytes.empty()) {
    size_t length = Utf8SequenceLength(bytes);
    char c = bytes[0];
    if (length == 0) {
      auto byte = static_cast<unsigned char>(c);
      out += {kEscape, 'x', kDigits[byte >> 4], kDigits[byte & 15]};
      length = 1;
    } else if (c == '\0' || c == kEscape) {
      out += {kEscape, c == '\0' ? '0' : '1'};
    } else {
      out.append(bytes.substr(0, length));
    }
    bytes.remove_prefix(length);
  }
  return out;
}

std::string DecodeText(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] != kEscape || i + 1 == text.size()) {
      out += text[i];
      continue;
    }
    char code = text[++i];
    std::string byte;
    if (code == '0') {
      out += '\0';
    } else if (code == 'x' && i + 2 < text.size() && FromHex(text.substr(i + 1, 2), &byte)) {
      out += byte;
      i += 2;
    } else {
      out += kEscape;
    }
  }
  return out;
}

}  // namespace stepwell::catalog
