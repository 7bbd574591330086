// The public gRPC service: thin adapters from messages to calls of Ingest. Push is taken as raw bytes, because the
// journal keeps batches as they came; what blocks for the catalog runs on a few threads of its own.
//
// Thread safety: gRPC calls it from any thread.
#pragma once

#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "auth/authority.h"
#include "ingest/byte_budget.h"
#include "ingest/ingest.h"
#include "ingest/push_stream.h"
#include "net/thread_pool.h"
#include "stepwell/v1/ingest.grpc.pb.h"

namespace stepwell::ingest {

class IngestService
    : public v1::Ingest::WithRawCallbackMethod_Push<v1::Ingest::WithCallbackMethod_OpenRun<
          v1::Ingest::WithCallbackMethod_DescribeSeries<v1::Ingest::WithCallbackMethod_SyncRun<v1::Ingest::Service>>>> {
 public:
  // `streams`: as many Push calls at once; more are told to try later.
  IngestService(Ingest* ingest, RunBook* book, ByteBudget* budget, size_t streams = 20'000);
  // Tells the builder of itself and of its address. What is built knows the port before it takes its first call: who
  // calls is found by it.
  void ListenOn(const std::string& address, grpc::ServerBuilder& builder);
  // Of the server that was built; 0 if the address is not to be had.
  int port() const { return port_; }

  grpc::ServerUnaryReactor* OpenRun(grpc::CallbackServerContext* context, const v1::OpenRunRequest* request,
                                    v1::OpenRunReply* reply) override;
  grpc::ServerBidiReactor<grpc::ByteBuffer, grpc::ByteBuffer>* Push(grpc::CallbackServerContext* context) override;
  grpc::ServerWriteReactor<v1::DescribeSeriesReply>* DescribeSeries(grpc::CallbackServerContext* context,
                                                                    const v1::DescribeSeriesRequest* request) override;
  grpc::ServerUnaryReactor* SyncRun(grpc::CallbackServerContext* context, const v1::SyncRunRequest* request,
                                    v1::SyncRunReply* reply) override;

  // Tells every Push stream to go.
  void Drain();
  void Stop() { workers_.Stop(); }

 private:
  Ingest* const ingest_;
  RunBook* const book_;
  ByteBudget* const budget_;
  const size_t most_streams_;
  const auth::Authority authority_{};
  int port_ = 0;  // written while the server is built
  net::ThreadPool workers_;
  std::mutex mutex_;
  std::vector<std::weak_ptr<PushStream>> streams_;  // guarded by mutex_
};

}  // namespace stepwell::ingest
