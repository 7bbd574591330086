// A column of int64: steps, and the bit patterns of float64 (doubles.h). Lossless for every value; differences wrap.
//
//   integers := 0 first:zigzag stride:zigzag                     value[i] = first + i * stride; covers constants
//             | 1 lanes                                          zigzag(value)
//             | 2 first:zigzag lanes{count - 1}                  zigzag(differences)
//             | 3 first:zigzag difference:zigzag lanes{count-2}  zigzag(differences of differences)
//             | 4 distinct-1:u8 integers{distinct} lane          few distinct values: a sorted table, an index each
//
// The encoder keeps the smallest of those worth trying. No values: no bytes.
//
// Thread safety: pure functions.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"

namespace stepwell::codec {

void EncodeIntegers(std::span<const int64_t> values, std::string& out);

// `bytes` is the whole column. DATA_LOSS if it is not `count` integers; the memory taken is bounded by `count`.
absl::Status DecodeIntegers(std::string_view bytes, size_t count, std::vector<int64_t>* values);

}  // namespace stepwell::codec
