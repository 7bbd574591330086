// Ranges of bytes that a client asks for (RFC 9110 section 14): one range; several are answered with the whole.
//
// Thread safety: pure functions.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "absl/status/statusor.h"

namespace stepwell::query {

struct ByteRange {
  uint64_t offset = 0, length = 0;
};

// nullopt: answer the whole. OUT_OF_RANGE: nothing of it is in `size` bytes.
absl::StatusOr<std::optional<ByteRange>> ParseRange(std::string_view header, uint64_t size);

}  // namespace stepwell::query
