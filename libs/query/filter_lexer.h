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
  std::string
      text;  // a string's content; a symbol: one of = != < <= > >= ~ ( ) , . - or, of an expression, + - * / ^ ( ) , .
  double number = 0;
  size_t column = 1;  // in bytes, from 1
  size_t length = 0;  // in bytes, as it stands in the text
};

// In an expression a sign is an operator and no part of a number.
enum class Grammar { kFilter, kExpression };

// Always ends with kEnd. `what` ("filter", "order", "expression") opens error messages.
absl::StatusOr<std::vector<Token>> Lex(std::string_view what, std::string_view text,
                                       Grammar grammar = Grammar::kFilter);

absl::Status ErrorAt(std::string_view what, size_t column, size_t length, std::string_view hint);

}  // namespace stepwell::query
