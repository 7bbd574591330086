// PNG (W3C, third edition) with zlib alone. Lossless, so what is shown is what was logged.
//
// Thread safety: pure functions.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

namespace stepwell::client {

// Samples of 8 bits, row by row, channels last. REQUIRES: height, width > 0 and below 2^31, 1 to 4 channels.
std::string EncodePng(const uint8_t* pixels, size_t height, size_t width, size_t channels);

// Frames one after the other, played in an endless loop as an animated PNG. REQUIRES: as above, count > 0, and fps from
// above 0 to 600.
std::string EncodeAnimation(const uint8_t* pixels, size_t count, size_t height, size_t width, size_t channels,
                            double fps);

}  // namespace stepwell::client
