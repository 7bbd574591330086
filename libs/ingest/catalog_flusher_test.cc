#include "ingest/catalog_flusher.h"

#include <cmath>
#include <future>
#include <set>
#include <thread>

#include "ingest/testing.h"
#include "store/keys.h"

namespace stepwell::ingest {
namespace {

class CatalogFlusherTest : public IngestTest {
 protected:
  void SetUp() override {
    IngestTest::SetUp();
    flusher_ = MakeFlusher();
    committer_->AddObserver(flusher_.get());
  }
  void Begin() {
    ASSERT_TRUE(flusher_->Start().ok());
    committer_->Start();
  }
  void TearDown() override {
    writers_.clear();
    committer_->Stop();
    flusher_.reset();
    IngestTest::TearDown();
  }
  std::unique_ptr<CatalogFlusher> MakeFlusher() {
    return std::make_unique<CatalogFlusher>(store_.get(), &book_, table_.get(), reader_.get(), committer_.get(),
                                            &metrics_, &backlog_, [](const std::string&) {});
  }
  absl::Status Sync(uint64_t run = 1) {
    std::promise<absl::Status> told;
    flusher_->Sync(*table_->Get(run), [&](const absl::Status& status) { told.set_value(status); });
    return told.get_future().get();
  }
  v1::Batch Param(const std::string& json) {
    v1::Batch batch;
    v1::Param* param = batch.add_notes()->mutable_param();
    param->set_key("lr");
    param->set_json(json);
    return batch;
  }
  size_t KeysIn(const std::string& from, const std::string& to) {
    size_t count = 0;
    EXPECT_TRUE(store_
                    ->Scan(store::Family::kMeta, from, to,
                           [&](auto, auto) {
                             ++count;
                             return true;
                           })
                    .ok());
    return count;
  }

  FakeBook book_;
  CatalogBacklog backlog_{10'000, &metrics_};
  std::unique_ptr<CatalogFlusher> flusher_;
};

// A client may ask at once after its acknowledgement, before the flusher has seen the batch.
TEST_F(CatalogFlusherTest, SyncTellsEverythingThatWasAcknowledgedBefore) {
  Begin();
  for (int i = 0; i < 200; ++i) {
    Push(0, Param(std::to_string(i)));
    ASSERT_TRUE(Sync().ok());
    std::lock_guard lock(book_.mutex);
    ASSERT_EQ(book_.notes.size(), static_cast<size_t>(i) + 1) << "after batch " << i;
    ASSERT_EQ(book_.notes.back().value, std::to_string(i));
  }
}

TEST_F(CatalogFlusherTest, ARowSaysWhatTheSeriesHas) {
  Begin();
  v1::Batch batch;
  AddDefine(batch, 3, "val/loss");
  AddScalars(batch, 3, 5, {2, std::nan(""), -1, 4});
  Push(0, batch);
  ASSERT_TRUE(Sync().ok());
  std::lock_guard lock(book_.mutex);
  ASSERT_FALSE(book_.rows.empty());
  const catalog::SeriesRow& row = book_.rows.back();
  EXPECT_EQ(row.run_number, 1u);
  EXPECT_EQ(row.series, 3u);
  EXPECT_EQ(row.tag, "val/loss");
  EXPECT_EQ(row.count, 4u);
  EXPECT_EQ(row.first_step, 5);
  EXPECT_EQ(row.last_step, 8);
  EXPECT_EQ(row.last, 4);
  EXPECT_EQ(row.min, -1);
  EXPECT_EQ(row.max, 4);
  EXPECT_EQ(row.last_wall, 1008);
}

// No point need come after it.
TEST_F(CatalogFlusherTest, ARewindIsToldForItself) {
  Begin();
  v1::Batch batch;
  AddDefine(batch, 0, "loss");
  AddDefine(batch, 1, "early");
  AddScalars(batch, 0, 0, {1, 2, 3, 4});
  AddScalars(batch, 1, 0, {1});
  Push(0, batch);
  ASSERT_TRUE(Sync().ok());
  const size_t before = [&] {
    std::lock_guard lock(book_.mutex);
    return book_.rows.size();
  }();
  v1::Batch rewind;
  rewind.add_rewinds()->set_step(2);
  Push(0, rewind);
  ASSERT_TRUE(Sync().ok());
  std::lock_guard lock(book_.mutex);
  ASSERT_EQ(book_.rows.size(), before + 1) << "the series that lost points, and no other";
  EXPECT_EQ(book_.rows.back().tag, "loss");
  EXPECT_EQ(book_.rows.back().count, 2u);
  EXPECT_EQ(book_.rows.back().last_step, 1);
}

// Its statistics are found anew when the seal has ended.
TEST_F(CatalogFlusherTest, ARewindDuringALongSealIsToldRight) {
  Begin();
  v1::Batch batch;
  AddDefine(batch, 0, "loss");
  AddScalars(batch, 0, 0, {1, 2, 3, 4});
  Push(0, batch);
  ASSERT_TRUE(Sync().ok());
  Sealer sealer(store_.get(), table_.get(), committer_.get(), &metrics_, SealOptions{}, [](const std::string&) {});
  ASSERT_TRUE(sealer.SealOld(/*all=*/true).ok());
  const auto run = *table_->Get(1);
  OpenSeries* series = run->Find({0, 0});
  {
    std::lock_guard lock(run->mutex);
    series->sealing = true;
  }
  v1::Batch rewind;
  rewind.add_rewinds()->set_step(2);
  Push(0, rewind);
  std::promise<absl::Status> told;
  flusher_->Sync(run, [&](const absl::Status& status) { told.set_value(status); });
  std::this_thread::sleep_for(std::chrono::milliseconds(300));  // much longer than looking once
  {
    std::lock_guard lock(run->mutex);
    series->sealing = false;
  }
  ASSERT_TRUE(told.get_future().get().ok());
  std::lock_guard lock(book_.mutex);
  EXPECT_EQ(book_.rows.back().count, 2u);
  EXPECT_EQ(book_.rows.back().last_step, 1);
}

TEST_F(CatalogFlusherTest, NotesWaitInOrderWhileTheDatabaseIsAway) {
  Begin();
  book_.Away(true);
  for (int i = 0; i < 20; ++i) Push(0, Param(std::to_string(i)));
  book_.AwaitTurnedAway(2);
  EXPECT_EQ(KeysIn(store::OutboxBegin(), store::OutboxEnd()), 20u);
  book_.Away(false);
  ASSERT_TRUE(Sync().ok());
  EXPECT_EQ(KeysIn(store::OutboxBegin(), store::OutboxEnd()), 0u);
  std::lock_guard lock(book_.mutex);
  ASSERT_EQ(book_.notes.size(), 20u);
  for (size_t i = 0; i < 20; ++i) EXPECT_EQ(book_.notes[i].value, std::to_string(i));
}

TEST_F(CatalogFlusherTest, TheNextLifeTellsWhatThisOneCouldNot) {
  Begin();
  book_.Away(true);
  v1::Batch batch = Param("1");
  AddDefine(batch, 0, "loss");
  AddScalars(batch, 0, 0, {1, 2});
  Push(0, batch);
  book_.AwaitTurnedAway(1);
  EXPECT_EQ(KeysIn(store::DirtyBegin(), store::DirtyEnd()), 1u);
  committer_->Stop();
  flusher_->Stop();
  book_.Away(false);
  flusher_ = MakeFlusher();
  ASSERT_TRUE(flusher_->Start().ok());
  ASSERT_TRUE(Sync().ok());
  EXPECT_EQ(KeysIn(store::DirtyBegin(), store::DirtyEnd()), 0u);
  EXPECT_EQ(KeysIn(store::OutboxBegin(), store::OutboxEnd()), 0u);
  std::lock_guard lock(book_.mutex);
  EXPECT_EQ(book_.notes.size(), 1u);
  ASSERT_FALSE(book_.rows.empty());
  EXPECT_EQ(book_.rows.back().count, 2u);
}

TEST_F(CatalogFlusherTest, WhatWaitsIsCountedUntilItIsTold) {
  Begin();
  book_.Away(true);
  v1::Batch batch = Param(std::string(9'000, '7'));
  AddDefine(batch, 0, "loss");
  AddScalars(batch, 0, 0, {1, 2});
  Push(0, batch);
  book_.AwaitTurnedAway(1);
  EXPECT_GT(backlog_.bytes(), 9'000u);
  EXPECT_TRUE(backlog_.Room().ok());
  Push(0, Param(std::string(1'000, '7')));
  book_.AwaitTurnedAway(2);
  EXPECT_TRUE(absl::IsResourceExhausted(backlog_.Room()));
  committer_->Stop();
  flusher_->Stop();

  CatalogBacklog counted_again(10'000, &metrics_);
  CatalogFlusher next(store_.get(), &book_, table_.get(), reader_.get(), committer_.get(), &metrics_, &counted_again,
                      [](const std::string&) {});
  ASSERT_TRUE(next.Start().ok());
  EXPECT_EQ(counted_again.bytes(), backlog_.bytes());
  book_.Away(false);
  std::promise<absl::Status> told;
  next.Sync(*table_->Get(1), [&](const absl::Status& status) { told.set_value(status); });
  ASSERT_TRUE(told.get_future().get().ok());
  EXPECT_EQ(counted_again.bytes(), 0u);
}

TEST_F(CatalogFlusherTest, ARowThatDoesNotFitHoldsNobodyUp) {
  book_.refused_tag = "bad";
  Begin();
  v1::Batch batch;
  AddDefine(batch, 0, "bad");
  AddDefine(batch, 1, "good");
  AddScalars(batch, 0, 0, {1});
  AddScalars(batch, 1, 0, {1});
  Push(0, batch);
  v1::Batch other;
  AddDefine(other, 0, "other");
  AddScalars(other, 0, 0, {1});
  Push(0, other, 2);
  ASSERT_TRUE(Sync(1).ok());
  ASSERT_TRUE(Sync(2).ok());
  std::lock_guard lock(book_.mutex);
  std::set<std::string> tags;
  for (const catalog::SeriesRow& row : book_.rows) tags.insert(row.tag);
  EXPECT_EQ(tags, (std::set<std::string>{"good", "other"}));
}

TEST_F(CatalogFlusherTest, StopAnswersThoseWhoWait) {
  Begin();
  book_.Away(true);
  Push(0, Param("1"));
  std::promise<absl::Status> told;
  flusher_->Sync(*table_->Get(1), [&](const absl::Status& status) { told.set_value(status); });
  book_.AwaitTurnedAway(1);
  flusher_->Stop();
  EXPECT_TRUE(absl::IsUnavailable(told.get_future().get()));
}

}  // namespace
}  // namespace stepwell::ingest
