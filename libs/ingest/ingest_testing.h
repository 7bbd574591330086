// An Ingest over a folder and a catalog that is only in memory, for tests: start, stop and "kill" it at any point.
#pragma once

#include <gtest/gtest.h>

#include <condition_variable>
#include <filesystem>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "auth/authority.h"
#include "ingest/ingest.h"
#include "store/rocksdb_store.h"

namespace stepwell::ingest {

class FakeRunBook : public RunBook {
 public:
  absl::StatusOr<auth::WorkspaceRef> FindWorkspace(std::string_view name) override {
    return auth::WorkspaceRef{1, std::string(name)};
  }
  absl::StatusOr<catalog::OpenedRun> OpenRun(const auth::Granted<auth::WorkspaceRef>&,
                                             const catalog::OpenSpec& spec) override {
    std::lock_guard lock(mutex);
    if (away) return absl::UnavailableError("away");
    auto [it, created] = runs.try_emplace(spec.run_id, runs.size() + 1);
    auto& known = writers[it->second];
    auto [writer, fresh] = known.try_emplace(spec.writer, static_cast<uint32_t>(known.size()));
    catalog::OpenedRun opened;
    opened.run.number = it->second;
    opened.run.id = spec.run_id;
    opened.writer_number = writer->second;
    opened.epoch = ++epochs[{it->second, writer->second}];
    opened.created = created;
    return opened;
  }
  absl::StatusOr<auth::RunRef> FindRunByNumber(uint64_t number) override {
    return auth::RunRef{.number = number, .id = "", .experiment = 0, .workspace = 0, .deleted = false};
  }
  absl::Status ApplyNotes(std::span<const catalog::RunNote> all) override {
    std::lock_guard lock(mutex);
    if (away) return absl::UnavailableError("away");
    notes.insert(notes.end(), all.begin(), all.end());
    return absl::OkStatus();
  }
  absl::Status PutSeries(std::span<const catalog::SeriesRow> all) override {
    std::lock_guard lock(mutex);
    if (away) return absl::UnavailableError("away");
    for (const catalog::SeriesRow& row : all) rows[row.tag] = row;
    return absl::OkStatus();
  }
  absl::StatusOr<std::vector<uint64_t>> RunsToPurge(std::chrono::seconds) override { return std::vector<uint64_t>(); }
  absl::Status ForgetRun(uint64_t) override { return absl::OkStatus(); }

  std::mutex mutex;
  bool away = false;
  std::map<std::string, uint64_t> runs;
  std::map<uint64_t, std::map<std::string, uint32_t>> writers;
  std::map<std::pair<uint64_t, uint32_t>, uint64_t> epochs;
  std::vector<catalog::RunNote> notes;
  std::map<std::string, catalog::SeriesRow> rows;
};

// Waits for acknowledgements.
class TestSink : public AckSink {
 public:
  void OnDurable(uint64_t seq, std::vector<v1::Refusal> refused) override {
    std::lock_guard lock(mutex_);
    durable_ = std::max(durable_, seq);
    refusals_.insert(refusals_.end(), refused.begin(), refused.end());
    changed_.notify_all();
  }
  void OnFailure(const absl::Status& status) override {
    std::lock_guard lock(mutex_);
    failure_ = status;
    changed_.notify_all();
  }
  // False if it does not come within 20 s.
  bool WaitFor(uint64_t seq) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, std::chrono::seconds(20), [&] { return durable_ >= seq; });
  }
  std::vector<v1::Refusal> refusals() {
    std::lock_guard lock(mutex_);
    return refusals_;
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  uint64_t durable_ = 0;
  std::vector<v1::Refusal> refusals_;
  absl::Status failure_;
};

class IngestTest : public testing::Test {
 protected:
  IngestTest() {
    std::string name = testing::TempDir() + "/ingest-XXXXXX";
    folder_ = mkdtemp(name.data());
    Start();
  }
  ~IngestTest() override {
    Stop();
    std::filesystem::remove_all(folder_);
  }

  void Start() {
    auto store = store::OpenRocksDb({folder_, 8 << 20});
    ASSERT_TRUE(store.ok()) << store.status();
    store_ = *std::move(store);
    metrics_ = std::make_unique<Metrics>(nullptr);
    IngestOptions options;
    options.seal.tick = std::chrono::hours(1);  // tests seal when they say so
    options.seal.points = seal_points_;
    options.limits = limits_;
    options.sniff = [](std::string_view) { return "application/octet-stream"; };
    options.log = [](const std::string&) {};
    auto ingest = Ingest::Start(store_.get(), &book_, metrics_.get(), options);
    ASSERT_TRUE(ingest.ok()) << ingest.status();
    ingest_ = *std::move(ingest);
  }
  void Stop() {
    ingest_.reset();
    store_.reset();
  }
  // What is in memory is lost; what was synced is not.
  void Restart() {
    Stop();
    Start();
  }

  v1::OpenRunReply Open(const std::string& run, const std::string& writer) {
    auto workspace =
        auth::Authority().Authorize(auth::Principal::Local(), auth::Action::kRunOpen, auth::WorkspaceRef{1, "default"});
    v1::OpenRunRequest request;
    request.set_run_id(run);
    request.set_writer(writer);
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
    EXPECT_TRUE(reply->ok()) << reply->status();
    return reply->ok() ? **reply : v1::OpenRunReply();
  }
  struct Client {
    std::shared_ptr<TestSink> sink = std::make_shared<TestSink>();
    std::unique_ptr<Session> session;
    v1::OpenRunReply opened;
  };
  Client Join(const std::string& run, const std::string& writer) {
    Client client;
    client.opened = Open(run, writer);
    v1::Hello hello;
    hello.set_run_id(run);
    hello.set_writer_number(client.opened.writer_number());
    hello.set_epoch(client.opened.epoch());
    auto session = ingest_->OpenSession(hello, client.sink);
    EXPECT_TRUE(session.ok()) << session.status();
    if (session.ok()) client.session = *std::move(session);
    return client;
  }

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

  std::string folder_;
  FakeRunBook book_;
  Limits limits_;
  uint32_t seal_points_ = 1 << 30;
  std::unique_ptr<store::Store> store_;
  std::unique_ptr<Metrics> metrics_;
  std::unique_ptr<Ingest> ingest_;
};

}  // namespace stepwell::ingest
