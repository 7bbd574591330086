#include "catalog/filter_sql.h"

#include <algorithm>
#include <cmath>

#include "absl/strings/str_cat.h"
#include "base/bytes.h"
#include "catalog/sql_text.h"
#include "catalog/text.h"

namespace stepwell::catalog {
namespace {

using query::Key;
using query::Literal;
using query::Node;
using query::Op;

std::string Symbol(Op op) {
  switch (op) {
    case Op::kNotEqual:
      return "<>";
    case Op::kLess:
      return "<";
    case Op::kLessEqual:
      return "<=";
    case Op::kGreater:
      return ">";
    case Op::kGreaterEqual:
      return ">=";
    case Op::kMatches:
      return "~";
    default:
      return "=";
  }
}

bool IsOrdered(Op op) {
  return op == Op::kLess || op == Op::kLessEqual || op == Op::kGreater || op == Op::kGreaterEqual;
}

// Bytes of the first so many characters.
size_t BytesOf(std::string_view text, int characters) {
  size_t at = 0;
  for (int i = 0; i < characters && at < text.size(); ++i)
    at += std::max<size_t>(Utf8SequenceLength(text.substr(at)), 1);
  return at;
}
// The beginning that the indexed columns have.
std::string Start(std::string_view text) { return std::string(text.substr(0, BytesOf(text, 200))); }
bool IsShort(std::string_view text) { return BytesOf(text, 199) == text.size(); }

class Compiler {
 public:
  Compiler(const NameNumbers& names, FilterPlan plan, const Shown& shown, Params& params)
      : names_(names), plan_(plan), shown_(shown), params_(params) {}

  std::string Of(const Node& node) {
    switch (node.kind) {
      case Node::Kind::kNot:
        return absl::StrCat("not ", Of(node.children[0]));
      case Node::Kind::kAnd:
        return Join(node, " and ");
      case Node::Kind::kOr:
        if (plan_ == FilterPlan::kSets && IsSet(node)) return absl::StrCat("r.number in (", SetOf(node), ")");
        return Join(node, " or ");
      case Node::Kind::kTest:
        break;
    }
    switch (node.key.space) {
      case Key::Space::kRun:
        return ColumnTest(node);
      default:
        return RowTest(node);
    }
  }

 private:
  std::string Join(const Node& node, std::string_view word) {
    std::string sql = "(";
    for (const Node& child : node.children) {
      if (sql.size() > 1) sql += word;
      sql += Of(child);
    }
    return sql + ")";
  }

  // Tests of parameters, labels and metrics, and alternatives of such: the planner finds the runs of each by its index.
  // Of `exists (...) or exists (...)` it would look at every run (100,000 runs: 77 ms where this takes 6).
  bool IsSet(const Node& node) const {
    if (node.kind == Node::Kind::kOr) return std::ranges::all_of(node.children, [this](auto& c) { return IsSet(c); });
    return node.kind == Node::Kind::kTest && node.key.space != Key::Space::kRun && !IsMissing(node) &&
           !names_.Condition(node.key).empty();
  }
  // REQUIRES: IsSet(node).
  std::string SetOf(const Node& node) {
    if (node.kind == Node::Kind::kTest) {
      return absl::StrCat("select v.run from ", Rows(node.key), " and ", Condition(node));
    }
    std::string sql;
    for (const Node& child : node.children) absl::StrAppend(&sql, sql.empty() ? "" : " union all ", SetOf(child));
    return sql;
  }
  std::string Param(std::string value, std::string_view type) {
    return absl::StrCat("$", params_.Add(std::move(value)), "::", std::string(type));
  }
  static bool IsNull(const Node& node) { return node.values[0].kind == Literal::Kind::kNull; }

  // Of the run's own columns.
  std::string ColumnTest(const Node& node) {
    switch (query::TypeOf(node.key)) {
      case query::KeyType::kTime:
        return TimeTest(node);
      case query::KeyType::kNumber:
        return DurationTest(node);
      case query::KeyType::kBoolean:
        return FlagTest(node);
      default:
        return TextTest(node);
    }
  }

  // Neither is ever missing.
  std::string DurationTest(const Node& node) {
    if (IsNull(node)) return IsMissing(node) ? "false" : "true";
    std::string sql;
    for (const Literal& value : node.values) {
      absl::StrAppend(&sql, sql.empty() ? "" : " or ", shown_.duration, " ", Symbol(node.op), " ",
                      Param(SqlDouble(value.number), "float8"));
    }
    return absl::StrCat("(", sql, ")");
  }
  static std::string FlagTest(const Node& node) {
    if (IsNull(node)) return IsMissing(node) ? "false" : "true";
    std::string sql;
    for (const Literal& value : node.values) {
      const bool set = (value.kind == Literal::Kind::kTrue) == (node.op != Op::kNotEqual);
      absl::StrAppend(&sql, sql.empty() ? "" : " or ", set ? "r." : "not r.", node.key.name);
    }
    return absl::StrCat("(", sql, ")");
  }

  // The people and experiments of that name first: they are few.
  std::string OthersNameTest(const Node& node, std::string_view column, std::string_view table) {
    return absl::StrCat("r.", std::string(column), " in (select o.number from ", std::string(table), " o where ",
                        TextCondition(node, "o.name", ""), ")");
  }

  // Empty counts as missing.
  std::string TextTest(const Node& node) {
    const bool others = node.key.name == "owner" || node.key.name == "experiment";
    if (others && IsNull(node)) return IsMissing(node) ? "false" : "true";
    if (node.key.name == "owner") return OthersNameTest(node, "owner", "users");
    if (node.key.name == "experiment") return OthersNameTest(node, "experiment", "experiments");
    if (node.key.name == "forked_from") return ForkTest(node);
    std::string column = "r." + node.key.name;
    if (IsNull(node)) return absl::StrCat("(", column, node.op == Op::kEqual ? " = ''" : " <> ''", ")");
    if (node.key.name == "status") return absl::StrCat("(", StatusCondition(node), ")");
    std::string start = node.key.name == "name" ? "r.name_start" : "";
    return absl::StrCat("(", TextCondition(node, column, start), ")");
  }

  // A fork that was refused has the id that it asked for, and no parent.
  std::string ForkTest(const Node& node) {
    if (IsNull(node)) return IsMissing(node) ? "r.forked_from is null" : "r.forked_from is not null";
    return absl::StrCat("(r.forked_from is not null and ", TextCondition(node, "r.fork_of", ""), ")");
  }

  // What is stored has an index, and differs from what is shown for runs that are stored as running only.
  std::string StatusCondition(const Node& node) {
    if (node.op != Op::kEqual && node.op != Op::kIn) return TextCondition(node, shown_.status, "");
    Node stored = node;
    bool differs = false;
    for (Literal& value : stored.values) {
      const bool away = value.text == "disconnected";
      differs = differs || away || value.text == "running";
      if (away) value.text = "running";
    }
    std::string sql = TextCondition(stored, "r.status", "");
    if (differs) absl::StrAppend(&sql, " and ", TextCondition(node, shown_.status, ""));
    return sql;
  }

  std::string TimeTest(const Node& node) {
    std::string column = "r." + node.key.name;
    if (IsNull(node)) return absl::StrCat("(", column, node.op == Op::kEqual ? " is null" : " is not null", ")");
    std::string sql;
    for (const Literal& value : node.values) {
      absl::StrAppend(&sql, sql.empty() ? "" : " or ", column, " ", Symbol(node.op), " to_timestamp(",
                      Param(SqlDouble(value.number), "float8"), ")");
    }
    return absl::StrCat("(", column, " is not null and (", sql, "))");
  }

  // Text values of `node` against a column; with `start`, the indexed beginning of it, where that helps.
  std::string TextCondition(const Node& node, const std::string& column, const std::string& start) {
    std::string text = EncodeText(node.values[0].text);
    if (node.op == Op::kContains) return absl::StrCat("position(", Param(text, "text"), " in ", column, ") > 0");
    if (node.op == Op::kMatches) return absl::StrCat(column, " ~ ", Param(node.values[0].text, "text"));
    if (node.op == Op::kIn || node.op == Op::kEqual) return TextEquals(node, column, start);
    if (start.empty() || !IsOrdered(node.op))
      return absl::StrCat(column, " ", Symbol(node.op), " ", Param(text, "text"));
    // A text of less than 200 characters is on the same side of a long text and of its beginning.
    if (IsShort(text)) return absl::StrCat(start, " ", Symbol(node.op), " ", Param(text, "text"));
    bool below = node.op == Op::kLess || node.op == Op::kLessEqual;
    return absl::StrCat(column, " ", Symbol(node.op), " ", Param(text, "text"), " and ", start,
                        below ? " <= " : " >= ", Param(Start(text), "text"));
  }

  std::string TextEquals(const Node& node, const std::string& column, const std::string& start) {
    SqlArray whole, starts;
    bool all_short = true;
    for (const Literal& value : node.values) {
      if (value.kind != Literal::Kind::kString) continue;
      std::string text = EncodeText(value.text);
      whole.Text(text);
      starts.Text(Start(text));
      all_short = all_short && IsShort(text);
    }
    std::string sql;
    if (!start.empty()) sql = absl::StrCat(start, " = any(", Param(starts.Finish(), "text[]"), ")");
    if (!start.empty() && all_short) return sql;
    return absl::StrCat(sql, sql.empty() ? "" : " and ", column, " = any(", Param(whole.Finish(), "text[]"), ")");
  }

  // The rows of a parameter, label or metric, as `v`. A run has at most one: its names are those of one experiment.
  std::string Rows(const Key& key) const {
    if (key.space == Key::Space::kMetric) return absl::StrCat("run_tags v where v.tag", names_.Condition(key));
    return absl::StrCat("run_fields v where v.field", names_.Condition(key));
  }
  std::string Condition(const Node& node) {
    if (node.key.space != Key::Space::kMetric) return IsNull(node) ? "v.kind <> 'z'" : ValueCondition(node);
    return IsNull(node) ? absl::StrCat("v.", node.key.attribute, " is not null") : NumberCondition(node);
  }
  static bool IsMissing(const Node& node) { return IsNull(node) && node.op == Op::kEqual; }

  std::string RowTest(const Node& node) {
    if (names_.Condition(node.key).empty()) return IsMissing(node) ? "true" : "false";
    std::string rows = absl::StrCat(Rows(node.key), " and v.run = r.number");
    std::string condition = Condition(node);
    // A scalar subquery is never made a join.
    if (plan_ == FilterPlan::kProbe && node.key.space != Key::Space::kMetric) {
      return absl::StrCat(IsMissing(node) ? "not " : "", "coalesce((select ", condition, " from ", rows, "), false)");
    }
    return absl::StrCat(IsMissing(node) ? "not " : "", "exists (select from ", rows, " and ", condition, ")");
  }

  // A column is null where the value has another type: then a test is null, which selects nothing, and "!=" says `is
  // not true`. Nothing is asked for twice: the planner would multiply the shares and expect next to no rows.
  std::string ValueCondition(const Node& node) {
    Literal::Kind kind = node.values[0].kind;
    if (node.op == Op::kNotEqual) return absl::StrCat("(", Equals(node), ") is not true");
    if (node.op == Op::kEqual || node.op == Op::kIn) return absl::StrCat("(", Equals(node), ")");
    if (kind == Literal::Kind::kNumber) {
      return absl::StrCat("v.num ", Symbol(node.op), " ", Param(SqlDouble(node.values[0].number), "float8"));
    }
    return absl::StrCat("v.kind <> 'b' and ", TextCondition(node, "v.str", "v.str_start"));
  }

  std::string Equals(const Node& node) {
    SqlArray numbers, words;
    bool has_text = false;
    for (const Literal& value : node.values) {
      switch (value.kind) {
        case Literal::Kind::kNumber:
          numbers.Double(value.number);
          break;
        case Literal::Kind::kString:
          has_text = true;
          break;
        default:
          words.Text(BooleanText(value.kind == Literal::Kind::kTrue));
      }
    }
    std::string sql;
    auto add = [&sql](const std::string& part) { absl::StrAppend(&sql, sql.empty() ? "" : " or ", part); };
    if (!numbers.empty()) add(absl::StrCat("v.num = any(", Param(numbers.Finish(), "float8[]"), ")"));
    if (!words.empty()) add(absl::StrCat("v.str_start = any(", Param(words.Finish(), "text[]"), ")"));
    if (has_text) {
      Node equal = node;
      equal.op = Op::kIn;
      add(absl::StrCat("(", TextCondition(equal, "v.str", "v.str_start"), ")"));
    }
    return sql;
  }

  std::string NumberCondition(const Node& node) {
    std::string raw = "v." + node.key.attribute;
    if (node.op == Op::kNotEqual) return absl::StrCat(raw, " <> ", Number(node.key, node.values[0].number));
    std::string sql;
    for (const Literal& value : node.values) {
      // The index has no NaN; PostgreSQL takes it for the greatest number, and equal to itself.
      const std::string column = std::isnan(value.number) ? raw : MetricSql("v", node.key.attribute);
      absl::StrAppend(&sql, sql.empty() ? "" : " or ", column, " ", Symbol(node.op), " ",
                      Number(node.key, value.number));
    }
    return absl::StrCat("(", sql, ")");
  }

  // Whole numbers stay such for columns of whole numbers, so that their index serves.
  std::string Number(const Key& key, double value) {
    constexpr double kExact = 9007199254740992.0;  // 2^53
    bool whole = (key.attribute == "last_step" || key.attribute == "count") && std::abs(value) < kExact &&
                 std::floor(value) == value;
    if (whole) return Param(std::to_string(static_cast<int64_t>(value)), "bigint");
    return Param(SqlDouble(value), "float8");
  }

  const NameNumbers& names_;
  const FilterPlan plan_;
  const Shown& shown_;
  Params& params_;
};

}  // namespace

void NameNumbers::Want(const Key& key) {
  if (key.space != Key::Space::kRun) numbers_[{key.space, key.name}];
}

void NameNumbers::Want(const Node& filter) {
  if (filter.kind == Node::Kind::kTest) return Want(filter.key);
  for (const Node& child : filter.children) Want(child);
}

void NameNumbers::Resolve(Transaction& transaction, const std::string& experiments) {
  if (numbers_.empty()) return;
  SqlArray spaces, digests;
  std::map<std::pair<char, std::string>, std::vector<int64_t>*> places;
  for (auto& [key, numbers] : numbers_) {
    numbers.clear();
    char space = key.first == Key::Space::kParam ? 'p' : key.first == Key::Space::kLabel ? 'l' : 'm';
    std::string digest = SqlBytes(Sha256(key.second));
    spaces.Text(std::string_view(&space, 1));
    digests.Text(digest);
    places[{space, digest}] = &numbers;
  }
  pqxx::result rows = transaction.Run(
      "select w.space, w.sha256, f.number from unnest($2::text[], $3::bytea[]) as w (space, sha256)\n"
      "join fields f on f.experiment = any($1::bigint[]) and f.space = w.space::\"char\" and f.sha256 = w.sha256\n"
      "union all\n"
      "select w.space, w.sha256, t.number from unnest($2::text[], $3::bytea[]) as w (space, sha256)\n"
      "join tags t on w.space = 'm' and t.experiment = any($1::bigint[]) and t.sha256 = w.sha256 and t.kind = 1",
      Params(experiments, spaces.Finish(), digests.Finish()));
  for (const pqxx::row& row : rows) places.at({row[0].c_str()[0], row[1].c_str()})->push_back(row[2].as<int64_t>());
}

std::string NameNumbers::Condition(const Key& key) const {
  auto found = numbers_.find({key.space, key.name});
  if (found == numbers_.end() || found->second.empty()) return "";
  if (found->second.size() == 1) return absl::StrCat(" = ", found->second[0]);
  std::string sql = " in (";
  for (int64_t number : found->second) absl::StrAppend(&sql, sql.size() == 5 ? "" : ", ", number);
  return sql + ")";
}

std::string FilterSql(const Node& filter, const NameNumbers& names, FilterPlan plan, const Shown& shown,
                      Params& params) {
  return Compiler(names, plan, shown, params).Of(filter);
}

std::string MetricSql(const std::string& table, const std::string& attribute) {
  if (attribute == "last") return table + ".last_number";
  return absl::StrCat(table, ".", attribute);
}

}  // namespace stepwell::catalog
