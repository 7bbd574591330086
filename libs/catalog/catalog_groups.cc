#include <algorithm>
#include <map>
#include <optional>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "base/bytes.h"
#include "base/status_macros.h"
#include "base/text_error.h"
#include "catalog/group_columns.h"
#include "catalog/key_sql.h"
#include "catalog/postgres_catalog.h"
#include "catalog/run_set.h"
#include "catalog/sql_text.h"
#include "query/filter.h"

namespace stepwell::catalog {
namespace {

using query::Key;

constexpr size_t kGroupKeys = 4;
constexpr size_t kGroupColumns = 50;
constexpr std::string_view kGroupOrders[] = {"count", "newest"};

absl::Status BadCursor() {
  return absl::InvalidArgumentError("this cursor is not one of these groups; start again without it");
}

std::optional<double> Number(const pqxx::field& field) {
  return field.is_null() ? std::nullopt : std::optional(std::strtod(field.c_str(), nullptr));
}

// What ReadSpread reads of a number of the runs.
std::string SumsOf(const std::string& name) {
  return absl::StrCat(", count(", name, ") as ", name, "_n, avg(", name, ") as ", name, "_mean, min(", name, ") as ",
                      name, "_min, max(", name, ") as ", name, "_max, stddev_samp(", name, ") as ", name, "_std");
}
constexpr int kSums = 5;

Spread ReadSpread(const pqxx::row& row, int at) {
  Spread spread;
  spread.count = row[at].as<int64_t>();
  spread.mean = Number(row[at + 1]);
  spread.min = Number(row[at + 2]);
  spread.max = Number(row[at + 3]);
  spread.deviation = Number(row[at + 4]);
  return spread;
}

// A grouping on its way: parsed before a connection is taken, then run within one transaction.
class Grouping {
 public:
  Grouping(const GroupQuery& query, Shown shown)
      : query_(query),
        shown_(std::move(shown)),
        set_(query.experiments, query.archived, false),
        limit_(ClampLimit(query.limit)) {}

  absl::Status Parse() {
    RETURN_IF_ERROR(set_.Parse(query_.filter));
    ASSIGN_OR_RETURN(by_, query::ParseKeys("by", query_.by, kGroupKeys));
    for (const Key& key : by_) {
      if (key.space == Key::Space::kMetric || query::TypeOf(key) == query::KeyType::kTime ||
          (key.space == Key::Space::kRun && key.name == "duration")) {
        return TextError({"by", key.column, key.length,
                          "runs are grouped by what they share: params.x, labels.x, status, owner, experiment, "
                          "archived, name, note or id"});
      }
    }
    if (!query_.order.empty()) {
      ASSIGN_OR_RETURN(order_, query::ParseOrder(query_.order, kGroupOrders));
    }
    ASSIGN_OR_RETURN(columns_, ReadGroupColumns(query_.columns));
    for (const query::OrderKey& order : order_) RETURN_IF_ERROR(TakeOrder(order.key));
    if (columns_.params.size() + columns_.metrics.size() > kGroupColumns) {
      return absl::InvalidArgumentError(absl::StrCat("columns: there are ",
                                                     columns_.params.size() + columns_.metrics.size(),
                                                     "; groups have at most ", kGroupColumns));
    }
    for (const Key& key : by_) set_.Want(key);
    for (const std::string& name : columns_.params) set_.Want(ParamKey(name));
    for (const GroupColumns::Metric& column : columns_.metrics) set_.Want(MetricKey(column));
    return ReadOffset();
  }

  absl::StatusOr<GroupPage> Read(Transaction& transaction) {
    GroupPage page;
    if (set_.empty()) return page;
    set_.Resolve(transaction);
    Params params;
    const std::string inner = Inner(params);
    const pqxx::result rows = transaction.Run(
        absl::StrCat(
            "with g as materialized (select ", Keys(), Sums(), " from (", inner, ") m group by ", Keys(),
            ")\nselect (select count(*) from g), page.* from (select) as one left join lateral (select * from g",
            OrderBy(), " limit ", limit_ + 1, " offset ", offset_, ") page on true"),
        params);
    page.total = rows[0][0].as<int64_t>();
    for (const pqxx::row& row : rows) {
      if (row[CountAt()].is_null()) break;
      if (page.items.size() == limit_) {
        page.next = WriteOffset(offset_ + static_cast<int64_t>(limit_));
        break;
      }
      page.items.push_back(ReadGroup(row));
    }
    CountDistinct(transaction, page.items);
    return page;
  }

 private:
  static Key ParamKey(const std::string& name) { return {Key::Space::kParam, name, ""}; }
  static Key MetricKey(const GroupColumns::Metric& column) {
    return {Key::Space::kMetric, column.tag, column.attribute};
  }

  // What groups are ordered by is counted, whether it is shown or not.
  absl::Status TakeOrder(const Key& key) {
    if (key.space == Key::Space::kMetric) {
      columns_.AddMetric(key.name, key.attribute);
      return absl::OkStatus();
    }
    if (std::ranges::find(kGroupOrders, key.name) != std::end(kGroupOrders) && key.space == Key::Space::kRun)
      return absl::OkStatus();
    if (KeyPlace(key)) return absl::OkStatus();
    if (key.space == Key::Space::kParam) {
      columns_.AddParam(key.name);
      return absl::OkStatus();
    }
    return TextError({"order", key.column, key.length,
                      "groups are ordered by what they are grouped by, count, newest, or the mean of params.x or "
                      "metrics.x"});
  }
  std::optional<size_t> KeyPlace(const Key& key) const {
    for (size_t i = 0; i < by_.size(); ++i) {
      if (by_[i].space == key.space && by_[i].name == key.name) return i;
    }
    return std::nullopt;
  }

  // The runs with their keys (n0, s0, o0, ...), parameters (p0, q0, ...) and metrics (m0, ...).
  std::string Inner(Params& params) const {
    std::string select = "select r.created", joins;
    for (size_t i = 0; i < by_.size(); ++i) {
      const KeySql sql = KeySqlOf(by_[i], set_.names(), shown_, absl::StrCat("b", i));
      absl::StrAppend(&joins, sql.join);
      absl::StrAppend(&select, ", ", sql.number, " as n", i, ", ", sql.text, " as s", i, ", ", sql.other, " as o", i);
    }
    for (size_t i = 0; i < columns_.params.size(); ++i) {
      const Key key = ParamKey(columns_.params[i]);
      const std::optional<size_t> place = KeyPlace(key);  // a key of the groups is joined already
      const KeySql sql = KeySqlOf(key, set_.names(), shown_, place ? absl::StrCat("b", *place) : absl::StrCat("c", i));
      if (!place) absl::StrAppend(&joins, sql.join);
      absl::StrAppend(&select, ", ", sql.number, " as p", i, ", ", sql.text, " as q", i);
    }
    std::string last_tag;
    for (size_t i = 0; i < columns_.metrics.size(); ++i) {
      const GroupColumns::Metric& column = columns_.metrics[i];
      const std::string tag = set_.names().Condition(MetricKey(column));
      const std::string alias = absl::StrCat("t", columns_.TagPlace(column.tag));
      if (!tag.empty() && alias != last_tag) {
        absl::StrAppend(&joins, " left join run_tags ", alias, " on ", alias, ".run = r.number and ", alias, ".tag",
                        tag);
      }
      last_tag = alias;
      absl::StrAppend(&select, ", ", tag.empty() ? "null" : MetricSql(alias, column.attribute), "::float8 as m", i);
    }
    return absl::StrCat(select, " from runs r", joins, set_.WhereAll(shown_, params));
  }

  std::string Keys() const {
    std::string keys;
    for (size_t i = 0; i < by_.size(); ++i) absl::StrAppend(&keys, i == 0 ? "" : ", ", "n", i, ", s", i);
    return keys;
  }
  std::string Sums() const {
    std::string sums;
    for (size_t i = 0; i < by_.size(); ++i) absl::StrAppend(&sums, ", bool_or(o", i, ") as o", i);
    absl::StrAppend(&sums, ", count(*) as runs, extract(epoch from max(created))::float8 as newest");
    for (size_t i = 0; i < columns_.params.size(); ++i) {
      absl::StrAppend(&sums, SumsOf(absl::StrCat("p", i)), ", count(q", i, ") as q", i, "_n, min(q", i, ") as q", i,
                      "_min, max(q", i, ") as q", i, "_max");
    }
    for (size_t i = 0; i < columns_.metrics.size(); ++i) absl::StrAppend(&sums, SumsOf(absl::StrCat("m", i)));
    return sums;
  }
  // Places in a row of the outer query: the total, the keys, whether they are of other types, count and newest.
  int CountAt() const { return static_cast<int>(1 + 3 * by_.size()); }

  std::string OrderBy() const {
    std::string sql = " order by ";
    auto add = [&sql](const std::string& column, bool down) {
      absl::StrAppend(&sql, column, down ? " desc" : "", " nulls last, ");
    };
    for (const query::OrderKey& order : order_) {
      const Key& key = order.key;
      if (const std::optional<size_t> place = KeyPlace(key)) {
        add(absl::StrCat("n", *place), order.descending);
        add(absl::StrCat("s", *place), order.descending);
      } else if (key.space == Key::Space::kMetric) {
        add(absl::StrCat("m", columns_.MetricPlace(key.name, key.attribute), "_mean"), order.descending);
      } else if (key.space == Key::Space::kParam) {
        add(absl::StrCat("p", columns_.ParamPlace(key.name), "_mean"), order.descending);
      } else {
        add(key.name == "count" ? "runs" : "newest", order.descending);
      }
    }
    for (size_t i = 0; i < by_.size(); ++i) {
      add(absl::StrCat("n", i), false);
      add(absl::StrCat("s", i), false);
    }
    return sql.substr(0, sql.size() - 2);
  }

  KeyValue ReadValue(const pqxx::field& number, const pqxx::field& text) const {
    if (const std::optional<double> found = Number(number)) return *found;
    if (text.is_null()) return {};
    return ReadKeyText(text.c_str());
  }

  Group ReadGroup(const pqxx::row& row) const {
    Group group;
    std::vector<std::string> tests;
    if (set_.filtered()) tests.push_back("(" + query_.filter + ")");
    int at = 1;
    for (const Key& key : by_) {
      group.key.push_back(ReadValue(row[at], row[at + 1]));
      const int other = static_cast<int>(1 + 2 * by_.size() + group.key.size() - 1);
      tests.push_back(KeyTest(key, group.key.back(), row[other].as<bool>()));
      at += 2;
    }
    group.filter = absl::StrJoin(tests, " and ");
    at = CountAt();
    group.count = row[at].as<int64_t>();
    group.newest = row[at + 1].as<double>();
    at += 2;
    for (const std::string& name : columns_.params) {
      Group::Param& param = group.params[name];
      param.numbers = ReadSpread(row, at);
      const auto texts = row[at + kSums].as<int64_t>();
      const bool one_number = param.numbers.count == 0 || param.numbers.min == param.numbers.max;
      const bool one_text = texts == 0 || std::string_view(row[at + kSums + 1].c_str()) == row[at + kSums + 2].c_str();
      const int kinds = (param.numbers.count > 0 ? 1 : 0) + (texts > 0 ? 1 : 0);
      if (kinds == 1 && one_number && one_text) {
        param.distinct = 1;
        param.value = param.numbers.count > 0 ? KeyValue(*param.numbers.min) : ReadKeyText(row[at + kSums + 1].c_str());
      } else if (kinds > 0) {
        param.distinct = -1;  // CountDistinct finds it
      }
      at += kSums + 3;
    }
    for (const GroupColumns::Metric& column : columns_.metrics) {
      group.metrics[column.tag][column.attribute] = ReadSpread(row, at);
      at += kSums;
    }
    return group;
  }

  // Of the parameters that have several values in groups of the page: counting them is as long as the rest, so that it
  // is done where it matters. A value is a number or a text, so that no value is counted twice.
  void CountDistinct(Transaction& transaction, std::vector<Group>& groups) const {
    std::vector<std::string> names;
    std::string counts;
    for (size_t i = 0; i < columns_.params.size(); ++i) {
      const std::string& name = columns_.params[i];
      if (std::ranges::none_of(groups, [&](const Group& group) { return group.params.at(name).distinct < 0; }))
        continue;
      names.push_back(name);
      absl::StrAppend(&counts, ", count(distinct p", i, ") + count(distinct q", i, ")");
    }
    if (names.empty()) return;
    Params params;
    const std::string inner = Inner(params);
    const pqxx::result rows =
        transaction.Run(absl::StrCat("select ", Keys(), counts, " from (", inner, ") m group by ", Keys()), params);
    std::map<std::vector<KeyValue>, pqxx::row> by_key;
    for (const pqxx::row& row : rows) {
      std::vector<KeyValue> key;
      for (size_t i = 0; i < by_.size(); ++i) {
        key.push_back(ReadValue(row[static_cast<int>(2 * i)], row[static_cast<int>(2 * i + 1)]));
      }
      by_key[key] = row;
    }
    for (Group& group : groups) {
      const auto found = by_key.find(group.key);  // none: its last run went meanwhile
      for (size_t i = 0; i < names.size(); ++i) {
        Group::Param& param = group.params.at(names[i]);
        if (param.distinct >= 0) continue;
        param.distinct = found == by_key.end() ? 0 : found->second[static_cast<int>(2 * by_.size() + i)].as<int64_t>();
      }
    }
  }

  // A cursor is a place among the groups as they are now: groups have no identity that a page could begin after.
  std::string Digest() const { return Sha256(absl::StrCat(query_.by, "\n", query_.order)).substr(0, 8); }
  std::string WriteOffset(int64_t offset) const {
    std::string bytes = Digest();
    PutVarint(bytes, static_cast<uint64_t>(offset));
    return ToHex(bytes);
  }
  absl::Status ReadOffset() {
    if (query_.cursor.empty()) return absl::OkStatus();
    std::string bytes;
    if (!FromHex(query_.cursor, &bytes)) return BadCursor();
    ByteReader reader(bytes);
    if (reader.Raw(8) != Digest()) return BadCursor();
    const uint64_t offset = reader.Varint();
    if (!reader.ok() || !reader.done() || offset > uint64_t{1} << 40) return BadCursor();
    offset_ = static_cast<int64_t>(offset);
    return absl::OkStatus();
  }

  const GroupQuery& query_;
  const Shown shown_;
  RunSet set_;
  const size_t limit_;
  std::vector<Key> by_;
  std::vector<query::OrderKey> order_;
  GroupColumns columns_;
  int64_t offset_ = 0;
};

}  // namespace

absl::StatusOr<GroupPage> PostgresCatalog::GroupRuns(const GroupQuery& query) {
  Grouping grouping(query, shown_);
  RETURN_IF_ERROR(grouping.Parse());
  GroupPage page;
  RETURN_IF_ERROR(database_.Transact("group_runs", [&](Transaction& transaction) -> absl::Status {
    ASSIGN_OR_RETURN(page, grouping.Read(transaction));
    return absl::OkStatus();
  }));
  return page;
}

}  // namespace stepwell::catalog
