#include "tensorboard/embedding_table.h"

#include <charconv>
#include <optional>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "tensorboard/utf8.h"

namespace stepwell::tensorboard {
namespace {

// Takes the next line off the front, without its end. REQUIRES: !text.empty().
std::string_view TakeLine(std::string_view& text) {
  const size_t end = text.find('\n');
  std::string_view line = text.substr(0, end);
  text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  if (line.ends_with('\r')) line.remove_suffix(1);
  return line;
}

bool IsGap(char c) { return c == '\t' || c == ' '; }

// Appends a line's numbers as float32; their count, or nothing if one is no number.
std::optional<uint64_t> AppendNumbers(std::string_view line, std::string& out) {
  uint64_t count = 0;
  const char* at = line.data();
  const char* const end = at + line.size();
  while (true) {
    while (at < end && IsGap(*at)) ++at;
    if (at == end) return count;
    if (*at == '+') ++at;
    float value = 0;
    const auto read = std::from_chars(at, end, value);
    if (read.ec == std::errc::result_out_of_range) {
      double wide = 0;  // beyond float32: infinity or zero, as the nearest float32 is
      if (std::from_chars(at, end, wide).ec != std::errc()) return std::nullopt;
      value = static_cast<float>(wide);
    } else if (read.ec != std::errc()) {
      return std::nullopt;
    }
    at = read.ptr;
    if (at < end && !IsGap(*at)) return std::nullopt;
    out.append(reinterpret_cast<const char*>(&value), sizeof(value));
    ++count;
  }
}

std::string_view WithoutMark(std::string_view text) {
  if (text.starts_with("\xef\xbb\xbf")) text.remove_prefix(3);
  return text;
}

}  // namespace

absl::StatusOr<Vectors> ParseVectors(std::string_view text) {
  Vectors vectors;
  text = WithoutMark(text);
  vectors.data.reserve(text.size() / 2);
  for (uint64_t line_number = 1; !text.empty(); ++line_number) {
    const std::optional<uint64_t> count = AppendNumbers(TakeLine(text), vectors.data);
    if (!count)
      return absl::InvalidArgumentError(absl::StrCat("line ", line_number, " is not of numbers apart by tabs"));
    if (*count == 0) continue;
    if (vectors.rows == 0) vectors.dimensions = *count;
    if (*count != vectors.dimensions) {
      return absl::InvalidArgumentError(
          absl::StrCat("line ", line_number, " has ", *count, " numbers, the first has ", vectors.dimensions));
    }
    ++vectors.rows;
  }
  return vectors;
}

MetadataShape ReadMetadataShape(std::string_view text, uint64_t vectors) {
  MetadataShape shape;
  text = WithoutMark(text);
  if (text.empty()) return shape;
  uint64_t lines = 1;
  std::string_view rest = text;
  std::string_view first = TakeLine(rest);
  while (!rest.empty()) {
    TakeLine(rest);
    ++lines;
  }
  const bool several = first.find('\t') != std::string_view::npos;
  shape.has_header = several || lines == vectors + 1;
  shape.rows = shape.has_header ? lines - 1 : lines;
  if (!shape.has_header) {
    shape.columns.emplace_back("label");
    return shape;
  }
  while (true) {
    const size_t tab = first.find('\t');
    shape.columns.push_back(CleanUtf8(first.substr(0, tab)));
    if (tab == std::string_view::npos) return shape;
    first.remove_prefix(tab + 1);
  }
}

}  // namespace stepwell::tensorboard
