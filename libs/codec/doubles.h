// A column of float64, kept bit for bit: NaN payloads, -0.0 and subnormals included. Values become integers in the
// order of the numbers (negative ones mirrored), so near values have small differences; if every value survives a
// float32 round trip, those are 32 bits wide.
//
//   doubles := 0 integers    patterns of float64
//            | 1 integers    patterns of float32
//            | 2 integers    differences of float64 patterns from the leader's column
//
// Thread safety: pure functions.
#pragma once

#include <bit>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"

namespace stepwell::codec {

// The pattern of a float64 as an integer, mirrored for negative numbers: a < b as numbers means a < b as integers, and
// -0.0 is one below 0.0. A bijection; NaNs lie beyond the infinities.
constexpr int64_t ToOrdered(double value) {
  const int64_t bits = std::bit_cast<int64_t>(value);
  return bits >= 0 ? bits : bits ^ INT64_MAX;
}
constexpr double FromOrdered(int64_t ordered) {
  return std::bit_cast<double>(ordered >= 0 ? ordered : ordered ^ INT64_MAX);
}

// The same for the float32 with exactly this value (and, for a NaN, this payload); nullopt if there is none.
std::optional<int32_t> ToOrderedFloat(double value);
double FromOrderedFloat(int32_t ordered);

void EncodeDoubles(std::span<const double> values, std::string& out);
// `leader` has as many values. What lies within microseconds of the leader costs a bit or two.
void EncodeDoublesAgainst(std::span<const double> values, std::span<const double> leader, std::string& out);

// `bytes` is the whole column. DATA_LOSS if it is not `count` values, or needs a leader's column of `count` values and
// `leader` is not one.
absl::Status DecodeDoubles(std::string_view bytes, size_t count, std::span<const double> leader,
                           std::vector<double>* values);

}  // namespace stepwell::codec
