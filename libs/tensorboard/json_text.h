// JSON as text: what the plugins' messages become (written), and whether what was logged is JSON at all (checked).
//
// Thread safety: pure functions.
#pragma once

#include <string>
#include <string_view>

namespace stepwell::tensorboard {

// Appends a string with its quotes. Bytes that are not UTF-8 become U+FFFD: JSON has no others.
void AppendJsonString(std::string& out, std::string_view text);
// Appends the shortest decimal that reads back as the same float64; "NaN", "Infinity", "-Infinity" in quotes; -0.0 as -0.0.
void AppendJsonNumber(std::string& out, double value);

// Whether `text` is one JSON value (RFC 8259), nested at most 1,000 deep. Python's NaN and Infinity count, for Keras
// writes them.
bool IsJson(std::string_view text);

}  // namespace stepwell::tensorboard
