// An ingest server in memory, for tests: the protocol's rules about numbers, epochs, positions and rewinds, and faults
// on demand. It breaks streams at random: before a batch is taken, or after it was taken and before that is
// acknowledged.
//
// Thread safety: gRPC's threads and the test may call everything; one mutex.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "grpcpp/grpcpp.h"
#include "stepwell/v1/ingest.grpc.pb.h"

namespace stepwell::push {

struct FakePoint {
  int64_t step = 0;
  double wall = 0;
  double scalar = 0;
  v1::Value value;  // of kinds other than scalar
  uint32_t writer = 0;
  bool hidden = false;
};

struct FakeWriter {
  std::string id;
  uint64_t epoch = 0;
  uint64_t durable_seq = 0;
  std::string position;
  std::map<uint32_t, v1::SeriesInfo> series;
};

struct FakeRun {
  std::string id, name;
  bool deleted = false;
  std::vector<FakeWriter> writers;                       // by number
  std::map<std::string, std::vector<FakePoint>> points;  // by tag, in order of arrival
  std::map<std::string, std::string> params;
  std::vector<std::string> statuses;
  std::set<std::string> warnings;            // "file|offset|tag|reason"
  std::map<std::string, std::string> blobs;  // whole ones, by sha256
  std::map<std::string, std::string> parts;  // others
};

class FakeIngest final : public v1::Ingest::Service {
 public:
  explicit FakeIngest(uint32_t seed = 1) : random_(seed) {}

  // One in so many batches breaks its stream; 0: none.
  void BreakOneIn(int n) {
    std::lock_guard lock(mutex_);
    break_one_in_ = n;
  }
  // From now on (until false) streams are turned away for want of disk.
  void Fill(bool full) {
    std::lock_guard lock(mutex_);
    full_ = full;
  }
  // Waits until `times` streams were turned away.
  void AwaitTurnedAway(int times) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return turned_away_ >= times; });
  }
  // The next calls of OpenRun are told to try again, as by a server whose database is away.
  void TurnAway(int calls) {
    std::lock_guard lock(mutex_);
    turn_away_ = calls;
  }
  // The rules that were broken by clients, in words; empty is good.
  std::vector<std::string> complaints() const {
    std::lock_guard lock(mutex_);
    return complaints_;
  }
  // A copy, by name; null if there is none.
  std::unique_ptr<FakeRun> Run(const std::string& name) const;
  void DeleteRun(const std::string& name);
  size_t batches() const {
    std::lock_guard lock(mutex_);
    return batches_;
  }
  size_t breaks() const {
    std::lock_guard lock(mutex_);
    return breaks_;
  }

  grpc::Status OpenRun(grpc::ServerContext*, const v1::OpenRunRequest* request, v1::OpenRunReply* reply) override;
  grpc::Status Push(grpc::ServerContext*, grpc::ServerReaderWriter<v1::PushReply, v1::PushRequest>* stream) override;
  grpc::Status DescribeSeries(grpc::ServerContext*, const v1::DescribeSeriesRequest* request,
                              grpc::ServerWriter<v1::DescribeSeriesReply>* stream) override;
  grpc::Status SyncRun(grpc::ServerContext*, const v1::SyncRunRequest*, v1::SyncRunReply*) override {
    return grpc::Status::OK;
  }

 private:
  FakeRun* Find(const std::string& id);
  grpc::Status Take(FakeRun& run, FakeWriter& writer, uint32_t number, const v1::Batch& batch);
  void Complain(const std::string& what) { complaints_.push_back(what); }

  mutable std::mutex mutex_;
  std::condition_variable changed_;
  bool full_ = false;
  int turned_away_ = 0;
  std::mt19937 random_;
  int break_one_in_ = 0;
  int turn_away_ = 0;
  std::vector<std::unique_ptr<FakeRun>> runs_;
  std::vector<std::string> complaints_;
  size_t batches_ = 0;
  size_t breaks_ = 0;
};

// A FakeIngest that is served, and a channel to it.
class FakeServer {
 public:
  explicit FakeServer(FakeIngest* service) {
    grpc::ServerBuilder builder;
    builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(), &port_);
    builder.RegisterService(service);
    server_ = builder.BuildAndStart();
  }
  ~FakeServer() { server_->Shutdown(std::chrono::system_clock::now()); }
  std::string address() const { return "127.0.0.1:" + std::to_string(port_); }

 private:
  int port_ = 0;
  std::unique_ptr<grpc::Server> server_;
};

}  // namespace stepwell::push
