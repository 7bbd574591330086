#include "query/filter_lexer.h"

#include <charconv>
#include <cmath>

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "base/text_error.h"

namespace stepwell::query {
namespace {

bool IsDigit(char c) { return c >= '0' && c <= '9'; }
bool IsLetter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }
bool IsWord(char c) { return IsLetter(c) || IsDigit(c) || c == '-' || c == '/'; }

class Lexer {
 public:
  Lexer(std::string_view what, std::string_view text, Grammar grammar)
      : what_(what), text_(text), expression_(grammar == Grammar::kExpression) {}

  absl::StatusOr<std::vector<Token>> Run() {
    for (;;) {
      while (at_ < text_.size() && std::string_view(" \t\r\n").find(text_[at_]) != std::string_view::npos) ++at_;
      if (at_ == text_.size()) break;
      RETURN_IF_ERROR(One());
    }
    Add(Token::Kind::kEnd, "", at_);
    return std::move(tokens_);
  }

 private:
  char Peek(size_t ahead = 0) const { return at_ + ahead < text_.size() ? text_[at_ + ahead] : '\0'; }
  void Add(Token::Kind kind, std::string text, size_t begin, double number = 0) {
    tokens_.push_back({kind, std::move(text), number, begin + 1, at_ - begin});
  }
  // After a dot a part of a key begins, which may begin with a digit: params.2d_conv.
  bool AfterDot() const {
    return !tokens_.empty() && tokens_.back().text == "." && tokens_.back().kind == Token::Kind::kSymbol;
  }

  absl::Status One() {
    char c = Peek();
    if (c == '"' || c == '\'') return String(c);
    if (IsLetter(c) || (AfterDot() && IsWord(c))) return Word();
    if (IsDigit(c) || (c == '.' && IsDigit(Peek(1)) && !AfterWord())) return Number();
    if (!expression_ && (c == '-' || c == '+') && (IsDigit(Peek(1)) || Peek(1) == '.')) return Number();
    return Symbol();
  }
  bool AfterWord() const {
    return !tokens_.empty() &&
           (tokens_.back().kind == Token::Kind::kWord || tokens_.back().kind == Token::Kind::kString);
  }

  absl::Status Word() {
    size_t begin = at_;
    while (IsWord(Peek())) ++at_;
    Add(Token::Kind::kWord, std::string(text_.substr(begin, at_ - begin)), begin);
    return absl::OkStatus();
  }

  absl::Status Number() {
    size_t begin = at_;
    if (Peek() == '-' || Peek() == '+') ++at_;
    while (IsDigit(Peek()) || Peek() == '.' || Peek() == 'e' || Peek() == 'E' ||
           ((Peek() == '-' || Peek() == '+') && (text_[at_ - 1] == 'e' || text_[at_ - 1] == 'E'))) {
      ++at_;
    }
    std::string_view text = text_.substr(begin, at_ - begin);
    if (text[0] == '+') text.remove_prefix(1);
    double number = 0;
    auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error == std::errc::result_out_of_range) {
      return ErrorAt(what_, begin + 1, at_ - begin, "this number is beyond float64; write Infinity or 0");
    }
    if (error != std::errc() || end != text.data() + text.size() || IsLetter(Peek())) {
      return ErrorAt(what_, begin + 1, at_ - begin,
                     "this is no number; write it like 0.1, -3 or 1e-4, and text in \"quotes\"");
    }
    Add(Token::Kind::kNumber, std::string(text), begin, number);
    return absl::OkStatus();
  }

  absl::Status Symbol() {
    size_t begin = at_;
    std::string_view two = text_.substr(at_, 2);
    if (!expression_ && (two == "!=" || two == "<=" || two == ">=" || two == "==")) {
      at_ += 2;
      Add(Token::Kind::kSymbol, two == "==" ? "=" : std::string(two), begin);
      return absl::OkStatus();
    }
    const std::string_view known = expression_ ? "+-*/^(),." : "=<>~(),.-";
    if (known.find(Peek()) == std::string_view::npos) {
      constexpr char kDigits[] = "0123456789abcdef";
      auto byte = static_cast<unsigned char>(Peek());
      std::string shown = byte > 0x20 && byte < 0x7f ? std::string(1, Peek())
                                                     : std::string("\\x") + kDigits[byte >> 4] + kDigits[byte & 15];
      return ErrorAt(
          what_, begin + 1, 1,
          absl::StrCat("\"", shown, "\" means nothing here; text and names with such characters go in \"quotes\", ",
                       expression_ ? "and operators are + - * / ^" : "and conditions are joined by and, or, not"));
    }
    std::string symbol(1, text_[at_++]);
    Add(Token::Kind::kSymbol, std::move(symbol), begin);
    return absl::OkStatus();
  }

  absl::Status String(char quote) {
    size_t begin = at_++;
    std::string content;
    for (;; ++at_) {
      if (at_ >= text_.size())
        return ErrorAt(what_, begin + 1, text_.size() - begin, "this text has no end; close it with its quote");
      if (Peek() == quote) break;
      if (Peek() != '\\') {
        content += Peek();
        continue;
      }
      ++at_;
      RETURN_IF_ERROR(Escape(content));
    }
    ++at_;
    Add(Token::Kind::kString, std::move(content), begin);
    return absl::OkStatus();
  }

  // Leaves at_ on the escape's last character.
  absl::Status Escape(std::string& out) {
    switch (Peek()) {
      case 'n':
        out += '\n';
        return absl::OkStatus();
      case 'r':
        out += '\r';
        return absl::OkStatus();
      case 't':
        out += '\t';
        return absl::OkStatus();
      case '"':
      case '\'':
      case '\\':
        out += Peek();
        return absl::OkStatus();
      case 'u':
        return CodePoint(out);
      // Regular expressions are full of backslashes, and nobody likes to write each twice.
      default:
        out += '\\';
        out += Peek();
        return at_ < text_.size() ? absl::OkStatus() : ErrorAt(what_, at_, 1, "this text has no end");
    }
  }

  absl::Status CodePoint(std::string& out) {
    std::string_view digits = text_.substr(std::min(at_ + 1, text_.size()), 4);
    unsigned code = 0;
    auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), code, 16);
    if (error != std::errc() || digits.size() != 4 || end != digits.data() + 4 || (code >= 0xd800 && code <= 0xdfff)) {
      return ErrorAt(what_, at_, 2,
                     "\\u needs four hexadecimal digits of a character; others can be written as they are");
    }
    at_ += 4;
    if (code < 0x80) {
      out += static_cast<char>(code);
    } else if (code < 0x800) {
      out += {static_cast<char>(0xc0 | (code >> 6)), static_cast<char>(0x80 | (code & 63))};
    } else {
      out += {static_cast<char>(0xe0 | (code >> 12)), static_cast<char>(0x80 | ((code >> 6) & 63)),
              static_cast<char>(0x80 | (code & 63))};
    }
    return absl::OkStatus();
  }

  std::string_view what_, text_;
  const bool expression_;
  size_t at_ = 0;
  std::vector<Token> tokens_;
};

}  // namespace

absl::Status ErrorAt(std::string_view what, size_t column, size_t length, std::string_view hint) {
  return TextError({std::string(what), column, length, std::string(hint)});
}

absl::StatusOr<std::vector<Token>> Lex(std::string_view what, std::string_view text, Grammar grammar) {
  return Lexer(what, text, grammar).Run();
}

}  // namespace stepwell::query
