// An Ingest over a folder and a catalog that is only in memory, for tests: start, stop and "kill" it at any point.
//
// Thread safety: the test's thread.
#pragma once

#include <gtest/gtest.h>

#include <condition_variable>
#include <filesystem>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "auth/authority.h"
#include "ingest/fakes_testing.h"
#include "ingest/ingest.h"
#include "store/rocksdb_store.h"

namespace stepwell::ingest {

class IngestHost {
 public:
  static v1::Batch Scalars(uint64_t seq, uint32_t series, const std::string& tag, int64_t first_step, int count) {
    v1::Batch batch;
    batch.set_seq(seq);
    v1::Define* define = batch.add_define();
    define->set_series(series);
    define->mutable_info()->set_tag(tag);
    define->mutable_info()->set_kind(v1::KIND_SCALAR);
    v1::Axis* axis = batch.add_axes();
    v1::Column* column = batch.add_columns();
    column->set_series(series);
    for (int i = 0; i < count; ++i) {
      axis->add_step_deltas(i == 0 ? first_step : 1);
      axis->add_walls(1e9 + static_cast<double>(first_step + i));
      column->add_scalars(static_cast<double>(first_step + i) / 3);
    }
    return batch;
  }

  IngestHost() {
    std::string name = testing::TempDir() + "/ingest-XXXXXX";
    folder_ = mkdtemp(name.data());
    options_.seal.tick = std::chrono::hours(1);  // tests seal when they say so
    options_.seal.points = 1 << 30;
    options_.sniff = [](std::string_view) { return "application/octet-stream"; };
    options_.log = [this](const std::string& line) {
      std::lock_guard lock(log_mutex_);
      log_.push_back(line);
    };
  }
  ~IngestHost() {
    Stop();
    std::filesystem::remove_all(folder_);
  }
  IngestHost(const IngestHost&) = delete;
  IngestHost& operator=(const IngestHost&) = delete;

  absl::Status TryStart() {
    auto store = store::OpenRocksDb({folder_, 8 << 20, env_});
    if (!store.ok()) return store.status();
    store_ = *std::move(store);
    metrics_ = std::make_unique<Metrics>(nullptr);
    auto ingest = Ingest::Start(store_.get(), &book_, metrics_.get(), options_);
    if (!ingest.ok()) return ingest.status();
    ingest_ = *std::move(ingest);
    return absl::OkStatus();
  }
  void Stop() {
    ingest_.reset();
    store_.reset();
  }

  absl::StatusOr<v1::OpenRunReply> TryOpen(const std::string& run, const std::string& writer,
                                           const std::optional<v1::Fork>& fork = {}) {
    auto workspace =
        auth::Authority().Authorize(auth::Principal::Local(), auth::Action::kRunOpen, auth::WorkspaceRef{1, "default"});
    v1::OpenRunRequest request;
    request.set_run_id(run);
    request.set_writer(writer);
    if (fork) *request.mutable_fork() = *fork;
    std::mutex mutex;
    std::condition_variable ready;
    std::optional<absl::StatusOr<v1::OpenRunReply>> reply;
    ingest_->OpenRun(*workspace, request, [&](absl::StatusOr<v1::OpenRunReply> got) {
      std::lock_guard lock(mutex);
      reply = std::move(got);
      ready.notify_all();
    });
    std::unique_lock lock(mutex);
    ready.wait(lock, [&] { return reply.has_value(); });
    return *std::move(reply);
  }
  struct Client {
    std::shared_ptr<TestSink> sink = std::make_shared<TestSink>();
    std::unique_ptr<Session> session;
    v1::OpenRunReply opened;
  };
  absl::StatusOr<Client> TryJoin(const std::string& run, const std::string& writer,
                                 const std::optional<v1::Fork>& fork = {}) {
    Client client;
    absl::StatusOr<v1::OpenRunReply> opened = TryOpen(run, writer, fork);
    if (!opened.ok()) return opened.status();
    client.opened = *opened;
    v1::Hello hello;
    hello.set_run_id(run);
    hello.set_writer_number(client.opened.writer_number());
    hello.set_epoch(client.opened.epoch());
    auto session = ingest_->OpenSession(hello, client.sink);
    if (!session.ok()) return session.status();
    client.session = *std::move(session);
    return client;
  }
  std::vector<std::string> log() {
    std::lock_guard lock(log_mutex_);
    return log_;
  }

  std::string folder_;
  rocksdb::Env* env_ = nullptr;
  IngestOptions options_;
  FakeBook book_;
  std::unique_ptr<store::Store> store_;
  std::unique_ptr<Metrics> metrics_;
  std::unique_ptr<Ingest> ingest_;

 private:
  std::mutex log_mutex_;
  std::vector<std::string> log_;  // guarded by log_mutex_
};

class IngestTest : public testing::Test, protected IngestHost {
 protected:
  IngestTest() { Start(); }

  void Start() {
    const absl::Status started = TryStart();
    ASSERT_TRUE(started.ok()) << started;
  }
  // What is in memory is lost; what was synced is not.
  void Restart() {
    Stop();
    Start();
  }
  v1::OpenRunReply Open(const std::string& run, const std::string& writer) {
    auto reply = TryOpen(run, writer);
    EXPECT_TRUE(reply.ok()) << reply.status();
    return reply.ok() ? *reply : v1::OpenRunReply();
  }
  Client Join(const std::string& run, const std::string& writer) {
    auto client = TryJoin(run, writer);
    EXPECT_TRUE(client.ok()) << client.status();
    return client.ok() ? *std::move(client) : Client();
  }

  std::vector<int64_t> Steps(uint64_t run, const std::string& tag, bool hidden = false) {
    v1::ReadPointsRequest request;
    request.mutable_series()->set_run_number(run);
    request.mutable_series()->set_tag(tag);
    request.set_include_hidden(hidden);
    std::vector<int64_t> steps;
    absl::Status status = ingest_->reader().ReadPoints(request, [&](const v1::ReadPointsReply& reply) {
      for (int i = 0; i < reply.points().step_size(); ++i) {
        steps.push_back(reply.points().step(i));
        EXPECT_EQ(reply.points().value(i), static_cast<double>(reply.points().step(i)) / 3);
      }
      return true;
    });
    if (!status.ok() && !absl::IsNotFound(status)) ADD_FAILURE() << status;
    return steps;
  }
  v1::SeriesStats Stats(uint64_t run, const std::string& tag) {
    v1::ListSeriesRequest request;
    request.set_run_number(run);
    v1::ListSeriesReply reply;
    EXPECT_TRUE(ingest_->reader().ListSeries(request, &reply).ok());
    for (const v1::SeriesItem& item : reply.items()) {
      if (item.info().tag() == tag) return item.stats();
    }
    return {};
  }
};

}  // namespace stepwell::ingest
