#include "upload/names.h"

#include <cstdint>

#include "base/bytes.h"

namespace stepwell::upload {
namespace {

// Bytes of the character that starts at `at`, by the table of RFC 3629; 0 if there is none.
size_t CharacterSize(std::string_view text, size_t at) {
  const auto byte = [&](size_t i) { return at + i < text.size() ? static_cast<uint8_t>(text[at + i]) : uint8_t{0}; };
  const auto follows = [&](size_t i) { return (byte(i) & 0xc0) == 0x80; };
  const uint8_t first = byte(0);
  if (first < 0x80) {
    return 1;
  }
  if (first >= 0xc2 && first <= 0xdf) {
    return follows(1) ? 2 : 0;
  }
  if ((first & 0xf0) == 0xe0) {
    const bool overlong = first == 0xe0 && byte(1) < 0xa0;
    const bool surrogate = first == 0xed && byte(1) > 0x9f;
    return follows(1) && follows(2) && !overlong && !surrogate ? 3 : 0;
  }
  if (first >= 0xf0 && first <= 0xf4) {
    const bool overlong = first == 0xf0 && byte(1) < 0x90;
    const bool beyond = first == 0xf4 && byte(1) > 0x8f;
    return follows(1) && follows(2) && follows(3) && !overlong && !beyond ? 4 : 0;
  }
  return 0;
}

constexpr size_t kMaxWriterBytes = 255;  // of the protocol

}  // namespace

std::string PrintableName(std::string_view name) {
  std::string out;
  out.reserve(name.size());
  for (size_t at = 0; at < name.size();) {
    if (const size_t size = CharacterSize(name, at); size > 0) {
      out.append(name.substr(at, size));
      at += size;
    } else {
      out += "\\x" + ToHex(name.substr(at, 1));
      ++at;
    }
  }
  return out;
}

std::string WriterId(std::string_view file_name, int generation) {
  std::string id = PrintableName(file_name);
  const std::string suffix = generation > 1 ? "#" + std::to_string(generation) : "";
  if (id.size() + suffix.size() > kMaxWriterBytes) {
    const std::string digest = ToHex(Sha256(file_name));
    size_t keep = kMaxWriterBytes - suffix.size() - digest.size() - 1;
    while (keep > 0 && (static_cast<uint8_t>(id[keep]) & 0xc0) == 0x80) {
      --keep;  // not within a character
    }
    id = id.substr(0, keep) + "~" + digest;
  }
  return id + suffix;
}

std::string RunId(std::string_view workspace, std::string_view experiment, std::string_view name) {
  std::string key;
  for (std::string_view part : {workspace, experiment, name}) {
    PutBytes(key, part);
  }
  return "log-" + ToHex(Sha256(key)).substr(0, 32);
}

}  // namespace stepwell::upload
