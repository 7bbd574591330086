// stepwell-query: REST, live events and the web application over a PostgreSQL and an ingest of the same deployment.
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <string>

#include "CLI/CLI.hpp"
#include "base/file_limit.h"
#include "base/files.h"
#include "base/flags.h"
#include "base/json.h"
#include "query/limit_flags.h"
#include "query/query_server.h"

namespace {

// While it stops, calls may wait for PostgreSQL so long.
constexpr std::chrono::seconds kCallsGrace{2};

struct Flags {
  std::string http = "127.0.0.1:7007", ops, postgres, ingest, web, port_file, log_format;
  int postgres_pool = stepwell::catalog::kPool;
  stepwell::query::QueryLimits limits;
};

std::string ReadSecret() {
  const char* path = std::getenv("STEPWELL_INTERNAL_KEY_FILE");
  if (path == nullptr) return "";
  std::string key;
  std::getline(std::ifstream(path), key);
  return key;
}

int Fail(const absl::Status& status) {
  std::fprintf(stderr, "stepwell-query: %s\n", std::string(status.message()).c_str());
  return 1;
}

int Run(const Flags& flags, const sigset_t& signals) {
  stepwell::catalog::Options catalog_options;
  catalog_options.url = flags.postgres;
  catalog_options.pool = flags.postgres_pool;
  catalog_options.disconnected_after = flags.limits.disconnected_after;
  catalog_options.registry = std::make_shared<prometheus::Registry>();
  auto catalog = stepwell::catalog::Catalog::Open(catalog_options);
  if (!catalog.ok()) return Fail(catalog.status());
  if (const absl::Status there = (*catalog)->Check(); !there.ok()) {
    std::fprintf(stderr, "stepwell-query waits for PostgreSQL (lists and charts wait): %s\n",
                 std::string(there.message()).c_str());
  }
  stepwell::query::QueryServerOptions options;
  options.http = flags.http;
  options.ops = flags.ops;
  options.catalog = catalog->get();
  options.registry = catalog_options.registry;
  // One answer may hold every point of a series; ingest is ours, so its answers are not bounded as a stranger's would
  // be.
  grpc::ChannelArguments arguments;
  arguments.SetMaxReceiveMessageSize(-1);
  options.channel = grpc::CreateCustomChannel(flags.ingest, grpc::InsecureChannelCredentials(), arguments);
  options.internal_key = ReadSecret();
  options.web = flags.web;
  options.limits = flags.limits;
  options.log_json = flags.log_format == "json";
  auto server = stepwell::query::QueryServer::Start(options);
  if (!server.ok()) return Fail(server.status());
  std::printf("stepwell-query answers on %s\n", (*server)->url().c_str());
  std::fflush(stdout);
  if (!flags.port_file.empty()) {
    std::string json;
    stepwell::JsonWriter writer(json);
    writer.Object().Key("http").String((*server)->url());
    if (!(*server)->ops_url().empty()) writer.Key("ops").String((*server)->ops_url());
    writer.End();
    const absl::Status written = stepwell::WriteWhole(flags.port_file, json + "\n");
    if (!written.ok()) return Fail(written);
  }
  int signal = 0;
  sigwait(&signals, &signal);
  (*catalog)->EndCalls(kCallsGrace);
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
  CLI::App program(
      "REST, live events and the web application of a Stepwell deployment.\n\n"
      "  stepwell-query --postgres postgresql://db/stepwell --ingest 127.0.0.1:7010 --web share/stepwell/web");
  program.add_option("--http", flags.http, "address of REST and the web application (loopback)")
      ->envname("STEPWELL_HTTP")
      ->capture_default_str();
  program
      .add_option(
          "--ops", flags.ops,
          "address of health and metrics for operators, such as :7009; none without it (both are on --http too)")
      ->envname("STEPWELL_OPS");
  program.add_option("--postgres", flags.postgres, "URL of the database")->envname("STEPWELL_POSTGRES")->required();
  stepwell::AddCount(program, "--postgres-pool", flags.postgres_pool, "connections to the database")
      ->check(CLI::Range(2, 1000));
  program.add_option("--ingest", flags.ingest, "address of ingest's internal listener")
      ->envname("STEPWELL_INGEST")
      ->required();
  program.add_option("--web", flags.web, "folder of the web application")->envname("STEPWELL_WEB");
  program.add_option("--port-file", flags.port_file, "written with the addresses when the server answers")
      ->envname("STEPWELL_PORT_FILE");
  program.add_option("--log-format", flags.log_format, "text or json; text on a terminal, json otherwise")
      ->envname("STEPWELL_LOG_FORMAT")
      ->check(CLI::IsMember({"text", "json"}));
  stepwell::query::AddLimitFlags(program, flags.limits);
  try {
    program.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return program.exit(error) == 0 ? 0 : 2;
  }
  return Run(flags, signals);
}
