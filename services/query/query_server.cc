#include "query/query_server.h"

#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "net/app.h"
#include "net/http_server.h"
#include "net/readiness.h"
#include "query/grpc_series_reader.h"
#include "query/handlers.h"

namespace stepwell::query {
namespace {

constexpr std::chrono::seconds kLoopLagLimit{5};

// What a live feed asks the catalog, as the server itself: who listens was asked when he came.
class CatalogLiveSource : public LiveSource {
 public:
  CatalogLiveSource(catalog::Catalog& catalog, Finder& finder) : catalog_(catalog), finder_(finder) {}

  absl::StatusOr<std::vector<catalog::Run>> Recent(const GrantedExperiment& experiment) override {
    catalog::RunQuery query;
    query.experiments.push_back(experiment);
    query.order = "-updated";
    query.archived = catalog::Archived::kAny;
    query.limit = 1000;
    ASSIGN_OR_RETURN(auto page, catalog_.ListRuns(query));
    return std::move(page.items);
  }
  absl::StatusOr<std::vector<catalog::Run>> Changed(const GrantedExperiment& experiment, double since) override {
    return catalog_.ChangedRuns(experiment, since, 1000);
  }
  absl::StatusOr<GrantedRun> Grant(const catalog::Run& run) override {
    return finder_.Run(auth::Principal::Internal(), auth::Action::kLiveRead, run.id);
  }

 private:
  catalog::Catalog& catalog_;
  Finder& finder_;
};

std::string ReadFile(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  return std::string((std::istreambuf_iterator<char>(in)), {});
}

// Beside an installed program (share/stepwell/openapi.yaml), or in the source tree that it was built from
// (docs/openapi.yaml).
std::string FindOpenApi(const std::string& given) {
  if (!given.empty()) return ReadFile(given);
  std::error_code error;
  const std::filesystem::path bin = std::filesystem::read_symlink("/proc/self/exe", error).parent_path();
  for (const std::filesystem::path& path :
       {bin.parent_path() / "share/stepwell/openapi.yaml", bin.parent_path().parent_path() / "docs/openapi.yaml",
        std::filesystem::path(STEPWELL_OPENAPI)}) {
    if (std::string text = ReadFile(path); !text.empty()) return text;
  }
  return "";
}

class Server : public QueryServer {
 public:
  Server(QueryServerOptions options, StaticFiles files)
      : options_(std::move(options)),
        files_(std::move(files)),
        registry_(options_.registry ? options_.registry : std::make_shared<prometheus::Registry>()),
        log_(options_.log_json ? net::LogFormat::kJson : net::Logger::FormatFor(stderr), net::LogLevel::kInfo),
        metrics_(registry_),
        events_(prometheus::BuildCounter()
                    .Name("stepwell_live_events_total")
                    .Help("Live events sent.")
                    .Register(*registry_)
                    .Add({})),
        skips_(prometheus::BuildCounter()
                   .Name("stepwell_live_skips_total")
                   .Help("Listeners that did not keep up.")
                   .Register(*registry_)
                   .Add({})),
        listeners_(prometheus::BuildGauge()
                       .Name("stepwell_live_listeners")
                       .Help("Live views that are open.")
                       .Register(*registry_)
                       .Add({})),
        history_(prometheus::BuildGauge()
                     .Name("stepwell_live_history_bytes")
                     .Help("Events that are kept for live views that come back.")
                     .Register(*registry_)
                     .Add({})),
        console_bytes_(prometheus::BuildGauge()
                           .Name("stepwell_query_console_bytes")
                           .Help("Lines of runs' consoles that are kept.")
                           .Register(*registry_)
                           .Add({})),
        raw_bytes_(prometheus::BuildGauge()
                       .Name("stepwell_query_raw_bytes")
                       .Help("Points that are kept to compute smoothing and expressions on.")
                       .Register(*registry_)
                       .Add({})),
        series_(prometheus::BuildCounter()
                    .Name("stepwell_query_series_total")
                    .Help("Series answered.")
                    .Register(*registry_)),
        points_(prometheus::BuildCounter()
                    .Name("stepwell_query_points_read_total")
                    .Help("Points and columns of answers.")
                    .Register(*registry_)
                    .Add({})),
        finder_(*options_.catalog, authority_),
        reader_(MakeGrpcSeriesReader(options_.channel, options_.internal_key, options_.limits.query_timeout)),
        source_(*options_.catalog, finder_),
        live_(*reader_, source_, Live()),
        consoles_(options_.limits.console_memory,
                  [this](uint64_t bytes) { console_bytes_.Set(static_cast<double>(bytes)); }),
        raw_points_(options_.limits.raw_memory, options_.limits.raw_points,
                    [this](uint64_t bytes) { raw_bytes_.Set(static_cast<double>(bytes)); }),
        services_{*options_.catalog,
                  finder_,
                  *reader_,
                  live_,
                  files_,
                  registry_,
                  options_.version,
                  "",
                  options_.grpc,
                  FindOpenApi(options_.openapi),
                  [this] { return Healthy(); },
                  [this] { return readiness_->Answer(); },
                  [this](const v1::ReadSeriesReply& reply) { Count(reply); },
                  options_.limits.query_memory,
                  consoles_,
                  raw_points_,
                  options_.limits.query_timeout} {
    prometheus::BuildGauge()
        .Name("stepwell_build_info")
        .Help("The version that runs.")
        .Register(*registry_)
        .Add({{"version", options_.version}, {"commit", ""}})
        .Set(1);
  }
  ~Server() override { Stop(); }

  absl::Status Listen() {
    ASSIGN_OR_RETURN(const bool loopback, net::IsLoopback(options_.http));
    if (!loopback) {
      return absl::InvalidArgumentError(
          absl::StrCat("--http ", options_.http,
                       " can be reached from other machines, and that needs accounts, "
                       "which this version does not have; use 127.0.0.1 or [::1], and a tunnel to share"));
    }
    readiness_ = std::make_unique<net::Readiness>(
        std::vector<net::Readiness::Part>{{"catalog", true, [this] { return options_.catalog->Check(); }},
                                          {"ingest", true, [this] { return IngestReady(); }, options_.ingest_details}},
        *registry_);
    for (const auto add :
         {AddExperimentRoutes, AddRunRoutes, AddRunPageRoutes, AddRunTableRoutes, AddRunEditRoutes, AddSeriesRoutes,
          AddBlobRoutes, AddViewRoutes, AddNamedViewRoutes, AddLiveRoutes, AddServerRoutes, AddHealthRoutes}) {
      RETURN_IF_ERROR(add(router_, services_));
    }
    RETURN_IF_ERROR(router_.CheckComplete());
    app_ = std::make_unique<net::App>(router_, authority_, net::AppOptions{true, geteuid(), false});
    net::HttpOptions http;
    http.address = options_.http;
    http.connections = options_.limits.connections;
    http.connections_per_address = options_.limits.connections_per_address;
    http.memory = options_.limits.http_memory;
    http.stream_waiters = options_.limits.http_waiting;
    http.read_stall = options_.limits.http_stall;
    http.read_rate = options_.limits.http_rate;
    http.listener_bytes = options_.limits.live_listener_budget;
    ASSIGN_OR_RETURN(http_, net::HttpServer::Start(http, *app_, metrics_, log_));
    services_.http = url();
    if (options_.ops.empty()) return absl::OkStatus();
    RETURN_IF_ERROR(AddHealthRoutes(ops_router_, services_));
    ops_app_ = std::make_unique<net::App>(ops_router_, authority_, net::AppOptions{false, 0, true});
    net::HttpOptions ops;
    ops.address = options_.ops;
    ops.handler_threads = 2;
    ops.stream_threads = 1;
    ASSIGN_OR_RETURN(ops_, net::HttpServer::Start(ops, *ops_app_, metrics_, log_));
    return absl::OkStatus();
  }

  uint16_t port() const override { return http_->port(); }
  std::string url() const override { return Url(options_.http, http_->port()); }
  std::string ops_url() const override { return ops_ ? Url(options_.ops, ops_->port()) : ""; }

  absl::Status Ready() const override {
    RETURN_IF_ERROR(options_.catalog->Check());
    return IngestReady();
  }

  void Stop() override {
    live_.Stop();
    if (http_) http_->Stop();
    if (ops_) ops_->Stop();
    readiness_.reset();  // it looks at ingest, which ends next
  }

 private:
  static std::string Url(const std::string& address, uint16_t port) {
    const std::string host = address.substr(0, address.rfind(':'));
    return absl::StrCat("http://", host.empty() ? "127.0.0.1" : host, ":", port);
  }

  LiveOptions Live() {
    LiveOptions live;
    live.listeners = options_.limits.live_listeners;
    live.history = options_.limits.live_history;
    live.kept = [this](int64_t change) {
      const auto bytes = static_cast<double>(change);
      bytes < 0 ? history_.Decrement(-bytes) : history_.Increment(bytes);
    };
    live.level = [this](size_t count) { listeners_.Set(static_cast<double>(count)); };
    live.count = [this](std::string_view what) { (what == "skip" ? skips_ : events_).Increment(); };
    return live;
  }

  absl::Status Healthy() const {
    return http_ == nullptr || http_->LoopLag() < kLoopLagLimit ? absl::OkStatus()
                                                                : absl::UnavailableError("an event loop stands still");
  }

  absl::Status IngestReady() const { return options_.ingest_ready ? options_.ingest_ready() : reader_->Check(); }

  void Count(const v1::ReadSeriesReply& reply) {
    series_.Add({{"exact", reply.exact() ? "true" : "false"}}).Increment();
    points_.Increment(reply.exact() ? reply.points().step_size() : reply.counts_size());
  }

  const QueryServerOptions options_;
  const StaticFiles files_;
  const std::shared_ptr<prometheus::Registry> registry_;  // of the process
  const net::Logger log_;
  net::HttpMetrics metrics_;
  prometheus::Counter &events_, &skips_;
  prometheus::Gauge& listeners_;
  prometheus::Gauge& history_;
  prometheus::Gauge& console_bytes_;
  prometheus::Gauge& raw_bytes_;
  prometheus::Family<prometheus::Counter>& series_;
  prometheus::Counter& points_;
  const auth::Authority authority_{};
  Finder finder_;
  const std::unique_ptr<SeriesReader> reader_;
  CatalogLiveSource source_;
  LiveHub live_;
  Consoles consoles_;
  RawPointsCache raw_points_;
  Services services_;
  net::Router router_, ops_router_;
  std::unique_ptr<net::Readiness> readiness_;
  std::unique_ptr<net::App> app_, ops_app_;
  std::unique_ptr<net::HttpServer> http_, ops_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<QueryServer>> QueryServer::Start(QueryServerOptions options) {
  ASSIGN_OR_RETURN(StaticFiles files, StaticFiles::Load(options.web));
  auto server = std::make_unique<Server>(std::move(options), std::move(files));
  RETURN_IF_ERROR(server->Listen());
  return server;
}

}  // namespace stepwell::query
