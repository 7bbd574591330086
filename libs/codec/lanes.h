// Unsigned integers as byte lanes: the lowest bytes of all values, then the next, and so on up to the highest that is
// used. Bytes that mean the same stand together, so an entropy coder sees noise and structure apart.
//
//   lanes  := width:u8 lane{width}                     width: 0 to 8 bytes of each value are stored, the rest are 0
//           | (0x80 | width):u8 byte{width * count}    the lanes as they are; for few values
//   lane   := 0 byte                                   all the same
//           | 1 byte{count}                            as it is
//           | 2 size:varint zstd-frame
//
// Each lane is a frame of its own: one Huffman table over noise and structure together costs 10 to 15 % more bytes.
//
// Thread safety: pure functions.
#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "base/bytes.h"

namespace stepwell::codec {

// The shorter of the two forms.
void PutLanes(std::span<const uint64_t> values, std::string& out);
// The second form, for what is compressed as a whole afterwards.
void PutPlainLanes(std::span<const uint64_t> values, std::string& out);

// Fills `values`. False if the bytes are not lanes of that many values.
bool GetLanes(ByteReader& in, std::span<uint64_t> values);

// One lane.
void PutLane(std::string_view lane, std::string& out);
bool GetLane(ByteReader& in, char* lane, size_t count);

}  // namespace stepwell::codec
