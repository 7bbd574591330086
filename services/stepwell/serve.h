// Everything in one process: the data folder, a PostgreSQL of its own, ingest, query, and followers of log directories.
// It composes the same objects as the services do, in order, and stops them in reverse.
//
// Thread safety: Start and Stop are called by one thread.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "catalog/catalog.h"
#include "ingest/ingest_server.h"
#include "query/query_server.h"

namespace stepwell {

struct ServeOptions {
  std::vector<std::string> log_directories;  // followed, each into an experiment of its name
  std::string data;
  std::string http;
  std::string grpc;
  std::string ops;       // empty: none
  std::string postgres;  // empty: a private one in the data folder
  int postgres_pool = catalog::kPool;
  std::string port_file;   // empty: none
  std::string migrations;  // folder
  std::string web;         // folder
  std::chrono::milliseconds commit_window{3};
  std::chrono::seconds seal_age{300};
  uint32_t seal_points = 1024;
  uint64_t ingest_memory = 0;  // bytes; 0: a quarter of what there is
  uint64_t store_cache = uint64_t{256} << 20;
  std::chrono::seconds trash{30 * 24 * 3600};
  ingest::ServerOptions ingest;  // what has no field here
  query::QueryLimits query;
  bool log_json = false;
};

class Serve {
 public:
  // Returns when everything answers and the port file is written; a PostgreSQL that is not its own may still be away.
  // The message of an error says what to do.
  static absl::StatusOr<std::unique_ptr<Serve>> Start(const ServeOptions& options);
  ~Serve();
  Serve(const Serve&) = delete;
  Serve& operator=(const Serve&) = delete;

  std::string http_url() const;
  std::string grpc_address() const;
  bool waits() const;  // PostgreSQL was away at the start
  // Finishes what is under way, in that time, and gives what is left of it to PostgreSQL, which may hang.
  static constexpr std::chrono::milliseconds kStopTime{8000};
  void Stop();

 private:
  struct Parts;
  explicit Serve(std::unique_ptr<Parts> parts);
  std::unique_ptr<Parts> parts_;
};

}  // namespace stepwell
