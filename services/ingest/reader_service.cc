#include "ingest/reader_service.h"

#include <openssl/crypto.h>

#include <thread>

#include "ingest/grpc_status.h"

namespace stepwell::ingest {
namespace {

constexpr std::chrono::milliseconds kWatchWait{250};  // how soon a watcher that left is noticed
// After a reply of so many series and more the next one gathers for so long: fifty batches a second of a thousand
// series are ten points an item then, and not one.
constexpr int kCrowd = 100;
constexpr std::chrono::milliseconds kGather{100};

// A reply for each series, in the order asked.
template <typename Request, typename Reply, typename Read>
grpc::Status ReadEach(const grpc::ServerContext& context, const Request& request, grpc::ServerWriter<Reply>& writer,
                      const Read& read) {
  for (int i = 0; i < request.series_size(); ++i) {
    if (context.IsCancelled()) return grpc::Status::CANCELLED;
    Reply reply;
    reply.set_index(static_cast<uint32_t>(i));
    read(request.series(i), &reply);
    if (!writer.Write(reply)) return grpc::Status::CANCELLED;
  }
  return grpc::Status::OK;
}

}  // namespace

absl::Status ReaderService::Check(const grpc::ServerContext& context) const {
  if (key_.empty() || context.peer().starts_with("inproc")) return absl::OkStatus();
  auto found = context.client_metadata().find(kInternalKeyMetadata);
  if (found != context.client_metadata().end() && found->second.size() == key_.size() &&
      CRYPTO_memcmp(found->second.data(), key_.data(), key_.size()) == 0) {
    return absl::OkStatus();
  }
  return absl::UnauthenticatedError(
      "the internal key is missing or wrong: give both services the same STEPWELL_INTERNAL_KEY_FILE");
}

grpc::Status ReaderService::ListSeries(grpc::ServerContext* context, const v1::ListSeriesRequest* request,
                                       v1::ListSeriesReply* reply) {
  if (absl::Status status = Check(*context); !status.ok()) return ToGrpc(status);
  return ToGrpc(ingest_->reader().ListSeries(*request, reply));
}

grpc::Status ReaderService::ListWriters(grpc::ServerContext* context, const v1::ListWritersRequest* request,
                                        v1::ListWritersReply* reply) {
  if (absl::Status status = Check(*context); !status.ok()) return ToGrpc(status);
  return ToGrpc(ingest_->reader().ListWriters(*request, reply));
}

grpc::Status ReaderService::ReadSeries(grpc::ServerContext* context, const v1::ReadSeriesRequest* request,
                                       grpc::ServerWriter<v1::ReadSeriesReply>* writer) {
  if (absl::Status status = Check(*context); !status.ok()) return ToGrpc(status);
  return ReadEach(*context, *request, *writer, [&](const v1::SeriesSelector& series, v1::ReadSeriesReply* reply) {
    ingest_->reader().ReadSeries(*request, series, reply);
  });
}

grpc::Status ReaderService::ReadValues(grpc::ServerContext* context, const v1::ReadValuesRequest* request,
                                       grpc::ServerWriter<v1::ReadValuesReply>* writer) {
  if (absl::Status status = Check(*context); !status.ok()) return ToGrpc(status);
  return ReadEach(*context, *request, *writer, [&](const v1::SeriesSelector& series, v1::ReadValuesReply* reply) {
    ingest_->reader().ReadValues(*request, series, reply);
  });
}

grpc::Status ReaderService::ReadPoints(grpc::ServerContext* context, const v1::ReadPointsRequest* request,
                                       grpc::ServerWriter<v1::ReadPointsReply>* writer) {
  if (absl::Status status = Check(*context); !status.ok()) return ToGrpc(status);
  return ToGrpc(
      ingest_->reader().ReadPoints(*request, [&](const v1::ReadPointsReply& reply) { return writer->Write(reply); }));
}

grpc::Status ReaderService::ReadBlob(grpc::ServerContext* context, const v1::ReadBlobRequest* request,
                                     grpc::ServerWriter<v1::ReadBlobReply>* writer) {
  if (absl::Status status = Check(*context); !status.ok()) return ToGrpc(status);
  return ToGrpc(
      ingest_->reader().ReadBlob(*request, [&](const v1::ReadBlobReply& reply) { return writer->Write(reply); }));
}

grpc::Status ReaderService::Watch(grpc::ServerContext* context, const v1::WatchRequest* request,
                                  grpc::ServerWriter<v1::WatchReply>* writer) {
  if (absl::Status status = Check(*context); !status.ok()) return ToGrpc(status);
  WatchHub& hub = ingest_->hub();
  const std::unordered_set<uint64_t> runs(request->run_numbers().begin(), request->run_numbers().end());
  uint64_t after = request->from_lsn() > 0 ? request->from_lsn() : hub.newest();
  v1::WatchReply first;  // where the watcher stands, before anything happens
  first.set_lsn(after);
  if (!writer->Write(first)) return grpc::Status::CANCELLED;
  while (!context->IsCancelled()) {
    v1::WatchReply reply;
    if (!hub.Next(runs, &after, kWatchWait, &reply)) {
      if (hub.stopped()) return ToGrpc(absl::UnavailableError("the server is stopping"));
      continue;
    }
    if (reply.points_size() == 0 && reply.rewinds_size() == 0 && !reply.skipped()) continue;
    if (!writer->Write(reply)) return grpc::Status::CANCELLED;
    // A reply costs by its series, and so does what each becomes on its way to a page.
    if (reply.points_size() >= kCrowd && after >= hub.newest()) std::this_thread::sleep_for(kGather);
  }
  return grpc::Status::CANCELLED;
}

}  // namespace stepwell::ingest
