#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <tuple>
#include <vector>

#include "absl/strings/str_cat.h"
#include "base/bytes.h"
#include "base/clock.h"
#include "base/status_macros.h"
#include "catalog/postgres_catalog.h"
#include "catalog/run_rows.h"
#include "catalog/sql_text.h"
#include "catalog/text.h"

namespace stepwell::catalog {
namespace {

// What a batch of notes amounts to for one run: the last of each thing.
struct Outcome {
  int64_t experiment = 0;
  std::map<std::pair<char, std::string>, std::string> fields;
  std::optional<std::string> status, text;
  double status_wall = 0;
  std::map<std::string, RunNote> warnings;  // by digest
};

bool IsStatus(const std::string& status) {
  return status == "running" || status == "finished" || status == "failed" || status == "killed" || status == "crashed";
}

std::string WarningDigest(const RunNote& note) {
  std::string key;
  PutBytes(key, note.source);
  PutBytes(key, note.file);
  PutLe64(key, static_cast<uint64_t>(note.offset));
  PutBytes(key, note.tag);
  PutBytes(key, note.reason);
  return Sha256(key);
}

void Add(const RunNote& note, Outcome& outcome) {
  switch (note.kind) {
    case RunNote::Kind::kParam:
      outcome.fields[{'p', note.key}] = note.value;
      break;
    case RunNote::Kind::kLabel:
      outcome.fields[{'l', note.key}] = note.value;
      break;
    case RunNote::Kind::kStatus:
      // One that we do not know, from a newer client: the run keeps what it has.
      if (!IsStatus(note.value)) break;
      outcome.status = note.value;
      outcome.status_wall = note.wall;
      break;
    case RunNote::Kind::kText:
      outcome.text = note.value;
      break;
    case RunNote::Kind::kWarning: {
      auto [place, fresh] = outcome.warnings.emplace(WarningDigest(note), note);
      if (!fresh) place->second.count = std::max(place->second.count, note.count);
      break;
    }
  }
}

// Those whose run there is, with its experiment.
std::map<int64_t, Outcome> Known(Transaction& transaction, const std::map<int64_t, Outcome>& all,
                                 const std::string& lock) {
  SqlArray numbers;
  for (const auto& [run, outcome] : all) numbers.Int(run);
  pqxx::result rows =
      transaction.Run("select number, experiment from runs where number = any($1::bigint[]) order by number" + lock,
                      Params(numbers.Finish()));
  std::map<int64_t, Outcome> known;
  for (const pqxx::row& row : rows) {
    auto run = row[0].as<int64_t>();
    known.emplace(run, all.at(run)).first->second.experiment = row[1].as<int64_t>();
  }
  return known;
}

// Leaves out new parameters and labels beyond what a run may have, and says so in a warning.
void LimitFields(Transaction& transaction, std::map<int64_t, Outcome>& outcomes, uint64_t limit) {
  SqlArray runs;
  for (const auto& [run, outcome] : outcomes) {
    if (!outcome.fields.empty()) runs.Int(run);
  }
  if (runs.empty()) return;
  pqxx::result counts = transaction.Run(
      "select n.run, (select count(*) from run_fields v where v.run = n.run) from unnest($1::bigint[]) as n (run)",
      Params(runs.Finish()));
  for (const pqxx::row& row : counts) {
    auto run = row[0].as<int64_t>();
    auto count = row[1].as<uint64_t>();
    Outcome& outcome = outcomes.at(run);
    if (count + outcome.fields.size() <= limit) continue;
    pqxx::result names = transaction.Run(
        "select f.space, f.name from run_fields v join fields f on f.number = v.field where v.run = $1::bigint",
        Params(run));
    std::set<std::pair<char, std::string>> known;
    for (const pqxx::row& name : names) known.emplace(name[0].c_str()[0], FromSqlBytes(name[1].c_str()));
    uint64_t room = limit > count ? limit - count : 0;
    const size_t left_out = std::erase_if(outcome.fields, [&](const auto& field) {
      if (known.contains(field.first)) return false;
      return room > 0 ? (--room, false) : true;
    });
    if (left_out == 0) continue;
    RunNote warning;
    warning.kind = RunNote::Kind::kWarning;
    warning.source = "server";
    warning.reason = "the run has " + std::to_string(limit) +
                     " parameters and labels, which is the limit (--max-params): new ones are left out";
    warning.count = left_out;
    warning.wall = Clock::System().WallSeconds();
    Add(warning, outcome);
  }
}

std::vector<FieldValue> FieldsOf(const std::map<int64_t, Outcome>& outcomes) {
  std::vector<FieldValue> fields;
  for (const auto& [run, outcome] : outcomes) {
    for (const auto& [name, value] : outcome.fields) {
      fields.push_back({static_cast<uint64_t>(run), outcome.experiment, name.first, name.second, value});
    }
  }
  return fields;
}

void PutWarnings(Transaction& transaction, const std::map<int64_t, Outcome>& outcomes) {
  SqlArray runs, digests, times, sources, files, offsets, tags, reasons, counts;
  for (const auto& [run, outcome] : outcomes) {
    for (const auto& [digest, warning] : outcome.warnings) {
      runs.Int(run);
      digests.Bytes(digest);
      times.Text(SqlTime(warning.wall));
      sources.Bytes(warning.source);
      files.Bytes(warning.file);
      offsets.Int(warning.offset);
      tags.Bytes(warning.tag);
      reasons.Bytes(warning.reason);
      counts.Int(ClampInt64(warning.count));
    }
  }
  if (runs.empty()) return;
  transaction.Run(
      "insert into warnings as w (run, sha256, time, source, file, \"offset\", tag, reason, count)\n"
      "select * from unnest($1::bigint[], $2::bytea[], $3::timestamptz[], $4::bytea[], $5::bytea[], $6::bigint[],\n"
      "  $7::bytea[], $8::bytea[], $9::bigint[])\n"
      "on conflict (run, sha256) do update set count = excluded.count where excluded.count > w.count",
      Params(runs.Finish(), digests.Finish(), times.Finish(), sources.Finish(), files.Finish(), offsets.Finish(),
             tags.Finish(), reasons.Finish(), counts.Finish()));
}

void PutRuns(Transaction& transaction, const std::map<int64_t, Outcome>& outcomes) {
  SqlArray runs, statuses, walls, texts;
  for (const auto& [run, outcome] : outcomes) {
    runs.Int(run);
    outcome.status ? statuses.Text(*outcome.status) : statuses.Null();
    outcome.status_wall != 0 ? walls.Text(SqlTime(outcome.status_wall)) : walls.Null();
    outcome.text ? texts.Text(EncodeText(*outcome.text)) : texts.Null();
  }
  // An end without a time is the first moment we hear of it: hearing it again changes nothing.
  transaction.Run(
      "update runs r set updated = clock_timestamp(), status = coalesce(n.status, r.status), note = coalesce(n.note, "
      "r.note),\n"
      "  finished = case when n.status is null then r.finished\n"
      "    when n.status = 'running' then null\n"
      "    when n.status = r.status then coalesce(n.wall, r.finished, now())\n"
      "    else coalesce(n.wall, now()) end,\n"
      "  heard = case when n.status = 'running' and r.heard is not null then now() else r.heard end\n"
      "from unnest($1::bigint[], $2::text[], $3::timestamptz[], $4::text[]) as n (run, status, wall, note)\n"
      "where r.number = n.run",
      Params(runs.Finish(), statuses.Finish(), walls.Finish(), texts.Finish()));
}

}  // namespace

void PutWarning(Transaction& transaction, const RunNote& warning) {
  std::map<int64_t, Outcome> outcomes;
  Add(warning, outcomes[ClampInt64(warning.run_number)]);
  PutWarnings(transaction, outcomes);
}

absl::Status PostgresCatalog::ApplyNotes(std::span<const RunNote> notes) {
  if (notes.empty()) return absl::OkStatus();
  std::map<int64_t, Outcome> all;
  for (const RunNote& note : notes) Add(note, all[ClampInt64(note.run_number)]);
  // Runs have one writer of notes, their shard's flusher, so that what is counted here is still true below.
  std::map<int64_t, Outcome> taken;
  return TryWhileMoving([&]() -> absl::StatusOr<bool> {
    RETURN_IF_ERROR(database_.Transact("apply_notes", [&](Transaction& transaction) {
      taken = Known(transaction, all, "");
      LimitFields(transaction, taken, params_per_run_);
      MakeFieldNames(transaction, FieldsOf(taken));
      return absl::OkStatus();
    }));
    bool stayed = true;
    RETURN_IF_ERROR(database_.Transact("apply_notes", [&](Transaction& transaction) {
      std::map<int64_t, Outcome> known = Known(transaction, taken, " for no key update");
      stayed = std::ranges::all_of(
          known, [&](const auto& run) { return run.second.experiment == taken.at(run.first).experiment; });
      if (!stayed) return absl::OkStatus();
      PutFields(transaction, FieldsOf(known));
      PutWarnings(transaction, known);
      PutRuns(transaction, known);
      return absl::OkStatus();
    }));
    return stayed;
  });
}

absl::Status PostgresCatalog::RunsHeard(std::span<const uint64_t> runs) {
  SqlArray numbers;
  for (uint64_t run : runs) numbers.Int(ClampInt64(run));
  return database_.Transact("runs_heard", [&, array = numbers.Finish()](Transaction& transaction) {
    // One that comes back changes what is shown, and live pages hear of it.
    transaction.Run(absl::StrCat("with heard as materialized (\n"
                                 "  select r.number, ",
                                 shown_.status,
                                 " = 'disconnected' as was_away from runs r\n"
                                 "  where r.number = any($1::bigint[]) order by r.number for no key update)\n"
                                 "update runs r set heard = now(),\n"
                                 "  updated = case when h.was_away then clock_timestamp() else r.updated end\n"
                                 "from heard h where r.number = h.number"),
                    Params(array));
    return absl::OkStatus();
  });
}

}  // namespace stepwell::catalog
