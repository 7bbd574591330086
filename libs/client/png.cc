#include "client/png.h"

#include <zlib.h>

#include <algorithm>
#include <cmath>
#include <stdexcept>
#include <string_view>

#include "base/bytes.h"

namespace stepwell::client {
namespace {

constexpr int kLevel = 6;  // as the Python client's

void PutChunk(std::string& out, std::string_view name, std::string_view data) {
  PutBe32(out, static_cast<uint32_t>(data.size()));
  const size_t checked = out.size();
  out.append(name).append(data);
  const auto* bytes = reinterpret_cast<const Bytef*>(out.data() + checked);
  PutBe32(out, static_cast<uint32_t>(crc32_z(0, bytes, out.size() - checked)));
}

// Each row behind its filter's number. Filter 2 (Up): the difference to the row above, which deflates better than the
// samples.
std::string Filtered(const uint8_t* pixels, size_t height, size_t stride) {
  std::string rows;
  rows.reserve(height * (stride + 1));
  for (size_t y = 0; y < height; ++y) {
    const uint8_t* row = pixels + y * stride;
    rows.push_back(height > 1 ? 2 : 0);
    for (size_t x = 0; x < stride; ++x) rows.push_back(static_cast<char>(y == 0 ? row[x] : row[x] - row[x - stride]));
  }
  return rows;
}

std::string Deflated(std::string_view data) {
  uLongf size = compressBound(data.size());
  std::string out(size, '\0');
  const int result = compress2(reinterpret_cast<Bytef*>(out.data()), &size, reinterpret_cast<const Bytef*>(data.data()),
                               data.size(), kLevel);
  if (result != Z_OK) throw std::runtime_error("zlib has no memory for an image");
  out.resize(size);
  return out;
}

void PutHeader(std::string& out, size_t height, size_t width, size_t channels) {
  constexpr char kColourTypes[] = {0, 4, 2, 6};  // grey, grey + alpha, RGB, RGBA
  std::string header;
  PutBe32(header, static_cast<uint32_t>(width));
  PutBe32(header, static_cast<uint32_t>(height));
  header += {8, kColourTypes[channels - 1], 0, 0, 0};
  out += "\x89PNG\r\n\x1a\n";
  PutChunk(out, "IHDR", header);
}

void PutBe16(std::string& out, uint16_t number) { out += {static_cast<char>(number >> 8), static_cast<char>(number)}; }

}  // namespace

std::string EncodePng(const uint8_t* pixels, size_t height, size_t width, size_t channels) {
  std::string out;
  PutHeader(out, height, width, channels);
  PutChunk(out, "IDAT", Deflated(Filtered(pixels, height, width * channels)));
  PutChunk(out, "IEND", "");
  return out;
}

std::string EncodeAnimation(const uint8_t* pixels, size_t count, size_t height, size_t width, size_t channels,
                            double fps) {
  // A frame's time is a fraction of two 16-bit numbers, in seconds. nearbyint rounds as Python does.
  const double scale = fps <= 65 ? 1000 : 100;
  const double frames_a_second = std::min(65535.0, std::nearbyint(scale * fps));
  std::string out, control;
  PutHeader(out, height, width, channels);
  PutBe32(control, static_cast<uint32_t>(count));
  PutBe32(control, 0);
  PutChunk(out, "acTL", control);
  uint32_t sequence = 0;
  for (size_t i = 0; i < count; ++i) {
    control.clear();
    for (const size_t number : {size_t{sequence++}, width, height, size_t{0}, size_t{0}})
      PutBe32(control, static_cast<uint32_t>(number));
    PutBe16(control, static_cast<uint16_t>(scale));
    PutBe16(control, static_cast<uint16_t>(frames_a_second));
    control.append(2, '\0');
    PutChunk(out, "fcTL", control);
    const std::string rows = Deflated(Filtered(pixels + i * height * width * channels, height, width * channels));
    if (i == 0) {
      PutChunk(out, "IDAT", rows);
      continue;
    }
    std::string numbered;
    PutBe32(numbered, sequence++);
    PutChunk(out, "fdAT", numbered + rows);
  }
  PutChunk(out, "IEND", "");
  return out;
}

}  // namespace stepwell::client
