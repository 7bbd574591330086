// For tests of this folder: the parts of the write path around a store in a folder of its own, and a writer that pushes
// and waits until its batch is durable. The same as one object, Ingest, is in ingest_testing.h.
//
// Thread safety: the test's thread.
#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "ingest/batch_check.h"
#include "ingest/committer.h"
#include "ingest/fakes_testing.h"
#include "ingest/reader.h"
#include "ingest/run_table.h"
#include "ingest/sealer.h"
#include "ingest/session.h"
#include "store/rocksdb_store.h"

namespace stepwell::ingest {

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
    table_ = std::make_unique<RunTable>(
        store_.get(), std::make_shared<SeriesMemory>(kSeriesMemory, metrics_.Share(metrics_.series_bytes)));
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
  size_t Refusals(uint32_t writer, uint64_t run = 1) { return WriterOf(run, writer).sink->refusals().size(); }

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
