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

absl::StatusOr<auth::Granted<auth::WorkspaceRef>> MayOpen(RunBook& book, const auth::Authority& authority,
                                                          const auth::Principal& principal, const std::string& name) {
  ASSIGN_OR_RETURN(auth::WorkspaceRef workspace, book.FindWorkspace(name.empty() ? "default" : name));
  return authority.Authorize(principal, auth::Action::kRunOpen, std::move(workspace));
}

// Writes what was collected, one reply after the other.
class ListReactor : public grpc::ServerWriteReactor<v1::DescribeSeriesReply> {
 public:
  explicit ListReactor(ByteBudget* budget) : budget_(budget) {}
  ~ListReactor() override { budget_->Give(bytes_); }
  void Begin(absl::Status status, std::vector<v1::DescribeSeriesReply> replies) {
    replies_ = std::move(replies);
    for (const v1::DescribeSeriesReply& reply : replies_) bytes_ += reply.SpaceUsedLong();
    budget_->Take(bytes_);
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
  ByteBudget* const budget_;
  std::vector<v1::DescribeSeriesReply> replies_;
  uint64_t bytes_ = 0;
  size_t next_ = 0;
};

grpc::Status Busy() {
  return {grpc::StatusCode::UNAVAILABLE, "the server is stopping or has too many calls: try again"};
}

}  // namespace

IngestService::IngestService(Ingest* ingest, RunBook* book, ByteBudget* budget, size_t streams)
    : ingest_(ingest), book_(book), budget_(budget), most_streams_(streams), workers_("ingest-rpc", kWorkers, kQueue) {}

void IngestService::ListenOn(const std::string& address, grpc::ServerBuilder& builder) {
  builder.AddListeningPort(address, grpc::InsecureServerCredentials(), &port_);
  builder.RegisterService(this);
}

grpc::ServerUnaryReactor* IngestService::OpenRun(grpc::CallbackServerContext* context,
                                                 const v1::OpenRunRequest* request, v1::OpenRunReply* reply) {
  grpc::ServerUnaryReactor* reactor = context->DefaultReactor();
  const bool queued = workers_.Run([this, context, reactor, request, reply, peer = context->peer()] {
    // While the database is away, clients give up and call again. An old call must not take the place of the new one.
    if (context->IsCancelled()) return reactor->Finish(grpc::Status::CANCELLED);
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
    if (streams_.size() >= most_streams_) {
      std::erase_if(streams_, [](const auto& weak) { return weak.expired(); });
      if (streams_.size() >= most_streams_) {
        refused = absl::ResourceExhaustedError("the server has " + std::to_string(most_streams_) +
                                               " Push streams, the limit (--ingest-streams): try later");
      }
    }
    if (refused.ok()) streams_.push_back(stream);
  }
  return PushStream::Begin(std::move(stream), context, refused);
}

grpc::ServerWriteReactor<v1::DescribeSeriesReply>* IngestService::DescribeSeries(
    grpc::CallbackServerContext* context, const v1::DescribeSeriesRequest* request) {
  auto* reactor = new ListReactor(budget_);
  const bool queued = budget_->HasRoom() && workers_.Run([this, reactor, request, peer = context->peer()] {
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
