// The one table of everything that can be called: REST routes and gRPC methods. The router and the gRPC services are
// built from it, so what has no row does not exist, and a test asks every row as every kind of principal.
//
// Thread safety: constant data.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "auth/action.h"

namespace stepwell::auth {

// Where the resource comes from that the action is asked for.
enum class ResourceKind {
  kNone,         // the installation itself
  kWorkspace,    // `workspace` parameter or message field; absent: "default"
  kExperiment,   // {experiment} in the path, `experiment` parameters
  kRun,          // {run} in the path, or the message's run
  kRunsInBody,   // every run that the body names
  kRunsInQuery,  // every run and experiment that the query string names
  kRunOfBlob,    // the run that the blob's id names: knowing a hash opens nothing
};

// What a request may cost; the server bounds how many of a class are answered at once.
enum class Cost {
  kTrivial,  // no I/O: health, static files
  kLookup,   // a few indexed rows
  kList,     // a page of rows
  kScan,     // many points
  kStream,   // lasts: server-sent events, Push, exports
};

enum class Surface {
  kRest,          // HTTP; method is a verb, pattern a path
  kGrpc,          // public gRPC; method is the rpc's name, pattern its full path
  kInternalGrpc,  // gRPC that only this deployment's programs may call
};

// A pattern is a path whose segments are literal or hold one {name}, which takes one or more bytes other than '/' (and
// ends before a literal rest such as ":restore"). {path...} takes the rest. More literal patterns win: the table's
// order says it.
struct Route {
  Surface surface = Surface::kRest;
  std::string_view method;
  std::string_view pattern;
  Action action = Action::kPublic;
  ResourceKind resource = ResourceKind::kNone;
  size_t body_limit = 0;  // bytes; 0: no body is taken
  Cost cost = Cost::kLookup;
  bool guest = false;  // may a share link ask
};

std::span<const Route> Routes();

// nullptr if there is none. For gRPC, `pattern` is the full path: "/stepwell.v1.Ingest/Push".
const Route* FindRoute(Surface surface, std::string_view method, std::string_view pattern);

}  // namespace stepwell::auth
