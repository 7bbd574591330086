// What bytes are, by their first bytes, and the few numbers in their headers that a page needs. Nothing is decoded: the
// bytes are hostile, browsers draw them. All reads stay inside the given bytes.
//
// Thread safety: pure functions.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace stepwell {

inline constexpr std::string_view kOctetStream = "application/octet-stream";

// One of image/{png,jpeg,gif,webp,bmp,svg+xml}, audio/{wav,mpeg,ogg,flac}, video/{mp4,webm}, else
// application/octet-stream. A file that is cut still has its type. The result is a literal.
std::string_view SniffMediaType(std::string_view bytes);

struct ImageSize {
  uint32_t width = 0;  // pixels, as the header says
  uint32_t height = 0;
};
// PNG, JPEG, GIF, WebP, BMP. Nothing for other types, headers that are cut, and zero or more than 100 million pixels.
std::optional<ImageSize> ReadImageSize(std::string_view bytes);

struct WavFormat {
  uint32_t rate = 0;  // samples a second
  uint32_t channels = 0;
  uint32_t bits = 0;    // a sample
  uint64_t frames = 0;  // samples of one channel that are there: the header's length, or less if the file is cut
};
// RIFF/WAVE with a format chunk; nothing if it is none or its numbers are impossible.
std::optional<WavFormat> ReadWavFormat(std::string_view bytes);

}  // namespace stepwell
