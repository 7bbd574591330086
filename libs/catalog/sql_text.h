// Values as the text in which PostgreSQL reads parameters. Sets go over as one array parameter each, for unnest.
//
// Thread safety: values; no shared state.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace stepwell::catalog {

std::string SqlBytes(std::string_view bytes);     // bytea: \x and hexadecimal digits
std::string FromSqlBytes(std::string_view text);  // of a bytea column
std::string SqlDouble(double value);              // shortest that reads back the same; NaN, Infinity
// timestamptz in UTC to the microsecond; "now" if it is not finite, 0, or not in the years 1 to 9999.
std::string SqlTime(double wall_seconds);
int64_t ClampInt64(uint64_t value);  // a count beyond int64 stays the greatest int64

// {"a","b",NULL}: elements quoted, so they may hold anything but NUL.
class SqlArray {
 public:
  void Text(std::string_view value);
  void Bytes(std::string_view value) { Text(SqlBytes(value)); }
  void Int(int64_t value) { Raw(std::to_string(value)); }
  void Double(double value) { Raw(SqlDouble(value)); }
  void Null() { Raw("NULL"); }
  std::string Finish() const { return text_ + "}"; }
  bool empty() const { return text_.size() == 1; }

 private:
  void Raw(std::string_view value) {
    if (!empty()) text_ += ',';
    text_ += value;
  }
  std::string text_ = "{";
};

}  // namespace stepwell::catalog
