#include "stepwell/serve.h"

#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <thread>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/files.h"
#include "base/json.h"
#include "base/status_macros.h"
#include "catalog/catalog.h"
#include "ingest/ingest_server.h"
#include "postgres/private_postgres.h"
#include "prometheus/registry.h"
#include "push/connection.h"
#include "query/query_server.h"
#include "stepwell/commands.h"
#include "stepwell/data_folder.h"
#include "stepwell/late_migration.h"
#include "upload/follower.h"

namespace stepwell {
namespace {

// While the server stops, calls may wait for PostgreSQL so long, and PostgreSQL has at least that for its own stop.
constexpr std::chrono::milliseconds kCallsGrace{2000}, kPostgresLeast{500};

void Log(const std::string& line) { std::fprintf(stderr, "%s\n", line.c_str()); }

absl::Status Explain(const absl::Status& status, const std::string& way_out) {
  return absl::Status(status.code(), absl::StrCat(std::string(status.message()), way_out));
}

std::string AddressHint(const std::string& flag) {
  return absl::StrCat("; choose another address with ", flag, " (port 0 picks a free one)");
}

// One log directory that is followed inside the server's process, over the server's own gRPC.
class FollowedDirectory {
 public:
  FollowedDirectory(const std::string& directory, const std::string& grpc)
      : name_(std::filesystem::weakly_canonical(directory).filename().string()),
        report_([this](const std::string& line) { Log(absl::StrCat(name_, ": ", line)); }),
        connection_(grpc, Forever(), &stopper_) {
    context_.connection = &connection_;
    context_.options.experiment = name_.empty() ? "logs" : name_;
    context_.options.follow = true;
    context_.report = &report_;
    thread_ = std::thread([this, directory] { upload::Follower(&context_, {directory}).Run(); });
  }
  ~FollowedDirectory() {
    stopper_.Stop();
    thread_.join();
  }

 private:
  static push::RetryPolicy Forever() {
    push::RetryPolicy policy;
    policy.patience_before = policy.patience_after = std::chrono::milliseconds(0);
    return policy;
  }

  const std::string name_;
  push::Stopper stopper_;
  upload::Report report_;
  push::Connection connection_;
  upload::UploadContext context_;
  std::thread thread_;
};

}  // namespace

// In the order of their start; destroyed in reverse.
struct Serve::Parts {
  std::unique_ptr<DataFolder> data;
  std::unique_ptr<postgres::PrivatePostgres> postgres;
  std::unique_ptr<catalog::Catalog> catalog;
  std::unique_ptr<LateMigration> migration;        // there is one if PostgreSQL was away
  std::shared_ptr<prometheus::Registry> registry;  // both servers and their handlers keep it
  std::unique_ptr<ingest::IngestServer> ingest;
  std::unique_ptr<query::QueryServer> query;
  std::vector<std::unique_ptr<FollowedDirectory>> followed;
  std::string port_file;

  absl::Status StartCatalog(const ServeOptions& options);
  absl::Status Fit(const std::string& migrations);
  absl::Status StartIngest(const ServeOptions& options);
  absl::Status StartQuery(const ServeOptions& options);
  absl::Status WritePorts(const ServeOptions& options);
};

absl::Status Serve::Parts::StartCatalog(const ServeOptions& options) {
  catalog::Options catalog_options;
  catalog_options.url = options.postgres;
  catalog_options.pool = options.postgres_pool;
  catalog_options.params_per_run = options.ingest.limits.param_count;
  catalog_options.fork_depth = options.ingest.limits.fork_depth;
  catalog_options.disconnected_after = options.query.disconnected_after;
  catalog_options.registry = registry;
  if (options.postgres.empty()) {
    postgres::Options postgres_options;
    postgres_options.folder = data->path() + "/postgres";
    postgres_options.log = Log;
    ASSIGN_OR_RETURN(postgres, postgres::PrivatePostgres::Start(postgres_options));
    catalog_options.url = postgres->url();
  }
  ASSIGN_OR_RETURN(catalog, catalog::Catalog::Open(catalog_options));
  const absl::Status fits = Fit(options.migrations);
  if (postgres != nullptr || !absl::IsUnavailable(fits)) return fits;
  // Not ours to start: it comes when it comes.
  migration = std::make_unique<LateMigration>(catalog.get(), options.migrations, fits, Log);
  return absl::OkStatus();
}

absl::Status Serve::Parts::Fit(const std::string& migrations) {
  RETURN_IF_ERROR(catalog->Migrate(migrations));
  return catalog->Check();
}

absl::Status Serve::Parts::StartIngest(const ServeOptions& options) {
  ingest::ServerOptions ingest_options = options.ingest;
  ingest_options.data = data->path();
  ingest_options.grpc = options.grpc;
  ingest_options.catalog = catalog.get();
  ingest_options.registry = registry;
  ingest_options.commit_window = options.commit_window;
  ingest_options.seal_age = options.seal_age;
  ingest_options.seal_points = options.seal_points;
  ingest_options.memory = options.ingest_memory;
  ingest_options.store_cache = options.store_cache;
  ingest_options.trash = options.trash;
  ingest_options.log = Log;
  auto started = ingest::IngestServer::Start(ingest_options);
  if (!started.ok()) {
    const bool taken = started.status().code() == absl::StatusCode::kUnavailable;
    return Explain(started.status(), taken ? AddressHint("--grpc") : "");
  }
  ingest = *std::move(started);
  return absl::OkStatus();
}

absl::Status Serve::Parts::StartQuery(const ServeOptions& options) {
  query::QueryServerOptions query_options;
  query_options.http = options.http;
  query_options.limits = options.query;
  query_options.ops = options.ops;
  query_options.catalog = catalog.get();
  query_options.channel = ingest->InProcessChannel();
  query_options.web = options.web;
  query_options.grpc = ingest->grpc_address();
  query_options.version = kVersion;
  query_options.registry = registry;
  query_options.ingest_ready = [this] { return ingest->Ready(); };
  query_options.ingest_details = [this](JsonWriter& json) { ingest->Describe(json); };
  query_options.log_json = options.log_json;
  auto started = query::QueryServer::Start(query_options);
  if (!started.ok()) {
    const bool taken = started.status().code() == absl::StatusCode::kUnavailable;
    return Explain(started.status(), taken ? AddressHint("--http") : "");
  }
  query = *std::move(started);
  return absl::OkStatus();
}

absl::Status Serve::Parts::WritePorts(const ServeOptions& options) {
  if (options.port_file.empty()) {
    return absl::OkStatus();
  }
  std::string json;
  JsonWriter(json).Object().Key("http").String(query->url()).Key("grpc").String(ingest->grpc_address()).End();
  port_file = options.port_file;
  return WriteWhole(options.port_file, json + "\n");
}

Serve::Serve(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}

Serve::~Serve() { Stop(); }

absl::StatusOr<std::unique_ptr<Serve>> Serve::Start(const ServeOptions& options) {
  std::unique_ptr<Serve> serve(new Serve(std::make_unique<Parts>()));
  Parts& parts = *serve->parts_;
  if (!options.port_file.empty()) {
    unlink(options.port_file.c_str());  // of an earlier start: it would lie until we are ready
  }
  ASSIGN_OR_RETURN(parts.data, DataFolder::Open(options.data));
  parts.registry = std::make_shared<prometheus::Registry>();
  RETURN_IF_ERROR(parts.StartCatalog(options));
  RETURN_IF_ERROR(parts.StartIngest(options));
  RETURN_IF_ERROR(parts.StartQuery(options));
  for (const std::string& directory : options.log_directories) {
    parts.followed.push_back(std::make_unique<FollowedDirectory>(directory, parts.ingest->grpc_address()));
  }
  RETURN_IF_ERROR(parts.WritePorts(options));
  return serve;
}

std::string Serve::http_url() const { return parts_->query->url(); }
std::string Serve::grpc_address() const { return parts_->ingest->grpc_address(); }
bool Serve::waits() const { return parts_->migration != nullptr; }

void Serve::Stop() {
  const auto deadline = std::chrono::steady_clock::now() + kStopTime;
  Parts& parts = *parts_;
  if (parts.catalog) parts.catalog->EndCalls(kCallsGrace);
  parts.followed.clear();
  if (parts.query) {
    parts.query->Stop();
    parts.query.reset();
  }
  if (parts.ingest) {
    parts.ingest->Stop();
    parts.ingest.reset();
  }
  parts.migration.reset();
  parts.catalog.reset();
  if (parts.postgres) {
    const auto left =
        std::chrono::duration_cast<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now());
    if (absl::Status stopped = parts.postgres->Stop(std::max(left, kPostgresLeast)); !stopped.ok()) {
      Log(absl::StrCat("PostgreSQL did not stop cleanly: ", std::string(stopped.message())));
    }
    parts.postgres.reset();
  }
  if (!parts.port_file.empty()) {
    unlink(parts.port_file.c_str());
    parts.port_file.clear();
  }
  parts.data.reset();
}

}  // namespace stepwell
