#include "ingest/watch_hub.h"

#include <thread>

#include "ingest/testing.h"

namespace stepwell::ingest {
namespace {

using std::chrono::milliseconds;

class WatchHubTest : public IngestTest {
 protected:
  void Begin(size_t budget) {
    hub_ = std::make_unique<WatchHub>(0, budget);
    committer_->AddObserver(hub_.get());
    committer_->Start();
  }
  void TearDown() override {
    writers_.clear();
    committer_->Stop();
    hub_.reset();
    IngestTest::TearDown();
  }
  void PushPoint(uint64_t run, int64_t step) {
    v1::Batch batch;
    AddDefine(batch, 0, "loss");
    AddScalars(batch, 0, step, {static_cast<double>(step) / 2});
    Push(0, batch, run);
  }
  std::unique_ptr<WatchHub> hub_;
};

constexpr milliseconds kLong{60'000};

TEST_F(WatchHubTest, WhatIsForgottenHoldsNoRunAndReadersAreTold) {
  Begin(size_t{1} << 20);
  PushPoint(1, 10);
  PushPoint(1, 11);
  uint64_t after = 0;
  v1::WatchReply reply;
  while (after < 2) ASSERT_TRUE(hub_->Next({1}, &after, kLong, &reply));
  const auto run = *table_->Get(1);
  const auto holders = run.use_count();
  hub_->Forget(std::chrono::steady_clock::now());
  EXPECT_LT(run.use_count(), holders);
  after = 0;
  reply.Clear();
  ASSERT_TRUE(hub_->Next({1}, &after, kLong, &reply));
  EXPECT_TRUE(reply.skipped());
  EXPECT_EQ(after, 2u);
  EXPECT_FALSE(hub_->Next({1}, &after, milliseconds(0), &reply)) << "who has everything waits as ever";
}

TEST_F(WatchHubTest, TellsPointsOfTheRunsThatWereAskedForAndNoOthers) {
  Begin(size_t{1} << 20);
  PushPoint(1, 10);
  PushPoint(2, 20);
  PushPoint(1, 11);
  uint64_t after = 0;
  std::vector<int64_t> steps;
  while (after < 3) {
    v1::WatchReply reply;
    ASSERT_TRUE(hub_->Next({1}, &after, kLong, &reply));
    EXPECT_FALSE(reply.skipped());
    EXPECT_EQ(reply.lsn(), after);
    for (const v1::WatchPoints& points : reply.points()) {
      EXPECT_EQ(points.run_number(), 1u);
      EXPECT_EQ(points.tag(), "loss");
      EXPECT_EQ(points.kind(), v1::KIND_SCALAR);
      for (int i = 0; i < points.points().step_size(); ++i) {
        const int64_t step = points.points().step(i);
        EXPECT_EQ(points.points().value(i), static_cast<double>(step) / 2);
        EXPECT_EQ(points.points().wall(i), 1000.0 + static_cast<double>(step));
        steps.push_back(step);
      }
    }
  }
  EXPECT_EQ(steps, (std::vector<int64_t>{10, 11}));
}

TEST_F(WatchHubTest, ASeriesIsOneItemWithItsPointsOfAllBatches) {
  Begin(size_t{1} << 20);
  for (int64_t step = 0; step < 5; ++step) {
    PushPoint(1, step);
    PushPoint(2, step);
  }
  while (hub_->newest() < 10) std::this_thread::yield();
  uint64_t after = 0;
  v1::WatchReply reply;
  ASSERT_TRUE(hub_->Next({1, 2}, &after, kLong, &reply));
  EXPECT_EQ(after, 10u);
  ASSERT_EQ(reply.points_size(), 2);
  for (const v1::WatchPoints& points : reply.points()) {
    const auto& steps = points.points().step();
    EXPECT_EQ(std::vector<int64_t>(steps.begin(), steps.end()), (std::vector<int64_t>{0, 1, 2, 3, 4}));
    EXPECT_EQ(points.points().value_size(), 5);
    EXPECT_EQ(points.points().wall_size(), 5);
  }
}

TEST_F(WatchHubTest, ResumesBehindANumberWithoutAGap) {
  Begin(size_t{1} << 20);
  for (int64_t step = 0; step < 5; ++step) PushPoint(1, step);
  uint64_t after = 3;
  int points = 0;
  while (after < 5) {
    v1::WatchReply reply;
    ASSERT_TRUE(hub_->Next({1}, &after, kLong, &reply));
    EXPECT_FALSE(reply.skipped());
    for (const v1::WatchPoints& of : reply.points()) points += of.points().step_size();
  }
  EXPECT_EQ(points, 2);
}

TEST_F(WatchHubTest, AReaderBehindTheRingIsToldThatItSkipped) {
  Begin(1500);  // about two small batches
  for (int64_t step = 0; step < 50; ++step) PushPoint(1, step);
  uint64_t after = 1;
  v1::WatchReply reply;
  // The last batch is in the ring when its writer was told or soon after.
  ASSERT_TRUE(hub_->Next({1}, &after, kLong, &reply));
  EXPECT_TRUE(reply.skipped());
  EXPECT_GT(reply.lsn(), 1u);
  while (after < 50) {
    reply.Clear();
    ASSERT_TRUE(hub_->Next({1}, &after, kLong, &reply));
  }
  EXPECT_EQ(after, 50u);
}

TEST_F(WatchHubTest, TellsRewinds) {
  Begin(size_t{1} << 20);
  PushPoint(1, 10);
  v1::Batch batch;
  batch.add_rewinds()->set_step(5);
  Push(0, batch);
  uint64_t after = 1;
  v1::WatchReply reply;
  ASSERT_TRUE(hub_->Next({1}, &after, kLong, &reply));
  ASSERT_EQ(reply.rewinds_size(), 1);
  EXPECT_EQ(reply.rewinds(0).step(), 5);
  EXPECT_EQ(reply.rewinds(0).run_number(), 1u);
}

TEST_F(WatchHubTest, WaitsAndIsWokenByStop) {
  Begin(size_t{1} << 20);
  uint64_t after = 0;
  v1::WatchReply reply;
  EXPECT_FALSE(hub_->Next({1}, &after, milliseconds(1), &reply));
  std::thread stopper([this] { hub_->Stop(); });
  EXPECT_FALSE(hub_->Next({1}, &after, kLong, &reply));
  stopper.join();
  EXPECT_TRUE(hub_->stopped());
}

}  // namespace
}  // namespace stepwell::ingest
