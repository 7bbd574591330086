// The internal gRPC service that query calls. Few callers, long answers: plain blocking calls, so that a slow reader
// slows its own call and nothing else.
//
// Thread safety: gRPC calls it from any thread.
#pragma once

#include <string>

#include "ingest/ingest.h"
#include "stepwell/v1/reader.grpc.pb.h"

namespace stepwell::ingest {

// The metadata entry that shows the internal key.
inline constexpr char kInternalKeyMetadata[] = "stepwell-internal-key";

class ReaderService : public v1::Reader::Service {
 public:
  // `key`: what callers of the listener must show; empty: none. Calls inside the process need none.
  ReaderService(Ingest* ingest, std::string key) : ingest_(ingest), key_(std::move(key)) {}

  grpc::Status ListSeries(grpc::ServerContext* context, const v1::ListSeriesRequest* request,
                          v1::ListSeriesReply* reply) override;
  grpc::Status ListWriters(grpc::ServerContext* context, const v1::ListWritersRequest* request,
                           v1::ListWritersReply* reply) override;
  grpc::Status ReadSeries(grpc::ServerContext* context, const v1::ReadSeriesRequest* request,
                          grpc::ServerWriter<v1::ReadSeriesReply>* writer) override;
  grpc::Status ReadValues(grpc::ServerContext* context, const v1::ReadValuesRequest* request,
                          grpc::ServerWriter<v1::ReadValuesReply>* writer) override;
  grpc::Status ReadPoints(grpc::ServerContext* context, const v1::ReadPointsRequest* request,
                          grpc::ServerWriter<v1::ReadPointsReply>* writer) override;
  grpc::Status ReadBlob(grpc::ServerContext* context, const v1::ReadBlobRequest* request,
                        grpc::ServerWriter<v1::ReadBlobReply>* writer) override;
  grpc::Status Watch(grpc::ServerContext* context, const v1::WatchRequest* request,
                     grpc::ServerWriter<v1::WatchReply>* writer) override;

 private:
  absl::Status Check(const grpc::ServerContext& context) const;

  Ingest* const ingest_;
  const std::string key_;
};

}  // namespace stepwell::ingest
