// Push over real gRPC, from clients that send more than they may, or do not read what they are told.
#include "ingest/push_stream.h"

#include <grpcpp/impl/server_builder_option.h>
#include <grpcpp/impl/server_builder_plugin.h>
#include <gtest/gtest.h>

#include <functional>
#include <thread>

#include "ingest/ingest_service.h"
#include "ingest/ingest_testing.h"
#include "push/run_writer.h"
#include "push/stopper.h"

namespace stepwell::ingest {
namespace {

constexpr uint64_t kMiB = uint64_t{1} << 20;

// Calls a function when a server has begun, before BuildAndStart returns.
class AtStart : public grpc::ServerBuilderOption {
 public:
  explicit AtStart(std::function<void()> call) : call_(std::move(call)) {}
  void UpdateArguments(grpc::ChannelArguments* /*arguments*/) override {}
  void UpdatePlugins(std::vector<std::unique_ptr<grpc::ServerBuilderPlugin>>* plugins) override {
    plugins->push_back(std::make_unique<Plugin>(call_));
  }

 private:
  struct Plugin : grpc::ServerBuilderPlugin {
    explicit Plugin(std::function<void()> function) : call(std::move(function)) {}
    std::string name() override { return "at_start"; }
    void InitServer(grpc::ServerInitializer* /*server*/) override {}
    void Finish(grpc::ServerInitializer* /*server*/) override {
      if (call) call();
    }
    void ChangeArguments(const std::string& /*name*/, void* /*value*/) override {}
    std::function<void()> call;
  };
  std::function<void()> call_;
};

class PushStreamTest : public IngestTest {
 protected:
  ~PushStreamTest() override { StopServing(); }

  void Serve(uint64_t memory, uint64_t stream, size_t streams = 20'000, const std::string& address = "127.0.0.1:0") {
    budget_ = std::make_unique<ByteBudget>(
        memory, stream, [this] { return tails_.load(); }, &metrics_->unacknowledged_bytes);
    service_ = std::make_unique<IngestService>(ingest_.get(), &book_, budget_.get(), streams);
    grpc::ServerBuilder builder;
    builder.SetMaxReceiveMessageSize(8 << 20);
    service_->ListenOn(address, builder);
    builder.SetOption(std::make_unique<AtStart>(at_start_));
    server_ = builder.BuildAndStart();
    address_ = "127.0.0.1:" + std::to_string(service_->port());
    channel_ = grpc::CreateChannel(address_, grpc::InsecureChannelCredentials());
    stub_ = v1::Ingest::NewStub(channel_);
  }
  void StopServing() {
    calls_.clear();
    if (!server_) return;
    server_->Shutdown(std::chrono::system_clock::now());
    server_.reset();
    service_->Stop();
    Stop();  // the committer ends before the budget that it gives back to
    service_.reset();
  }

  struct Call {
    grpc::ClientContext context;
    std::unique_ptr<grpc::ClientReaderWriter<v1::PushRequest, v1::PushReply>> stream;
    bool finished = false;
    ~Call() {
      if (finished) return;
      context.TryCancel();
      v1::PushReply rest;
      while (stream->Read(&rest)) {
      }
      stream->Finish();
    }
  };
  Call& Begin(const std::string& run) {
    const v1::OpenRunReply opened = Open(run, "w");
    Call& call = *calls_.emplace_back(std::make_unique<Call>());
    call.stream = stub_->Push(&call.context);
    v1::PushRequest hello;
    hello.mutable_hello()->set_run_id(run);
    hello.mutable_hello()->set_writer_number(opened.writer_number());
    hello.mutable_hello()->set_epoch(opened.epoch());
    call.stream->Write(hello);
    return call;
  }
  // A batch of about `bytes`.
  static v1::PushRequest Batch(uint64_t seq, uint64_t bytes) {
    v1::PushRequest request;
    *request.mutable_batch() = Scalars(seq, 0, "loss", static_cast<int64_t>(seq) * 10'000, 10);
    v1::Note* note = request.mutable_batch()->add_notes();
    note->mutable_warning()->set_reason(std::string(bytes, 'x'));
    return request;
  }
  static uint64_t Durable(Call& call, uint64_t until) {
    v1::PushReply reply;
    while (reply.durable_seq() < until && call.stream->Read(&reply)) {
    }
    return reply.durable_seq();
  }
  // What the gauge says, once it says what is wanted.
  static void Await(prometheus::Gauge& gauge, double wanted) {
    while (gauge.Value() != wanted) std::this_thread::yield();
  }

  std::atomic<uint64_t> tails_{0};
  std::string address_;
  std::function<void()> at_start_;
  std::unique_ptr<ByteBudget> budget_;
  std::unique_ptr<IngestService> service_;
  std::unique_ptr<grpc::Server> server_;
  std::shared_ptr<grpc::Channel> channel_;
  std::unique_ptr<v1::Ingest::Stub> stub_;
  std::vector<std::unique_ptr<Call>> calls_;
};

TEST_F(PushStreamTest, TailsOverTheBudgetStopReadingUntilTheyAreSealed) {
  Serve(64 * kMiB, 8 * kMiB);
  Call& call = Begin("r");
  call.stream->Write(Batch(1, 1));
  ASSERT_EQ(Durable(call, 1), 1u);
  tails_ = 64 * kMiB;
  call.stream->Write(Batch(2, 1));  // a read was under way
  ASSERT_EQ(Durable(call, 2), 2u);
  Await(metrics_->streams_paused, 1);
  call.stream->Write(Batch(3, 1));
  EXPECT_EQ(metrics_->batches_taken.Value(), 2);
  tails_ = 0;
  budget_->Wake();
  EXPECT_EQ(Durable(call, 3), 3u);
  EXPECT_EQ(metrics_->streams_paused.Value(), 0);
}

TEST_F(PushStreamTest, ManyStreamsTogetherKeepToTheBudgetAndAllGetThrough) {
  constexpr uint64_t kBudget = 8 * kMiB, kBatch = kMiB;
  constexpr int kClients = 16;
  constexpr uint64_t kBatches = 6;
  Serve(kBudget, 2 * kMiB);
  std::vector<Call*> calls;
  for (int i = 0; i < kClients; ++i) calls.push_back(&Begin("r" + std::to_string(i)));
  std::atomic<int> open{kClients};
  std::vector<std::thread> clients;
  for (Call* call : calls) {
    clients.emplace_back([&, call] {
      for (uint64_t seq = 1; seq <= kBatches; ++seq) call->stream->Write(Batch(seq, kBatch));
      EXPECT_EQ(Durable(*call, kBatches), kBatches);
      --open;
    });
  }
  double most = 0;
  while (open > 0) {
    most = std::max(most, metrics_->unacknowledged_bytes.Value());
    budget_->Wake();
    std::this_thread::yield();
  }
  for (std::thread& client : clients) client.join();
  // Half for what is not acknowledged, and one batch for each stream that was reading when that was spent.
  const double bound = kBudget / 2 + kClients * static_cast<double>(ByteBudget::CostOf(kBatch + kMiB / 4));
  EXPECT_LE(most, bound);
  EXPECT_GT(most, 0);
  Await(metrics_->unacknowledged_bytes, 0);
}

TEST_F(PushStreamTest, AClientThatReadsNoAcknowledgementsCostsOneReply) {
  Serve(64 * kMiB, 8 * kMiB);
  Call& call = Begin("r");
  constexpr uint64_t kBatches = 3000;
  for (uint64_t seq = 1; seq <= kBatches; ++seq) {
    v1::PushRequest request = Batch(seq, 1);
    request.mutable_batch()->add_columns()->set_series(77);  // never defined: refused, and told
    call.stream->Write(request);
  }
  // Nothing was read so far. The newest number comes, and of refusals no more than a reply takes.
  v1::PushReply reply;
  int replies = 0, most = 0;
  while (reply.durable_seq() < kBatches && call.stream->Read(&reply)) {
    ++replies;
    most = std::max(most, reply.refused_size());
  }
  EXPECT_EQ(reply.durable_seq(), kBatches);
  EXPECT_LE(most, 1000);
  EXPECT_LT(replies, static_cast<int>(kBatches));
  EXPECT_EQ(metrics_->refused.Value(), kBatches);
}

TEST_F(PushStreamTest, MoreStreamsThanTheLimitAreToldToTryLater) {
  Serve(64 * kMiB, 8 * kMiB, 2);
  Call& first = Begin("a");
  Call& second = Begin("b");
  for (Call* call : {&first, &second}) {
    call->stream->Write(Batch(1, 1));
    ASSERT_EQ(Durable(*call, 1), 1u);
  }
  Call& third = Begin("c");
  v1::PushReply reply;
  EXPECT_FALSE(third.stream->Read(&reply));
  const grpc::Status end = third.stream->Finish();
  third.finished = true;
  EXPECT_EQ(end.error_code(), grpc::StatusCode::RESOURCE_EXHAUSTED);
  EXPECT_NE(end.error_message().find("--ingest-streams"), std::string::npos);
  EXPECT_GT(push::RetryAfter(third.context).count(), 0);
  calls_.pop_back();
  calls_.pop_back();  // one place is free again
  Await(metrics_->streams_open, 1);
  Call& again = Begin("d");
  again.stream->Write(Batch(1, 1));
  EXPECT_EQ(Durable(again, 1), 1u);
}

TEST_F(PushStreamTest, AliveIsNoBatchAndTheCatalogHearsOfIt) {
  Stop();
  options_.heartbeat = std::chrono::milliseconds(4);
  Start();
  Serve(64 * kMiB, 8 * kMiB);
  v1::PushRequest alive;
  alive.mutable_alive();
  Call& call = Begin("r");
  call.stream->Write(alive);
  call.stream->Write(Batch(1, 1));
  EXPECT_EQ(Durable(call, 1), 1u);
  {
    std::unique_lock lock(book_.mutex);
    book_.changed.wait(lock, [&] { return book_.heard == std::set<uint64_t>{book_.runs.at("r")}; });
  }
  Call& rude = *calls_.emplace_back(std::make_unique<Call>());
  rude.stream = stub_->Push(&rude.context);
  rude.stream->Write(alive);
  v1::PushReply reply;
  EXPECT_FALSE(rude.stream->Read(&reply));
  EXPECT_EQ(rude.stream->Finish().error_code(), grpc::StatusCode::INVALID_ARGUMENT) << "before hello";
  rude.finished = true;
}

TEST_F(PushStreamTest, WithoutDiskNothingIsTakenAndWhatWasSentComesLater) {
  Stop();
  options_.disk.stop = uint64_t{1} << 60;
  Start();
  Serve(64 * kMiB, 8 * kMiB);
  EXPECT_EQ(TryOpen("r", "w").status().code(), absl::StatusCode::kResourceExhausted);
  EXPECT_EQ(ingest_->Ready().code(), absl::StatusCode::kResourceExhausted);
  StopServing();
  options_.disk.stop = 0;
  Start();
  Serve(64 * kMiB, 8 * kMiB);
  Call& call = Begin("r");
  call.stream->Write(Batch(1, 1));
  EXPECT_EQ(Durable(call, 1), 1u);
}

// A server takes calls before BuildAndStart returns, and must know by then on which port it is.
TEST_F(PushStreamTest, TheFirstCallIsServedBeforeTheStartReturns) {
  Serve(64 * kMiB, 8 * kMiB);
  StopServing();
  Start();
  grpc::Status end;
  at_start_ = [&] {
    grpc::ClientContext context;
    v1::SyncRunRequest request;
    request.set_run_id("there-is-none");
    v1::SyncRunReply reply;
    auto channel = grpc::CreateChannel(address_, grpc::InsecureChannelCredentials());
    end = v1::Ingest::NewStub(channel)->SyncRun(&context, request, &reply);
  };
  Serve(64 * kMiB, 8 * kMiB, 20'000, address_);
  EXPECT_EQ(end.error_code(), grpc::StatusCode::NOT_FOUND) << end.error_message();
}

}  // namespace
}  // namespace stepwell::ingest
