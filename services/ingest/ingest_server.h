// All of ingest as one object: store, write path, reading side, gRPC. `stepwell-ingest` and `stepwell serve` start it.
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
#include "ingest/disk_guard.h"
#include "ingest/limits.h"
#include "prometheus/registry.h"

namespace stepwell::ingest {

struct ServerOptions {
  std::string data;                     // folder; the store goes to <data>/store
  std::string grpc = "127.0.0.1:7008";  // public listener; port 0 picks a free one
  std::string internal;                 // listener for query; empty: only InProcessChannel
  std::string internal_key;             // what callers of the internal listener must show; empty: loopback is enough
  catalog::Catalog* catalog = nullptr;  // outlives the server
  std::shared_ptr<prometheus::Registry> registry;    // nullptr: no metrics
  std::function<void(const std::string& line)> log;  // one line for people; nullptr: stderr

  std::chrono::milliseconds commit_window{3};
  std::chrono::seconds seal_age{300};
  uint32_t seal_points = 1024;
  uint64_t memory = 0;  // bytes of open tails and unacknowledged batches; 0: a quarter of what there is
  uint64_t stream_budget = uint64_t{8} << 20;  // of it: unacknowledged batches of one Push stream
  size_t streams = 20'000;                     // Push streams at once
  Limits limits;
  DiskOptions disk;  // the ballast goes to <data>/ballast
  uint64_t store_cache = uint64_t{256} << 20;
  std::chrono::milliseconds heartbeat{20'000};  // how often clients say that the process that logs lives
  std::chrono::seconds trash{30 * 24 * 3600};
  uint64_t series_memory = kSeriesMemory;
  uint64_t catalog_backlog = kCatalogBacklog;
  uint64_t live_ring = kLiveRing;
};

class IngestServer {
 public:
  // FAILED_PRECONDITION: data in use or of a newer version; UNAVAILABLE: an address is taken (the message names it).
  // Returns when the journal is replayed and the listeners answer.
  static absl::StatusOr<std::unique_ptr<IngestServer>> Start(ServerOptions options);
  virtual ~IngestServer() = default;  // stops

  virtual std::string grpc_address() const = 0;      // "127.0.0.1:41234"
  virtual std::string internal_address() const = 0;  // empty if there is none
  // To the Reader service, for a query in the same process.
  virtual std::shared_ptr<grpc::Channel> InProcessChannel() = 0;
  // OK, or why no batch would be taken now.
  virtual absl::Status Ready() const = 0;
  // Members of an open object of /readyz: {"waiting": {…}}, what the catalog was not told yet.
  virtual void Describe(JsonWriter& json) const = 0;
  // Tells clients to go, finishes what is under way, closes the store. Under 5 s.
  virtual void Stop() = 0;
};

}  // namespace stepwell::ingest
