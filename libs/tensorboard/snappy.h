// Undoes Snappy's raw format (google/snappy, format_description.txt): blocks of TensorFlow's checkpoint tables may have
// it.
//
// Thread safety: a pure function.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"

namespace stepwell::tensorboard {

// DATA_LOSS if the bytes are not Snappy's; RESOURCE_EXHAUSTED if they claim more than `limit` bytes.
absl::StatusOr<std::string> UndoSnappy(std::string_view bytes, uint64_t limit);

}  // namespace stepwell::tensorboard
