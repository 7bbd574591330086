#include <optional>
#include <string>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "base/clock.h"
#include "base/status_macros.h"
#include "catalog/key_sql.h"
#include "catalog/postgres_catalog.h"
#include "catalog/sql_text.h"
#include "catalog/text.h"
#include "query/filter_text.h"

namespace stepwell::catalog {
namespace {

using query::Key;
using query::KeyType;

// What of a space a prefix selects: the beginning of its names. It may be a beginning of the key as it is written
// ("params.l", "par"), or of the name alone ("l"). nullopt cannot be: a name may begin with anything.
std::string NamesBeginWith(std::string_view space_word, std::string_view prefix) {
  if (absl::StartsWith({space_word.data(), space_word.size()}, {prefix.data(), prefix.size()})) return "";
  if (prefix.substr(0, space_word.size()) != space_word) return std::string(prefix);
  prefix.remove_prefix(space_word.size());
  if (!prefix.empty() && (prefix[0] == '"' || prefix[0] == '\'')) prefix.remove_prefix(1);
  return std::string(prefix);
}

std::string TypeName(KeyType type) {
  switch (type) {
    case KeyType::kText:
      return "string";
    case KeyType::kTime:
      return "time";
    case KeyType::kNumber:
      return "number";
    case KeyType::kBoolean:
      return "boolean";
    case KeyType::kAny:
      break;
  }
  return "mixed";
}

std::string TypeOfParam(bool numbers, bool booleans, bool texts) {
  if (static_cast<int>(numbers) + static_cast<int>(booleans) + static_cast<int>(texts) != 1) return "mixed";
  return numbers ? "number" : booleans ? "boolean" : "string";
}

// LIKE's pattern for texts that begin so.
std::string BeginsWith(std::string_view text) {
  std::string pattern;
  for (const char c : EncodeText(text)) {
    if (c == '%' || c == '_' || c == '\\') pattern += '\\';
    pattern += c;
  }
  return pattern + "%";
}

class KeySearch {
 public:
  KeySearch(Transaction& transaction, int64_t experiment, std::string_view prefix, uint32_t limit)
      : transaction_(transaction), experiment_(experiment), prefix_(prefix), limit_(limit) {}

  std::vector<KeyRow> Run() {
    RunColumns();
    Fields("params.", Key::Space::kParam, 'p');
    Fields("labels.", Key::Space::kLabel, 'l');
    Metrics();
    return std::move(rows_);
  }

 private:
  size_t Left() const { return limit_ - rows_.size(); }
  void Add(const Key& key, std::string space, std::string type, int64_t runs) {
    rows_.push_back({query::WriteKey(key), std::move(space), std::move(type), runs});
  }

  void RunColumns() {
    const auto runs =
        transaction_.Run("select run_count from experiments where number = $1::bigint", Params(experiment_));
    if (runs.empty()) return;
    for (const std::string_view name : query::RunColumns()) {
      if (Left() == 0 || name.substr(0, prefix_.size()) != prefix_) continue;
      const Key key{Key::Space::kRun, std::string(name), ""};
      Add(key, "run", TypeName(query::TypeOf(key)), runs[0][0].as<int64_t>());
    }
  }

  void Fields(std::string_view word, Key::Space space, char letter) {
    if (Left() == 0) return;
    // Each by the index of the values: one look tells whether there is one of the type.
    const std::string values = "exists (select from run_fields v where v.field = f.number and ";
    Params params(experiment_, std::string(1, letter), SqlBytes(NamesBeginWith(word, prefix_)), Left());
    const int no = params.Add(BooleanText(false)), yes = params.Add(BooleanText(true));
    const std::string f = absl::StrCat("$", no), t = absl::StrCat("$", yes);
    const pqxx::result rows = transaction_.Run(
        absl::StrCat("select f.name, f.runs, ", values, "v.num is not null), ", values, "v.str_start in (", f, ", ", t,
                     ")),\n  ", values, "v.str_start < ", f, ") or ", values, "v.str_start > ", f,
                     " and v.str_start < ", t, ") or ", values, "v.str_start > ", t,
                     ")\nfrom fields f where f.experiment = $1::bigint and f.space = $2::\"char\" and f.runs > 0\n"
                     "  and substring(f.name from 1 for octet_length($3::bytea)) = $3::bytea\n"
                     "order by f.number limit $4::bigint"),
        params);
    for (const pqxx::row& row : rows) {
      const bool param = space == Key::Space::kParam;
      Add({space, FromSqlBytes(row[0].c_str()), ""}, param ? "param" : "label",
          param ? TypeOfParam(row[2].as<bool>(), row[3].as<bool>(), row[4].as<bool>()) : "string",
          row[1].as<int64_t>());
    }
  }

  void Metrics() {
    if (Left() == 0) return;
    const pqxx::result rows = transaction_.Run(
        "select tag, runs from tags where experiment = $1::bigint and kind = 1 and runs > 0\n"
        "  and substring(tag from 1 for octet_length($2::bytea)) = $2::bytea order by number limit $3::bigint",
        Params(experiment_, SqlBytes(NamesBeginWith("metrics.", prefix_)), Left()));
    for (const pqxx::row& row : rows) {
      Add({Key::Space::kMetric, FromSqlBytes(row[0].c_str()), "last"}, "metric", "number", row[1].as<int64_t>());
    }
  }

  Transaction& transaction_;
  const int64_t experiment_;
  const std::string_view prefix_;
  const size_t limit_;
  std::vector<KeyRow> rows_;
};

class ValueSearch {
 public:
  ValueSearch(int64_t experiment, Key key, std::string_view prefix, uint32_t limit, const Shown& shown)
      : experiment_(experiment), key_(std::move(key)), prefix_(prefix), limit_(limit), shown_(shown) {}

  void Want(NameNumbers& names) const { names.Want(key_); }

  KeyValues Run(Transaction& transaction, const NameNumbers& names) const {
    KeyValues found;
    if (key_.space == Key::Space::kRun) {
      OfColumn(transaction, found);
    } else if (const std::string number = names.Condition(key_); !number.empty()) {
      key_.space == Key::Space::kMetric ? OfMetric(transaction, number, found) : OfField(transaction, number, found);
    }
    std::ranges::stable_sort(found.items, std::greater<>(), &KeyValues::Item::runs);
    if (found.items.size() > limit_) found.items.resize(limit_);
    return found;
  }

 private:
  // Runs in the trash are few: they are left out of an index' rows without a look at each run.
  std::string Kept() const {
    return absl::StrCat("v.run not in (select t.number from runs t where t.deleted_at is not null and t.experiment = ",
                        experiment_, ")");
  }

  void OfField(Transaction& transaction, const std::string& field, KeyValues& found) const {
    const std::string rows = absl::StrCat(" from run_fields v where v.field", field, " and ", Kept());
    Params texts(BeginsWith(prefix_), limit_);
    // Booleans are stored as \x01t and \x01f; longer texts than the index has whole are nothing to choose from.
    const pqxx::result words = transaction.Run(
        absl::StrCat("select v.str_start, count(*)", rows, " and v.str_start is not null\n",
                     "  and (v.str_start like $1 or ", Word("v.str_start"), " like $1) and length(v.str_start) < 200\n",
                     "group by 1 order by 2 desc, 1 limit $2::bigint"),
        texts);
    for (const pqxx::row& row : words) found.items.push_back({ReadKeyText(row[0].c_str()), row[1].as<int64_t>()});
    const std::string numbers = rows + " and v.num is not null";
    Params params(limit_);
    const std::string begin =
        prefix_.empty() ? "" : absl::StrCat(" and v.num::text like $", params.Add(BeginsWith(prefix_)));
    for (const pqxx::row& row : transaction.Run(
             absl::StrCat("select v.num, count(*)", numbers, begin, " group by 1 order by 2 desc, 1 limit $1::bigint"),
             params)) {
      found.items.push_back({std::strtod(row[0].c_str(), nullptr), row[1].as<int64_t>()});
    }
    Extremes(transaction, "v.num", numbers, found);
  }
  static std::string Word(const std::string& column) {
    return absl::StrCat("case ", column, " when chr(1) || 't' then 'true' when chr(1) || 'f' then 'false' end");
  }

  void OfMetric(Transaction& transaction, const std::string& tag, KeyValues& found) const {
    const std::string column = MetricSql("v", key_.attribute);
    Extremes(transaction, column,
             absl::StrCat(" from run_tags v where v.tag", tag, " and ", column, " is not null and ", Kept()), found);
  }

  // By the ends of an index, not by all of its rows.
  static void Extremes(Transaction& transaction, const std::string& column, const std::string& rows, KeyValues& found) {
    const pqxx::row ends =
        transaction
            .Run(absl::StrCat("select (select ", column, rows, " order by ", column, " limit 1), (select ", column,
                              rows, " order by ", column, " desc limit 1)"))
            .front();
    if (ends[0].is_null()) return;
    found.min = std::strtod(ends[0].c_str(), nullptr);
    found.max = std::strtod(ends[1].c_str(), nullptr);
  }

  void OfColumn(Transaction& transaction, KeyValues& found) const {
    const std::string rows =
        absl::StrCat(" from runs r where r.experiment = ", experiment_, " and r.deleted_at is null");
    const KeyType type = query::TypeOf(key_);
    if (type == KeyType::kTime || type == KeyType::kNumber) {
      const std::string column = type == KeyType::kNumber ? shown_.duration : "r." + key_.name;
      const std::string seconds = type == KeyType::kNumber ? "" : "extract(epoch from ";
      const pqxx::row ends =
          transaction
              .Run(absl::StrCat("select ", seconds, "min(", column, ")", seconds.empty() ? "" : ")::float8", ", ",
                                seconds, "max(", column, ")", seconds.empty() ? "" : ")::float8", rows))
              .front();
      if (ends[0].is_null()) return;
      found.min = Shape(type, std::strtod(ends[0].c_str(), nullptr));
      found.max = Shape(type, std::strtod(ends[1].c_str(), nullptr));
      return;
    }
    const std::string text = key_.name == "name" ? "r.name_start" : KeySqlOf(key_, NameNumbers(), shown_, "").text;
    // Others' names are looked up for each of them once, not for each of 100,000 runs.
    const bool others = key_.name == "owner" || key_.name == "experiment";
    const std::string valued = others ? absl::StrCat("select ", text, " as v, r.runs from (select r.", key_.name,
                                                     ", count(*) as runs", rows, " group by 1) as r")
                                      : absl::StrCat("select ", text, " as v, 1 as runs", rows);
    for (const pqxx::row& row :
         transaction.Run(absl::StrCat("select v, sum(runs) from (", valued, ") as r where (v like $1 or ", Word("v"),
                                      " like $1) and length(v) < 200 group by 1 order by 2 desc, 1 limit $2::bigint"),
                         Params(BeginsWith(prefix_), limit_))) {
      found.items.push_back({ReadKeyText(row[0].c_str()), row[1].as<int64_t>()});
    }
  }
  static KeyValue Shape(KeyType type, double value) {
    if (type == KeyType::kTime) return FormatTime(value);
    return value;
  }

  const int64_t experiment_;
  const Key key_;
  const std::string_view prefix_;
  const size_t limit_;
  const Shown& shown_;
};

}  // namespace

absl::StatusOr<std::vector<KeyRow>> PostgresCatalog::ListKeys(const Granted<ExperimentRef>& experiment,
                                                              std::string_view prefix, uint32_t limit) {
  std::vector<KeyRow> keys;
  RETURN_IF_ERROR(database_.Transact("list_keys", [&](Transaction& transaction) {
    keys = KeySearch(transaction, experiment->number, prefix, ClampLimit(limit)).Run();
    return absl::OkStatus();
  }));
  return keys;
}

absl::StatusOr<KeyValues> PostgresCatalog::ListValues(const Granted<ExperimentRef>& experiment, std::string_view key,
                                                      std::string_view prefix, uint32_t limit) {
  ASSIGN_OR_RETURN(std::vector<Key> keys, query::ParseKeys("key", key, 1));
  const ValueSearch search(experiment->number, keys.front(), prefix, ClampLimit(limit), shown_);
  KeyValues values;
  RETURN_IF_ERROR(database_.Transact("list_values", [&](Transaction& transaction) {
    NameNumbers names;
    search.Want(names);
    SqlArray array;
    array.Int(experiment->number);
    names.Resolve(transaction, array.Finish());
    values = search.Run(transaction, names);
    return absl::OkStatus();
  }));
  return values;
}

}  // namespace stepwell::catalog
