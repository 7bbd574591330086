#include "auth/authority.h"

#include <utility>

#include "absl/strings/str_cat.h"

namespace stepwell::auth {
namespace {

absl::string_view View(std::string_view text) { return {text.data(), text.size()}; }

absl::Status NoAccounts(const Principal& principal) {
  return absl::UnauthenticatedError(
      absl::StrCat("this server has no accounts, so a ", View(KindName(principal.kind)),
                   " cannot be known here; ask from the machine and the Unix user that run the server"));
}

// What a query asks of ingest, and no more.
bool InternalMay(Action action) {
  switch (action) {
    case Action::kSeriesRead:
    case Action::kPointsRead:
    case Action::kBlobRead:
    case Action::kLiveRead:
      return true;
    default:
      return false;
  }
}

absl::Status Decide(const Principal& principal, Action action) {
  if (action == Action::kPublic) return absl::OkStatus();
  switch (principal.kind) {
    case Principal::Kind::kLocal:
      return absl::OkStatus();
    case Principal::Kind::kInternal:
      if (InternalMay(action)) return absl::OkStatus();
      return absl::PermissionDeniedError(absl::StrCat(
          "a server program may read series, points and blobs for queries, but not ", View(ActionName(action))));
    case Principal::Kind::kAnonymous:
      return absl::UnauthenticatedError(absl::StrCat(View(ActionName(action)), " needs to know who asks"));
    case Principal::Kind::kUser:
    case Principal::Kind::kToken:
    case Principal::Kind::kService:
    case Principal::Kind::kGuest:
      return NoAccounts(principal);
  }
  return absl::UnauthenticatedError("unknown kind of principal");
}

}  // namespace

absl::Status Authority::MayCall(const Principal& principal, const Route& route) const {
  const bool inner = route.surface == Surface::kInternalGrpc;
  const bool internal = principal.kind == Principal::Kind::kInternal;
  if (internal && !inner) {
    return absl::PermissionDeniedError(absl::StrCat("a server program may call the internal methods only, not ",
                                                    View(route.method), " ", View(route.pattern)));
  }
  if (inner && !internal) {
    return absl::PermissionDeniedError(
        absl::StrCat(View(route.pattern), " is for the programs of this deployment; use the REST API"));
  }
  return Decide(principal, route.action);
}

template <typename R>
absl::StatusOr<Granted<R>> Authority::Grant(const Principal& principal, Action action, R resource) const {
  if (absl::Status decision = Decide(principal, action); !decision.ok()) return decision;
  return Granted<R>(std::move(resource));
}

absl::StatusOr<Granted<WorkspaceRef>> Authority::Authorize(const Principal& principal, Action action,
                                                           WorkspaceRef resource) const {
  return Grant(principal, action, std::move(resource));
}
absl::StatusOr<Granted<ExperimentRef>> Authority::Authorize(const Principal& principal, Action action,
                                                            ExperimentRef resource) const {
  return Grant(principal, action, std::move(resource));
}
absl::StatusOr<Granted<RunRef>> Authority::Authorize(const Principal& principal, Action action, RunRef resource) const {
  return Grant(principal, action, std::move(resource));
}

}  // namespace stepwell::auth
