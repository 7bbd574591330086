// A column of byte strings: their lengths, then all of them in a row.
//
//   strings := 0 size:varint integers{size bytes} byte*          as they are
//            | 1 size:varint integers{size bytes} zstd-frame     of the strings in a row
//
// Thread safety: pure functions.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"

namespace stepwell::codec {

// Bytes that a column may hold when unpacked. It bounds what a decoder allocates; a chunk of larger payloads is cut
// sooner.
inline constexpr size_t kMaxStringColumn = size_t{1} << 30;

// REQUIRES: together at most kMaxStringColumn bytes.
void EncodeStrings(std::span<const std::string> values, std::string& out);

// `bytes` is the whole column. DATA_LOSS if it is not `count` strings; lengths are checked before memory is taken.
absl::Status DecodeStrings(std::string_view bytes, size_t count, std::vector<std::string>* values);

}  // namespace stepwell::codec
