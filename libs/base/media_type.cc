#include "base/media_type.h"

#include <algorithm>

namespace stepwell {
namespace {

using namespace std::string_view_literals;

constexpr uint64_t kMaxPixels = 100'000'000;  // more is not claimed: a page must not reserve room for a lie

uint32_t Be(std::string_view bytes, size_t at, size_t size) {
  uint32_t value = 0;
  for (size_t i = 0; i < size; ++i) value = value << 8 | static_cast<unsigned char>(bytes[at + i]);
  return value;
}

uint32_t Le(std::string_view bytes, size_t at, size_t size) {
  uint32_t value = 0;
  for (size_t i = size; i-- > 0;) value = value << 8 | static_cast<unsigned char>(bytes[at + i]);
  return value;
}

bool HasAt(std::string_view bytes, size_t at, std::string_view what) {
  return bytes.size() >= at && bytes.substr(at, what.size()) == what;
}

// An SVG is XML: perhaps a byte order mark, white space, declarations and comments, then <svg.
bool IsSvg(std::string_view bytes) {
  std::string_view head = bytes.substr(0, 4096);
  if (head.starts_with("\xef\xbb\xbf"sv)) head.remove_prefix(3);
  while (true) {
    const size_t start = head.find_first_not_of(" \t\r\n");
    if (start == std::string_view::npos) return false;
    head.remove_prefix(start);
    const bool comment = head.starts_with("<!--");
    if (!comment && !head.starts_with("<?xml") && !head.starts_with("<!DOCTYPE")) break;
    const std::string_view close = comment ? "-->"sv : ">"sv;
    const size_t end = head.find(close);
    if (end == std::string_view::npos) return false;
    head.remove_prefix(end + close.size());
  }
  return head.starts_with("<svg") && head.size() > 4 && " \t\r\n>/"sv.find(head[4]) != std::string_view::npos;
}

// MPEG audio: 11 bits of sync, a version, layer, bit rate and sample rate that exist.
bool IsMpegAudio(std::string_view bytes) {
  if (bytes.starts_with("ID3")) return true;
  if (bytes.size() < 4 || Be(bytes, 0, 1) != 0xFF) return false;
  const uint32_t b = Be(bytes, 1, 1);
  const uint32_t c = Be(bytes, 2, 1);
  return (b & 0xE0) == 0xE0 && (b >> 3 & 3) != 1 && (b >> 1 & 3) == 1 && (c >> 4) != 15 && (c >> 4) != 0 &&
         (c >> 2 & 3) != 3;
}

bool IsWebm(std::string_view bytes) {
  return bytes.starts_with("\x1a\x45\xdf\xa3"sv) && bytes.substr(0, 64).find("webm") != std::string_view::npos;
}

bool IsMp4(std::string_view bytes) {
  if (!HasAt(bytes, 4, "ftyp") || bytes.size() < 12) return false;
  const std::string_view brand = bytes.substr(8, 3);
  return brand == "iso" || brand == "mp4" || brand == "avc" || brand == "M4V" || brand == "M4A" || brand == "dby" ||
         brand == "MSN";
}

std::optional<ImageSize> Checked(uint32_t width, uint32_t height) {
  if (width == 0 || height == 0 || uint64_t{width} * height > kMaxPixels) return std::nullopt;
  return ImageSize{width, height};
}

std::optional<ImageSize> JpegSize(std::string_view bytes) {
  size_t at = 2;
  while (at + 4 <= bytes.size()) {
    if (Be(bytes, at, 1) != 0xFF) return std::nullopt;
    const uint32_t marker = Be(bytes, at + 1, 1);
    if (marker == 0xFF) {  // fill byte
      ++at;
      continue;
    }
    if (marker == 0x01 || (marker >= 0xD0 && marker <= 0xD8)) {  // no length follows
      at += 2;
      continue;
    }
    if (marker == 0xD9 || marker == 0xDA) return std::nullopt;  // the picture begins or ends without a frame header
    const uint32_t length = Be(bytes, at + 2, 2);
    const bool frame = marker >= 0xC0 && marker <= 0xCF && marker != 0xC4 && marker != 0xC8 && marker != 0xCC;
    if (frame) {
      if (at + 9 > bytes.size()) return std::nullopt;
      return Checked(Be(bytes, at + 7, 2), Be(bytes, at + 5, 2));
    }
    if (length < 2) return std::nullopt;
    at += 2 + length;
  }
  return std::nullopt;
}

std::optional<ImageSize> WebpSize(std::string_view bytes) {
  if (bytes.size() < 30) return std::nullopt;
  const std::string_view form = bytes.substr(12, 4);
  if (form == "VP8X") return Checked(Le(bytes, 24, 3) + 1, Le(bytes, 27, 3) + 1);
  if (form == "VP8L") {
    const uint32_t bits = Le(bytes, 21, 4);
    return Checked((bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1);
  }
  if (form == "VP8 ") return Checked(Le(bytes, 26, 2) & 0x3FFF, Le(bytes, 28, 2) & 0x3FFF);
  return std::nullopt;
}

std::optional<ImageSize> BmpSize(std::string_view bytes) {
  if (bytes.size() < 26) return std::nullopt;
  if (Le(bytes, 14, 4) == 12) return Checked(Le(bytes, 18, 2), Le(bytes, 20, 2));
  const int64_t height = static_cast<int32_t>(Le(bytes, 22, 4));  // negative: rows from top to bottom
  const int64_t width = static_cast<int32_t>(Le(bytes, 18, 4));
  if (width <= 0) return std::nullopt;
  return Checked(static_cast<uint32_t>(width), static_cast<uint32_t>(height < 0 ? -height : height));
}

}  // namespace

std::string_view SniffMediaType(std::string_view bytes) {
  if (bytes.starts_with("\x89PNG\r\n\x1a\n"sv)) return "image/png";
  if (bytes.starts_with("\xff\xd8\xff"sv)) return "image/jpeg";
  if (bytes.starts_with("GIF87a") || bytes.starts_with("GIF89a")) return "image/gif";
  if (bytes.starts_with("RIFF") && HasAt(bytes, 8, "WEBP")) return "image/webp";
  if (bytes.starts_with("RIFF") && HasAt(bytes, 8, "WAVE")) return "audio/wav";
  if (bytes.starts_with("BM") && bytes.size() >= 26 && Le(bytes, 6, 4) == 0) return "image/bmp";
  if (bytes.starts_with("OggS"sv) && bytes.size() >= 27 && bytes[4] == 0) return "audio/ogg";
  if (bytes.starts_with("fLaC")) return "audio/flac";
  if (IsMp4(bytes)) return "video/mp4";
  if (IsWebm(bytes)) return "video/webm";
  if (IsSvg(bytes)) return "image/svg+xml";
  if (IsMpegAudio(bytes)) return "audio/mpeg";
  return kOctetStream;
}

std::optional<ImageSize> ReadImageSize(std::string_view bytes) {
  const std::string_view type = SniffMediaType(bytes);
  if (type == "image/png") {
    if (bytes.size() < 24 || !HasAt(bytes, 12, "IHDR")) return std::nullopt;
    return Checked(Be(bytes, 16, 4), Be(bytes, 20, 4));
  }
  if (type == "image/gif") {
    if (bytes.size() < 10) return std::nullopt;
    return Checked(Le(bytes, 6, 2), Le(bytes, 8, 2));
  }
  if (type == "image/jpeg") return JpegSize(bytes);
  if (type == "image/webp") return WebpSize(bytes);
  if (type == "image/bmp") return BmpSize(bytes);
  return std::nullopt;
}

std::optional<WavFormat> ReadWavFormat(std::string_view bytes) {
  if (!bytes.starts_with("RIFF") || !HasAt(bytes, 8, "WAVE")) return std::nullopt;
  std::optional<WavFormat> format;
  uint32_t frame_bytes = 0;
  size_t at = 12;
  while (at + 8 <= bytes.size()) {
    const std::string_view id = bytes.substr(at, 4);
    const size_t size = Le(bytes, at + 4, 4);
    const size_t there = std::min(size, bytes.size() - at - 8);
    if (id == "fmt ") {
      if (there < 16) return std::nullopt;
      format = WavFormat{Le(bytes, at + 12, 4), Le(bytes, at + 10, 2), Le(bytes, at + 22, 2), 0};
      frame_bytes = Le(bytes, at + 20, 2);
      if (format->rate == 0 || format->channels == 0 || frame_bytes == 0) return std::nullopt;
    } else if (id == "data") {
      if (!format) return std::nullopt;
      format->frames = there / frame_bytes;
      return format;
    }
    if (size > bytes.size() - at - 8) break;
    at += 8 + size + (size & 1);  // chunks are padded to even sizes
  }
  return format;
}

}  // namespace stepwell
