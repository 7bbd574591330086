#include "ingest/ingest_server.h"

#include <unistd.h>

#include <atomic>
#include <condition_variable>
#include <iostream>
#include <mutex>
#include <thread>

#include "base/media_type.h"
#include "base/status_macros.h"
#include "grpcpp/ext/proto_server_reflection_plugin.h"
#include "grpcpp/health_check_service_interface.h"
#include "ingest/byte_budget.h"
#include "ingest/ingest.h"
#include "ingest/ingest_service.h"
#include "ingest/reader_service.h"
#include "store/rocksdb_store.h"

namespace stepwell::ingest {
namespace {

constexpr int kKeepaliveMs = 60'000;
constexpr int kLeastPingMs = 10'000;
constexpr int kMessageRoom = 64 << 10;  // around a batch of the announced size
constexpr std::chrono::milliseconds kDrainTime{300};
constexpr std::chrono::seconds kShutdownTime{2};
constexpr char kServiceName[] = "stepwell.v1.Ingest";

uint64_t QuarterOfMemory() {
  const uint64_t pages = static_cast<uint64_t>(sysconf(_SC_PHYS_PAGES));
  return pages * static_cast<uint64_t>(sysconf(_SC_PAGESIZE)) / 4;
}

// What every listener of ours has: bounded messages, no decompression (it would come before the size check), keepalive,
// and no second server that silently shares the port.
void Harden(grpc::ServerBuilder& builder, int message_bytes) {
  builder.SetMaxReceiveMessageSize(message_bytes);
  builder.SetCompressionAlgorithmSupportStatus(GRPC_COMPRESS_GZIP, false);
  builder.SetCompressionAlgorithmSupportStatus(GRPC_COMPRESS_DEFLATE, false);
  builder.AddChannelArgument(GRPC_ARG_ALLOW_REUSEPORT, 0);
  builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_TIME_MS, kKeepaliveMs);
  builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_PERMIT_WITHOUT_CALLS, 1);
  builder.AddChannelArgument(GRPC_ARG_HTTP2_MIN_RECV_PING_INTERVAL_WITHOUT_DATA_MS, kLeastPingMs);
  builder.AddChannelArgument(GRPC_ARG_MAX_METADATA_SIZE, 16 << 10);
}

std::string WithPort(const std::string& address, int port) {
  return address.substr(0, address.rfind(':') + 1) + std::to_string(port);
}

class Server : public IngestServer {
 public:
  explicit Server(ServerOptions options)
      : options_(std::move(options)), book_(options_.catalog), metrics_(options_.registry) {
    if (!options_.log) options_.log = [](const std::string& line) { std::cerr << line << std::endl; };
    if (options_.memory == 0) options_.memory = QuarterOfMemory();
  }
  ~Server() override { Stop(); }

  absl::Status Begin() {
    ASSIGN_OR_RETURN(store_, store::OpenRocksDb({options_.data + "/store", options_.store_cache}));
    IngestOptions settings;
    settings.commit_window = options_.commit_window;
    settings.seal.points = options_.seal_points;
    settings.seal.age = options_.seal_age;
    settings.seal.memory = options_.memory / 2;
    settings.heartbeat = options_.heartbeat;
    settings.trash = options_.trash;
    settings.limits = options_.limits;
    settings.disk = options_.disk;
    settings.disk.ballast_file = options_.data + "/ballast";
    settings.series_memory = options_.series_memory;
    settings.catalog_backlog = options_.catalog_backlog;
    settings.live_ring = options_.live_ring;
    settings.sniff = SniffMediaType;
    settings.log = options_.log;
    ASSIGN_OR_RETURN(ingest_, Ingest::Start(store_.get(), &book_, &metrics_, settings));
    budget_ = std::make_unique<ByteBudget>(
        options_.memory, options_.stream_budget, [this] { return ingest_->tail_bytes(); },
        &metrics_.unacknowledged_bytes);
    RETURN_IF_ERROR(Listen());
    RETURN_IF_ERROR(ListenInternal());
    ticker_ = std::thread([this] { Tick(); });
    return absl::OkStatus();
  }

  std::string grpc_address() const override { return grpc_address_; }
  std::string internal_address() const override { return internal_address_; }
  std::shared_ptr<grpc::Channel> InProcessChannel() override {
    grpc::ChannelArguments arguments;
    arguments.SetMaxReceiveMessageSize(-1);
    return internal_->InProcessChannel(arguments);
  }
  absl::Status Ready() const override {
    if (stopping_) return absl::UnavailableError("the server is stopping");
    return ingest_->Ready();
  }
  void Describe(JsonWriter& json) const override {
    json.Key("waiting").Object();
    ingest_->backlog().Write(json);
    json.End();
  }

  void Stop() override {
    if (stopping_.exchange(true)) return;
    if (public_) {
      if (auto* health = public_->GetHealthCheckService()) health->SetServingStatus(false);
      service_->Drain();
      std::unique_lock lock(mutex_);
      wake_.wait_for(lock, kDrainTime, [] { return false; });  // for clients to half-close
      lock.unlock();
      public_->Shutdown(std::chrono::system_clock::now() + kShutdownTime);
    }
    wake_.notify_all();
    if (ticker_.joinable()) ticker_.join();
    if (service_) service_->Stop();
    if (ingest_) ingest_->Stop();
    if (internal_) internal_->Shutdown(std::chrono::system_clock::now() + std::chrono::milliseconds(500));
    public_.reset();
    internal_.reset();
    service_.reset();
    reader_.reset();
    // Streams outlive their calls as long as the committer may tell them something; it has ended.
    ingest_.reset();
    budget_.reset();
    store_.reset();
  }

 private:
  absl::Status Listen() {
    grpc::EnableDefaultHealthCheckService(true);
    grpc::reflection::InitProtoReflectionServerBuilderPlugin();
    service_ = std::make_unique<IngestService>(ingest_.get(), &book_, budget_.get(), options_.streams);
    grpc::ServerBuilder builder;
    Harden(builder, static_cast<int>(ingest_->limits().message_bytes) + kMessageRoom);
    service_->ListenOn(options_.grpc, builder);
    public_ = builder.BuildAndStart();
    if (!public_ || service_->port() == 0) {
      public_.reset();
      return absl::UnavailableError("cannot listen on " + options_.grpc +
                                    ": another program has the address, or it is not one of this machine (--grpc)");
    }
    grpc_address_ = WithPort(options_.grpc, service_->port());
    if (auto* health = public_->GetHealthCheckService()) health->SetServingStatus(kServiceName, true);
    return absl::OkStatus();
  }

  absl::Status ListenInternal() {
    reader_ = std::make_unique<ReaderService>(ingest_.get(), options_.internal_key);
    grpc::ServerBuilder builder;
    Harden(builder, 16 << 20);  // a request names up to 10,000 series
    builder.SetMaxSendMessageSize(-1);
    int port = 0;
    if (!options_.internal.empty())
      builder.AddListeningPort(options_.internal, grpc::InsecureServerCredentials(), &port);
    builder.RegisterService(reader_.get());
    internal_ = builder.BuildAndStart();
    if (!internal_ || (!options_.internal.empty() && port == 0)) {
      internal_.reset();
      return absl::UnavailableError("cannot listen on " + options_.internal +
                                    ": another program has the address, or it is not one of this machine (--internal)");
    }
    if (port > 0) internal_address_ = WithPort(options_.internal, port);
    return absl::OkStatus();
  }

  void Tick() {
    std::unique_lock lock(mutex_);
    while (!stopping_) {
      wake_.wait_for(lock, std::chrono::milliseconds(100));
      lock.unlock();
      budget_->Wake();
      ingest_->LookAtDisk();
      lock.lock();
    }
  }

  ServerOptions options_;
  CatalogRunBook book_;
  Metrics metrics_;
  std::unique_ptr<store::Store> store_;
  std::unique_ptr<Ingest> ingest_;
  std::unique_ptr<ByteBudget> budget_;
  std::unique_ptr<IngestService> service_;
  std::unique_ptr<ReaderService> reader_;
  std::unique_ptr<grpc::Server> public_, internal_;
  std::string grpc_address_, internal_address_;
  std::atomic<bool> stopping_{false};
  std::mutex mutex_;
  std::condition_variable wake_;
  std::thread ticker_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<IngestServer>> IngestServer::Start(ServerOptions options) {
  auto server = std::make_unique<Server>(std::move(options));
  RETURN_IF_ERROR(server->Begin());
  return server;
}

}  // namespace stepwell::ingest
