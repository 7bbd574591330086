#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "catalog/postgres_catalog.h"

namespace stepwell::catalog {
namespace {
namespace fs = std::filesystem;

// 0001_catalog.sql, ... by number.
absl::StatusOr<std::map<int, fs::path>> NumberedFiles(const std::string& folder) {
  std::map<int, fs::path> files;
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(folder, error)) {
    std::string name = entry.path().filename().string();
    int number = 0;
    if (entry.path().extension() != ".sql" || !absl::SimpleAtoi(name.substr(0, name.find('_')), &number)) continue;
    if (!files.emplace(number, entry.path()).second) {
      return absl::FailedPreconditionError(
          absl::StrCat("two migrations have the number ", number, " in \"", folder, "\""));
    }
  }
  if (error || files.empty()) {
    return absl::FailedPreconditionError(absl::StrCat("there are no migrations in \"", folder, "\""));
  }
  return files;
}

// One transaction a file. The lock makes programs that start together wait for each other, and is gone with the commit.
absl::Status ApplyFile(pqxx::connection& connection, int number, const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  std::ostringstream sql;
  sql << in.rdbuf();
  if (!in) return absl::FailedPreconditionError(absl::StrCat("cannot read \"", file.string(), "\""));
  pqxx::work work(connection);
  work.exec("lock table schema_migrations in access exclusive mode");
  if (!work.exec_params("select from schema_migrations where version = $1", number).empty()) return absl::OkStatus();
  work.exec(sql.str());
  work.exec_params("insert into schema_migrations (version, name) values ($1, $2)", number, file.filename().string());
  work.commit();
  return absl::OkStatus();
}

// `if not exists` does not keep two programs that make the same table at once apart: the later one fails, with one of
// several errors. So they take turns; the lock is gone with the commit.
void MakeTable(pqxx::connection& connection) {
  constexpr int64_t kLock = 0x73746570;  // "step": any number that nobody else in this database locks
  pqxx::work work(connection);
  work.exec_params("select pg_advisory_xact_lock($1)", kLock);
  work.exec(
      "create table if not exists schema_migrations (\n"
      "  version integer primary key, name text not null, applied timestamptz not null default now())");
  work.commit();
}

}  // namespace

absl::Status PostgresCatalog::Migrate(const std::string& folder) {
  ASSIGN_OR_RETURN(auto files, NumberedFiles(folder));
  return database_.Maintain([&](pqxx::connection& connection) -> absl::Status {
    MakeTable(connection);
    int has = pqxx::nontransaction(connection)
                  .exec("select coalesce(max(version), 0) from schema_migrations")[0][0]
                  .as<int>();
    int newest = files.rbegin()->first;
    if (has > newest) {
      return absl::FailedPreconditionError(absl::StrCat("the database has schema version ", has,
                                                        ", and this program knows ", newest, "; upgrade the program"));
    }
    for (const auto& [number, file] : files) {
      if (number > has) RETURN_IF_ERROR(ApplyFile(connection, number, file));
    }
    return absl::OkStatus();
  });
}

}  // namespace stepwell::catalog
