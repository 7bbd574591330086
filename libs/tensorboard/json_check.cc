#include "tensorboard/json_check.h"

#include <cstddef>

namespace stepwell::tensorboard {
namespace {

constexpr int kMaxDepth = 1000;

class Checker {
 public:
  explicit Checker(std::string_view text) : text_(text) {}

  bool Whole() {
    if (!Value(0)) return false;
    Space();
    return at_ == text_.size();
  }

 private:
  char Peek() const { return at_ < text_.size() ? text_[at_] : '\0'; }
  void Space() {
    while (at_ < text_.size() && (Peek() == ' ' || Peek() == '\t' || Peek() == '\n' || Peek() == '\r')) ++at_;
  }
  bool Take(std::string_view word) {
    if (!text_.substr(at_).starts_with(word)) return false;
    at_ += word.size();
    return true;
  }
  bool Digits() {
    const size_t start = at_;
    while (Peek() >= '0' && Peek() <= '9') ++at_;
    return at_ > start;
  }

  bool String() {
    if (!Take("\"")) return false;
    while (at_ < text_.size()) {
      const char c = text_[at_++];
      if (c == '"') return true;
      if (static_cast<unsigned char>(c) < 0x20) return false;
      if (c == '\\') ++at_;
    }
    return false;
  }

  bool Number() {
    Take("-");
    if (Take("Infinity")) return true;
    if (!Digits()) return false;
    if (Take(".") && !Digits()) return false;
    if (Take("e") || Take("E")) {
      if (!Take("+")) Take("-");
      return Digits();
    }
    return true;
  }

  // Members or elements, up to `close`.
  bool Items(char close, bool keys, int depth) {
    ++at_;
    Space();
    if (Peek() == close) {
      ++at_;
      return true;
    }
    while (true) {
      if (keys) {
        Space();
        if (!String()) return false;
        Space();
        if (!Take(":")) return false;
      }
      if (!Value(depth + 1)) return false;
      Space();
      if (Peek() == close) {
        ++at_;
        return true;
      }
      if (!Take(",")) return false;
    }
  }

  bool Value(int depth) {
    if (depth > kMaxDepth) return false;
    Space();
    switch (Peek()) {
      case '{':
        return Items('}', true, depth);
      case '[':
        return Items(']', false, depth);
      case '"':
        return String();
      default:
        return Take("true") || Take("false") || Take("null") || Take("NaN") || Number();
    }
  }

  std::string_view text_;
  size_t at_ = 0;
};

}  // namespace

bool IsJson(std::string_view text) { return Checker(text).Whole(); }

}  // namespace stepwell::tensorboard
