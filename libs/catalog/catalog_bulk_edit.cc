#include <re2/re2.h>

#include <algorithm>
#include <map>
#include <set>

#include "absl/strings/str_cat.h"
#include "base/bytes.h"
#include "base/ids.h"
#include "base/status_macros.h"
#include "catalog/postgres_catalog.h"
#include "catalog/run_places.h"
#include "catalog/run_rows.h"
#include "catalog/run_set.h"
#include "catalog/sql_text.h"
#include "catalog/text.h"

namespace stepwell::catalog {
namespace {

// Moving 10,000 runs of 20 tags touches some million rows and index entries.
constexpr std::chrono::seconds kLongStatement{120};
constexpr size_t kNameBytes = 4096;
// How often runs may be moved by others while their experiments are being locked.
constexpr int kTries = 5;

using Trash = RunChange::Trash;

// A run as it was, and what the edits have made of it.
struct State {
  std::string id, name, note, experiment_id;
  int64_t experiment = 0;
  std::map<std::string, std::string> labels;
  bool archived = false, deleted = false, purging = false;
};

absl::Status CheckChange(const RunChange& change) {
  if (change.name && change.name->empty()) return absl::InvalidArgumentError("a run's name cannot be empty");
  if (change.name && change.name->size() > kNameBytes) {
    return absl::InvalidArgumentError(absl::StrCat("a run's name has at most ", kNameBytes, " bytes"));
  }
  if (!change.rename) return absl::OkStatus();
  if (change.name) return absl::InvalidArgumentError("name and rename: one of them, not both");
  const RE2 match(change.rename->match, RE2::Quiet);
  std::string error;
  if (!match.ok()) {
    return absl::InvalidArgumentError(absl::StrCat("rename: \"", change.rename->match, "\": ", match.error()));
  }
  if (!match.CheckRewriteString(change.rename->to, &error)) {
    return absl::InvalidArgumentError(absl::StrCat("rename: \"", change.rename->to, "\": ", error));
  }
  return absl::OkStatus();
}

std::string Literal(const std::vector<int64_t>& numbers) {
  SqlArray array;
  for (int64_t number : numbers) array.Int(number);
  return array.Finish();
}

// All edits of one request within one transaction. Locks the experiments, then the runs, each in order; then everything
// is done with sets of runs, edit by edit.
class Editing {
 public:
  Editing(Transaction& transaction, const WorkspaceRef& workspace, std::span<const BulkEdit> edits, const Shown& shown)
      : transaction_(transaction), workspace_(workspace), edits_(edits), shown_(shown) {}

  // nullopt: runs were moved by others before they were locked; try again.
  absl::StatusOr<std::optional<BulkResult>> Run() {
    RETURN_IF_ERROR(Choose());
    FindTargets();
    const std::map<int64_t, int64_t> before = Experiments("");
    Lock(before);
    if (Experiments(" for no key update") != before) return std::optional<BulkResult>();
    ReadStates();
    for (size_t i = 0; i < edits_.size(); ++i) RETURN_IF_ERROR(Apply(edits_[i], chosen_[i], targets_[i]));
    std::ranges::reverse(undo_);
    BulkResult result;
    result.changed = static_cast<int64_t>(changed_.size());
    for (int64_t run : changed_) result.ids.push_back(states_.at(run).id);
    result.skipped = std::move(skipped_);
    result.undo = std::move(undo_);
    return std::optional<BulkResult>(std::move(result));
  }

 private:
  // The runs of each edit, before anything is changed.
  absl::Status Choose() {
    size_t total = 0;
    for (const BulkEdit& edit : edits_) {
      std::vector<int64_t>& runs = chosen_.emplace_back();
      for (const auto& run : edit.runs) runs.push_back(static_cast<int64_t>(run->number));
      if (!edit.experiments.empty()) {
        // Deleted ones are chosen by a filter to be restored only.
        RunSet set(edit.experiments, Archived::kAny, edit.change.trash == Trash::kRestore);
        RETURN_IF_ERROR(set.Parse(edit.filter));
        set.Resolve(transaction_);
        Params params;
        const std::string where = set.WhereAll(shown_, params);
        for (const pqxx::row& row : transaction_.Run(
                 absl::StrCat("select r.number from runs r", where, " limit ", kRunsOfOneEdit + 1), params)) {
          runs.push_back(row[0].as<int64_t>());
        }
      }
      std::ranges::sort(runs);
      runs.erase(std::ranges::unique(runs).begin(), runs.end());
      total += runs.size();
      if (total > kRunsOfOneEdit) {
        return absl::InvalidArgumentError(absl::StrCat("these edits are of more than ", kRunsOfOneEdit,
                                                       " runs, the limit of one request; narrow the filter, or ask in "
                                                       "parts"));
      }
      all_.insert(runs.begin(), runs.end());
    }
    return absl::OkStatus();
  }

  void FindTargets() {
    for (size_t i = 0; i < edits_.size(); ++i) {
      const BulkEdit& edit = edits_[i];
      const bool named = !edit.move_to_name.empty() && !chosen_[i].empty();
      targets_.push_back(edit.move_to ? (*edit.move_to)->number : named ? MakeExperiment(edit.move_to_name) : 0);
    }
  }
  int64_t MakeExperiment(const std::string& name) {
    const std::string digest = SqlBytes(Sha256(name));
    transaction_.Run(
        "insert into experiments (id, workspace, name, name_sha256, owner)\n"
        "values ($1, $2::bigint, $3, $4::bytea, (select number from users where name = 'local'))\n"
        "on conflict (workspace, name_sha256) do nothing",
        Params(NewUlid(), workspace_.number, EncodeText(name), digest));
    return transaction_
        .Run("select number from experiments where workspace = $1::bigint and name_sha256 = $2::bytea",
             Params(workspace_.number, digest))
        .front()[0]
        .as<int64_t>();
  }

  std::string All() const { return Literal({all_.begin(), all_.end()}); }
  std::map<int64_t, int64_t> Experiments(const std::string& lock) {
    std::map<int64_t, int64_t> experiments;
    for (const pqxx::row& row :
         transaction_.Run("select number, experiment from runs where number = any($1::bigint[]) order by number" + lock,
                          Params(All()))) {
      experiments[row[0].as<int64_t>()] = row[1].as<int64_t>();
    }
    return experiments;
  }
  void Lock(const std::map<int64_t, int64_t>& runs) {
    std::set<int64_t> experiments(targets_.begin(), targets_.end());
    for (const auto& [run, experiment] : runs) experiments.insert(experiment);
    LockExperiments(transaction_, Literal({experiments.begin(), experiments.end()}));
  }

  void ReadStates() {
    for (const pqxx::row& row : transaction_.Run(
             "select r.number, r.id, r.name, r.note, r.experiment, e.id, r.archived, r.deleted_at is not null, "
             "r.purging\n"
             "from runs r join experiments e on e.number = r.experiment where r.number = any($1::bigint[])",
             Params(All()))) {
      State& state = states_[row[0].as<int64_t>()];
      state.id = row[1].c_str();
      state.name = DecodeText(row[2].c_str());
      state.note = DecodeText(row[3].c_str());
      state.experiment = row[4].as<int64_t>();
      state.experiment_id = row[5].c_str();
      state.archived = row[6].as<bool>();
      state.deleted = row[7].as<bool>();
      state.purging = row[8].as<bool>();
    }
    for (const pqxx::row& row : transaction_.Run(
             "select v.run, f.name, v.str from run_fields v join fields f on f.number = v.field and f.space = 'l'\n"
             "where v.run = any($1::bigint[])",
             Params(All()))) {
      states_.at(row[0].as<int64_t>()).labels[FromSqlBytes(row[1].c_str())] = DecodeText(row[2].c_str());
    }
    for (const pqxx::row& row : transaction_.Run("select number, id from experiments where number = any($1::bigint[])",
                                                 Params(Literal(targets_)))) {
      experiment_ids_[row[0].as<int64_t>()] = row[1].c_str();
    }
  }

  void Skip(const State& state, std::string reason) { skipped_.push_back({state.id, std::move(reason)}); }

  // What of an edit concerns one run, and its undoing.
  struct Step {
    RunChange undo;
    std::string back;  // experiment
    bool any = false;
  };

  absl::Status Apply(const BulkEdit& edit, const std::vector<int64_t>& runs, int64_t target) {
    std::map<std::pair<RunChange, std::string>, std::vector<std::string>> undo;
    work_ = {};
    std::unique_ptr<RE2> match;
    if (edit.change.rename) match = std::make_unique<RE2>(edit.change.rename->match, RE2::Quiet);
    for (int64_t run : runs) {
      const auto found = states_.find(run);
      if (found == states_.end()) continue;  // purged a moment ago
      State& state = found->second;
      if (state.purging) {
        Skip(state, "its time in the trash is over");
        continue;
      }
      if (state.deleted && edit.change.trash != Trash::kRestore) {
        Skip(state, "it is in the trash; restore it first");
        continue;
      }
      Step step;
      RETURN_IF_ERROR(Plan(edit, run, target, match.get(), state, step));
      if (!step.any) continue;
      changed_.insert(run);
      undo[{std::move(step.undo), std::move(step.back)}].push_back(state.id);
    }
    Write(edit, target);
    for (auto& [what, ids] : undo) undo_.push_back({std::move(ids), what.first, what.second});
    return absl::OkStatus();
  }

  absl::Status Plan(const BulkEdit& edit, int64_t run, int64_t target, const RE2* match, State& state, Step& step) {
    const RunChange& change = edit.change;
    std::string name = change.name.value_or(state.name);
    if (match != nullptr) RE2::GlobalReplace(&name, *match, change.rename->to);
    if (name.empty() || name.size() > kNameBytes) {
      Skip(state, name.empty() ? "it would have no name"
                               : absl::StrCat("its name would have more than ", kNameBytes, " bytes"));
      return absl::OkStatus();
    }
    if (change.trash == Trash::kRestore && state.deleted) {
      work_.restored.push_back(run);
      step.undo.trash = Trash::kDelete;
      step.any = true;
      state.deleted = false;
    }
    if (name != state.name) {
      work_.renamed.push_back(run);
      work_.names.push_back(name);
      step.undo.name = std::exchange(state.name, name);
      step.any = true;
    }
    if (change.note && *change.note != state.note) {
      work_.noted.push_back(run);
      step.undo.note = std::exchange(state.note, *change.note);
      step.any = true;
    }
    if (change.archived && *change.archived != state.archived) {
      work_.archived.push_back(run);
      step.undo.archived = std::exchange(state.archived, *change.archived);
      step.any = true;
    }
    if (target != 0 && target != state.experiment) {
      work_.moved.push_back(run);
      step.back = std::exchange(state.experiment_id, experiment_ids_.at(target));
      step.any = true;
      state.experiment = target;
    }
    PlanLabels(change, run, state, step);
    if (change.trash == Trash::kDelete) {
      work_.deleted.push_back(run);
      step.undo.trash = Trash::kRestore;
      step.any = true;
      state.deleted = true;
    }
    return absl::OkStatus();
  }

  void PlanLabels(const RunChange& change, int64_t run, State& state, Step& step) {
    for (const auto& [key, value] : change.labels) {
      const auto had = state.labels.find(key);
      const bool has = had != state.labels.end();
      if (value ? has && had->second == *value : !has) continue;
      step.undo.labels[key] = has ? std::optional(had->second) : std::nullopt;
      step.any = true;
      if (value) {
        work_.labels.push_back({static_cast<uint64_t>(run), state.experiment, 'l', key, *value});
        state.labels[key] = *value;
      } else {
        work_.unlabeled.push_back(run);
        work_.gone.push_back(key);
        state.labels.erase(key);
      }
    }
  }

  // Moves before labels, whose names are then those of the new experiment.
  void Write(const BulkEdit& edit, int64_t target) {
    const RunChange& change = edit.change;
    if (!work_.restored.empty()) TrashRuns(transaction_, Literal(work_.restored), false);
    if (!work_.moved.empty()) MoveRuns(transaction_, Literal(work_.moved), target);
    if (!work_.renamed.empty()) WriteNames();
    if (!work_.noted.empty()) {
      transaction_.Run("update runs set updated = clock_timestamp(), note = $2 where number = any($1::bigint[])",
                       Params(Literal(work_.noted), EncodeText(*change.note)));
    }
    if (!work_.archived.empty()) {
      transaction_.Run(
          "update runs set updated = clock_timestamp(), archived = $2::boolean where number = any($1::bigint[])",
          Params(Literal(work_.archived), *change.archived ? "t" : "f"));
    }
    WriteLabels();
    if (!work_.deleted.empty()) TrashRuns(transaction_, Literal(work_.deleted), true);
  }

  void WriteNames() {
    KeepNames(transaction_, Literal(work_.renamed));
    SqlArray names, digests;
    for (const std::string& name : work_.names) {
      names.Text(EncodeText(name));
      digests.Bytes(Sha256(name));
    }
    transaction_.Run(
        "update runs r set updated = clock_timestamp(), name = n.name, name_sha256 = n.digest\n"
        "from unnest($1::bigint[], $2::text[], $3::bytea[]) as n (run, name, digest) where r.number = n.run",
        Params(Literal(work_.renamed), names.Finish(), digests.Finish()));
  }

  void WriteLabels() {
    if (work_.labels.empty() && work_.unlabeled.empty()) return;
    MakeFieldNames(transaction_, work_.labels);
    PutFields(transaction_, work_.labels);
    SqlArray gone, touched;
    for (const std::string& key : work_.gone) gone.Bytes(Sha256(key));
    RemoveLabels(transaction_, Literal(work_.unlabeled), gone.Finish());
    for (const FieldValue& value : work_.labels) touched.Int(static_cast<int64_t>(value.run));
    for (int64_t run : work_.unlabeled) touched.Int(run);
    transaction_.Run("update runs set updated = clock_timestamp() where number = any($1::bigint[])",
                     Params(touched.Finish()));
  }

  // Of one edit.
  struct Work {
    std::vector<int64_t> restored, moved, renamed, noted, archived, unlabeled, deleted;
    std::vector<std::string> names;  // of `renamed`
    std::vector<std::string> gone;   // labels of `unlabeled`
    std::vector<FieldValue> labels;
  };

  Transaction& transaction_;
  const WorkspaceRef& workspace_;
  const std::span<const BulkEdit> edits_;
  const Shown& shown_;
  std::vector<std::vector<int64_t>> chosen_;  // of each edit, sorted
  std::vector<int64_t> targets_;              // of each edit; 0: it moves nothing
  std::map<int64_t, std::string> experiment_ids_;
  std::set<int64_t> all_;
  std::map<int64_t, State> states_;
  Work work_;
  std::set<int64_t> changed_;
  std::vector<BulkResult::Skipped> skipped_;
  std::vector<BulkResult::Undo> undo_;
};

}  // namespace

absl::StatusOr<std::vector<RunRef>> PostgresCatalog::FindRuns(std::span<const std::string> ids) {
  SqlArray array;
  for (const std::string& id : ids) array.Text(EncodeText(id));
  std::vector<RunRef> found;
  RETURN_IF_ERROR(database_.Transact("find_runs", [&](Transaction& transaction) {
    found.clear();
    for (const pqxx::row& row :
         transaction.Run("select number, id, experiment, workspace, deleted_at is not null from runs\n"
                         "where id = any($1::text[]) order by number",
                         Params(array.Finish()))) {
      found.push_back(ReadRunRef(row));
    }
    return absl::OkStatus();
  }));
  return found;
}

absl::StatusOr<BulkResult> PostgresCatalog::EditRuns(const Granted<WorkspaceRef>& workspace,
                                                     std::span<const BulkEdit> edits) {
  for (const BulkEdit& edit : edits) RETURN_IF_ERROR(CheckChange(edit.change));
  for (int i = 0; i < kTries; ++i) {
    std::optional<BulkResult> result;
    RETURN_IF_ERROR(database_.Transact("edit_runs", [&](Transaction& transaction) -> absl::Status {
      transaction.AllowLong(kLongStatement);
      ASSIGN_OR_RETURN(result, Editing(transaction, *workspace, edits, shown_).Run());
      return absl::OkStatus();
    }));
    if (result) return *std::move(result);
  }
  return absl::UnavailableError("others move these runs just now; try again");
}

}  // namespace stepwell::catalog
