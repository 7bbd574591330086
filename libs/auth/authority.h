// Who may do what, decided in one place. A server without accounts knows two principals: `local` may do everything, and
// `internal` (a server program of the same deployment) may read for a query. Everybody else is told to sign in.
//
// Errors: UNAUTHENTICATED for who proves nothing; PERMISSION_DENIED for who is known and may not.
//
// Thread safety: all methods may be called from any thread.
#pragma once

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "auth/action.h"
#include "auth/granted.h"
#include "auth/principal.h"
#include "auth/routes.h"

namespace stepwell::auth {

class Authority {
 public:
  // May this principal call this route at all? Asked by the router before a body is read; the resources that the
  // request names are asked for one by one with Authorize.
  absl::Status MayCall(const Principal& principal, const Route& route) const;

  absl::StatusOr<Granted<WorkspaceRef>> Authorize(const Principal& principal, Action action,
                                                  WorkspaceRef resource) const;
  absl::StatusOr<Granted<ExperimentRef>> Authorize(const Principal& principal, Action action,
                                                   ExperimentRef resource) const;
  absl::StatusOr<Granted<RunRef>> Authorize(const Principal& principal, Action action, RunRef resource) const;

 private:
  template <typename R>
  absl::StatusOr<Granted<R>> Grant(const Principal& principal, Action action, R resource) const;
};

}  // namespace stepwell::auth
