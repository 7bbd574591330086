#include "auth/action.h"
#include "auth/principal.h"

namespace stepwell::auth {

std::string_view KindName(Principal::Kind kind) {
  switch (kind) {
    case Principal::Kind::kAnonymous:
      return "anonymous";
    case Principal::Kind::kLocal:
      return "local";
    case Principal::Kind::kUser:
      return "user";
    case Principal::Kind::kToken:
      return "token";
    case Principal::Kind::kService:
      return "service";
    case Principal::Kind::kGuest:
      return "guest";
    case Principal::Kind::kInternal:
      return "internal";
  }
  return "unknown";
}

std::string_view ActionName(Action action) {
  switch (action) {
    case Action::kPublic:
      return "public";
    case Action::kServerRead:
      return "server.read";
    case Action::kExperimentRead:
      return "experiment.read";
    case Action::kRunRead:
      return "run.read";
    case Action::kSeriesRead:
      return "series.read";
    case Action::kPointsRead:
      return "points.read";
    case Action::kBlobRead:
      return "blob.read";
    case Action::kLiveRead:
      return "live.read";
    case Action::kDataExport:
      return "data.export";
    case Action::kRunOpen:
      return "run.open";
    case Action::kPointsWrite:
      return "points.write";
    case Action::kRunEdit:
      return "run.edit";
    case Action::kRunDelete:
      return "run.delete";
    case Action::kRunRestore:
      return "run.restore";
    case Action::kViewCreate:
      return "view.create";
    case Action::kViewRead:
      return "view.read";
    case Action::kOpsMetrics:
      return "ops.metrics";
  }
  return "unknown";
}

}  // namespace stepwell::auth
