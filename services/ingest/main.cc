// stepwell-ingest: takes what clients log, keeps it, and serves it to stepwell-query.
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <map>
#include <string>

#include "CLI/CLI.hpp"
#include "base/file_limit.h"
#include "base/files.h"
#include "base/flags.h"
#include "base/json.h"
#include "ingest/ingest_server.h"
#include "ingest/limit_flags.h"
#include "ingest/ops_listener.h"

namespace {

using stepwell::ingest::IngestServer;
using stepwell::ingest::ServerOptions;

// While it stops, calls may wait for PostgreSQL so long.
constexpr std::chrono::seconds kCallsGrace{2};

struct Flags {
  ServerOptions server;
  std::string postgres, port_file, ops;
  int postgres_pool = stepwell::catalog::kPool;
};

std::string ReadSecret() {
  const char* path = std::getenv("STEPWELL_INTERNAL_KEY_FILE");
  if (path == nullptr) return "";
  std::string key;
  std::ifstream file(path);
  std::getline(file, key);
  return key;
}

int Fail(const absl::Status& status) {
  std::fprintf(stderr, "stepwell-ingest: %s\n", std::string(status.message()).c_str());
  return 1;
}

// Until the first of SIGTERM and SIGINT.
int Run(Flags& flags, const sigset_t& signals) {
  stepwell::catalog::Options catalog_options;
  catalog_options.url = flags.postgres;
  catalog_options.pool = flags.postgres_pool;
  catalog_options.params_per_run = flags.server.limits.param_count;
  catalog_options.fork_depth = flags.server.limits.fork_depth;
  catalog_options.registry = flags.server.registry = std::make_shared<prometheus::Registry>();
  auto catalog = stepwell::catalog::Catalog::Open(catalog_options);
  if (!catalog.ok()) return Fail(catalog.status());
  if (const absl::Status there = (*catalog)->Check(); !there.ok()) {
    std::fprintf(stderr,
                 "stepwell-ingest waits for PostgreSQL (points of writers that it knows are taken, new runs and lists "
                 "wait): %s\n",
                 std::string(there.message()).c_str());
  }
  flags.server.catalog = catalog->get();
  flags.server.internal_key = ReadSecret();
  auto server = IngestServer::Start(flags.server);
  if (!server.ok()) return Fail(server.status());
  std::unique_ptr<stepwell::ingest::OpsListener> ops;
  if (!flags.ops.empty()) {
    // Without the catalog it still takes points of writers that are open.
    auto started =
        stepwell::ingest::OpsListener::Start(flags.ops, flags.server.registry,
                                             {{"catalog", false, [&] { return (*catalog)->Check(); }},
                                              {"ingest", true, [&] { return (*server)->Ready(); },
                                               [&](stepwell::JsonWriter& json) { (*server)->Describe(json); }}});
    if (!started.ok()) return Fail(started.status());
    ops = *std::move(started);
  }
  std::printf("stepwell-ingest takes batches on %s\n", (*server)->grpc_address().c_str());
  std::fflush(stdout);
  if (!flags.port_file.empty()) {
    std::string json;
    stepwell::JsonWriter writer(json);
    writer.Object().Key("grpc").String((*server)->grpc_address());
    if (!(*server)->internal_address().empty()) writer.Key("internal").String((*server)->internal_address());
    if (ops) writer.Key("ops").String(ops->url());
    writer.End();
    const absl::Status written = stepwell::WriteWhole(flags.port_file, json + "\n");
    if (!written.ok()) return Fail(written);
  }
  int signal = 0;
  sigwait(&signals, &signal);
  (*catalog)->EndCalls(kCallsGrace);
  ops.reset();
  (*server)->Stop();
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  // Before any thread starts, so that all of them leave these to sigwait.
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGINT);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  std::signal(SIGPIPE, SIG_IGN);
  stepwell::RaiseFileLimit();

  Flags flags;
  double window_ms = 3;
  int64_t seal_age_s = 300, trash_s = 30 * 24 * 3600;
  const std::map<std::string, double> milliseconds{{"us", 0.001}, {"ms", 1}, {"s", 1000}};
  const std::map<std::string, int64_t> seconds{{"s", 1}, {"m", 60}, {"h", 3600}, {"d", 86400}};
  CLI::App program(
      "Takes what clients log over gRPC, keeps it, and serves it to stepwell-query.\n\n"
      "  stepwell-ingest --data /data --postgres postgresql://db/stepwell --internal 127.0.0.1:7010");
  program.add_option("--data", flags.server.data, "folder of the store")->envname("STEPWELL_DATA")->required();
  program.add_option("--grpc", flags.server.grpc, "address for clients (loopback)")
      ->envname("STEPWELL_GRPC")
      ->capture_default_str();
  program.add_option("--internal", flags.server.internal, "address for stepwell-query")->envname("STEPWELL_INTERNAL");
  program.add_option("--ops", flags.ops, "address of health and metrics, such as 127.0.0.1:7009; none if not given")
      ->envname("STEPWELL_OPS");
  program.add_option("--postgres", flags.postgres, "URL of the database")->envname("STEPWELL_POSTGRES")->required();
  stepwell::AddCount(program, "--postgres-pool", flags.postgres_pool, "connections to the database")
      ->check(CLI::Range(2, 1000));
  program.add_option("--port-file", flags.port_file, "written with the addresses when the server answers")
      ->envname("STEPWELL_PORT_FILE");
  program.add_option("--ingest-commit-window", window_ms, "how long the committer gathers: 3ms")
      ->envname("STEPWELL_INGEST_COMMIT_WINDOW")
      ->transform(CLI::AsNumberWithUnit(milliseconds));
  program.add_option("--seal-age", seal_age_s, "points go into chunks when they are this old: 5m")
      ->envname("STEPWELL_SEAL_AGE")
      ->transform(CLI::AsNumberWithUnit(seconds));
  program.add_option("--seal-points", flags.server.seal_points, "or when a series has this many")
      ->envname("STEPWELL_SEAL_POINTS")
      ->capture_default_str();
  program
      .add_option("--ingest-memory", flags.server.memory,
                  "bytes of points not yet in chunks: 4GiB; 0: a quarter of memory")
      ->envname("STEPWELL_INGEST_MEMORY")
      ->transform(CLI::AsSizeValue(false));
  program.add_option("--store-cache", flags.server.store_cache, "bytes of the store's cache: 256MiB")
      ->envname("STEPWELL_STORE_CACHE")
      ->transform(CLI::AsSizeValue(false));
  program.add_option("--trash", trash_s, "how long deleted runs can be restored: 30d")
      ->envname("STEPWELL_TRASH")
      ->transform(CLI::AsNumberWithUnit(seconds));
  stepwell::ingest::AddLimitFlags(program, flags.server);
  try {
    program.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return program.exit(error) == 0 ? 0 : 2;
  }
  flags.server.commit_window = std::chrono::milliseconds(static_cast<int64_t>(window_ms));
  flags.server.seal_age = std::chrono::seconds(seal_age_s);
  flags.server.trash = std::chrono::seconds(trash_s);
  return Run(flags, signals);
}
