#include "query/query_body.h"

#include <limits>

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"

namespace stepwell::query {
namespace {

constexpr size_t kDepth = 32;

bool FromBase64(std::string_view text, std::string* out) {
  uint32_t bits = 0;
  int have = 0;
  while (!text.empty() && text.back() == '=') text.remove_suffix(1);
  for (const char c : text) {
    int digit;
    if (c >= 'A' && c <= 'Z')
      digit = c - 'A';
    else if (c >= 'a' && c <= 'z')
      digit = c - 'a' + 26;
    else if (c >= '0' && c <= '9')
      digit = c - '0' + 52;
    else if (c == '+' || c == '-')
      digit = 62;
    else if (c == '/' || c == '_')
      digit = 63;
    else
      return false;
    bits = bits << 6 | static_cast<uint32_t>(digit);
    have += 6;
    if (have >= 8) {
      have -= 8;
      *out += static_cast<char>(bits >> have & 0xFF);
    }
  }
  return true;
}

}  // namespace

absl::StatusOr<json::value> ParseBody(std::string_view body) {
  json::parse_options options;
  options.max_depth = kDepth;
  json::error_code error;
  json::value parsed = json::parse(json::string_view(body.data(), body.size()), error, {}, options);
  if (error) {
    return absl::InvalidArgumentError(
        absl::StrCat("the body is not JSON (", error.message(), "; at most ", kDepth, " deep)"));
  }
  if (!parsed.is_object()) return absl::InvalidArgumentError("the body must be a JSON object with \"series\"");
  return parsed;
}

absl::StatusOr<const json::array*> SeriesOf(const json::object& body, size_t most) {
  const json::value* series = body.if_contains("series");
  if (series == nullptr || !series->is_array())
    return absl::InvalidArgumentError("series must be a list of {run, tag}");
  const json::array& asked = series->get_array();
  if (asked.size() > most) {
    return absl::InvalidArgumentError(
        absl::StrCat("series has ", asked.size(), " items; the limit is ", most, "; ask in parts"));
  }
  return &asked;
}

absl::Status CheckMembers(const json::object& object, std::initializer_list<std::string_view> known,
                          const std::string& where) {
  for (const auto& member : object) {
    const std::string_view name(member.key().data(), member.key().size());
    bool found = false;
    for (const std::string_view one : known) found |= one == name;
    if (found) continue;
    std::string all;
    for (const std::string_view one : known) absl::StrAppend(&all, all.empty() ? "" : ", ", std::string(one));
    return absl::InvalidArgumentError(absl::StrCat(where, " has no member \"", std::string(name), "\"; it has ", all));
  }
  return absl::OkStatus();
}

absl::StatusOr<int64_t> WholeNumber(const json::value& value, int64_t least, int64_t most, const std::string& where) {
  const int64_t* number = value.if_int64();
  if (number == nullptr || *number < least || *number > most) {
    return absl::InvalidArgumentError(absl::StrCat(where, " must be a whole number from ", least, " to ", most));
  }
  return *number;
}

absl::Status ParseRun(const json::object& object, const std::string& where, std::string* run) {
  const json::value* id = object.if_contains("run");
  if (id == nullptr || !id->is_string())
    return absl::InvalidArgumentError(absl::StrCat(where, ".run must be a run's id"));
  *run = Name(id->get_string());
  return absl::OkStatus();
}

absl::Status ParseWriter(const json::object& object, const std::string& where, std::optional<uint32_t>* writer) {
  const json::value* value = object.if_contains("writer");
  if (value == nullptr || value->is_null()) return absl::OkStatus();
  ASSIGN_OR_RETURN(const int64_t number,
                   WholeNumber(*value, 0, std::numeric_limits<uint32_t>::max(), where + ".writer"));
  *writer = static_cast<uint32_t>(number);
  return absl::OkStatus();
}

absl::Status ParseTag(const json::object& object, const std::string& where, std::string* tag) {
  const json::value* text = object.if_contains("tag");
  const json::value* bytes = object.if_contains("tag_base64");
  if (bytes != nullptr) {
    if (bytes->is_string() &&
        FromBase64(std::string_view(bytes->get_string().data(), bytes->get_string().size()), tag)) {
      return absl::OkStatus();
    }
    return absl::InvalidArgumentError(absl::StrCat(where, ".tag_base64 is not base64"));
  }
  if (text == nullptr || !text->is_string())
    return absl::InvalidArgumentError(absl::StrCat(where, ".tag must be a string"));
  tag->assign(text->get_string().data(), text->get_string().size());
  return absl::OkStatus();
}

absl::StatusOr<std::optional<Bound>> ParseBound(const json::value& value, v1::XAxis x, const std::string& where) {
  if (value.is_null()) return std::optional<Bound>();
  Bound bound;
  if (!value.is_number()) return absl::InvalidArgumentError(where + " must be a number or null");
  bound.seconds = value.to_number<double>();
  if (x == v1::AXIS_STEP) {
    if (value.is_double()) return absl::InvalidArgumentError(where + " must be a whole number where x is \"step\"");
    // Above int64 is above every step.
    bound.step = value.is_uint64() ? std::numeric_limits<int64_t>::max() : value.get_int64();
  }
  return std::optional<Bound>(bound);
}

absl::Status ParseAxis(const json::object& body, v1::XAxis* axis, std::optional<Bound>* from,
                       std::optional<Bound>* to) {
  if (const json::value* x = body.if_contains("x"); x != nullptr && !x->is_null()) {
    const std::string name = x->is_string() ? Name(x->get_string()) : "";
    if (name == "step")
      *axis = v1::AXIS_STEP;
    else if (name == "wall")
      *axis = v1::AXIS_WALL;
    else if (name == "relative")
      *axis = v1::AXIS_RELATIVE;
    else
      return absl::InvalidArgumentError("x must be \"step\", \"wall\" or \"relative\"");
  }
  const json::value* range = body.if_contains("range");
  if (range == nullptr || range->is_null()) return absl::OkStatus();
  if (!range->is_array() || range->get_array().size() != 2) {
    return absl::InvalidArgumentError("range must be [from, to]; either may be null");
  }
  ASSIGN_OR_RETURN(*from, ParseBound(range->get_array()[0], *axis, "a bound of range"));
  ASSIGN_OR_RETURN(*to, ParseBound(range->get_array()[1], *axis, "a bound of range"));
  return absl::OkStatus();
}

}  // namespace stepwell::query
