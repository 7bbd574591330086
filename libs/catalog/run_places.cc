#include "catalog/run_places.h"

#include "catalog/run_rows.h"

namespace stepwell::catalog {
namespace {

// The names that the runs have and the experiment has not, and its numbers in place of the others'.
void MoveFields(Transaction& transaction, const Params& params) {
  transaction.Run(
      "insert into fields (experiment, space, name)\n"
      "select $2::bigint, f.space, f.name from run_fields v join fields f on f.number = v.field\n"
      "where v.run = any($1::bigint[]) and f.experiment <> $2::bigint\n"
      "group by f.space, f.name order by min(f.number) on conflict do nothing",
      params);
  transaction.Run(
      "update run_fields v set field = own.number\n"
      "from fields f join fields own on own.experiment = $2::bigint and own.space = f.space and own.sha256 = f.sha256\n"
      "where v.run = any($1::bigint[]) and f.number = v.field and f.experiment <> $2::bigint",
      params);
}

void MoveTags(Transaction& transaction, const Params& params) {
  transaction.Run(
      "insert into tags (experiment, kind, tag)\n"
      "select $2::bigint, t.kind, t.tag from series s join tags t on t.number = s.tag\n"
      "where s.run = any($1::bigint[]) and t.experiment <> $2::bigint\n"
      "group by t.kind, t.tag order by min(t.number) on conflict do nothing",
      params);
  for (const std::string table : {"series", "run_tags"}) {
    transaction.Run("update " + table +
                        " v set tag = own.number\n"
                        "from tags t join tags own on own.experiment = $2::bigint and own.kind = t.kind and own.sha256 "
                        "= t.sha256\n"
                        "where v.run = any($1::bigint[]) and t.number = v.tag and t.experiment <> $2::bigint",
                    params);
  }
}

}  // namespace

void KeepNames(Transaction& transaction, const std::string& runs) {
  transaction.Run(
      "insert into run_names (experiment, name_sha256, run)\n"
      "select distinct on (experiment, name_sha256) experiment, name_sha256, number from runs\n"
      "where number = any($1::bigint[]) order by experiment, name_sha256, number\n"
      "on conflict (experiment, name_sha256) do update set run = excluded.run",
      Params(runs));
}

void TrashRuns(Transaction& transaction, const std::string& runs, bool deleted) {
  const Params params(runs, deleted ? -1 : 1);
  transaction.Run(std::string("update runs set updated = clock_timestamp(), held = false, deleted_at = ") +
                      (deleted ? "clock_timestamp()" : "null") + " where number = any($1::bigint[])",
                  Params(runs));
  // So that no process writes on.
  if (deleted) transaction.Run("update writers set epoch = epoch + 1 where run = any($1::bigint[])", Params(runs));
  transaction.Run(
      "update experiments e set run_count = e.run_count + $2::bigint * theirs.runs\n"
      "from (select experiment, count(*) as runs from runs where number = any($1::bigint[]) group by experiment) "
      "theirs\n"
      "where e.number = theirs.experiment",
      params);
  CountFields(transaction, runs, deleted ? -1 : 1);
  CountTags(transaction, runs, deleted ? -1 : 1);
}

void MoveRuns(Transaction& transaction, const std::string& runs, int64_t experiment) {
  const Params params(runs, experiment);
  KeepNames(transaction, runs);
  CountFields(transaction, runs, -1);
  CountTags(transaction, runs, -1);
  MoveFields(transaction, params);
  MoveTags(transaction, params);
  CountFields(transaction, runs, 1);
  CountTags(transaction, runs, 1);
  transaction.Run(
      "update experiments e set run_count = e.run_count - left_by.runs\n"
      "from (select experiment, count(*) as runs from runs where number = any($1::bigint[]) group by experiment) "
      "left_by\n"
      "where e.number = left_by.experiment",
      Params(runs));
  transaction.Run(
      "insert into run_moves as m (run, experiment, color_slot, moved)\n"
      "select number, experiment, color_slot, clock_timestamp() from runs where number = any($1::bigint[])\n"
      "on conflict (run, experiment) do update set color_slot = excluded.color_slot, moved = excluded.moved",
      Params(runs));
  // One that was there before has its colour again.
  transaction.Run(
      "update runs r set experiment = $2::bigint, updated = clock_timestamp(),\n"
      "  color_slot = coalesce(m.color_slot, (e.next_ordinal + n.place - 1) % 12)\n"
      "from (select number, row_number() over (order by number) as place from runs where number = any($1::bigint[])) "
      "n\n"
      "left join run_moves m on m.run = n.number and m.experiment = $2::bigint,\n"
      "  experiments e where e.number = $2::bigint and r.number = n.number",
      params);
  transaction.Run(
      "update experiments set run_count = run_count + cardinality($1::bigint[]),\n"
      "  next_ordinal = next_ordinal + cardinality($1::bigint[]) where number = $2::bigint",
      params);
  transaction.Run("delete from run_moves where run = any($1::bigint[]) and experiment = $2::bigint", params);
}

}  // namespace stepwell::catalog
