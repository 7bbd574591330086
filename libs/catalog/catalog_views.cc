#include "absl/strings/str_cat.h"
#include "base/bytes.h"
#include "base/status_macros.h"
#include "catalog/json_value.h"
#include "catalog/postgres_catalog.h"
#include "catalog/text.h"

namespace stepwell::catalog {
namespace {

// 128 bits of the digest: two views of one workspace meet after 2^64 of them.
constexpr size_t kIdDigits = 32;

}  // namespace

absl::StatusOr<std::string> PostgresCatalog::PutView(const Granted<WorkspaceRef>& workspace, std::string_view state) {
  JsonValue json = ReadJsonValue(state);
  if (json.kind != 'j') return absl::InvalidArgumentError("a view's state is a JSON object");
  std::string id = ToHex(Sha256(json.json)).substr(0, kIdDigits);
  RETURN_IF_ERROR(database_.Transact("put_view", [&](Transaction& transaction) {
    transaction.Run("insert into views (workspace, id, state) values ($1::bigint, $2, $3) on conflict do nothing",
                    Params(workspace->number, id, json.json));
    return absl::OkStatus();
  }));
  return id;
}

absl::StatusOr<std::string> PostgresCatalog::GetView(const Granted<WorkspaceRef>& workspace, std::string_view id) {
  std::string state;
  RETURN_IF_ERROR(database_.Transact("get_view", [&](Transaction& transaction) -> absl::Status {
    pqxx::result rows = transaction.Run("select state from views where workspace = $1::bigint and id = $2",
                                        Params(workspace->number, EncodeText(id)));
    if (rows.empty()) return absl::NotFoundError(absl::StrCat("there is no view \"", EncodeText(id), "\""));
    state = rows[0][0].c_str();
    return absl::OkStatus();
  }));
  return state;
}

}  // namespace stepwell::catalog
