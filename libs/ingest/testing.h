// For tests of this folder: the parts of the write path around a store in a folder of its own, a writer that pushes and
// waits until its batch is durable, and a catalog that can be away.
//
// Thread safety: FakeBook may be used from any thread; the rest by the test's.
#pragma once

#include <gtest/gtest.h>

#include <condition_variable>
#include <filesystem>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "ingest/batch_check.h"
#include "ingest/committer.h"
#include "ingest/reader.h"
#include "ingest/run_book.h"
#include "ingest/run_table.h"
#include "ingest/sealer.h"
#include "ingest/session.h"
#include "store/rocksdb_store.h"

namespace stepwell::ingest {

class FakeBook : public RunBook {
 public:
  absl::StatusOr<auth::WorkspaceRef> FindWorkspace(std::string_view) override { return absl::NotFoundError("none"); }
  absl::StatusOr<catalog::OpenedRun> OpenRun(const auth::Granted<auth::WorkspaceRef>&,
                                             const catalog::OpenSpec&) override {
    return absl::UnimplementedError("not needed");
  }
  absl::StatusOr<auth::RunRef> FindRunByNumber(uint64_t) override { return absl::NotFoundError("none"); }
  absl::StatusOr<std::vector<uint64_t>> RunsToPurge(std::chrono::seconds) override { return std::vector<uint64_t>(); }
  absl::Status ForgetRun(uint64_t) override { return absl::OkStatus(); }

  absl::Status ApplyNotes(std::span<const catalog::RunNote> told) override {
    std::lock_guard lock(mutex);
    if (away) return Turn();
    notes.insert(notes.end(), told.begin(), told.end());
    return absl::OkStatus();
  }
  absl::Status PutSeries(std::span<const catalog::SeriesRow> told) override {
    std::lock_guard lock(mutex);
    if (away) return Turn();
    for (const catalog::SeriesRow& row : told) {
      if (row.tag == refused_tag) return absl::InvalidArgumentError("this row does not fit");
    }
    rows.insert(rows.end(), told.begin(), told.end());
    return absl::OkStatus();
  }

  void Away(bool now) {
    std::lock_guard lock(mutex);
    away = now;
  }
  // Waits until somebody was turned away: at least `times` in all.
  void AwaitTurnedAway(int times) {
    std::unique_lock lock(mutex);
    changed.wait(lock, [&] { return turned_away >= times; });
  }

  std::mutex mutex;
  std::condition_variable changed;
  bool away = false;
  int turned_away = 0;
  std::string refused_tag;
  std::vector<catalog::RunNote> notes;
  std::vector<catalog::SeriesRow> rows;

 private:
  absl::Status Turn() {
    ++turned_away;
    changed.notify_all();
    return absl::UnavailableError("the database is away");
  }
};

class TestSink : public AckSink {
 public:
  void OnDurable(uint64_t seq, std::vector<v1::Refusal> refused) override {
    std::lock_guard lock(mutex_);
    durable_ = seq;
    for (v1::Refusal& refusal : refused) refused_.push_back(std::move(refusal));
    changed_.notify_all();
  }
  void OnFailure(const absl::Status& status) override {
    std::lock_guard lock(mutex_);
    failure_ = status;
    changed_.notify_all();
  }
  absl::Status Await(uint64_t seq) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return durable_ >= seq || !failure_.ok(); });
    return failure_;
  }
  size_t refusals() {
    std::lock_guard lock(mutex_);
    return refused_.size();
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  uint64_t durable_ = 0;
  absl::Status failure_;
  std::vector<v1::Refusal> refused_;
};

inline void AddDefine(v1::Batch& batch, uint32_t series, const std::string& tag, v1::Kind kind = v1::KIND_SCALAR) {
  v1::Define* define = batch.add_define();
  define->set_series(series);
  define->mutable_info()->set_tag(tag);
  define->mutable_info()->set_kind(kind);
}

// Scalars at steps from, from + 1, ...; wall time 1000 + step.
inline void AddScalars(v1::Batch& batch, uint32_t series, int64_t from, const std::vector<double>& values) {
  v1::Column* column = batch.add_columns();
  column->set_series(series);
  column->set_axis(static_cast<uint32_t>(batch.axes_size()));
  v1::Axis* axis = batch.add_axes();
  for (size_t i = 0; i < values.size(); ++i) {
    axis->add_step_deltas(i == 0 ? from : 1);
    axis->add_walls(1000.0 + static_cast<double>(from) + static_cast<double>(i));
    column->add_scalars(values[i]);
  }
}

class IngestTest : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string name = (std::filesystem::temp_directory_path() / "stepwell-ingest-XXXXXX").string();
    ASSERT_NE(mkdtemp(name.data()), nullptr);
    folder_ = name;
    auto opened = store::OpenRocksDb({.folder = folder_, .cache_bytes = uint64_t{8} << 20});
    ASSERT_TRUE(opened.ok()) << opened.status();
    store_ = *std::move(opened);
    table_ = std::make_unique<RunTable>(store_.get());
    check_ = std::make_unique<BatchCheck>(*store_, limits_);
    reader_ = std::make_unique<Reader>(store_.get(), table_.get(),
                                       [](std::string_view) { return std::string_view("image/png"); });
    committer_ = std::make_unique<Committer>(store_.get(), &metrics_, std::chrono::milliseconds(0), 1);
  }
  void TearDown() override {
    writers_.clear();
    committer_.reset();
    reader_.reset();
    check_.reset();
    table_.reset();
    store_.reset();
    std::filesystem::remove_all(folder_);
  }

  // Numbers the batch and waits until it is durable.
  void Push(uint32_t writer, v1::Batch batch, uint64_t run = 1) {
    WriterOfTest& to = WriterOf(run, writer);
    batch.set_seq(++to.seq);
    auto pushed = to.session->Push(batch.SerializeAsString());
    ASSERT_TRUE(pushed.ok()) << pushed.status();
    ASSERT_TRUE(to.sink->Await(to.seq).ok());
  }
  size_t Refusals(uint32_t writer, uint64_t run = 1) { return WriterOf(run, writer).sink->refusals(); }

  struct WriterOfTest {
    std::shared_ptr<TestSink> sink;
    std::unique_ptr<Session> session;
    uint64_t seq = 0;
  };
  WriterOfTest& WriterOf(uint64_t run, uint32_t writer) {
    WriterOfTest& made = writers_[{run, writer}];
    if (made.session) return made;
    const std::string id = "run" + std::to_string(run);
    auto known = table_->Make(run, id);
    EXPECT_TRUE(known.ok()) << known.status();
    {
      std::lock_guard lock((*known)->mutex);
      (*known)->WriterOf(writer);
    }
    v1::Hello hello;
    hello.set_run_id(id);
    hello.set_writer_number(writer);
    made.sink = std::make_shared<TestSink>();
    auto session = Session::Open(table_.get(), committer_.get(), check_.get(), &metrics_, hello, made.sink);
    EXPECT_TRUE(session.ok()) << session.status();
    made.session = *std::move(session);
    return made;
  }

  std::string folder_;
  Limits limits_;
  Metrics metrics_{nullptr};
  std::unique_ptr<store::Store> store_;
  std::unique_ptr<RunTable> table_;
  std::unique_ptr<BatchCheck> check_;
  std::unique_ptr<Reader> reader_;
  std::unique_ptr<Committer> committer_;  // a test adds its observers, then starts it
  std::map<std::pair<uint64_t, uint32_t>, WriterOfTest> writers_;
};

}  // namespace stepwell::ingest
