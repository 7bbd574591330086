#include "auth/routes.h"

namespace stepwell::auth {
namespace {

constexpr size_t kNoBody = 0;
constexpr size_t kKiB = size_t{1} << 10;
constexpr size_t kMiB = size_t{1} << 20;
// 10,000 series of a run id (128 B), a tag and JSON around them fit; a tag of 16 KiB in each does not, and need not.
constexpr size_t kQueryBody = 4 * kMiB;
// One batch: the message limit that OpenRun announces (--max-batch).
constexpr size_t kPushMessage = 4 * kMiB;
// Between our own services: 10,000 series with their tags.
constexpr size_t kInnerQuery = 16 * kMiB;

constexpr Surface kRest = Surface::kRest;
constexpr Surface kGrpc = Surface::kGrpc;
constexpr Surface kInner = Surface::kInternalGrpc;
using A = Action;
using R = ResourceKind;

// clang-format off
constexpr Route kRoutes[] = {
  // surface, method, pattern, action, resource, body limit, cost, guest
  {kRest, "GET",    "/healthz",                                A::kPublic,         R::kNone,        kNoBody,      Cost::kTrivial, true},
  {kRest, "GET",    "/readyz",                                 A::kPublic,         R::kNone,        kNoBody,      Cost::kTrivial, true},
  {kRest, "GET",    "/metrics",                                A::kOpsMetrics,     R::kNone,        kNoBody,      Cost::kLookup,  false},
  {kRest, "GET",    "/api/v1/openapi.yaml",                    A::kPublic,         R::kNone,        kNoBody,      Cost::kTrivial, true},
  {kRest, "GET",    "/api/v1/server",                          A::kServerRead,     R::kNone,        kNoBody,      Cost::kTrivial, true},

  {kRest, "GET",    "/api/v1/experiments",                     A::kExperimentRead, R::kWorkspace,   kNoBody,      Cost::kList,    false},
  {kRest, "GET",    "/api/v1/experiments/{experiment}",        A::kExperimentRead, R::kExperiment,  kNoBody,      Cost::kLookup,  true},
  {kRest, "GET",    "/api/v1/experiments/{experiment}/tags",   A::kSeriesRead,     R::kExperiment,  kNoBody,      Cost::kList,    true},

  {kRest, "GET",    "/api/v1/experiments/{experiment}/keys",   A::kRunRead,        R::kExperiment,  kNoBody,      Cost::kList,    true},
  {kRest, "GET",    "/api/v1/experiments/{experiment}/values", A::kRunRead,        R::kExperiment,  kNoBody,      Cost::kList,    true},
  {kRest, "GET",    "/api/v1/experiments/{experiment}/views",  A::kViewRead,       R::kExperiment,  kNoBody,      Cost::kList,    true},
  {kRest, "POST",   "/api/v1/experiments/{experiment}/views",  A::kViewCreate,     R::kExperiment,  1 * kMiB,     Cost::kLookup,  false},
  {kRest, "GET",    "/api/v1/experiments/{experiment}/views/{id}/history",  A::kViewRead,   R::kExperiment, kNoBody, Cost::kList,   false},
  {kRest, "POST",   "/api/v1/experiments/{experiment}/views/{id}:restore",  A::kViewCreate, R::kExperiment, 4 * kKiB, Cost::kLookup, false},
  {kRest, "PATCH",  "/api/v1/experiments/{experiment}/views/{id}",          A::kViewCreate, R::kExperiment, 1 * kMiB, Cost::kLookup, false},
  {kRest, "DELETE", "/api/v1/experiments/{experiment}/views/{id}",          A::kViewCreate, R::kExperiment, kNoBody, Cost::kLookup, false},

  {kRest, "GET",    "/api/v1/runs",                            A::kRunRead,        R::kExperiment,  kNoBody,      Cost::kList,    true},
  {kRest, "GET",    "/api/v1/runs:group",                      A::kRunRead,        R::kExperiment,  kNoBody,      Cost::kList,    true},
  {kRest, "POST",   "/api/v1/runs:edit",                       A::kRunEdit,        R::kRunsInBody,  kQueryBody,   Cost::kScan,    false},
  {kRest, "POST",   "/api/v1/runs/{run}:restore",              A::kRunRestore,     R::kRun,         4 * kKiB,     Cost::kLookup,  false},
  {kRest, "GET",    "/api/v1/runs/{run}",                      A::kRunRead,        R::kRun,         kNoBody,      Cost::kLookup,  true},
  {kRest, "PATCH",  "/api/v1/runs/{run}",                      A::kRunEdit,        R::kRun,         1 * kMiB,     Cost::kLookup,  false},
  {kRest, "DELETE", "/api/v1/runs/{run}",                      A::kRunDelete,      R::kRun,         kNoBody,      Cost::kLookup,  false},
  {kRest, "GET",    "/api/v1/runs/{run}/series",               A::kSeriesRead,     R::kRun,         kNoBody,      Cost::kList,    true},
  {kRest, "GET",    "/api/v1/runs/{run}/points",               A::kPointsRead,     R::kRun,         kNoBody,      Cost::kStream,  true},
  {kRest, "GET",    "/api/v1/runs/{run}/console",              A::kPointsRead,     R::kRun,         kNoBody,      Cost::kScan,    true},
  {kRest, "GET",    "/api/v1/runs/{run}/files",                A::kPointsRead,     R::kRun,         kNoBody,      Cost::kScan,    true},
  {kRest, "GET",    "/api/v1/runs/{run}/writers",              A::kRunRead,        R::kRun,         kNoBody,      Cost::kList,    true},
  {kRest, "GET",    "/api/v1/runs/{run}/warnings",             A::kRunRead,        R::kRun,         kNoBody,      Cost::kList,    true},

  {kRest, "POST",   "/api/v1/series:query",                    A::kPointsRead,     R::kRunsInBody,  kQueryBody,   Cost::kScan,    true},
  {kRest, "POST",   "/api/v1/values:query",                    A::kPointsRead,     R::kRunsInBody,  kQueryBody,   Cost::kScan,    true},
  {kRest, "GET",    "/api/v1/blobs/{id}",                      A::kBlobRead,       R::kRunOfBlob,   kNoBody,      Cost::kStream,  true},
  {kRest, "GET",    "/api/v1/live",                            A::kLiveRead,       R::kRunsInQuery, kNoBody,      Cost::kStream,  true},
  {kRest, "POST",   "/api/v1/views",                           A::kViewCreate,     R::kWorkspace,   1 * kMiB,     Cost::kLookup,  false},
  {kRest, "GET",    "/api/v1/views/{id}",                      A::kViewRead,       R::kWorkspace,   kNoBody,      Cost::kLookup,  true},

  {kRest, "GET",    "/{path...}",                              A::kPublic,         R::kNone,        kNoBody,      Cost::kTrivial, true},

  {kGrpc, "OpenRun",        "/stepwell.v1.Ingest/OpenRun",        A::kRunOpen,     R::kWorkspace,   64 * kKiB,    Cost::kLookup,  false},
  {kGrpc, "Push",           "/stepwell.v1.Ingest/Push",           A::kPointsWrite, R::kRun,         kPushMessage, Cost::kStream,  false},
  {kGrpc, "DescribeSeries", "/stepwell.v1.Ingest/DescribeSeries", A::kSeriesRead,  R::kRun,         64 * kKiB,    Cost::kList,    false},
  {kGrpc, "SyncRun",        "/stepwell.v1.Ingest/SyncRun",        A::kRunRead,     R::kRun,         64 * kKiB,    Cost::kLookup,  false},

  {kInner, "ListSeries",    "/stepwell.v1.Reader/ListSeries",     A::kSeriesRead,  R::kRun,         64 * kKiB,    Cost::kList,    false},
  {kInner, "ListWriters",   "/stepwell.v1.Reader/ListWriters",    A::kSeriesRead,  R::kRun,         64 * kKiB,    Cost::kList,    false},
  {kInner, "ReadSeries",    "/stepwell.v1.Reader/ReadSeries",     A::kPointsRead,  R::kRunsInBody,  kInnerQuery,  Cost::kScan,    false},
  {kInner, "ReadPoints",    "/stepwell.v1.Reader/ReadPoints",     A::kPointsRead,  R::kRun,         64 * kKiB,    Cost::kStream,  false},
  {kInner, "ReadBlob",      "/stepwell.v1.Reader/ReadBlob",       A::kBlobRead,    R::kRun,         64 * kKiB,    Cost::kStream,  false},
  {kInner, "Watch",         "/stepwell.v1.Reader/Watch",          A::kLiveRead,    R::kRunsInBody,  kInnerQuery,  Cost::kStream,  false},
};
// clang-format on

}  // namespace

std::span<const Route> Routes() { return kRoutes; }

const Route* FindRoute(Surface surface, std::string_view method, std::string_view pattern) {
  for (const Route& route : kRoutes) {
    if (route.surface == surface && route.method == method && route.pattern == pattern) return &route;
  }
  return nullptr;
}

}  // namespace stepwell::auth
