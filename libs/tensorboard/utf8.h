// Whether bytes are UTF-8, and what to show when they are not.
//
// Thread safety: pure functions.
#pragma once

#include <string>
#include <string_view>

namespace stepwell::tensorboard {

// As RFC 3629: shortest forms, no surrogates, at most U+10FFFF.
bool IsUtf8(std::string_view bytes);

// The same bytes, with U+FFFD for each maximal part that is not UTF-8 (Unicode 15, section 3.9, as browsers and Python do).
std::string CleanUtf8(std::string_view bytes);

}  // namespace stepwell::tensorboard
