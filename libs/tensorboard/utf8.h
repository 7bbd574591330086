// What to show of bytes that are not UTF-8 (IsUtf8 is in base/json.h).
//
// Thread safety: pure functions.
#pragma once

#include <string>
#include <string_view>

namespace stepwell::tensorboard {

// The same bytes, with U+FFFD for each maximal part that is not UTF-8 (Unicode 15, section 3.9, as browsers and Python
// do).
std::string CleanUtf8(std::string_view bytes);

}  // namespace stepwell::tensorboard
