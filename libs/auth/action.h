// What somebody wants to do, by the names that documents, audit and error messages use.
#pragma once

#include <string_view>

namespace stepwell::auth {

enum class Action {
  kPublic,      // needs no permission: health, static files
  kServerRead,  // the server's version and limits
  kExperimentRead,
  kRunRead,  // also its warnings, parameters, labels
  kSeriesRead,
  kPointsRead,
  kBlobRead,
  kLiveRead,
  kDataExport,
  kRunOpen,  // make or join a run as a writer
  kPointsWrite,
  kRunEdit,    // name, note, labels, status
  kRunDelete,  // to the trash
  kRunRestore,
  kViewCreate,
  kViewRead,
  kOpsMetrics,
};

std::string_view ActionName(Action action);  // "run.read"

}  // namespace stepwell::auth
