#include "ingest/ingest_service.h"

#include <algorithm>

#include "base/status_macros.h"
#include "ingest/caller.h"
#include "ingest/grpc_status.h"

namespace stepwell::ingest {
namespace {

// Calls of the catalog under way at once: half its pool.
constexpr int kWorkers = 8;
// 2,000 clients may open their runs in the same second.
constexpr size_t kQueue = 20'000;
constexpr size_t kStreams = 20'000;

absl::StatusOr<auth::Granted<auth::WorkspaceRef>> MayOpen(RunBook& book, const auth::Authority& authority,
                                                          const auth::Principal& principal, const std::string& name) {
  ASSIGN_OR_RETURN(auth::WorkspaceRef workspace, book.FindWorkspace(name.empty() ? "default" : name));
  return authority.Authorize(principal, auth::Action::kRunOpen, std::move(workspace));
}

// Writes what was collected, one reply after the other.
class ListReactor : public grpc::ServerWriteReactor<v1::DescribeSeriesReply> {
 public:
  void Begin(absl::Status status, std::vector<v1::DescribeSeriesReply> replies) {
    replies_ = std::move(replies);
    if (!status.ok()) return Finish(ToGrpc(status));
    Next();
  }
  void OnWriteDone(bool ok) override { ok ? Next() : Finish(grpc::Status::CANCELLED); }
  void OnDone() override { delete this; }

 private:
  void Next() {
    if (next_ == replies_.size()) return Finish(grpc::Status::OK);
    StartWrite(&replies_[next_++]);
  }
  std::vector<v1::DescribeSeriesReply> replies_;
  size_t next_ = 0;
};

grpc::Status Busy() {
  return {grpc::StatusCode::UNAVAILABLE, "the server is stopping or has too many calls: try again"};
}

}  // namespace

IngestService::IngestService(Ingest* ingest, RunBook* book, ByteBudget* budget)
    : ingest_(ingest), book_(book), budget_(budget), workers_("ingest-rpc", kWorkers, kQueue) {}

grpc::ServerUnaryReactor* IngestService::OpenRun(grpc::CallbackServerContext* context,
                                                 const v1::OpenRunRequest* request, v1::OpenRunReply* reply) {
  grpc::ServerUnaryReactor* reactor = context->DefaultReactor();
  const bool queued = workers_.Run([this, reactor, request, reply, peer = context->peer()] {
    absl::StatusOr<auth::Principal> principal = WhoCalls(peer, port_);
    if (!principal.ok()) return reactor->Finish(ToGrpc(principal.status()));
    auto workspace = MayOpen(*book_, authority_, *principal, request->workspace());
    if (!workspace.ok()) return reactor->Finish(ToGrpc(workspace.status()));
    ingest_->OpenRun(*workspace, *request, [reactor, reply](absl::StatusOr<v1::OpenRunReply> opened) {
      if (opened.ok()) *reply = *std::move(opened);
      reactor->Finish(ToGrpc(opened.status()));
    });
  });
  if (!queued) reactor->Finish(Busy());
  return reactor;
}

grpc::ServerBidiReactor<grpc::ByteBuffer, grpc::ByteBuffer>* IngestService::Push(grpc::CallbackServerContext* context) {
  auto stream = std::make_shared<PushStream>(ingest_, budget_);
  absl::Status refused = WhoCalls(context->peer(), port_).status();
  {
    std::lock_guard lock(mutex_);
    if (streams_.size() >= kStreams) {
      std::erase_if(streams_, [](const auto& weak) { return weak.expired(); });
      if (streams_.size() >= kStreams)
        refused = absl::ResourceExhaustedError("the server has 20,000 Push streams: try later");
    }
    streams_.push_back(stream);
  }
  return PushStream::Begin(std::move(stream), refused);
}

grpc::ServerWriteReactor<v1::DescribeSeriesReply>* IngestService::DescribeSeries(
    grpc::CallbackServerContext* context, const v1::DescribeSeriesRequest* request) {
  auto* reactor = new ListReactor;
  const bool queued = workers_.Run([this, reactor, request, peer = context->peer()] {
    std::vector<v1::DescribeSeriesReply> replies;
    absl::Status status = WhoCalls(peer, port_).status();
    if (status.ok()) {
      status = ingest_->DescribeSeries(*request, [&](const v1::DescribeSeriesReply& reply) {
        replies.push_back(reply);
        return true;
      });
    }
    reactor->Begin(status, std::move(replies));
  });
  if (!queued) reactor->Finish(Busy());
  return reactor;
}

grpc::ServerUnaryReactor* IngestService::SyncRun(grpc::CallbackServerContext* context,
                                                 const v1::SyncRunRequest* request, v1::SyncRunReply*) {
  grpc::ServerUnaryReactor* reactor = context->DefaultReactor();
  absl::Status status = WhoCalls(context->peer(), port_).status();
  if (!status.ok()) {
    reactor->Finish(ToGrpc(status));
    return reactor;
  }
  ingest_->SyncRun(request->run_id(), [reactor](const absl::Status& done) { reactor->Finish(ToGrpc(done)); });
  return reactor;
}

void IngestService::Drain() {
  std::vector<std::weak_ptr<PushStream>> streams;
  {
    std::lock_guard lock(mutex_);
    streams = streams_;
  }
  for (const auto& weak : streams) {
    if (auto stream = weak.lock()) stream->Drain(0);
  }
}

}  // namespace stepwell::ingest
