#include <cmath>
#include <map>
#include <set>
#include <tuple>

#include "base/status_macros.h"
#include "catalog/postgres_catalog.h"
#include "catalog/run_rows.h"
#include "catalog/sql_text.h"
#include "catalog/text.h"

namespace stepwell::catalog {
namespace {

// Rows a transaction: about 10 ms of statement each, well below the statement timeout with all indexes.
constexpr size_t kRowsAtOnce = 5000;
constexpr int kScalar = 1;

struct Arrays {
  SqlArray experiment, kind, tag, run, writer, series, plugin, content, display_name, description, value_type;
  SqlArray count, first_step, last_step, min_step, max_step, last, min, max, last_wall, first_lsn;
};

void PutExtreme(double value, bool scalar, SqlArray& array) {
  scalar && !std::isnan(value) ? array.Double(value) : array.Null();
}

void Add(const SeriesRow& row, int64_t experiment, Arrays& a) {
  bool scalar = row.kind == kScalar;
  a.experiment.Int(experiment);
  a.kind.Int(row.kind);
  a.tag.Bytes(row.tag);
  a.run.Int(static_cast<int64_t>(row.run_number));
  a.writer.Int(row.writer_number);
  a.series.Int(row.series);
  a.plugin.Text(EncodeText(row.plugin));
  a.content.Bytes(row.content);
  a.display_name.Bytes(row.display_name);
  a.description.Bytes(row.description);
  a.value_type.Text(EncodeText(row.value_type));
  a.count.Int(ClampInt64(row.count));
  a.first_step.Int(row.first_step);
  a.last_step.Int(row.last_step);
  a.min_step.Int(row.min_step);
  a.max_step.Int(row.max_step);
  scalar ? a.last.Double(row.last) : a.last.Null();
  PutExtreme(row.min, scalar, a.min);
  PutExtreme(row.max, scalar, a.max);
  a.last_wall.Double(row.last_wall);
  a.first_lsn.Int(ClampInt64(row.first_lsn));
}

// In a transaction of its own, as MakeFieldNames.
void MakeTags(Transaction& transaction, const Arrays& a) {
  const std::string missing =
      "from unnest($1::bigint[], $2::smallint[], $3::bytea[]) with ordinality as n (experiment, kind, tag, place)\n"
      "where not exists (select from tags t\n"
      "  where t.experiment = n.experiment and t.sha256 = sha256(n.tag) and t.kind = n.kind)\n";
  Params params(a.experiment.Finish(), a.kind.Finish(), a.tag.Finish());
  if (transaction.Run("select " + missing + "limit 1", params).empty()) return;
  LockExperiments(transaction, a.experiment.Finish());
  // In the order in which they come: a tag's number is its place in lists.
  transaction.Run("insert into tags (experiment, kind, tag) select n.experiment, n.kind, n.tag\n" + missing +
                      "group by n.experiment, n.kind, n.tag order by min(n.place) on conflict do nothing",
                  params);
}

void PutRows(Transaction& transaction, const Arrays& a) {
  transaction.Run(
      "insert into series (run, writer, series, tag, plugin, content, display_name, description, value_type, count,\n"
      "  first_step, last_step, min_step, max_step, last, min, max, last_wall, first_lsn)\n"
      "select n.run, n.writer, n.series, t.number, n.plugin, n.content, n.display_name, n.description, n.value_type, "
      "n.count,\n"
      "  n.first_step, n.last_step, n.min_step, n.max_step, n.last, n.min, n.max, n.last_wall, n.first_lsn\n"
      "from unnest($1::bigint[], $2::smallint[], $3::bytea[], $4::bigint[], $5::bigint[], $6::bigint[], $7::text[],\n"
      "  $8::bytea[], $9::bytea[], $10::bytea[], $11::text[], $12::bigint[], $13::bigint[], $14::bigint[], "
      "$15::bigint[],\n"
      "  $16::bigint[], $17::float8[], $18::float8[], $19::float8[], $20::float8[], $21::bigint[])\n"
      "  as n (experiment, kind, tag, run, writer, series, plugin, content, display_name, description, value_type, "
      "count,\n"
      "    first_step, last_step, min_step, max_step, last, min, max, last_wall, first_lsn)\n"
      "join tags t on t.experiment = n.experiment and t.sha256 = sha256(n.tag) and t.kind = n.kind\n"
      "on conflict (run, writer, series) do update set tag = excluded.tag, plugin = excluded.plugin,\n"
      "  content = excluded.content, display_name = excluded.display_name, description = excluded.description,\n"
      "  value_type = excluded.value_type, count = excluded.count, first_step = excluded.first_step,\n"
      "  last_step = excluded.last_step, min_step = excluded.min_step, max_step = excluded.max_step, last = "
      "excluded.last,\n"
      "  min = excluded.min, max = excluded.max, last_wall = excluded.last_wall, first_lsn = excluded.first_lsn",
      Params(a.experiment.Finish(), a.kind.Finish(), a.tag.Finish(), a.run.Finish(), a.writer.Finish(),
             a.series.Finish(), a.plugin.Finish(), a.content.Finish(), a.display_name.Finish(), a.description.Finish(),
             a.value_type.Finish(), a.count.Finish(), a.first_step.Finish(), a.last_step.Finish(), a.min_step.Finish(),
             a.max_step.Finish(), a.last.Finish(), a.min.Finish(), a.max.Finish(), a.last_wall.Finish(),
             a.first_lsn.Finish()));
}

// One row a run and tag out of the rows of its writers. Counts are clamped by the numeric sum's cast, extremes ignore
// null.
void MergeWriters(Transaction& transaction, const Arrays& a) {
  transaction.Run(
      "with touched as (\n"
      "  select distinct s.run, s.tag\n"
      "  from unnest($1::bigint[], $2::bigint[], $3::bigint[]) as n (run, writer, series) join series s using (run, "
      "writer, series)),\n"
      "merged as (\n"
      "  select t.tag, t.run, (array_agg(s.last order by s.last_step desc, s.last_wall desc))[1] as last,\n"
      "    min(s.min) as min, max(s.max) as max, max(s.last_step) as last_step,\n"
      "    least(sum(s.count), 9223372036854775807)::bigint as count\n"
      "  from touched t join series s on s.run = t.run and s.tag = t.tag group by t.tag, t.run),\n"
      "put as (\n"
      "  insert into run_tags as v (tag, run, last, min, max, last_step, count)\n"
      "  select tag, run, last, min, max, last_step, count from merged order by tag, run\n"
      "  on conflict (tag, run) do update set last = excluded.last, min = excluded.min, max = excluded.max,\n"
      "    last_step = excluded.last_step, count = excluded.count\n"
      "    where (v.last, v.min, v.max, v.last_step, v.count)\n"
      "      is distinct from (excluded.last, excluded.min, excluded.max, excluded.last_step, excluded.count)\n"
      "  returning v.tag, v.run, v.xmax = 0 as fresh),\n"
      "counted as (\n"
      "  select p.tag, count(*) as runs from put p join runs r on r.number = p.run\n"
      "  where p.fresh and r.deleted_at is null group by p.tag),\n"
      "locked as (\n"
      "  select t.number, c.runs from tags t join counted c on c.tag = t.number order by t.number for no key update of "
      "t)\n"
      "update tags t set runs = t.runs + l.runs from locked l where t.number = l.number",
      Params(a.run.Finish(), a.writer.Finish(), a.series.Finish()));
}

// The part of a call that goes in at once.
class Part {
 public:
  explicit Part(std::span<const SeriesRow> rows) : rows_(rows) {
    for (size_t i = 0; i < rows.size(); ++i) {
      // Of a series said twice the last is what holds: one statement may touch a row once only.
      last_[{rows[i].run_number, rows[i].writer_number, rows[i].series}] = i;
      if (runs_.insert(rows[i].run_number).second) numbers_.Int(ClampInt64(rows[i].run_number));
    }
  }

  void Name(Transaction& transaction) {
    named_.clear();
    Arrays arrays = Read(transaction, "", named_);
    if (!arrays.run.empty()) MakeTags(transaction, arrays);
  }
  // False: a run has been moved since it was named.
  bool Put(Transaction& transaction) {
    std::map<uint64_t, int64_t> experiments;
    Arrays arrays = Read(transaction, " for no key update", experiments);
    for (const auto& [run, experiment] : experiments) {
      const auto named = named_.find(run);
      if (named == named_.end() || named->second != experiment) return false;
    }
    if (arrays.run.empty()) return true;
    PutRows(transaction, arrays);
    MergeWriters(transaction, arrays);
    transaction.Run("update runs set updated = clock_timestamp() where number = any($1::bigint[])",
                    Params(numbers_.Finish()));
    return true;
  }

 private:
  // Rows of unknown runs are left out.
  Arrays Read(Transaction& transaction, const std::string& lock, std::map<uint64_t, int64_t>& experiments) const {
    pqxx::result known =
        transaction.Run("select number, experiment from runs where number = any($1::bigint[]) order by number" + lock,
                        Params(numbers_.Finish()));
    for (const pqxx::row& row : known) experiments[static_cast<uint64_t>(row[0].as<int64_t>())] = row[1].as<int64_t>();
    Arrays arrays;
    for (size_t i = 0; i < rows_.size(); ++i) {
      const SeriesRow& row = rows_[i];
      auto experiment = experiments.find(row.run_number);
      if (experiment == experiments.end() || last_.at({row.run_number, row.writer_number, row.series}) != i) continue;
      Add(row, experiment->second, arrays);
    }
    return arrays;
  }

  std::span<const SeriesRow> rows_;
  std::map<std::tuple<uint64_t, uint32_t, uint32_t>, size_t> last_;
  std::set<uint64_t> runs_;
  std::map<uint64_t, int64_t> named_;  // run → experiment in which its tags have names
  SqlArray numbers_;
};

}  // namespace

absl::Status PostgresCatalog::PutSeries(std::span<const SeriesRow> rows) {
  while (!rows.empty()) {
    Part part(rows.first(std::min(rows.size(), kRowsAtOnce)));
    rows = rows.subspan(std::min(rows.size(), kRowsAtOnce));
    RETURN_IF_ERROR(TryWhileMoving([&]() -> absl::StatusOr<bool> {
      RETURN_IF_ERROR(database_.Transact("put_series", [&](Transaction& transaction) {
        part.Name(transaction);
        return absl::OkStatus();
      }));
      bool stayed = true;
      RETURN_IF_ERROR(database_.Transact("put_series", [&](Transaction& transaction) {
        stayed = part.Put(transaction);
        return absl::OkStatus();
      }));
      return stayed;
    }));
  }
  return absl::OkStatus();
}

}  // namespace stepwell::catalog
