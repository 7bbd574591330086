// Text of a filter into tokens.
//
// Thread safety: values; no shared state.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace stepwell::query {

struct Token {
  enum class Kind { kWord, kString, kNumber, kSymbol, kEnd };
  Kind kind = Kind::kEnd;
  std::string text;  // a string's content; a symbol: one of = != < <= > >= ~ ( ) , . -
  double number = 0;
  size_t column = 1;  // in bytes, from 1
  size_t length = 0;  // in bytes, as it stands in the text
};

// Always ends with kEnd. `what` ("filter", "order") opens error messages.
absl::StatusOr<std::vector<Token>> Lex(std::string_view what, std::string_view text);

absl::Status ErrorAt(std::string_view what, size_t column, size_t length, std::string_view hint);

}  // namespace stepwell::query
