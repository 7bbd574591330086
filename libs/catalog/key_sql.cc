#include "catalog/key_sql.h"

#include "absl/strings/str_cat.h"
#include "catalog/text.h"
#include "query/filter_text.h"

namespace stepwell::catalog {
namespace {

using query::Key;

constexpr char kNoNumber[] = "null::float8";
constexpr char kNoText[] = "null::text";

std::string ColumnText(const Key& key, const Shown& shown) {
  if (key.name == "status") return shown.status;
  if (key.name == "owner") return "(select u.name from users u where u.number = r.owner)";
  if (key.name == "experiment") return "(select e.name from experiments e where e.number = r.experiment)";
  if (key.name == "archived") return "case when r.archived then chr(1) || 't' else chr(1) || 'f' end";
  if (key.name == "forked_from") return kForkedFrom;
  if (key.name == "note") return "nullif(r.note, '')";
  return "r." + key.name;
}

}  // namespace

KeySql KeySqlOf(const Key& key, const NameNumbers& names, const Shown& shown, const std::string& alias) {
  if (key.space == Key::Space::kRun) return {"", kNoNumber, ColumnText(key, shown), "false"};
  const std::string field = names.Condition(key);
  if (field.empty()) return {"", kNoNumber, kNoText, "false"};
  // What an index has of a text is its beginning; the rest is looked up where there may be one, and nowhere else: of a
  // number the beginning is null, and a look for each of 100,000 runs takes longer than all else.
  return {absl::StrCat(" left join run_fields ", alias, " on ", alias, ".run = r.number and ", alias, ".field", field),
          alias + ".num",
          absl::StrCat("case when length(", alias,
                       ".str_start) = 200 then (select whole.str from run_fields whole where whole.run = r.number and "
                       "whole.field = ",
                       alias, ".field) else ", alias, ".str_start end"),
          absl::StrCat("(", alias, ".run is not null and ", alias, ".num is null and ", alias, ".str_start is null)")};
}

KeyValue ReadKeyText(std::string_view text) {
  if (text == BooleanText(true)) return true;
  if (text == BooleanText(false)) return false;
  return DecodeText(text);
}

std::string KeyTest(const Key& key, const KeyValue& value, bool other) {
  const std::string name = query::WriteKey(key);
  if (const double* number = std::get_if<double>(&value)) return absl::StrCat(name, " = ", query::WriteNumber(*number));
  if (const bool* flag = std::get_if<bool>(&value)) return absl::StrCat(name, " = ", *flag ? "true" : "false");
  if (const auto* text = std::get_if<std::string>(&value)) return absl::StrCat(name, " = ", query::WriteText(*text));
  if (!other) return name + " = null";
  return absl::StrCat("not (", name, " >= -Infinity or ", name, " >= \"\" or ", name, " in (true, false))");
}

}  // namespace stepwell::catalog
