#include "query/byte_range.h"

#include <algorithm>
#include <charconv>

namespace stepwell::query {
namespace {

std::optional<uint64_t> Number(std::string_view text) {
  uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (text.empty() || error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

}  // namespace

absl::StatusOr<std::optional<ByteRange>> ParseRange(std::string_view header, uint64_t size) {
  constexpr std::string_view kUnit = "bytes=";
  const std::optional<ByteRange> whole;
  if (!header.starts_with(kUnit) || header.find(',') != std::string_view::npos) return whole;
  header.remove_prefix(kUnit.size());
  const size_t dash = header.find('-');
  if (dash == std::string_view::npos) return whole;
  const std::optional<uint64_t> first = Number(header.substr(0, dash)), last = Number(header.substr(dash + 1));
  if (!first) {  // "-500": the last 500
    if (dash != 0 || !last) return whole;
    if (*last == 0 || size == 0) return absl::OutOfRangeError("nothing");
    const uint64_t length = std::min(*last, size);
    return std::optional<ByteRange>(ByteRange{size - length, length});
  }
  if (!last && dash + 1 != header.size()) return whole;
  if (last && *last < *first) return whole;
  if (*first >= size) return absl::OutOfRangeError("nothing");
  const uint64_t end = last ? std::min(*last, size - 1) : size - 1;
  return std::optional<ByteRange>(ByteRange{*first, end - *first + 1});
}

}  // namespace stepwell::query
