// The name of a blob in REST: the number of the run that it is found through, a dash, and the SHA-256 of its bytes in
// hexadecimal. Knowing one opens nothing: the run is asked for first.
//
// Thread safety: pure functions.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"

namespace stepwell::query {

struct BlobId {
  uint64_t run = 0;
  std::string sha256;  // 32 bytes
};

std::string FormatBlobId(uint64_t run, std::string_view sha256);
absl::StatusOr<BlobId> ParseBlobId(std::string_view text);  // NOT_FOUND: no blob can be named so

}  // namespace stepwell::query
