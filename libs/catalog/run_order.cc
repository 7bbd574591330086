#include "catalog/run_order.h"

#include "absl/strings/str_cat.h"
#include "base/bytes.h"

namespace stepwell::catalog {
namespace {

using query::Key;
using query::OrderKey;

// One ordering key: its join, and its columns in the order in which they count.
struct Source {
  std::string join;
  std::vector<Phase::Column> columns;
};

Source SourceOf(const OrderKey& order, const NameNumbers& names, const Shown& shown, size_t index) {
  const Key& key = order.key;
  bool down = order.descending;
  if (key.space == Key::Space::kRun) {
    if (query::TypeOf(key) == query::KeyType::kTime)
      return {"", {{"r." + key.name, "timestamptz", key.name == "finished", down}}};
    if (key.name == "name") return {"", {{"r.name_start", "text", false, down}}};
    if (key.name == "duration") return {"", {{shown.duration, "float8", false, down}}};
    if (key.name == "archived") return {"", {{"r.archived", "boolean", false, down}}};
    if (key.name == "owner" || key.name == "experiment") {
      const std::string other = absl::StrCat("o", index);
      return {absl::StrCat("join ", key.name == "owner" ? "users " : "experiments ", other, " on ", other,
                           ".number = r.", key.name),
              {{absl::StrCat("left(", other, ".name, 200)"), "text", false, down}}};
    }
    if (key.name == "forked_from") return {"", {{kForkedFrom, "text", true, down}}};
    if (key.name == "note") return {"", {{"left(r.note, 200)", "text", false, down}}};
    return {"", {{"r." + key.name, "text", false, down}}};
  }
  std::string numbers = names.Condition(key);
  if (numbers.empty()) return {};  // nobody has it: it orders nothing
  std::string alias = absl::StrCat("o", index);
  if (key.space == Key::Space::kMetric) {
    bool whole = key.attribute == "last_step" || key.attribute == "count";
    return {absl::StrCat("join run_tags ", alias, " on ", alias, ".run = r.number and ", alias, ".tag", numbers),
            {{MetricSql(alias, key.attribute), whole ? "bigint" : "float8", true, down}}};
  }
  Source source{
      absl::StrCat("join run_fields ", alias, " on ", alias, ".run = r.number and ", alias, ".field", numbers), {}};
  if (key.space == Key::Space::kParam) source.columns.push_back({alias + ".num", "float8", true, down});
  source.columns.push_back({alias + ".str_start", "text", true, down});
  return source;
}

std::string Digest(std::string_view order) { return Sha256(order).substr(0, 8); }

absl::Status BadCursor() {
  return absl::InvalidArgumentError("this cursor is not one of this order; start again without it");
}

}  // namespace

std::vector<Phase> MakePhases(const std::vector<OrderKey>& order, const NameNumbers& names, const Shown& shown) {
  std::vector<Source> sources;
  for (size_t i = 0; i < order.size(); ++i) {
    Source source = SourceOf(order[i], names, shown, i);
    if (!source.columns.empty()) sources.push_back(std::move(source));
  }
  Phase rest;
  for (size_t i = 1; i < sources.size(); ++i) {
    if (!sources[i].join.empty()) absl::StrAppend(&rest.joins, " left ", sources[i].join);
    rest.columns.insert(rest.columns.end(), sources[i].columns.begin(), sources[i].columns.end());
  }
  if (sources.empty()) return {rest};
  const Source& first = sources[0];
  std::vector<Phase> phases;
  std::string without;
  for (const Phase::Column& column : first.columns) {
    Phase phase = rest;
    if (!first.join.empty()) phase.joins = absl::StrCat(" ", first.join, rest.joins);
    if (column.nullable) phase.condition = absl::StrCat(without, " and ", column.sql, " is not null");
    phase.columns.insert(phase.columns.begin(), column);
    phase.columns.front().nullable = false;
    phases.push_back(std::move(phase));
    absl::StrAppend(&without, " and ", column.sql, " is null");
  }
  if (first.columns.back().nullable) {
    if (!first.join.empty()) rest.joins = absl::StrCat(" left ", first.join, rest.joins);
    rest.condition = without;
    phases.push_back(std::move(rest));
  }
  return phases;
}

std::string Phase::OrderBy() const {
  std::string sql = " order by ";
  for (const Column& column : columns) {
    absl::StrAppend(&sql, column.sql, column.descending ? " desc" : "", column.nullable ? " nulls last" : "", ", ");
  }
  return sql + "r.id";
}

std::string Phase::OrderByNames() const {
  Phase named = *this;
  for (size_t i = 0; i < columns.size(); ++i) named.columns[i].sql = absl::StrCat("r.k", i);
  return named.OrderBy();
}

absl::StatusOr<std::string> Phase::After(const Position& position, Params& params) const {
  if (position.values.size() != columns.size()) return BadCursor();
  std::string sql = absl::StrCat("r.id > $", params.Add(position.id));
  for (size_t i = columns.size(); i-- > 0;) {
    const Column& column = columns[i];
    if (!position.values[i]) {
      if (!column.nullable) return BadCursor();
      sql = absl::StrCat("(", column.sql, " is null and ", sql, ")");
      continue;
    }
    std::string value = absl::StrCat("$", params.Add(*position.values[i]), "::", column.type);
    const char* beyond = column.descending ? " < " : " > ";
    sql = absl::StrCat("(", column.sql, beyond, value,
                       column.nullable ? absl::StrCat(" or ", column.sql, " is null") : "", " or (", column.sql, " = ",
                       value, " and ", sql, "))");
    // Said again as a range, from which an index scan can start.
    if (i == 0 && !column.nullable) {
      sql = absl::StrCat(column.sql, column.descending ? " <= " : " >= ", value, " and ", sql);
    }
  }
  return " and " + sql;
}

std::string WriteCursor(const Position& position, std::string_view order) {
  std::string bytes = Digest(order);
  PutVarint(bytes, position.phase);
  PutVarint(bytes, ZigZag(position.as_of));
  PutVarint(bytes, position.values.size());
  for (const auto& value : position.values) PutBytes(bytes, value ? "=" + *value : "");
  PutBytes(bytes, position.id);
  return ToHex(bytes);
}

absl::StatusOr<Position> ReadCursor(std::string_view cursor, std::string_view order) {
  std::string bytes;
  if (!FromHex(cursor, &bytes)) return BadCursor();
  ByteReader reader(bytes);
  if (reader.Raw(8) != Digest(order)) return BadCursor();
  Position position;
  position.phase = reader.Varint();
  position.as_of = UnZigZag(reader.Varint());
  uint64_t count = reader.Varint();
  for (uint64_t i = 0; i < count && reader.ok(); ++i) {
    std::string_view value = reader.Bytes();
    position.values.push_back(value.empty() ? std::nullopt : std::optional<std::string>(value.substr(1)));
  }
  position.id = std::string(reader.Bytes());
  constexpr int64_t kYear10000 = 253402300800'000'000;  // microseconds since the epoch
  if (!reader.ok() || !reader.done() || position.as_of < 0 || position.as_of >= kYear10000) return BadCursor();
  return position;
}

}  // namespace stepwell::catalog
