// Whether what was logged as JSON is JSON at all (a Keras model that was cut is not).
//
// Thread safety: a pure function.
#pragma once

#include <string_view>

namespace stepwell::tensorboard {

// One JSON value (RFC 8259), nested at most 1,000 deep. Python's NaN and Infinity count, for Keras writes them.
bool IsJson(std::string_view text);

}  // namespace stepwell::tensorboard
