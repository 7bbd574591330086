// All of query as one object: REST, live events, the web application's files, health and metrics. `stepwell-query` and
// `stepwell serve` start it. It keeps nothing: names come from the catalog, points from ingest.
//
// Thread safety: Start and Stop are called by one thread; the others may be called from any thread between them.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "base/json.h"
#include "catalog/catalog.h"
#include "grpcpp/grpcpp.h"
#include "prometheus/registry.h"

namespace stepwell::query {

// What clients can make it hold (docs/operations/limits.md).
struct QueryLimits {
  size_t connections = 12'000;
  size_t connections_per_address = 1'024;
  uint64_t http_memory = uint64_t{256} << 20;
  size_t http_waiting = 256;
  std::chrono::milliseconds http_stall{5'000};
  uint64_t http_rate = uint64_t{8} << 10;
  size_t live_listeners = 10'000;
  uint64_t live_listener_budget = uint64_t{1} << 20;
  uint64_t live_history = uint64_t{256} << 10;
  uint64_t query_memory = uint64_t{256} << 20;
  std::chrono::milliseconds query_timeout{30'000};
  uint64_t console_memory = uint64_t{256} << 20;
  uint64_t raw_memory = uint64_t{256} << 20;
  uint64_t raw_points = 200'000;
  std::chrono::milliseconds disconnected_after{120'000};  // for the catalog's options
};

struct QueryServerOptions {
  QueryLimits limits;
  std::string http = "127.0.0.1:7007";     // loopback only: what is reachable from outside needs accounts
  std::string ops;                         // health and metrics for operators, no data; empty: none
  catalog::Catalog* catalog = nullptr;     // outlives the server
  std::shared_ptr<grpc::Channel> channel;  // to ingest's Reader service; shared as gRPC's stubs want it
  std::string internal_key;                // shown to ingest; empty: none
  std::string web;                         // folder of the web application; empty: a page that says it is not there
  std::string openapi;                     // docs/openapi.yaml; empty: looked for beside the program
  std::string grpc;                        // the public gRPC address, told to the web application; may be empty
  std::string version = "0.1.0";
  std::shared_ptr<prometheus::Registry> registry;  // of the process, shared with ingest; nullptr: one of its own
  // What /readyz asks besides the catalog: ingest's Ready in `serve`. nullptr: ingest is asked over the channel.
  std::function<absl::Status()> ingest_ready;
  // Further members of ingest's object in /readyz; nullptr: none.
  std::function<void(JsonWriter&)> ingest_details;
  bool log_json = false;  // false: text on a terminal, JSON otherwise
};

class QueryServer {
 public:
  // Listens when it returns. UNAVAILABLE names an address that is taken; INVALID_ARGUMENT an address that needs
  // accounts.
  static absl::StatusOr<std::unique_ptr<QueryServer>> Start(QueryServerOptions options);
  virtual ~QueryServer() = default;  // stops

  virtual uint16_t port() const = 0;
  virtual std::string url() const = 0;      // "http://127.0.0.1:7007"
  virtual std::string ops_url() const = 0;  // empty if there is none
  virtual absl::Status Ready() const = 0;
  // Lasting answers end at once, others are finished. Under 7 s.
  virtual void Stop() = 0;
};

}  // namespace stepwell::query
