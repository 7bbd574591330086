#include "query/series_query.h"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <limits>
#include <utility>

#include "absl/strings/cord.h"
#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "query/query_body.h"
#include "series/query.h"

namespace stepwell::query {
namespace {

constexpr int64_t kMaxColumns = 100'000;

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

absl::StatusOr<AskedSeries> ParseSeries(const json::value& value, size_t index) {
  const std::string where = absl::StrCat("series[", index, "]");
  const json::object* object = value.if_object();
  if (object == nullptr) return absl::InvalidArgumentError(absl::StrCat(where, " must be an object with run and tag"));
  RETURN_IF_ERROR(
      CheckMembers(*object, {"run", "tag", "tag_base64", "kind", "writer", "smoothing", "x_tag", "expression"}, where));
  AskedSeries asked;
  RETURN_IF_ERROR(ParseRun(*object, where, &asked.run));
  if (object->contains("expression")) {
    RETURN_IF_ERROR(ParseExpressionMember(*object, where, &asked));
  } else {
    RETURN_IF_ERROR(ParseTag(*object, where, &asked.tag));
  }
  if (const json::value* kind = object->if_contains("kind"); kind != nullptr && !kind->is_null()) {
    if (!kind->is_string() || kind->get_string() != "scalar") {
      return absl::InvalidArgumentError(
          absl::StrCat(where, ".kind must be \"scalar\"; values of other kinds are had from /api/v1/values:query"));
    }
  }
  RETURN_IF_ERROR(ParseWriter(*object, where, &asked.writer));
  if (const json::value* smoothing = object->if_contains("smoothing"); smoothing != nullptr && !smoothing->is_null()) {
    ASSIGN_OR_RETURN(asked.smoothing, ParseSmoothing(*smoothing, where + ".smoothing"));
  }
  if (const json::value* x_tag = object->if_contains("x_tag"); x_tag != nullptr && !x_tag->is_null()) {
    if (!x_tag->is_string()) return absl::InvalidArgumentError(absl::StrCat(where, ".x_tag must be a tag of scalars"));
    asked.x_tag.emplace(x_tag->get_string().data(), x_tag->get_string().size());
  }
  return asked;
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
  ASSIGN_OR_RETURN(const json::value parsed, ParseBody(body));
  const json::object* object = parsed.if_object();
  RETURN_IF_ERROR(CheckMembers(
      *object, {"series", "x", "range", "columns", "include_hidden", "include_rewound", "max_points", "base"},
      "the body"));
  SeriesQuery query;
  RETURN_IF_ERROR(ParseAxis(*object, &query.spec.x, &query.spec.from, &query.spec.to));
  RETURN_IF_ERROR(ParseOptions(*object, &query.spec));
  if (const json::value* base = object->if_contains("base"); base != nullptr && !base->is_null()) {
    if (!base->is_string()) return absl::InvalidArgumentError("base must be a run's id");
    query.base = Name(base->get_string());
  }
  ASSIGN_OR_RETURN(const json::array* series, SeriesOf(*object, kMaxSeriesPerQuery));
  const json::array& asked = *series;
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
