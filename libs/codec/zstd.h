// zstd frames without content size and checksum: the columns around them know how long they are, and the chunk has a
// CRC.
//
// Thread safety: any; each thread keeps one compression and one decompression context, because making them costs more
// than compressing a column.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace stepwell::codec {

// Appends a frame of `bytes` to `out` if it is shorter than `below` bytes; otherwise leaves `out` as it was and returns
// false.
bool AppendZstd(std::string_view bytes, int level, size_t below, std::string& out);

// False unless `frame` is one frame of exactly `size` bytes.
bool ReadZstd(std::string_view frame, char* out, size_t size);

// A zstd block of at least 4 bytes gives at most 128 KiB (RFC 8878, 3.1.1.2): the most that a frame of this size can
// give.
constexpr size_t MostFromZstd(size_t frame_size) { return (frame_size / 4 + 1) * (size_t{128} << 10); }

}  // namespace stepwell::codec
