#include <limits>

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "catalog/postgres_catalog.h"
#include "catalog/sql_text.h"
#include "catalog/text.h"

namespace stepwell::catalog {
namespace {

constexpr char kExperimentColumns[] =
    "e.number, e.id, e.name, w.name, e.description, extract(epoch from e.created)::float8,\n"
    "  coalesce((select extract(epoch from max(r.updated))::float8 from runs r where r.experiment = e.number),\n"
    "    extract(epoch from e.created)::float8), e.run_count\n"
    "from experiments e join workspaces w on w.number = e.workspace\n";

Experiment ReadExperiment(const pqxx::row& row) {
  Experiment experiment;
  experiment.id = row[1].c_str();
  experiment.name = DecodeText(row[2].c_str());
  experiment.workspace = DecodeText(row[3].c_str());
  experiment.description = DecodeText(row[4].c_str());
  experiment.created = row[5].as<double>();
  experiment.updated = row[6].as<double>();
  experiment.run_count = row[7].as<int64_t>();
  return experiment;
}

}  // namespace

absl::StatusOr<Page<Experiment>> PostgresCatalog::ListExperiments(const Granted<WorkspaceRef>& workspace,
                                                                  uint32_t limit, std::string_view cursor) {
  limit = ClampLimit(limit);
  ASSIGN_OR_RETURN(int64_t before, NumberCursor(cursor, std::numeric_limits<int64_t>::max()));
  Page<Experiment> page;
  RETURN_IF_ERROR(database_.Transact("list_experiments", [&](Transaction& transaction) {
    page = MakePage<Experiment>(
        transaction.Run(absl::StrCat("select ", kExperimentColumns,
                                     "where e.workspace = $1::bigint and e.number < $2::bigint order by e.number desc "
                                     "limit $3::bigint"),
                        Params(workspace->number, before, limit + 1)),
        limit, ReadExperiment);
    return absl::OkStatus();
  }));
  return page;
}

absl::StatusOr<Experiment> PostgresCatalog::GetExperiment(const Granted<ExperimentRef>& experiment) {
  Experiment found;
  RETURN_IF_ERROR(database_.Transact("get_experiment", [&](Transaction& transaction) -> absl::Status {
    pqxx::result rows = transaction.Run(absl::StrCat("select ", kExperimentColumns, "where e.number = $1::bigint"),
                                        Params(experiment->number));
    if (rows.empty()) return absl::NotFoundError(absl::StrCat("there is no experiment \"", experiment->id, "\""));
    found = ReadExperiment(rows[0]);
    return absl::OkStatus();
  }));
  return found;
}

absl::StatusOr<Page<Warning>> PostgresCatalog::ListWarnings(const Granted<RunRef>& run, uint32_t limit,
                                                            std::string_view cursor) {
  limit = ClampLimit(limit);
  ASSIGN_OR_RETURN(int64_t after, NumberCursor(cursor, 0));
  Page<Warning> page;
  RETURN_IF_ERROR(database_.Transact("list_warnings", [&](Transaction& transaction) {
    pqxx::result rows = transaction.Run(
        "select number, extract(epoch from time)::float8, source, file, \"offset\", tag, reason, count from warnings\n"
        "where run = $1::bigint and number > $2::bigint order by number limit $3::bigint",
        Params(run->number, after, limit + 1));
    page = MakePage<Warning>(rows, limit, [](const pqxx::row& row) {
      Warning warning;
      warning.time = row[1].as<double>();
      warning.source = FromSqlBytes(row[2].c_str());
      warning.file = FromSqlBytes(row[3].c_str());
      warning.offset = row[4].as<int64_t>();
      warning.tag = FromSqlBytes(row[5].c_str());
      warning.reason = FromSqlBytes(row[6].c_str());
      warning.count = static_cast<uint64_t>(row[7].as<int64_t>());
      return warning;
    });
    return absl::OkStatus();
  }));
  return page;
}

absl::StatusOr<Page<WriterRow>> PostgresCatalog::ListWriters(const Granted<RunRef>& run, uint32_t limit,
                                                             std::string_view cursor) {
  limit = ClampLimit(limit);
  ASSIGN_OR_RETURN(int64_t after, NumberCursor(cursor, -1));
  Page<WriterRow> page;
  RETURN_IF_ERROR(database_.Transact("list_writers", [&](Transaction& transaction) {
    pqxx::result rows = transaction.Run(
        "select number, name, client, extract(epoch from opened)::float8, epoch from writers\n"
        "where run = $1::bigint and number > $2::bigint order by number limit $3::bigint",
        Params(run->number, after, limit + 1));
    page = MakePage<WriterRow>(rows, limit, [](const pqxx::row& row) {
      return WriterRow{static_cast<uint32_t>(row[0].as<int64_t>()), FromSqlBytes(row[1].c_str()),
                       DecodeText(row[2].c_str()), row[3].as<double>(), static_cast<uint64_t>(row[4].as<int64_t>())};
    });
    return absl::OkStatus();
  }));
  return page;
}

absl::StatusOr<Page<TagRow>> PostgresCatalog::ListTags(const Granted<ExperimentRef>& experiment, int kind,
                                                       uint32_t limit, std::string_view cursor) {
  limit = ClampLimit(limit);
  ASSIGN_OR_RETURN(int64_t after, NumberCursor(cursor, 0));
  Page<TagRow> page;
  RETURN_IF_ERROR(database_.Transact("list_tags", [&](Transaction& transaction) {
    Params params(experiment->number, after, limit + 1);
    std::string of_kind;
    if (kind != 0) of_kind = absl::StrCat(" and kind = $", params.Add(kind), "::smallint");
    pqxx::result rows =
        transaction.Run(absl::StrCat("select number, tag, kind, runs from tags\n"
                                     "where experiment = $1::bigint and number > $2::bigint and runs > 0",
                                     of_kind, " order by number limit $3::bigint"),
                        params);
    page = MakePage<TagRow>(rows, limit, [](const pqxx::row& row) {
      return TagRow{FromSqlBytes(row[1].c_str()), row[2].as<int>(), row[3].as<int64_t>()};
    });
    return absl::OkStatus();
  }));
  return page;
}

}  // namespace stepwell::catalog
