// Any bytes as text that PostgreSQL holds: its text takes neither NUL nor broken UTF-8, and names may have both.
//
//   \x01 '0'          NUL
//   \x01 '1'          \x01
//   \x01 'x' HH       a byte that is not part of UTF-8 (two lower-case hexadecimal digits)
//
// Text without these is itself. Decode(Encode(x)) == x for all x. The order of bytes is kept among valid UTF-8.
//
// Thread safety: functions without state.
#pragma once

#include <string>
#include <string_view>

namespace stepwell::catalog {

std::string EncodeText(std::string_view bytes);
std::string DecodeText(std::string_view text);

// What stands for a boolean where texts are compared: no encoded text is it.
inline std::string BooleanText(bool value) { return value ? "\x01t" : "\x01\x66"; }

// Bytes of the well-formed UTF-8 sequence at the front (no surrogates, nothing overlong); 0 if there is none.
size_t Utf8SequenceLength(std::string_view text);

}  // namespace stepwell::catalog
