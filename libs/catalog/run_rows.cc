#include "catalog/run_rows.h"

#include <limits>
#include <unordered_map>

#include "absl/strings/str_cat.h"
#include "base/bytes.h"
#include "catalog/json_value.h"
#include "catalog/sql_text.h"
#include "catalog/text.h"

namespace stepwell::catalog {
namespace {

using RunIndex = std::unordered_map<int64_t, Run*>;

double OrNaN(const pqxx::field& field) {
  return field.is_null() ? std::numeric_limits<double>::quiet_NaN() : std::strtod(field.c_str(), nullptr);
}

void ReadFields(Transaction& transaction, const std::string& numbers, const Columns& columns, const RunIndex& runs) {
  SqlArray wanted;
  for (const std::string& name : columns.params) wanted.Bytes(Sha256(name));
  pqxx::result rows = transaction.Run(
      "select v.run, f.space, f.name, coalesce(v.json, v.str)\n"
      "from run_fields v join fields f on f.number = v.field\n"
      "where v.run = any($1::bigint[]) and (f.space = 'l' or $2::boolean or f.sha256 = any($3::bytea[]))",
      Params(numbers, columns.all_params ? "t" : "f", wanted.Finish()));
  for (const pqxx::row& row : rows) {
    Run& run = *runs.at(row[0].as<int64_t>());
    std::string name = FromSqlBytes(row[2].c_str());
    if (row[1].c_str()[0] == 'l') {
      run.labels[name] = DecodeText(row[3].c_str());
    } else {
      run.params[name] = row[3].c_str();
    }
  }
}

void TakeMetrics(const pqxx::result& rows, const RunIndex& runs) {
  for (const pqxx::row& row : rows) {
    Metric metric;
    metric.last = OrNaN(row[2]);
    metric.min = OrNaN(row[3]);
    metric.max = OrNaN(row[4]);
    metric.last_step = row[5].as<int64_t>();
    metric.count = static_cast<uint64_t>(row[6].as<int64_t>());
    runs.at(row[0].as<int64_t>())->summary[FromSqlBytes(row[1].c_str())] = metric;
  }
}

void ReadMetrics(Transaction& transaction, const std::string& numbers, const Columns& columns, const RunIndex& runs) {
  const std::string what = "v.run, t.tag, v.last, v.min, v.max, v.last_step, v.count";
  if (!columns.metrics.empty()) {
    SqlArray wanted;
    for (const std::string& tag : columns.metrics) wanted.Bytes(Sha256(tag));
    TakeMetrics(transaction.Run(
                    "select " + what +
                        "\nfrom runs r\n"
                        "join tags t on t.experiment = r.experiment and t.kind = 1 and t.sha256 = any($2::bytea[])\n"
                        "join run_tags v on v.tag = t.number and v.run = r.number\n"
                        "where r.number = any($1::bigint[])",
                    Params(numbers, wanted.Finish())),
                runs);
  }
  if (columns.first_metrics > 0) {
    TakeMetrics(transaction.Run("select " + what +
                                    "\nfrom unnest($1::bigint[]) as r (number)\n"
                                    "cross join lateral (\n"
                                    "  select v.* from run_tags v join tags k on k.number = v.tag and k.kind = 1\n"
                                    "  where v.run = r.number order by v.tag limit $2::bigint) v\n"
                                    "join tags t on t.number = v.tag",
                                Params(numbers, columns.first_metrics)),
                runs);
  }
}

}  // namespace

void LockExperiments(Transaction& transaction, const std::string& experiments) {
  transaction.Run("select from experiments where number = any($1::bigint[]) order by number for no key update",
                  Params(experiments));
}

void MakeFieldNames(Transaction& transaction, const std::vector<FieldValue>& values) {
  if (values.empty()) return;
  SqlArray experiments, spaces, names;
  for (const FieldValue& value : values) {
    experiments.Int(value.experiment);
    spaces.Text(std::string_view(&value.space, 1));
    names.Bytes(value.name);
  }
  const std::string missing =
      "from unnest($1::bigint[], $2::text[], $3::bytea[]) as n (experiment, space, name)\n"
      "where not exists (select from fields f where f.experiment = n.experiment and f.space = n.space::\"char\"\n"
      "  and f.sha256 = sha256(n.name))\n";
  Params params(experiments.Finish(), spaces.Finish(), names.Finish());
  if (transaction.Run("select " + missing + "limit 1", params).empty()) return;
  LockExperiments(transaction, experiments.Finish());
  transaction.Run(
      "insert into fields (experiment, space, name)\n"
      "select distinct n.experiment, n.space::\"char\", n.name\n" +
          missing + "on conflict do nothing",
      params);
}

void PutFields(Transaction& transaction, const std::vector<FieldValue>& values) {
  if (values.empty()) return;
  SqlArray experiments, spaces, names, runs, kinds, nums, strs, jsons;
  for (const FieldValue& value : values) {
    experiments.Int(value.experiment);
    spaces.Text(std::string_view(&value.space, 1));
    names.Bytes(value.name);
    runs.Int(static_cast<int64_t>(value.run));
    JsonValue json;
    if (value.space == 'p') {
      json = ReadJsonValue(value.value);
      jsons.Text(json.json);
    } else {
      json.text = value.value;
      jsons.Null();
    }
    kinds.Text(std::string_view(&json.kind, 1));
    json.kind == 'n' ? nums.Double(json.number) : nums.Null();
    if (json.kind == 's') {
      strs.Text(EncodeText(json.text));
    } else if (json.kind == 'b') {
      strs.Text(BooleanText(json.text == "true"));
    } else {
      strs.Null();
    }
  }
  transaction.Run(
      "with put as (\n"
      "insert into run_fields as v (run, field, kind, num, str, json)\n"
      "select n.run, f.number, n.kind::\"char\", n.num, n.str, n.json\n"
      "from unnest($1::bigint[], $2::text[], $3::bytea[], $4::bigint[], $5::text[], $6::float8[], $7::text[], "
      "$8::text[])\n"
      "  as n (experiment, space, name, run, kind, num, str, json)\n"
      "join fields f on f.experiment = n.experiment and f.space = n.space::\"char\" and f.sha256 = sha256(n.name)\n"
      "order by n.run, f.number\n"
      "on conflict (run, field) do update\n"
      "  set kind = excluded.kind, num = excluded.num, str = excluded.str, json = excluded.json\n"
      "  where (v.kind, v.num, v.str, v.json) is distinct from (excluded.kind, excluded.num, excluded.str, "
      "excluded.json)\n"
      "returning v.run, v.field, v.xmax = 0 as fresh),\n"
      "counted as (\n"
      "  select p.field, count(*) as runs from put p join runs r on r.number = p.run\n"
      "  where p.fresh and r.deleted_at is null group by p.field),\n"
      "locked as (\n"
      "  select f.number, c.runs from fields f join counted c on c.field = f.number order by f.number\n"
      "  for no key update of f)\n"
      "update fields f set runs = f.runs + l.runs from locked l where f.number = l.number",
      Params(experiments.Finish(), spaces.Finish(), names.Finish(), runs.Finish(), kinds.Finish(), nums.Finish(),
             strs.Finish(), jsons.Finish()));
}

namespace {

void CountRuns(Transaction& transaction, const std::string& table, const std::string& rows, const std::string& runs,
               int change) {
  transaction.Run(
      "with counted as (\n"
      "  select " +
          rows + " as name, count(*) as runs from run_" + table +
          " where run = any($1::bigint[]) group by 1),\n"
          "locked as (\n"
          "  select n.number, c.runs from " +
          table +
          " n join counted c on c.name = n.number order by n.number\n"
          "  for no key update of n)\n"
          "update " +
          table + " n set runs = n.runs + $2::bigint * l.runs from locked l where n.number = l.number",
      Params(runs, change));
}

}  // namespace

void RemoveLabels(Transaction& transaction, const std::string& runs, const std::string& labels) {
  transaction.Run(
      "with gone as (\n"
      "  delete from run_fields v using unnest($1::bigint[], $2::bytea[]) as n (run, sha256), fields f\n"
      "  where v.run = n.run and f.number = v.field and f.space = 'l' and f.sha256 = n.sha256 returning v.field),\n"
      "counted as (select field, count(*) as runs from gone group by field),\n"
      "locked as (\n"
      "  select f.number, c.runs from fields f join counted c on c.field = f.number order by f.number\n"
      "  for no key update of f)\n"
      "update fields f set runs = f.runs - l.runs from locked l where f.number = l.number",
      Params(runs, labels));
}

void CountFields(Transaction& transaction, const std::string& runs, int change) {
  CountRuns(transaction, "fields", "field", runs, change);
}

void CountTags(Transaction& transaction, const std::string& runs, int change) {
  CountRuns(transaction, "tags", "tag", runs, change);
}

Shown ShownOf(std::chrono::milliseconds disconnected_after, const std::string& now) {
  const std::string silent = absl::StrCat("r.heard < ", now, " - interval '", disconnected_after.count(), " ms'");
  return {absl::StrCat("case when r.status = 'running' and ", silent, " then 'disconnected' else r.status end"),
          absl::StrCat("greatest(0, extract(epoch from coalesce(r.finished, case when ", silent, " then r.heard else ",
                       now, " end) - r.created))::float8")};
}

std::vector<Run> ReadRuns(Transaction& transaction, const std::vector<int64_t>& numbers, const Columns& columns,
                          const Shown& shown) {
  std::vector<Run> runs;
  if (numbers.empty()) return runs;
  SqlArray array;
  for (int64_t number : numbers) array.Int(number);
  pqxx::result rows = transaction.Run(
      "select r.number, r.id, r.name, e.id, " + shown.status +
          ", r.note, extract(epoch from r.created)::float8,\n"
          "  extract(epoch from r.updated)::float8, extract(epoch from r.finished)::float8, r.color_slot,\n"
          "  r.deleted_at is not null, r.archived, u.name, " +
          shown.duration + ",\n  " + kForkedFrom +
          ", r.fork_step\n"
          "from unnest($1::bigint[]) with ordinality as n (number, place)\n"
          "join runs r on r.number = n.number join experiments e on e.number = r.experiment\n"
          "join users u on u.number = r.owner order by n.place",
      Params(array.Finish()));
  runs.reserve(rows.size());
  RunIndex index;
  for (const pqxx::row& row : rows) {
    Run& run = runs.emplace_back();
    run.number = static_cast<uint64_t>(row[0].as<int64_t>());
    run.id = row[1].c_str();
    run.name = DecodeText(row[2].c_str());
    run.experiment = row[3].c_str();
    run.status = row[4].c_str();
    run.note = DecodeText(row[5].c_str());
    run.created = OrNaN(row[6]);
    run.updated = OrNaN(row[7]);
    if (!row[8].is_null()) run.finished = OrNaN(row[8]);
    run.color_slot = row[9].as<int>();
    run.deleted = row[10].as<bool>();
    run.archived = row[11].as<bool>();
    run.owner = DecodeText(row[12].c_str());
    run.duration = row[13].as<double>();
    if (!row[14].is_null()) run.forked_from = ForkSpec{DecodeText(row[14].c_str()), row[15].as<int64_t>()};
    index[static_cast<int64_t>(run.number)] = &run;
  }
  ReadFields(transaction, array.Finish(), columns, index);
  ReadMetrics(transaction, array.Finish(), columns, index);
  return runs;
}

}  // namespace stepwell::catalog
