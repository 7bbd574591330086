#include "query/filter_regex.h"

#include <re2/re2.h>

#include "absl/strings/str_cat.h"

namespace stepwell::query {
namespace {

constexpr size_t kExpressionBytes = 1000;

bool IsHex(char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); }

absl::Status Cannot(std::string_view what) {
  return absl::InvalidArgumentError(
      absl::StrCat(absl::string_view(what.data(), what.size()), " is not supported in regular expressions here"));
}

// What an escape of RE2 is in PostgreSQL; `at` is behind the backslash, and is moved behind the escape.
absl::StatusOr<std::string> Escape(std::string_view text, size_t& at) {
  char c = text[at++];
  switch (c) {
    case 'b':
      return std::string("\\y");
    case 'B':
      return std::string("\\Y");
    case 'z':
      return std::string("\\Z");
    case 'x':
      if (at + 1 < text.size() && IsHex(text[at]) && IsHex(text[at + 1])) {
        at += 2;
        return absl::StrCat("\\u00", std::string(text.substr(at - 2, 2)));
      }
      return Cannot("\\x{...}");
    case 'p':
    case 'P':
    case 'Q':
    case 'E':
    case 'C':
      return Cannot(std::string("\\") + c);
    default:
      if (c >= '0' && c <= '9') return Cannot("an octal escape or back-reference");
      return std::string("\\") + c;
  }
}

}  // namespace

absl::StatusOr<std::string> PostgresRegex(std::string_view expression) {
  if (expression.size() > kExpressionBytes) {
    return absl::InvalidArgumentError(absl::StrCat("a regular expression has at most ", kExpressionBytes, " bytes"));
  }
  RE2::Options options(RE2::Quiet);
  options.set_max_mem(1 << 20);
  RE2 checked(re2::StringPiece(expression.data(), expression.size()), options);
  if (!checked.ok())
    return absl::InvalidArgumentError(absl::StrCat("this regular expression is not valid: ", checked.error()));
  std::string out;
  bool in_class = false;
  size_t at = 0;
  // PostgreSQL knows flags at the front only, and there it knows i as RE2 does.
  if (expression.substr(0, 4) == "(?i)") {
    out = "(?i)";
    at = 4;
  }
  while (at < expression.size()) {
    char c = expression[at++];
    if (c == '\\') {
      if (at == expression.size()) return Cannot("a backslash at the end");
      if (in_class && (expression[at] == 'D' || expression[at] == 'S' || expression[at] == 'W'))
        return Cannot("\\D, \\S or \\W in [...]");
      absl::StatusOr<std::string> escape = Escape(expression, at);
      if (!escape.ok()) return escape.status();
      out += *escape;
      continue;
    }
    if (!in_class && c == '(' && at < expression.size() && expression[at] == '?' && expression.substr(at, 2) != "?:") {
      return Cannot("a group with flags or a name, but (?i) at the front,");
    }
    out += c;
    if (!in_class && c == '[') {
      in_class = true;
      // A ']' that comes first is one of the class.
      if (at < expression.size() && expression[at] == '^') out += expression[at++];
      if (at < expression.size() && expression[at] == ']') out += expression[at++];
    } else if (in_class && expression.substr(at - 1, 2) == "[:") {
      size_t end = expression.find(":]", at);
      if (end == std::string_view::npos) return Cannot("[: without :]");
      out += expression.substr(at, end + 2 - at);
      at = end + 2;
    } else if (in_class && c == '[' && at < expression.size() && (expression[at] == '.' || expression[at] == '=')) {
      return Cannot("[. or [= in [...]");
    } else if (in_class && c == ']') {
      in_class = false;
    }
  }
  return out;
}

}  // namespace stepwell::query
