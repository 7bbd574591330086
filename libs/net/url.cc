#include "net/url.h"

#include <algorithm>
#include <optional>

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"

namespace stepwell::net {
namespace {

std::optional<unsigned> HexDigit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return std::nullopt;
}

absl::StatusOr<std::string> Decode(std::string_view text, bool plus_is_space, const char* what) {
  std::string out;
  out.reserve(text.size());
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '+' && plus_is_space) {
      out += ' ';
    } else if (text[i] != '%') {
      out += text[i];
    } else {
      const auto high = i + 1 < text.size() ? HexDigit(text[i + 1]) : std::nullopt;
      const auto low = i + 2 < text.size() ? HexDigit(text[i + 2]) : std::nullopt;
      if (!high || !low) {
        return absl::InvalidArgumentError(absl::StrCat(
            "the ", what,
            " of the URL has a % that two hexadecimal digits do not follow; write %25 for a percent sign"));
      }
      out += static_cast<char>(*high << 4 | *low);
      i += 2;
    }
  }
  return out;
}

absl::Status CheckSegment(std::string_view segment) {
  if (segment == ".." || segment == ".")
    return absl::InvalidArgumentError("the path of the URL has a segment \".\" or \"..\"");
  for (const char c : segment) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x20 || byte == 0x7F) return absl::InvalidArgumentError("the path of the URL has a control character");
    if (c == '\\' || c == ';' || c == '/' || c == '%') {
      return absl::InvalidArgumentError(
          absl::StrCat("the path of the URL has a character that no path here has: ", std::string(1, c)));
    }
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<Query> ParseQuery(std::string_view text) {
  Query query;
  while (!text.empty()) {
    const size_t end = std::min(text.find('&'), text.size());
    const std::string_view item = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (item.empty()) continue;
    const size_t equals = std::min(item.find('='), item.size());
    ASSIGN_OR_RETURN(std::string name, Decode(item.substr(0, equals), true, "query"));
    ASSIGN_OR_RETURN(std::string value, Decode(item.substr(std::min(equals + 1, item.size())), true, "query"));
    query.Add(std::move(name), std::move(value));
  }
  return query;
}

absl::StatusOr<Target> ParseTarget(std::string_view target) {
  if (target.empty() || target[0] != '/') return absl::InvalidArgumentError("the URL must begin with /");
  Target parsed;
  const size_t question = std::min(target.find('?'), target.size());
  std::string_view path = target.substr(0, question);
  parsed.path = "/";
  path.remove_prefix(1);
  while (!path.empty()) {
    const size_t end = std::min(path.find('/'), path.size());
    ASSIGN_OR_RETURN(std::string segment, Decode(path.substr(0, end), false, "path"));
    RETURN_IF_ERROR(CheckSegment(segment));
    parsed.path += segment;
    if (end < path.size()) parsed.path += '/';
    parsed.segments.push_back(std::move(segment));
    path.remove_prefix(std::min(end + 1, path.size()));
  }
  ASSIGN_OR_RETURN(parsed.query, ParseQuery(target.substr(std::min(question + 1, target.size()))));
  return parsed;
}

}  // namespace stepwell::net
