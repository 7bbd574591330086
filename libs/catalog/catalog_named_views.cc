#include <limits>

#include "absl/strings/str_cat.h"
#include "base/bytes.h"
#include "base/ids.h"
#include "base/status_macros.h"
#include "catalog/json_value.h"
#include "catalog/postgres_catalog.h"
#include "catalog/sql_text.h"
#include "catalog/text.h"

namespace stepwell::catalog {
namespace {

constexpr size_t kNameBytes = 256;
constexpr size_t kStateBytes = size_t{64} << 10;

constexpr char kView[] =
    "v.number, v.id, v.name, u.name, s.state, v.shared, v.is_default, v.version, extract(epoch from "
    "v.updated)::float8\n"
    "from named_views v join users u on u.number = v.owner\n"
    "join named_view_versions s on s.view = v.number and s.version = v.version\n";

NamedView ReadView(const pqxx::row& row) {
  NamedView view;
  view.id = row[1].c_str();
  view.name = DecodeText(row[2].c_str());
  view.owner = DecodeText(row[3].c_str());
  view.state = row[4].c_str();
  view.shared = row[5].as<bool>();
  view.is_default = row[6].as<bool>();
  view.version = row[7].as<int>();
  view.updated = row[8].as<double>();
  return view;
}

absl::Status Absent(std::string_view id) {
  return absl::NotFoundError(absl::StrCat("this experiment has no view \"", EncodeText(id), "\""));
}

absl::Status CheckChange(const ViewChange& change) {
  if (change.name && (change.name->empty() || change.name->size() > kNameBytes)) {
    return absl::InvalidArgumentError(
        absl::StrCat("a view's name has 1 to ", kNameBytes, " bytes, not ", change.name->size()));
  }
  if (change.state && change.state->size() > kStateBytes) {
    return absl::InvalidArgumentError(
        absl::StrCat("a view's state has ", change.state->size(), " bytes; the limit is ", kStateBytes));
  }
  if (change.state && ReadJsonValue(*change.state).kind != 'j') {
    return absl::InvalidArgumentError("a view's state is a JSON object");
  }
  return absl::OkStatus();
}

// The views of one experiment within one transaction, which holds the experiment's lock, so that names, the default and
// versions are changed by one at a time.
class Views {
 public:
  Views(Transaction& transaction, int64_t experiment) : transaction_(transaction), experiment_(experiment) {
    transaction_.Run("select from experiments where number = $1::bigint for no key update", Params(experiment_));
  }

  absl::StatusOr<NamedView> Make(const ViewChange& change) {
    const auto count = transaction_
                           .Run("select count(*) from named_views where experiment = $1::bigint and deleted_at is null",
                                Params(experiment_))
                           .front()[0]
                           .as<int>();
    if (count >= kViewsOfExperiment) {
      return absl::FailedPreconditionError(
          absl::StrCat("this experiment has ", count, " named views, which is the limit; delete one first"));
    }
    const std::string id = NewUlid();
    RETURN_IF_ERROR(CheckName(0, *change.name));
    const auto number = transaction_
                            .Run(
                                "insert into named_views (id, experiment, owner, name, name_sha256)\n"
                                "select $1, $2::bigint, number, $3, $4::bytea from users where name = 'local'\n"
                                "returning number",
                                Params(id, experiment_, EncodeText(*change.name), SqlBytes(Sha256(*change.name))))
                            .front()[0]
                            .as<int64_t>();
    PutVersion(number, 1, *change.state);
    RETURN_IF_ERROR(Flags(number, change.shared.value_or(false), change.is_default.value_or(false)));
    return Read(number);
  }

  absl::StatusOr<NamedView> Change(std::string_view id, const ViewChange& change) {
    ASSIGN_OR_RETURN(const int64_t number, Find(id, false));
    ASSIGN_OR_RETURN(const NamedView view, Read(number));
    if (change.name && *change.name != view.name) {
      RETURN_IF_ERROR(CheckName(number, *change.name));
      transaction_.Run(
          "update named_views set name = $2, name_sha256 = $3::bytea, updated = now() where number = $1::bigint",
          Params(number, EncodeText(*change.name), SqlBytes(Sha256(*change.name))));
    }
    if (change.state && *change.state != view.state) NextVersion(number, *change.state);
    RETURN_IF_ERROR(Flags(number, change.shared.value_or(view.shared), change.is_default.value_or(view.is_default)));
    return Read(number);
  }

  absl::Status Delete(std::string_view id) {
    ASSIGN_OR_RETURN(const int64_t number, Find(id, false));
    transaction_.Run("update named_views set deleted_at = now(), is_default = false where number = $1::bigint",
                     Params(number));
    return absl::OkStatus();
  }

  absl::StatusOr<NamedView> Restore(std::string_view id, int version) {
    ASSIGN_OR_RETURN(const int64_t number, Find(id, true));
    const pqxx::result rows =
        transaction_.Run("select state from named_view_versions where view = $1::bigint and version = $2::integer",
                         Params(number, version));
    if (rows.empty()) return absl::NotFoundError(absl::StrCat("this view has no version ", version));
    ASSIGN_OR_RETURN(const NamedView view, Read(number));
    RETURN_IF_ERROR(CheckName(number, view.name));
    transaction_.Run("update named_views set deleted_at = null where number = $1::bigint", Params(number));
    const std::string state = rows[0][0].c_str();
    if (state != view.state) NextVersion(number, state);
    return Read(number);
  }

 private:
  absl::StatusOr<int64_t> Find(std::string_view id, bool deleted_too) {
    const pqxx::result rows = transaction_.Run(
        "select number from named_views where experiment = $1::bigint and id = $2 and (deleted_at is null or "
        "$3::boolean)",
        Params(experiment_, EncodeText(id), deleted_too ? "t" : "f"));
    if (rows.empty()) return Absent(id);
    return rows[0][0].as<int64_t>();
  }
  absl::StatusOr<NamedView> Read(int64_t number) {
    return ReadView(
        transaction_.Run(absl::StrCat("select ", kView, "where v.number = $1::bigint"), Params(number)).front());
  }
  absl::Status CheckName(int64_t besides, const std::string& name) {
    const pqxx::result rows = transaction_.Run(
        "select from named_views where experiment = $1::bigint and name_sha256 = $2::bytea and deleted_at is null\n"
        "  and number <> $3::bigint and owner = (select number from users where name = 'local')",
        Params(experiment_, SqlBytes(Sha256(name)), besides));
    if (rows.empty()) return absl::OkStatus();
    return absl::AlreadyExistsError(
        absl::StrCat("you have a view \"", name, "\" in this experiment; choose another name"));
  }
  absl::Status Flags(int64_t number, bool shared, bool is_default) {
    if (is_default && !shared) {
      return absl::InvalidArgumentError("the default view is shown to all: it must be shared");
    }
    if (is_default) {
      transaction_.Run(
          "update named_views set is_default = false where experiment = $1::bigint and number <> $2::bigint\n"
          "  and is_default",
          Params(experiment_, number));
    }
    transaction_.Run("update named_views set shared = $2::boolean, is_default = $3::boolean where number = $1::bigint",
                     Params(number, shared ? "t" : "f", is_default ? "t" : "f"));
    return absl::OkStatus();
  }
  void PutVersion(int64_t number, int version, const std::string& state) {
    transaction_.Run(
        "insert into named_view_versions (view, version, state, author)\n"
        "select $1::bigint, $2::integer, $3, number from users where name = 'local'",
        Params(number, version, state));
  }
  void NextVersion(int64_t number, const std::string& state) {
    const auto version = transaction_
                             .Run(
                                 "update named_views set version = version + 1, updated = now() where number = "
                                 "$1::bigint returning version",
                                 Params(number))
                             .front()[0]
                             .as<int>();
    PutVersion(number, version, state);
  }

  Transaction& transaction_;
  const int64_t experiment_;
};

}  // namespace

absl::StatusOr<Page<NamedView>> PostgresCatalog::ListNamedViews(const Granted<ExperimentRef>& experiment,
                                                                uint32_t limit, std::string_view cursor) {
  limit = ClampLimit(limit);
  ASSIGN_OR_RETURN(const int64_t after, NumberCursor(cursor, 0));
  Page<NamedView> page;
  RETURN_IF_ERROR(database_.Transact("list_named_views", [&](Transaction& transaction) {
    page = MakePage<NamedView>(
        transaction.Run(
            absl::StrCat("select ", kView,
                         "where v.experiment = $1::bigint and v.deleted_at is null and v.number > $2::bigint\n"
                         "order by v.number limit $3::bigint"),
            Params(experiment->number, after, limit + 1)),
        limit, ReadView);
    return absl::OkStatus();
  }));
  return page;
}

absl::StatusOr<NamedView> PostgresCatalog::MakeNamedView(const Granted<ExperimentRef>& experiment,
                                                         const ViewChange& change) {
  if (!change.name || !change.state) return absl::InvalidArgumentError("a new view needs a name and a state");
  RETURN_IF_ERROR(CheckChange(change));
  NamedView view;
  RETURN_IF_ERROR(database_.Transact("make_named_view", [&](Transaction& transaction) -> absl::Status {
    ASSIGN_OR_RETURN(view, Views(transaction, experiment->number).Make(change));
    return absl::OkStatus();
  }));
  return view;
}

absl::StatusOr<NamedView> PostgresCatalog::ChangeNamedView(const Granted<ExperimentRef>& experiment,
                                                           std::string_view id, const ViewChange& change) {
  RETURN_IF_ERROR(CheckChange(change));
  NamedView view;
  RETURN_IF_ERROR(database_.Transact("change_named_view", [&](Transaction& transaction) -> absl::Status {
    ASSIGN_OR_RETURN(view, Views(transaction, experiment->number).Change(id, change));
    return absl::OkStatus();
  }));
  return view;
}

absl::Status PostgresCatalog::DeleteNamedView(const Granted<ExperimentRef>& experiment, std::string_view id) {
  return database_.Transact(
      "delete_named_view", [&](Transaction& transaction) { return Views(transaction, experiment->number).Delete(id); });
}

absl::StatusOr<NamedView> PostgresCatalog::RestoreNamedView(const Granted<ExperimentRef>& experiment,
                                                            std::string_view id, int version) {
  NamedView view;
  RETURN_IF_ERROR(database_.Transact("restore_named_view", [&](Transaction& transaction) -> absl::Status {
    ASSIGN_OR_RETURN(view, Views(transaction, experiment->number).Restore(id, version));
    return absl::OkStatus();
  }));
  return view;
}

absl::StatusOr<Page<ViewVersion>> PostgresCatalog::ListViewVersions(const Granted<ExperimentRef>& experiment,
                                                                    std::string_view id, uint32_t limit,
                                                                    std::string_view cursor) {
  limit = ClampLimit(limit);
  ASSIGN_OR_RETURN(const int64_t before, NumberCursor(cursor, std::numeric_limits<int64_t>::max()));
  Page<ViewVersion> page;
  RETURN_IF_ERROR(database_.Transact("list_view_versions", [&](Transaction& transaction) -> absl::Status {
    const pqxx::result found =
        transaction.Run("select number from named_views where experiment = $1::bigint and id = $2",
                        Params(experiment->number, EncodeText(id)));
    if (found.empty()) return Absent(id);
    page = MakePage<ViewVersion>(
        transaction.Run("select s.version, s.state, u.name, extract(epoch from s.created)::float8\n"
                        "from named_view_versions s join users u on u.number = s.author\n"
                        "where s.view = $1::bigint and s.version < $2::bigint order by s.version desc limit $3::bigint",
                        Params(found[0][0].as<int64_t>(), before, limit + 1)),
        limit, [](const pqxx::row& row) {
          return ViewVersion{row[0].as<int>(), row[1].c_str(), DecodeText(row[2].c_str()), row[3].as<double>()};
        });
    return absl::OkStatus();
  }));
  return page;
}

}  // namespace stepwell::catalog
