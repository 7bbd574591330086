#include "query/series_query.h"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <limits>
#include <utility>

#include <boost/json.hpp>

#include "absl/strings/cord.h"
#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "query/kinds.h"
#include "series/query.h"

namespace stepwell::query {
namespace {

namespace json = boost::json;

constexpr size_t kDepth = 32;
constexpr int64_t kMaxColumns = 100'000;

std::string Name(json::string_view name) { return std::string(name.data(), name.size()); }

// Refuses members that nobody reads: a misspelt one would be silently ignored.
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

struct SmoothingKind {
  std::string_view name;
  Smoothing::Kind kind;
  std::string_view amounts;
};
constexpr SmoothingKind kSmoothingKinds[] = {
    {"ema", Smoothing::Kind::kEma, "at least 0 and below 1"},
    {"twema", Smoothing::Kind::kTwema, "at least 0 and below 1"},
    {"gauss", Smoothing::Kind::kGauss, "above 0 and at most 100: percent of the range"},
    {"mean", Smoothing::Kind::kMean, "a whole number of points from 1 to 1000000"},
};

bool AmountFits(const Smoothing& smoothing) {
  const double amount = smoothing.amount;
  switch (smoothing.kind) {
    case Smoothing::Kind::kEma:
    case Smoothing::Kind::kTwema:
      return amount >= 0 && amount < 1;
    case Smoothing::Kind::kGauss:
      return amount > 0 && amount <= 100;
    case Smoothing::Kind::kMean:
      return amount >= 1 && amount <= 1'000'000 && amount == std::floor(amount);
  }
  return false;
}

absl::StatusOr<Smoothing> ParseSmoothing(const json::value& value, const std::string& where) {
  const json::object* object = value.if_object();
  if (object == nullptr)
    return absl::InvalidArgumentError(absl::StrCat(where, " must be like {\"kind\": \"ema\", \"amount\": 0.6}"));
  RETURN_IF_ERROR(CheckMembers(*object, {"kind", "amount", "range"}, where));
  const json::value* kind = object->if_contains("kind");
  const std::string name = kind != nullptr && kind->is_string() ? Name(kind->get_string()) : "";
  const auto found = std::find_if(std::begin(kSmoothingKinds), std::end(kSmoothingKinds),
                                  [&](const SmoothingKind& one) { return one.name == name; });
  if (found == std::end(kSmoothingKinds))
    return absl::InvalidArgumentError(absl::StrCat(where, ".kind must be ema, twema, gauss or mean"));
  const json::value* amount = object->if_contains("amount");
  if (amount == nullptr || !amount->is_number())
    return absl::InvalidArgumentError(absl::StrCat(where, ".amount must be a number"));
  Smoothing smoothing{found->kind, amount->to_number<double>(), std::nullopt};
  if (!AmountFits(smoothing)) {
    return absl::InvalidArgumentError(
        absl::StrCat(where, ".amount of ", name, " must be ", std::string(found->amounts)));
  }
  const json::value* range = object->if_contains("range");
  if (range == nullptr || range->is_null()) return smoothing;
  if (range->is_number()) smoothing.range = range->to_number<double>();
  if (!smoothing.range || !(*smoothing.range > 0) || !std::isfinite(*smoothing.range))
    return absl::InvalidArgumentError(absl::StrCat(where, ".range must be a number above 0, in units of x"));
  return smoothing;
}

absl::Status ParseExpressionMember(const json::object& object, const std::string& where, AskedSeries* asked) {
  const json::value* text = object.if_contains("expression");
  if (!text->is_string() || text->get_string().empty())
    return absl::InvalidArgumentError(absl::StrCat(where, ".expression must be a text like m.loss / 2"));
  if (object.contains("tag") || object.contains("tag_base64"))
    return absl::InvalidArgumentError(absl::StrCat(where, " has a tag and an expression; ask for one of them"));
  if (object.contains("x_tag"))
    return absl::InvalidArgumentError(absl::StrCat(where, " has an x_tag and an expression; they do not go together"));
  asked->expression = Name(text->get_string());
  absl::StatusOr<Expression> parsed = ParseExpression(asked->expression);
  if (!parsed.ok()) {
    absl::Status error = absl::InvalidArgumentError(absl::StrCat(where, ": ", parsed.status().message()));
    // Where in the text it is.
    parsed.status().ForEachPayload(
        [&](absl::string_view type, const absl::Cord& data) { error.SetPayload(type, data); });
    return error;
  }
  asked->parsed = std::make_shared<const Expression>(*std::move(parsed));
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

absl::StatusOr<AskedSeries> ParseSeries(const json::value& value, size_t index) {
  const std::string where = absl::StrCat("series[", index, "]");
  const json::object* object = value.if_object();
  if (object == nullptr) return absl::InvalidArgumentError(absl::StrCat(where, " must be an object with run and tag"));
  RETURN_IF_ERROR(
      CheckMembers(*object, {"run", "tag", "tag_base64", "kind", "writer", "smoothing", "x_tag", "expression"}, where));
  AskedSeries asked;
  const json::value* run = object->if_contains("run");
  if (run == nullptr || !run->is_string())
    return absl::InvalidArgumentError(absl::StrCat(where, ".run must be a run's id"));
  asked.run.assign(run->get_string().data(), run->get_string().size());
  if (object->contains("expression")) {
    RETURN_IF_ERROR(ParseExpressionMember(*object, where, &asked));
  } else {
    RETURN_IF_ERROR(ParseTag(*object, where, &asked.tag));
  }
  if (const json::value* kind = object->if_contains("kind"); kind != nullptr && !kind->is_null()) {
    if (!kind->is_string() || kind->get_string() != "scalar") {
      return absl::InvalidArgumentError(
          absl::StrCat(where, ".kind must be \"scalar\"; other kinds are had from /api/v1/runs/{run}/points"));
    }
  }
  if (const json::value* writer = object->if_contains("writer"); writer != nullptr && !writer->is_null()) {
    ASSIGN_OR_RETURN(const int64_t number,
                     WholeNumber(*writer, 0, std::numeric_limits<uint32_t>::max(), where + ".writer"));
    asked.writer = static_cast<uint32_t>(number);
  }
  if (const json::value* smoothing = object->if_contains("smoothing"); smoothing != nullptr && !smoothing->is_null()) {
    ASSIGN_OR_RETURN(asked.smoothing, ParseSmoothing(*smoothing, where + ".smoothing"));
  }
  if (const json::value* x_tag = object->if_contains("x_tag"); x_tag != nullptr && !x_tag->is_null()) {
    if (!x_tag->is_string()) return absl::InvalidArgumentError(absl::StrCat(where, ".x_tag must be a tag of scalars"));
    asked.x_tag.emplace(x_tag->get_string().data(), x_tag->get_string().size());
  }
  return asked;
}

absl::StatusOr<std::optional<Bound>> ParseBound(const json::value& value, v1::XAxis x) {
  if (value.is_null()) return std::optional<Bound>();
  Bound bound;
  if (!value.is_number()) return absl::InvalidArgumentError("a bound of range must be a number or null");
  bound.seconds = value.to_number<double>();
  if (x == v1::AXIS_STEP) {
    if (value.is_double()) {
      return absl::InvalidArgumentError("a bound of range must be a whole number where x is \"step\"");
    }
    // Above int64 is above every step.
    bound.step = value.is_uint64() ? std::numeric_limits<int64_t>::max() : value.get_int64();
  }
  return std::optional<Bound>(bound);
}

absl::Status ParseAxis(const json::object& body, ReadSpec* spec) {
  if (const json::value* x = body.if_contains("x"); x != nullptr && !x->is_null()) {
    const std::string name = x->is_string() ? Name(x->get_string()) : "";
    if (name == "step")
      spec->x = v1::AXIS_STEP;
    else if (name == "wall")
      spec->x = v1::AXIS_WALL;
    else if (name == "relative")
      spec->x = v1::AXIS_RELATIVE;
    else
      return absl::InvalidArgumentError("x must be \"step\", \"wall\" or \"relative\"");
  }
  const json::value* range = body.if_contains("range");
  if (range == nullptr || range->is_null()) return absl::OkStatus();
  if (!range->is_array() || range->get_array().size() != 2) {
    return absl::InvalidArgumentError("range must be [from, to]; either may be null");
  }
  ASSIGN_OR_RETURN(spec->from, ParseBound(range->get_array()[0], spec->x));
  ASSIGN_OR_RETURN(spec->to, ParseBound(range->get_array()[1], spec->x));
  return absl::OkStatus();
}

absl::Status ParseOptions(const json::object& body, ReadSpec* spec) {
  if (const json::value* columns = body.if_contains("columns"); columns != nullptr && !columns->is_null()) {
    ASSIGN_OR_RETURN(const int64_t number, WholeNumber(*columns, 1, kMaxColumns, "columns"));
    spec->columns = static_cast<uint32_t>(number);
  }
  for (const auto& [name, flag] :
       {std::pair("include_hidden", &spec->include_hidden), std::pair("include_rewound", &spec->include_rewound)}) {
    const json::value* value = body.if_contains(name);
    if (value == nullptr || value->is_null()) continue;
    if (!value->is_bool()) return absl::InvalidArgumentError(absl::StrCat(name, " must be true or false"));
    *flag = value->get_bool();
  }
  if (spec->include_hidden && spec->include_rewound) {
    return absl::InvalidArgumentError(
        "include_hidden puts what rewinds hid into the line, include_rewound beside it; ask for one of them");
  }
  if (const json::value* most = body.if_contains("max_points"); most != nullptr && !most->is_null()) {
    ASSIGN_OR_RETURN(const int64_t number, WholeNumber(*most, 1, int64_t{1} << 40, "max_points"));
    spec->max_points = static_cast<uint64_t>(number);
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<SeriesQuery> ParseSeriesQuery(std::string_view body) {
  json::parse_options options;
  options.max_depth = kDepth;
  json::error_code error;
  const json::value parsed = json::parse(json::string_view(body.data(), body.size()), error, {}, options);
  if (error) {
    return absl::InvalidArgumentError(
        absl::StrCat("the body is not JSON (", error.message(), "; at most ", kDepth, " deep)"));
  }
  const json::object* object = parsed.if_object();
  if (object == nullptr) return absl::InvalidArgumentError("the body must be a JSON object with \"series\"");
  RETURN_IF_ERROR(CheckMembers(
      *object, {"series", "x", "range", "columns", "include_hidden", "include_rewound", "max_points", "base"},
      "the body"));
  SeriesQuery query;
  RETURN_IF_ERROR(ParseAxis(*object, &query.spec));
  RETURN_IF_ERROR(ParseOptions(*object, &query.spec));
  if (const json::value* base = object->if_contains("base"); base != nullptr && !base->is_null()) {
    if (!base->is_string()) return absl::InvalidArgumentError("base must be a run's id");
    query.base = Name(base->get_string());
  }
  const json::value* series = object->if_contains("series");
  if (series == nullptr || !series->is_array())
    return absl::InvalidArgumentError("series must be a list of {run, tag}");
  const json::array& asked = series->get_array();
  if (asked.size() > kMaxSeriesPerQuery) {
    return absl::InvalidArgumentError(
        absl::StrCat("series has ", asked.size(), " items; the limit is ", kMaxSeriesPerQuery, "; ask in parts"));
  }
  const uint64_t lines = query.spec.include_rewound ? 1 + series::kStretchesOfFullWidth : 1;
  const uint64_t units = asked.size() * uint64_t{query.spec.columns} * lines;
  if (units > kMaxUnitsPerQuery) {
    return absl::InvalidArgumentError(absl::StrCat(asked.size(), " series of ", query.spec.columns, " columns",
                                                   lines > 1 ? " and what rewinds hid of them" : "", " cost ", units,
                                                   " units; the limit of a request is ", kMaxUnitsPerQuery,
                                                   "; ask for fewer columns or in parts"));
  }
  query.series.reserve(asked.size());
  for (size_t i = 0; i < asked.size(); ++i) {
    ASSIGN_OR_RETURN(AskedSeries one, ParseSeries(asked[i], i));
    if (one.parsed && one.parsed->NeedsBase() && query.base.empty())
      return absl::InvalidArgumentError(absl::StrCat("series[", i, "]: base(…) needs the body's \"base\": a run's id"));
    query.series.push_back(std::move(one));
  }
  return query;
}

}  // namespace stepwell::query
