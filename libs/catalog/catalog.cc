#include <algorithm>
#include <charconv>
#include <memory>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "catalog/postgres_catalog.h"
#include "catalog/sql_text.h"
#include "catalog/text.h"

namespace stepwell::catalog {
namespace {

absl::Status Absent(absl::string_view noun, std::string_view id) {
  return absl::NotFoundError(absl::StrCat("there is no ", noun, " \"", absl::string_view(id.data(), id.size()), "\""));
}

}  // namespace

RunRef ReadRunRef(const pqxx::row& row) {
  RunRef ref;
  ref.number = static_cast<uint64_t>(row[0].as<int64_t>());
  ref.id = row[1].c_str();
  ref.experiment = row[2].as<int64_t>();
  ref.workspace = row[3].as<int64_t>();
  ref.deleted = row[4].as<bool>();
  return ref;
}

absl::Status TryWhileMoving(const std::function<absl::StatusOr<bool>()>& put) {
  constexpr int kTries = 5;
  for (int i = 0; i < kTries; ++i) {
    ASSIGN_OR_RETURN(const bool stayed, put());
    if (stayed) return absl::OkStatus();
  }
  return absl::UnavailableError("others move these runs between experiments just now; try again");
}

uint32_t ClampLimit(uint32_t limit) { return std::clamp<uint32_t>(limit, 1, 1000); }

absl::StatusOr<int64_t> NumberCursor(std::string_view cursor, int64_t start) {
  if (cursor.empty()) return start;
  int64_t number = 0;
  auto [end, error] = std::from_chars(cursor.data(), cursor.data() + cursor.size(), number);
  if (error != std::errc() || end != cursor.data() + cursor.size()) {
    return absl::InvalidArgumentError("this cursor is not one that the list gave; start again without it");
  }
  return number;
}

absl::StatusOr<std::unique_ptr<Catalog>> Catalog::Open(Options options) {
  RETURN_IF_ERROR(CheckUrl(options.url));
  return std::make_unique<PostgresCatalog>(std::move(options));
}

absl::Status PostgresCatalog::Check() {
  return database_.TransactUnchecked("check", [&](Transaction& transaction) -> absl::Status {
    RETURN_IF_ERROR(database_.SchemaFits(transaction));
    // A standby, or a primary that was told to be quiet: lists can be read, and nothing can be told.
    if (transaction.Run("show transaction_read_only").front()[0].as<std::string>() == "on") {
      return absl::UnavailableError("the database takes no writes now (it is read-only)");
    }
    return absl::OkStatus();
  });
}

absl::StatusOr<WorkspaceRef> PostgresCatalog::FindWorkspace(std::string_view name) {
  WorkspaceRef ref;
  RETURN_IF_ERROR(database_.Transact("find_workspace", [&](Transaction& transaction) -> absl::Status {
    pqxx::result rows =
        transaction.Run("select number, name from workspaces where name = $1", Params(EncodeText(name)));
    if (rows.empty()) return Absent("workspace", name);
    ref = {rows[0][0].as<int64_t>(), DecodeText(rows[0][1].c_str())};
    return absl::OkStatus();
  }));
  return ref;
}

absl::StatusOr<ExperimentRef> PostgresCatalog::FindExperiment(std::string_view id) {
  ExperimentRef ref;
  RETURN_IF_ERROR(database_.Transact("find_experiment", [&](Transaction& transaction) -> absl::Status {
    pqxx::result rows =
        transaction.Run("select number, id, workspace from experiments where id = $1", Params(EncodeText(id)));
    if (rows.empty()) return Absent("experiment", id);
    ref = {rows[0][0].as<int64_t>(), rows[0][1].c_str(), rows[0][2].as<int64_t>()};
    return absl::OkStatus();
  }));
  return ref;
}

absl::StatusOr<RunRef> PostgresCatalog::FindRun(std::string_view id) {
  RunRef ref;
  RETURN_IF_ERROR(database_.Transact("find_run", [&](Transaction& transaction) -> absl::Status {
    pqxx::result rows =
        transaction.Run("select number, id, experiment, workspace, deleted_at is not null from runs where id = $1",
                        Params(EncodeText(id)));
    if (rows.empty()) return Absent("run", id);
    ref = ReadRunRef(rows[0]);
    return absl::OkStatus();
  }));
  return ref;
}

absl::StatusOr<RunRef> PostgresCatalog::FindRunByNumber(uint64_t number) {
  RunRef ref;
  RETURN_IF_ERROR(database_.Transact("find_run", [&](Transaction& transaction) -> absl::Status {
    pqxx::result rows = transaction.Run(
        "select number, id, experiment, workspace, deleted_at is not null from runs where number = $1::bigint",
        Params(ClampInt64(number)));
    if (rows.empty()) return Absent("run number", std::to_string(number));
    ref = ReadRunRef(rows[0]);
    return absl::OkStatus();
  }));
  return ref;
}

}  // namespace stepwell::catalog
