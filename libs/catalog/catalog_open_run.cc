#include "absl/strings/str_cat.h"
#include "base/bytes.h"
#include "base/clock.h"
#include "base/ids.h"
#include "base/status_macros.h"
#include "catalog/postgres_catalog.h"
#include "catalog/run_rows.h"
#include "catalog/sql_text.h"
#include "catalog/text.h"

namespace stepwell::catalog {
namespace {

constexpr size_t kWriterBytes = 255;
constexpr size_t kNameBytes = 4096;
constexpr int kColorSlots = 12;

absl::Status CheckSpec(const OpenSpec& spec) {
  if (spec.experiment.empty()) return absl::InvalidArgumentError("a run needs the name of its experiment");
  if (!spec.run_id.empty() && !IsValidId(spec.run_id)) {
    return absl::InvalidArgumentError(absl::StrCat(
        "\"", spec.run_id, "\" is no run id: 1 to 128 of A-Z a-z 0-9 . _ -, and neither \".\" nor \"..\""));
  }
  if (spec.writer.empty() || spec.writer.size() > kWriterBytes) {
    return absl::InvalidArgumentError(
        absl::StrCat("a writer's name has 1 to ", kWriterBytes, " bytes, not ", spec.writer.size()));
  }
  for (const std::string* name : {&spec.experiment, &spec.name}) {
    if (name->size() > kNameBytes) {
      return absl::InvalidArgumentError(
          absl::StrCat("names of experiments and runs have at most ", kNameBytes, " bytes, not ", name->size()));
    }
  }
  return absl::OkStatus();
}

// The opening of one run within one transaction. Lock order: experiment, run, writer; a run that exists is locked
// without its experiment, and nothing locks the experiment after that.
class Opening {
 public:
  Opening(Transaction& transaction, const WorkspaceRef& workspace, const OpenSpec& spec, uint64_t fork_depth)
      : transaction_(transaction), workspace_(workspace), spec_(spec), fork_depth_(fork_depth) {}

  absl::StatusOr<OpenedRun> Run() {
    bool found = false;
    if (!spec_.run_id.empty()) {
      ASSIGN_OR_RETURN(found, JoinById());
    }
    if (!found && spec_.must_exist) {
      ASSIGN_OR_RETURN(found, FindByName());
      if (!found) return Missing();
    }
    if (!found) RETURN_IF_ERROR(JoinOrMake());
    if (forked_) ReadForks();
    TakeWriter();
    opened_.generation =
        static_cast<uint64_t>(transaction_.Run("select generation from installation").front()[0].as<int64_t>());
    return opened_;
  }

 private:
  absl::Status Deleted() const {
    if (spec_.run_id.empty()) {
      return absl::FailedPreconditionError(absl::StrCat("run \"", spec_.name, "\" of experiment \"", spec_.experiment,
                                                        "\" was deleted; restore it or upload under another name"));
    }
    return absl::FailedPreconditionError(
        absl::StrCat("run \"", spec_.run_id, "\" was deleted; restore it or choose another id"));
  }

  absl::Status Missing() const {
    if (!spec_.run_id.empty()) {
      return absl::NotFoundError(absl::StrCat("there is no run \"", spec_.run_id,
                                              "\", and this opening makes none; correct the id, or let it be made"));
    }
    return absl::NotFoundError(absl::StrCat("there is no run \"", spec_.name, "\" in experiment \"", spec_.experiment,
                                            "\", and this opening makes none; correct the name, or let it be made"));
  }

  // number, id, experiment
  void Take(const pqxx::row& row) {
    opened_.run.number = static_cast<uint64_t>(row[0].as<int64_t>());
    opened_.run.id = row[1].c_str();
    opened_.run.experiment = row[2].as<int64_t>();
    opened_.run.workspace = workspace_.number;
  }

  absl::StatusOr<bool> JoinById() {
    pqxx::result rows = transaction_.Run(
        "select number, id, experiment, workspace, deleted_at is not null, forked_from is not null,\n"
        "  coalesce(fork_of, ''), coalesce(fork_step, 0) from runs where id = $1 for no key update",
        Params(spec_.run_id));
    if (rows.empty()) return false;
    // Another workspace's run looks like a free name to nobody: it is just not there.
    if (rows[0][3].as<int64_t>() != workspace_.number) {
      return absl::NotFoundError(
          absl::StrCat("there is no run \"", spec_.run_id, "\" in this workspace; choose another id"));
    }
    return Join(rows[0]);
  }

  absl::StatusOr<bool> Join(const pqxx::row& row) {
    if (row[4].as<bool>()) return Deleted();
    if (spec_.fork && (DecodeText(row[6].c_str()) != spec_.fork->run_id || row[7].as<int64_t>() != spec_.fork->step)) {
      return absl::FailedPreconditionError(absl::StrCat(
          "run \"", row[1].c_str(), "\" is there already, and was not made as a fork of run \"", spec_.fork->run_id,
          "\" at step ", spec_.fork->step, ": leave fork_from out to go on with it, or choose another id"));
    }
    Take(row);
    forked_ = row[5].as<bool>();
    return true;
  }

  absl::StatusOr<bool> JoinByName(int64_t experiment) {
    const Params name(experiment, SqlBytes(Sha256(spec_.name)));
    pqxx::result rows = transaction_.Run(
        "select number, id, experiment, workspace, deleted_at is not null, forked_from is not null,\n"
        "  coalesce(fork_of, ''), coalesce(fork_step, 0) from runs\n"
        "where experiment = $1::bigint and name_sha256 = $2::bytea\n"
        "order by (deleted_at is not null), number limit 1 for no key update",
        name);
    if (rows.empty()) {
      // It may have got another name, or have moved.
      rows = transaction_.Run(
          "select r.number, r.id, r.experiment, r.workspace, r.deleted_at is not null, r.forked_from is not null,\n"
          "  coalesce(r.fork_of, ''), coalesce(r.fork_step, 0)\n"
          "from run_names n join runs r on r.number = n.run\n"
          "where n.experiment = $1::bigint and n.name_sha256 = $2::bytea for no key update of r",
          name);
    }
    if (rows.empty()) return false;
    return Join(rows[0]);
  }

  // Without an id, and without making the experiment.
  absl::StatusOr<bool> FindByName() {
    if (!spec_.run_id.empty() || spec_.name.empty()) return false;
    pqxx::result rows =
        transaction_.Run("select number from experiments where workspace = $1::bigint and name_sha256 = $2::bytea",
                         Params(workspace_.number, SqlBytes(Sha256(spec_.experiment))));
    if (rows.empty()) return false;
    return JoinByName(rows.front()[0].as<int64_t>());
  }

  absl::Status JoinOrMake() {
    int64_t experiment = LockExperiment();
    // Others may have made it while we waited for the experiment.
    bool found = false;
    if (!spec_.run_id.empty()) {
      ASSIGN_OR_RETURN(found, JoinById());
    } else if (!spec_.name.empty()) {
      ASSIGN_OR_RETURN(found, JoinByName(experiment));
    }
    return found ? absl::OkStatus() : MakeRun(experiment);
  }

  int64_t LockExperiment() {
    std::string name = EncodeText(spec_.experiment), digest = SqlBytes(Sha256(spec_.experiment));
    const char* find =
        "select number from experiments where workspace = $1::bigint and name_sha256 = $2::bytea for no key update";
    pqxx::result rows = transaction_.Run(find, Params(workspace_.number, digest));
    if (rows.empty()) {
      transaction_.Run(
          "insert into experiments (id, workspace, name, name_sha256, owner)\n"
          "values ($1, $2::bigint, $3, $4::bytea, (select number from users where name = 'local'))\n"
          "on conflict (workspace, name_sha256) do nothing",
          Params(NewUlid(), workspace_.number, name, digest));
      rows = transaction_.Run(find, Params(workspace_.number, digest));
    }
    return rows.front()[0].as<int64_t>();
  }

  absl::Status MakeRun(int64_t experiment) {
    std::string id = spec_.run_id.empty() ? NewUlid() : spec_.run_id;
    const std::string& name = spec_.name.empty() ? id : spec_.name;
    std::optional<Parent> parent;
    if (spec_.fork) parent = FindParent();
    pqxx::result rows = transaction_.Run(
        "insert into runs (id, workspace, experiment, name, name_sha256, owner, color_slot, fork_of, fork_step,\n"
        "  forked_from, fork_writers, next_writer)\n"
        "select $1, e.workspace, e.number, $3, $4::bytea, u.number, e.next_ordinal % $5::bigint, nullif($6, ''),\n"
        "  nullif($7, '')::bigint, nullif($8::bigint, 0), nullif($9::integer, -1), greatest($9::integer, 0)\n"
        "from experiments e, users u where e.number = $2::bigint and u.name = 'local'\n"
        "on conflict (id) do nothing\n"
        "returning number, id, experiment",
        Params(id, experiment, EncodeText(name), SqlBytes(Sha256(name)), kColorSlots,
               spec_.fork ? EncodeText(spec_.fork->run_id) : "", spec_.fork ? std::to_string(spec_.fork->step) : "",
               parent ? parent->number : 0, parent ? parent->next_writer : -1));
    if (rows.empty()) {
      // Made a moment ago under another experiment: it can be joined now, and its lock comes after ours as everywhere.
      opened_.fork_refused.clear();
      ASSIGN_OR_RETURN(bool joined, JoinById());
      return joined ? absl::OkStatus() : absl::UnavailableError("the run was removed while it was opened; try again");
    }
    Take(rows[0]);
    opened_.created = true;
    transaction_.Run(
        "update experiments set next_ordinal = next_ordinal + 1, run_count = run_count + 1 where number = $1::bigint",
        Params(experiment));
    if (parent) TakeParams(experiment, *parent);
    if (!opened_.fork_refused.empty()) WarnOfFork();
    return absl::OkStatus();
  }

  struct Parent {
    int64_t number = 0;
    int64_t next_writer = 0;
  };

  // Locked against the trash until the fork is there. nullopt: opened_.fork_refused says why not.
  std::optional<Parent> FindParent() {
    const std::string fork_from = absl::StrCat("run \"", spec_.fork->run_id, "\"");
    pqxx::result rows = transaction_.Run(
        "select number, next_writer, workspace, deleted_at is not null from runs where id = $1 for share",
        Params(EncodeText(spec_.fork->run_id)));
    if (rows.empty() || rows[0][2].as<int64_t>() != workspace_.number) {
      opened_.fork_refused = absl::StrCat("the run has no history: there is no ", fork_from,
                                          " in this workspace to fork from; correct fork_from, or send that run first "
                                          "if it is offline, and begin a new one");
      return std::nullopt;
    }
    if (rows[0][3].as<bool>()) {
      opened_.fork_refused =
          absl::StrCat("the run has no history: ", fork_from, " is in the trash; restore it, and begin a new fork");
      return std::nullopt;
    }
    const Parent parent{rows[0][0].as<int64_t>(), rows[0][1].as<int64_t>()};
    const auto depth = transaction_
                           .Run(
                               "with recursive line as (\n"
                               "  select forked_from from runs where number = $1::bigint\n"
                               "  union all select r.forked_from from line l join runs r on r.number = l.forked_from)\n"
                               "select count(*) from line",
                               Params(parent.number))
                           .front()[0]
                           .as<uint64_t>();
    if (depth > fork_depth_) {
      opened_.fork_refused = absl::StrCat("the run has no history: ", fork_from, " descends from ", depth - 1,
                                          " runs already; the limit of a fork is ", fork_depth_,
                                          " (--max-fork-depth): fork one of those before it");
      return std::nullopt;
    }
    return parent;
  }

  // The parent's parameters are the fork's until it logs its own.
  void TakeParams(int64_t experiment, const Parent& parent) {
    transaction_.Run(
        "insert into fields (experiment, space, name)\n"
        "select $2::bigint, f.space, f.name from run_fields v join fields f on f.number = v.field\n"
        "where v.run = $1::bigint and f.space = 'p' and f.experiment <> $2::bigint on conflict do nothing",
        Params(parent.number, experiment));
    transaction_.Run(
        "insert into run_fields (run, field, kind, num, str, json)\n"
        "select $3::bigint, own.number, v.kind, v.num, v.str, v.json\n"
        "from run_fields v join fields f on f.number = v.field\n"
        "join fields own on own.experiment = $2::bigint and own.space = f.space and own.sha256 = f.sha256\n"
        "where v.run = $1::bigint and f.space = 'p'",
        Params(parent.number, experiment, opened_.run.number));
    CountFields(transaction_, "{" + std::to_string(opened_.run.number) + "}", 1);
    forked_ = true;
  }

  void WarnOfFork() {
    RunNote warning;
    warning.run_number = opened_.run.number;
    warning.kind = RunNote::Kind::kWarning;
    warning.source = "fork";
    warning.reason = opened_.fork_refused;
    warning.wall = Clock::System().WallSeconds();
    PutWarning(transaction_, warning);
  }

  void ReadForks() {
    pqxx::result rows = transaction_.Run(
        "with recursive line as (\n"
        "  select r.*, 0 as place from runs r where r.number = $1::bigint\n"
        "  union all select r.*, l.place + 1 from line l join runs r on r.number = l.forked_from)\n"
        "select number, id, forked_from, fork_step, fork_writers from line where forked_from is not null\n"
        "order by place desc",
        Params(opened_.run.number));
    for (const pqxx::row& row : rows) {
      opened_.forks.push_back({static_cast<uint64_t>(row[0].as<int64_t>()), row[1].c_str(),
                               static_cast<uint64_t>(row[2].as<int64_t>()), row[3].as<int64_t>(),
                               static_cast<uint32_t>(row[4].as<int64_t>())});
    }
  }

  void TakeWriter() {
    std::string run = std::to_string(opened_.run.number), name = SqlBytes(spec_.writer),
                client = EncodeText(spec_.client);
    pqxx::result rows = transaction_.Run(
        "update writers set epoch = epoch + 1, client = $3, opened = now()\n"
        "where run = $1::bigint and name = $2::bytea returning number, epoch",
        Params(run, name, client));
    if (rows.empty()) {
      rows = transaction_.Run(
          "with taken as (\n"
          "  update runs set next_writer = next_writer + 1 where number = $1::bigint returning next_writer - 1 as "
          "writer)\n"
          "insert into writers (run, name, number, client) select $1::bigint, $2::bytea, taken.writer, $3 from taken\n"
          "returning number, epoch",
          Params(run, name, client));
    }
    opened_.writer_number = static_cast<uint32_t>(rows.front()[0].as<int64_t>());
    opened_.epoch = static_cast<uint64_t>(rows.front()[1].as<int64_t>());
  }

  Transaction& transaction_;
  const WorkspaceRef& workspace_;
  const OpenSpec& spec_;
  const uint64_t fork_depth_;
  bool forked_ = false;
  OpenedRun opened_;
};

}  // namespace

absl::StatusOr<OpenedRun> PostgresCatalog::OpenRun(const Granted<WorkspaceRef>& workspace, const OpenSpec& spec) {
  RETURN_IF_ERROR(CheckSpec(spec));
  OpenedRun opened;
  RETURN_IF_ERROR(database_.Transact("open_run", [&](Transaction& transaction) -> absl::Status {
    ASSIGN_OR_RETURN(opened, Opening(transaction, *workspace, spec, fork_depth_).Run());
    return absl::OkStatus();
  }));
  return opened;
}

absl::StatusOr<uint32_t> PostgresCatalog::WidenFork(uint64_t run, uint32_t writers) {
  uint32_t begin = 0;
  RETURN_IF_ERROR(database_.Transact("widen_fork", [&](Transaction& transaction) -> absl::Status {
    pqxx::result rows = transaction.Run(
        "update runs set fork_writers = greatest(next_writer, $2::integer),\n"
        "  next_writer = greatest(next_writer, $2::integer)\n"
        "where number = $1::bigint and forked_from is not null returning fork_writers",
        Params(ClampInt64(run), writers));
    if (rows.empty()) return absl::NotFoundError("the fork was removed while it was made; try again");
    begin = static_cast<uint32_t>(rows.front()[0].as<int64_t>());
    transaction.Run("delete from writers where run = $1::bigint", Params(ClampInt64(run)));
    return absl::OkStatus();
  }));
  return begin;
}

}  // namespace stepwell::catalog
