// Reads a regular file whole, up to a limit.
//
// Thread safety: a function of the file system.
#pragma once

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"

namespace stepwell::tensorboard {

// NOT_FOUND, PERMISSION_DENIED, ... as the system says; RESOURCE_EXHAUSTED if the file is larger than `limit` bytes;
// INVALID_ARGUMENT if it is no regular file.
absl::StatusOr<std::string> ReadFileBytes(const std::string& path, uint64_t limit);

// Bytes [offset, offset + size); OUT_OF_RANGE if the file does not hold them.
absl::StatusOr<std::string> ReadFileRange(const std::string& path, uint64_t offset, uint64_t size);

}  // namespace stepwell::tensorboard
