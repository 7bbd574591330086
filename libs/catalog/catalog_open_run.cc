#include "absl/strings/str_cat.h"
#include "base/bytes.h"
#include "base/ids.h"
#include "base/status_macros.h"
#include "catalog/postgres_catalog.h"
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
  Opening(Transaction& transaction, const WorkspaceRef& workspace, const OpenSpec& spec)
      : transaction_(transaction), workspace_(workspace), spec_(spec) {}

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

  // number, id, experiment, deleted, next_writer
  void Take(const pqxx::row& row) {
    opened_.run.number = static_cast<uint64_t>(row[0].as<int64_t>());
    opened_.run.id = row[1].c_str();
    opened_.run.experiment = row[2].as<int64_t>();
    opened_.run.workspace = workspace_.number;
  }

  absl::StatusOr<bool> JoinById() {
    pqxx::result rows = transaction_.Run(
        "select number, id, experiment, workspace, deleted_at is not null from runs where id = $1 for no key update",
        Params(spec_.run_id));
    if (rows.empty()) return false;
    // Another workspace's run looks like a free name to nobody: it is just not there.
    if (rows[0][3].as<int64_t>() != workspace_.number) {
      return absl::NotFoundError(
          absl::StrCat("there is no run \"", spec_.run_id, "\" in this workspace; choose another id"));
    }
    if (rows[0][4].as<bool>()) return Deleted();
    Take(rows[0]);
    return true;
  }

  absl::StatusOr<bool> JoinByName(int64_t experiment) {
    pqxx::result rows = transaction_.Run(
        "select number, id, experiment, workspace, deleted_at is not null from runs\n"
        "where experiment = $1::bigint and name_sha256 = $2::bytea\n"
        "order by (deleted_at is not null), number limit 1 for no key update",
        Params(experiment, SqlBytes(Sha256(spec_.name))));
    if (rows.empty()) return false;
    if (rows[0][4].as<bool>()) return Deleted();
    Take(rows[0]);
    return true;
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
    pqxx::result rows = transaction_.Run(
        "insert into runs (id, workspace, experiment, name, name_sha256, owner, color_slot)\n"
        "select $1, e.workspace, e.number, $3, $4::bytea, u.number, e.next_ordinal % $5::bigint\n"
        "from experiments e, users u where e.number = $2::bigint and u.name = 'local'\n"
        "on conflict (id) do nothing\n"
        "returning number, id, experiment",
        Params(id, experiment, EncodeText(name), SqlBytes(Sha256(name)), kColorSlots));
    if (rows.empty()) {
      // Made a moment ago under another experiment: it can be joined now, and its lock comes after ours as everywhere.
      ASSIGN_OR_RETURN(bool joined, JoinById());
      return joined ? absl::OkStatus() : absl::UnavailableError("the run was removed while it was opened; try again");
    }
    Take(rows[0]);
    opened_.created = true;
    transaction_.Run(
        "update experiments set next_ordinal = next_ordinal + 1, run_count = run_count + 1 where number = $1::bigint",
        Params(experiment));
    return absl::OkStatus();
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
  OpenedRun opened_;
};

}  // namespace

absl::StatusOr<OpenedRun> PostgresCatalog::OpenRun(const Granted<WorkspaceRef>& workspace, const OpenSpec& spec) {
  RETURN_IF_ERROR(CheckSpec(spec));
  OpenedRun opened;
  RETURN_IF_ERROR(database_.Transact("open_run", [&](Transaction& transaction) -> absl::Status {
    ASSIGN_OR_RETURN(opened, Opening(transaction, *workspace, spec).Run());
    return absl::OkStatus();
  }));
  return opened;
}

}  // namespace stepwell::catalog
