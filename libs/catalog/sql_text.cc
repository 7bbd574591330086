#include "catalog/sql_text.h"

#include <charconv>
#include <cmath>
#include <limits>

#include "base/bytes.h"
#include "base/clock.h"

namespace stepwell::catalog {

std::string SqlBytes(std::string_view bytes) { return "\\x" + ToHex(bytes); }

std::string FromSqlBytes(std::string_view text) {
  std::string bytes;
  if (text.substr(0, 2) == "\\x") FromHex(text.substr(2), &bytes);
  return bytes;
}

std::string SqlDouble(double value) {
  if (std::isnan(value)) return "NaN";
  if (std::isinf(value)) return value > 0 ? "Infinity" : "-Infinity";
  char buffer[32];
  return {buffer, std::to_chars(buffer, buffer + sizeof buffer, value).ptr};
}

std::string SqlTime(double wall_seconds) {
  constexpr double kYear1 = -62135596800.0, kYear10000 = 253402300800.0;  // seconds since the epoch
  if (!(wall_seconds >= kYear1 && wall_seconds < kYear10000 - 1) || wall_seconds == 0) return "now";
  return FormatTime(wall_seconds);
}

int64_t ClampInt64(uint64_t value) {
  constexpr auto kMost = static_cast<uint64_t>(std::numeric_limits<int64_t>::max());
  return static_cast<int64_t>(value > kMost ? kMost : value);
}

void SqlArray::Text(std::string_view value) {
  std::string quoted = "\"";
  quoted.reserve(value.size() + 2);
  for (char c : value) {
    if (c == '"' || c == '\\') quoted += '\\';
    quoted += c;
  }
  quoted += '"';
  Raw(quoted);
}

}  // namespace stepwell::catalog
