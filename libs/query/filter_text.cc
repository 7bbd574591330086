#include "query/filter_text.h"

#include <algorithm>
#include <charconv>
#include <cmath>

namespace stepwell::query {
namespace {

bool IsWord(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-' || c == '/';
}

// Words with single dots between.
bool IsBare(std::string_view name) {
  if (name.empty() || name.front() == '.' || name.back() == '.' || name.find("..") != std::string_view::npos)
    return false;
  return std::ranges::all_of(name, [](char c) { return IsWord(c) || c == '.'; });
}

// Would the end of a bare name be taken for the metric's attribute?
bool LooksLikeAttribute(std::string_view name) {
  const size_t dot = name.rfind('.');
  return dot != std::string_view::npos && IsAttribute(name.substr(dot + 1));
}

}  // namespace

std::string WriteKey(const Key& key) {
  switch (key.space) {
    case Key::Space::kRun:
      return key.name;
    case Key::Space::kParam:
      return "params." + (IsBare(key.name) ? key.name : WriteText(key.name));
    case Key::Space::kLabel:
      return "labels." + (IsBare(key.name) ? key.name : WriteText(key.name));
    case Key::Space::kMetric:
      break;
  }
  const bool bare = IsBare(key.name) && !LooksLikeAttribute(key.name);
  std::string text = "metrics." + (bare ? key.name : WriteText(key.name));
  if (!key.attribute.empty() && (key.attribute_given || key.attribute != "last")) text += "." + key.attribute;
  return text;
}

std::string WriteText(std::string_view text) {
  constexpr char kDigits[] = "0123456789abcdef";
  std::string out = "\"";
  for (const char c : text) {
    switch (c) {
      case '"':
      case '\\':
        out += {'\\', c};
        break;
      case '\n':
        out += "\\n";
        break;
      case '\r':
        out += "\\r";
        break;
      case '\t':
        out += "\\t";
        break;
      default:
        if (static_cast<unsigned char>(c) < 0x20) {
          out += {'\\', 'u', '0', '0', kDigits[c >> 4], kDigits[c & 15]};
        } else {
          out += c;
        }
    }
  }
  return out + "\"";
}

std::string WriteNumber(double value) {
  if (std::isnan(value)) return "NaN";
  if (std::isinf(value)) return value > 0 ? "Infinity" : "-Infinity";
  char buffer[32];
  return {buffer, std::to_chars(buffer, buffer + sizeof buffer, value).ptr};
}

}  // namespace stepwell::query
