#include "catalog/json_value.h"

#include <cstdlib>

#include "catalog/text.h"

namespace stepwell::catalog {
namespace {

constexpr int kDepth = 64;

// A recursive-descent check of RFC 8259's grammar. ok() stays false after the first fault.
class Reader {
 public:
  explicit Reader(std::string_view text) : text_(text) {}

  bool Whole() {
    Space();
    Value(0);
    Space();
    return ok_ && at_ == text_.size();
  }
  const std::string& string() const { return string_; }  // the last string that was read

 private:
  char Peek() const { return at_ < text_.size() ? text_[at_] : '\0'; }
  bool Take(char c) {
    if (at_ >= text_.size() || text_[at_] != c) return false;
    ++at_;
    return true;
  }
  void Need(bool fine) { ok_ = ok_ && fine; }
  void Space() {
    while (at_ < text_.size() && (Peek() == ' ' || Peek() == '\t' || Peek() == '\n' || Peek() == '\r')) ++at_;
  }
  void Word(std::string_view word) {
    Need(text_.substr(at_, word.size()) == word);
    at_ += word.size();
  }
  bool Digits() {
    size_t begin = at_;
    while (Peek() >= '0' && Peek() <= '9') ++at_;
    return at_ > begin;
  }
  void Number() {
    Take('-');
    if (!Take('0')) Need(Digits());
    if (Take('.')) Need(Digits());
    if (Take('e') || Take('E')) {
      if (!Take('+')) Take('-');
      Need(Digits());
    }
  }

  void Value(int depth) {
    if (!ok_ || depth > kDepth || at_ >= text_.size()) return Need(false);
    switch (Peek()) {
      case '{':
        return Object(depth);
      case '[':
        return Array(depth);
      case '"':
        return String();
      case 't':
        return Word("true");
      case 'f':
        return Word("false");
      case 'n':
        return Word("null");
      default:
        return Number();
    }
  }
  void Array(int depth) {
    Take('[');
    Space();
    if (Take(']')) return;
    do {
      Space();
      Value(depth + 1);
      Space();
    } while (ok_ && Take(','));
    Need(Take(']'));
  }
  void Object(int depth) {
    Take('{');
    Space();
    if (Take('}')) return;
    do {
      Space();
      String();
      Space();
      Need(Take(':'));
      Space();
      Value(depth + 1);
      Space();
    } while (ok_ && Take(','));
    Need(Take('}'));
  }

  void String() {
    string_.clear();
    Need(Take('"'));
    while (ok_ && !Take('"')) {
      std::string_view rest = text_.substr(at_);
      size_t length = Utf8SequenceLength(rest);
      if (length == 0 || static_cast<unsigned char>(rest[0]) < 0x20) return Need(false);
      if (rest[0] == '\\') {
        ++at_;
        Escape();
      } else {
        string_ += rest.substr(0, length);
        at_ += length;
      }
    }
  }
  void Escape() {
    char c = Peek();
    ++at_;
    switch (c) {
      case '"':
      case '\\':
      case '/':
        string_ += c;
        return;
      case 'b':
        string_ += '\b';
        return;
      case 'f':
        string_ += '\f';
        return;
      case 'n':
        string_ += '\n';
        return;
      case 'r':
        string_ += '\r';
        return;
      case 't':
        string_ += '\t';
        return;
      case 'u':
        return Append(CodePoint());
      default:
        return Need(false);
    }
  }
  unsigned Hex4() {
    unsigned value = 0;
    for (int i = 0; i < 4; ++i) {
      char c = Peek();
      bool digit = c >= '0' && c <= '9', lower = c >= 'a' && c <= 'f', upper = c >= 'A' && c <= 'F';
      if (!digit && !lower && !upper) {
        Need(false);
        return 0;
      }
      value = value * 16 + static_cast<unsigned>(digit ? c - '0' : lower ? c - 'a' + 10 : c - 'A' + 10);
      ++at_;
    }
    return value;
  }
  unsigned CodePoint() {
    unsigned high = Hex4();
    if (high < 0xd800 || high > 0xdbff || text_.substr(at_, 2) != "\\u") return high;
    size_t back = at_;
    at_ += 2;
    unsigned low = Hex4();
    if (low >= 0xdc00 && low <= 0xdfff) return 0x10000 + ((high - 0xd800) << 10) + (low - 0xdc00);
    at_ = back;
    return high;
  }
  void Append(unsigned code) {
    auto put = [&](unsigned byte) { string_ += static_cast<char>(byte); };
    if (code < 0x80) {
      put(code);
    } else if (code < 0x800) {
      put(0xc0 | (code >> 6)), put(0x80 | (code & 63));
    } else if (code < 0x10000) {
      put(0xe0 | (code >> 12)), put(0x80 | ((code >> 6) & 63)), put(0x80 | (code & 63));
    } else {
      put(0xf0 | (code >> 18)), put(0x80 | ((code >> 12) & 63)), put(0x80 | ((code >> 6) & 63)),
          put(0x80 | (code & 63));
    }
  }

  std::string_view text_;
  size_t at_ = 0;
  bool ok_ = true;
  std::string string_;
};

std::string_view Trim(std::string_view text) {
  size_t begin = text.find_first_not_of(" \t\r\n");
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(" \t\r\n") - begin + 1);
}

}  // namespace

JsonValue ReadJsonValue(std::string_view text) {
  JsonValue value;
  Reader reader(text);
  if (!reader.Whole()) {
    value.text = std::string(text);
    value.json = QuoteJson(text);
    return value;
  }
  value.json = std::string(Trim(text));
  switch (value.json[0]) {
    case '"':
      value.text = reader.string();
      break;
    case 't':
    case 'f':
      value.kind = 'b';
      value.text = value.json;
      break;
    case 'n':
      value.kind = 'z';
      break;
    case '{':
    case '[':
      value.kind = 'j';
      break;
    default:
      value.kind = 'n';
      value.number = std::strtod(value.json.c_str(), nullptr);
  }
  return value;
}

std::string QuoteJson(std::string_view bytes) {
  constexpr char kDigits[] = "0123456789abcdef";
  std::string out = "\"";
  while (!bytes.empty()) {
    size_t length = Utf8SequenceLength(bytes);
    auto c = static_cast<unsigned char>(bytes[0]);
    if (length == 0) {
      out += "\\ufffd";
      length = 1;
    } else if (c < 0x20) {
      out += {'\\', 'u', '0', '0', kDigits[c >> 4], kDigits[c & 15]};
    } else {
      if (c == '"' || c == '\\') out += '\\';
      out.append(bytes.substr(0, length));
    }
    bytes.remove_prefix(length);
  }
  return out + "\"";
}

}  // namespace stepwell::catalog
