#include <vector>

#include "absl/strings/str_cat.h"
#include "base/bytes.h"
#include "base/status_macros.h"
#include "catalog/postgres_catalog.h"
#include "catalog/run_places.h"
#include "catalog/run_rows.h"
#include "catalog/sql_text.h"
#include "catalog/text.h"

namespace stepwell::catalog {
namespace {

// Scalars that one run's page shows beside its name; its series are listed by ingest.
constexpr int64_t kMetricsOfOneRun = 1000;
// Moving a run of 100,000 tags to the trash touches as many counters: about 2 s.
constexpr std::chrono::seconds kLongStatement{60};

absl::Status Gone(const RunRef& run) { return absl::NotFoundError(absl::StrCat("there is no run \"", run.id, "\"")); }

absl::Status CheckEdit(const RunEdit& edit) {
  if (edit.name && edit.name->empty()) return absl::InvalidArgumentError("a run's name cannot be empty");
  if (edit.name && edit.name->size() > 4096) return absl::InvalidArgumentError("a run's name has at most 4096 bytes");
  if (edit.status && *edit.status != "running" && *edit.status != "finished" && *edit.status != "failed" &&
      *edit.status != "killed" && *edit.status != "crashed") {
    return absl::InvalidArgumentError(
        absl::StrCat("\"", *edit.status, "\" is no status; it is running, finished, failed, killed or crashed"));
  }
  return absl::OkStatus();
}

void EditColumns(Transaction& transaction, uint64_t run, const RunEdit& edit) {
  if (edit.name) KeepNames(transaction, "{" + std::to_string(run) + "}");
  Params params(run);
  std::string set = "updated = clock_timestamp()";
  if (edit.name) {
    absl::StrAppend(&set, ", name = $", params.Add(EncodeText(*edit.name)));
    absl::StrAppend(&set, ", name_sha256 = $", params.Add(SqlBytes(Sha256(*edit.name))), "::bytea");
  }
  if (edit.note) absl::StrAppend(&set, ", note = $", params.Add(EncodeText(*edit.note)));
  if (edit.archived) absl::StrAppend(&set, ", archived = ", *edit.archived ? "true" : "false");
  if (edit.status) {
    int n = params.Add(*edit.status);
    absl::StrAppend(&set, ", status = $", n, ", finished = case when $", n,
                    " = 'running' then null else coalesce(finished, now()) end");
  }
  transaction.Run(absl::StrCat("update runs set ", set, " where number = $1::bigint"), params);
}

std::vector<FieldValue> SetLabels(const RunRef& run, const RunEdit& edit) {
  std::vector<FieldValue> values;
  for (const auto& [name, value] : edit.labels) {
    if (value) values.push_back({run.number, run.experiment, 'l', name, *value});
  }
  return values;
}

void EditLabels(Transaction& transaction, const RunRef& run, const RunEdit& edit) {
  PutFields(transaction, SetLabels(run, edit));
  SqlArray runs, removed;
  for (const auto& [name, value] : edit.labels) {
    if (value) continue;
    runs.Int(static_cast<int64_t>(run.number));
    removed.Bytes(Sha256(name));
  }
  if (!removed.empty()) RemoveLabels(transaction, runs.Finish(), removed.Finish());
}

absl::StatusOr<Run> ReadOne(Transaction& transaction, const RunRef& run, const Shown& shown) {
  Columns columns;
  columns.first_metrics = kMetricsOfOneRun;
  std::vector<Run> runs = ReadRuns(transaction, {static_cast<int64_t>(run.number)}, columns, shown);
  if (runs.empty()) return Gone(run);
  return std::move(runs[0]);
}

}  // namespace

absl::StatusOr<Run> PostgresCatalog::GetRun(const Granted<RunRef>& run) {
  Run found;
  RETURN_IF_ERROR(database_.Transact("get_run", [&](Transaction& transaction) -> absl::Status {
    ASSIGN_OR_RETURN(found, ReadOne(transaction, *run, shown_));
    return absl::OkStatus();
  }));
  return found;
}

absl::StatusOr<Run> PostgresCatalog::EditRun(const Granted<RunRef>& run, const RunEdit& edit) {
  RETURN_IF_ERROR(CheckEdit(edit));
  Run edited;
  RunRef now = *run;  // a look-up may be some seconds old
  RETURN_IF_ERROR(TryWhileMoving([&]() -> absl::StatusOr<bool> {
    bool stayed = true;
    RETURN_IF_ERROR(database_.Transact("edit_run", [&](Transaction& transaction) {
      MakeFieldNames(transaction, SetLabels(now, edit));
      return absl::OkStatus();
    }));
    RETURN_IF_ERROR(database_.Transact("edit_run", [&](Transaction& transaction) -> absl::Status {
      pqxx::result rows = transaction.Run(
          "select deleted_at is not null, experiment from runs where number = $1::bigint for no key update",
          Params(run->number));
      if (rows.empty()) return Gone(*run);
      if (rows[0][0].as<bool>()) {
        return absl::FailedPreconditionError(absl::StrCat("run \"", run->id, "\" is in the trash; restore it first"));
      }
      stayed = rows[0][1].as<int64_t>() == now.experiment;
      now.experiment = rows[0][1].as<int64_t>();
      if (!stayed) return absl::OkStatus();
      EditLabels(transaction, now, edit);
      EditColumns(transaction, run->number, edit);
      ASSIGN_OR_RETURN(edited, ReadOne(transaction, *run, shown_));
      return absl::OkStatus();
    }));
    return stayed;
  }));
  return edited;
}

absl::Status PostgresCatalog::MoveToTrash(const Granted<RunRef>& run, bool deleted) {
  return database_.Transact("move_to_trash", [&](Transaction& transaction) -> absl::Status {
    transaction.AllowLong(kLongStatement);
    transaction.Run(
        "select from experiments where number = (select experiment from runs where number = $1::bigint) for no key "
        "update",
        Params(run->number));
    pqxx::result rows =
        transaction.Run("select deleted_at is not null, purging from runs where number = $1::bigint for no key update",
                        Params(run->number));
    if (rows.empty()) return Gone(*run);
    if (rows[0][1].as<bool>() && !deleted) {
      return absl::FailedPreconditionError(
          absl::StrCat("run \"", run->id, "\" cannot be restored: its time in the trash is over"));
    }
    if (rows[0][0].as<bool>() == deleted) return absl::OkStatus();
    TrashRuns(transaction, "{" + std::to_string(run->number) + "}", deleted);
    return absl::OkStatus();
  });
}

absl::Status PostgresCatalog::DeleteRun(const Granted<RunRef>& run) { return MoveToTrash(run, true); }
absl::Status PostgresCatalog::RestoreRun(const Granted<RunRef>& run) { return MoveToTrash(run, false); }

absl::StatusOr<std::vector<uint64_t>> PostgresCatalog::ClaimRunsToPurge(std::chrono::seconds grace) {
  std::vector<uint64_t> runs;
  RETURN_IF_ERROR(database_.Transact("claim_purge", [&](Transaction& transaction) {
    runs.clear();
    const std::string over =
        "from runs r where r.deleted_at is not null\n"
        "  and (r.purging or r.deleted_at <= clock_timestamp() - make_interval(secs => $1::float8))\n";
    const std::string forks = "exists (select from runs f where f.forked_from = r.number)\n";
    const Params seconds(static_cast<int64_t>(grace.count()));
    transaction.Run("update runs set held = true where number in (\n  select r.number " + over +
                        "  and not r.held and " + forks + "  order by r.number for no key update skip locked)",
                    seconds);
    pqxx::result rows = transaction.Run(
        "update runs set purging = true, updated = clock_timestamp() where number in (\n"
        "  select r.number " +
            over + "  and not " + forks +
            "  order by r.deleted_at limit 100 for no key update skip locked)\n"
            "returning number",
        seconds);
    for (const pqxx::row& row : rows) runs.push_back(static_cast<uint64_t>(row[0].as<int64_t>()));
    return absl::OkStatus();
  }));
  return runs;
}

absl::Status PostgresCatalog::ForgetRun(uint64_t number) {
  return database_.Transact("forget_run", [&](Transaction& transaction) -> absl::Status {
    transaction.AllowLong(kLongStatement);
    pqxx::result rows =
        transaction.Run("select id, deleted_at is not null from runs where number = $1::bigint for no key update",
                        Params(ClampInt64(number)));
    if (rows.empty()) return absl::OkStatus();
    if (!rows[0][1].as<bool>()) {
      return absl::FailedPreconditionError(
          absl::StrCat("run \"", rows[0][0].c_str(), "\" is not in the trash; only deleted runs are forgotten"));
    }
    transaction.Run("delete from runs where number = $1::bigint", Params(ClampInt64(number)));
    return absl::OkStatus();
  });
}

}  // namespace stepwell::catalog
