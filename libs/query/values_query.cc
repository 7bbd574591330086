#include "query/values_query.h"

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "query/kinds.h"
#include "query/query_body.h"

namespace stepwell::query {
namespace {

absl::StatusOr<AskedValues> ParseSeries(const json::value& value, size_t index) {
  const std::string where = absl::StrCat("series[", index, "]");
  const json::object* object = value.if_object();
  if (object == nullptr)
    return absl::InvalidArgumentError(absl::StrCat(where, " must be an object with run, tag and kind"));
  RETURN_IF_ERROR(CheckMembers(*object, {"run", "tag", "tag_base64", "kind", "writer"}, where));
  AskedValues asked;
  RETURN_IF_ERROR(ParseRun(*object, where, &asked.run));
  RETURN_IF_ERROR(ParseTag(*object, where, &asked.tag));
  RETURN_IF_ERROR(ParseWriter(*object, where, &asked.writer));
  const json::value* kind = object->if_contains("kind");
  const std::optional<v1::Kind> found =
      kind != nullptr && kind->is_string() ? FindKind(Name(kind->get_string())) : std::nullopt;
  if (!found) return absl::InvalidArgumentError(absl::StrCat(where, ".kind must be one of ", KindNames()));
  if (*found == v1::KIND_SCALAR) {
    return absl::InvalidArgumentError(
        absl::StrCat(where, ".kind is \"scalar\"; scalars are had from /api/v1/series:query"));
  }
  asked.kind = *found;
  return asked;
}

absl::Status ParseChoice(const json::object& body, ValuesSpec* spec) {
  if (const json::value* at = body.if_contains("at"); at != nullptr) {
    ASSIGN_OR_RETURN(spec->at, ParseBound(*at, spec->x, "at"));
  }
  if (const json::value* choose = body.if_contains("choose"); choose != nullptr && !choose->is_null()) {
    const std::string name = choose->is_string() ? Name(choose->get_string()) : "";
    if (name != "nearest" && name != "before")
      return absl::InvalidArgumentError("choose must be \"nearest\" or \"before\"");
    spec->before = name == "before";
  }
  if (const json::value* steps = body.if_contains("steps"); steps != nullptr && !steps->is_null()) {
    if (!steps->is_bool()) return absl::InvalidArgumentError("steps must be true or false");
    spec->steps = steps->get_bool() ? kMaxStepsOfValues : 0;
  }
  if (const json::value* spread = body.if_contains("spread"); spread != nullptr && !spread->is_null()) {
    ASSIGN_OR_RETURN(const int64_t number, WholeNumber(*spread, 0, int64_t{kMaxSpread}, "spread"));
    spec->spread = static_cast<uint64_t>(number);
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<ValuesQuery> ParseValuesQuery(std::string_view body) {
  ASSIGN_OR_RETURN(const json::value parsed, ParseBody(body));
  const json::object& object = parsed.get_object();
  RETURN_IF_ERROR(CheckMembers(object, {"series", "x", "at", "choose", "steps", "spread", "range"}, "the body"));
  ValuesQuery query;
  RETURN_IF_ERROR(ParseAxis(object, &query.spec.x, &query.spec.from, &query.spec.to));
  RETURN_IF_ERROR(ParseChoice(object, &query.spec));
  ASSIGN_OR_RETURN(const json::array* series, SeriesOf(object, kMaxSeriesPerValuesQuery));
  query.series.reserve(series->size());
  for (size_t i = 0; i < series->size(); ++i) {
    ASSIGN_OR_RETURN(AskedValues one, ParseSeries((*series)[i], i));
    query.series.push_back(std::move(one));
  }
  return query;
}

}  // namespace stepwell::query
