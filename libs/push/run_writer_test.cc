#include "push/run_writer.h"

#include <chrono>

#include "gtest/gtest.h"
#include "push/batch_builder.h"
#include "push/fake_ingest.h"

namespace stepwell::push {
namespace {

using std::chrono::milliseconds;

class RunWriterTest : public testing::Test {
 protected:
  RunWriterTest() {
    RetryPolicy policy;
    policy.first = milliseconds(1);
    policy.longest = milliseconds(5);
    connection_ = std::make_unique<Connection>(server_.address(), policy, &stopper_);
    request_.set_run_id("r");
    request_.set_name("run");
    request_.set_writer("w");
  }

  std::unique_ptr<RunWriter> Open() {
    auto writer = RunWriter::Open(connection_.get(), request_);
    EXPECT_TRUE(writer.ok()) << writer.status();
    return *std::move(writer);
  }

  std::unique_ptr<v1::PushRequest> Batch(int first, int points) {
    BatchBuilder builder;
    v1::SeriesInfo info;
    info.set_tag("loss");
    builder.Define(0, info);
    for (int i = first; i < first + points; ++i) {
      builder.Scalar(0, i, i, i);
    }
    return builder.Take();
  }

  void ExpectPoints(int n) {
    const auto run = service_.Run("run");
    ASSERT_NE(run, nullptr);
    const auto& points = run->points["loss"];
    ASSERT_EQ(points.size(), static_cast<size_t>(n));
    for (int i = 0; i < n; ++i) {
      ASSERT_EQ(points[static_cast<size_t>(i)].step, i);
    }
    EXPECT_TRUE(service_.complaints().empty());
  }

  FakeIngest service_;
  FakeServer server_{&service_};
  Stopper stopper_;
  std::unique_ptr<Connection> connection_;
  v1::OpenRunRequest request_;
};

TEST_F(RunWriterTest, WhatWasFlushedIsAtTheServerOnce) {
  auto writer = Open();
  for (int i = 0; i < 50; ++i) {
    ASSERT_TRUE(writer->Push(Batch(i * 10, 10)).ok());
  }
  ASSERT_TRUE(writer->Flush().ok());
  ExpectPoints(500);
}

TEST_F(RunWriterTest, StreamsThatBreakAnywhereLoseAndDoubleNothing) {
  service_.BreakOneIn(3);
  auto writer = Open();
  for (int i = 0; i < 200; ++i) {
    ASSERT_TRUE(writer->Push(Batch(i * 10, 10)).ok());
  }
  ASSERT_TRUE(writer->Flush().ok());
  EXPECT_GT(service_.breaks(), 20u);
  ExpectPoints(2000);
}

TEST_F(RunWriterTest, AWriterThatIsOpenedAgainGoesOnBehindTheMark) {
  auto first = Open();
  ASSERT_TRUE(first->Push(Batch(0, 10)).ok());
  ASSERT_TRUE(first->Flush().ok());
  first.reset();
  auto second = Open();
  EXPECT_EQ(second->opened().durable_seq(), 1u);
  ASSERT_TRUE(second->Push(Batch(10, 10)).ok());
  ASSERT_TRUE(second->Flush().ok());
  ExpectPoints(20);
}

TEST_F(RunWriterTest, AFencedWriterIsToldAndCannotWrite) {
  auto old = Open();
  auto young = Open();
  ASSERT_TRUE(young->Push(Batch(0, 10)).ok());
  ASSERT_TRUE(young->Flush().ok());
  absl::Status status = old->Push(Batch(0, 10));
  if (status.ok()) {
    status = old->Flush();
  }
  EXPECT_EQ(status.code(), absl::StatusCode::kFailedPrecondition);
  ExpectPoints(10);
}

TEST_F(RunWriterTest, ADeletedRunStaysDeleted) {
  auto writer = Open();
  ASSERT_TRUE(writer->Push(Batch(0, 10)).ok());
  ASSERT_TRUE(writer->Flush().ok());
  service_.DeleteRun("run");
  ASSERT_TRUE(writer->Push(Batch(10, 10)).ok());
  EXPECT_EQ(writer->Flush().code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(RunWriter::Open(connection_.get(), request_).status().code(), absl::StatusCode::kFailedPrecondition);
}

TEST_F(RunWriterTest, AfterAClosedStreamTheNextPushOpensAnother) {
  auto writer = Open();
  for (int i = 0; i < 3; ++i) {
    ASSERT_TRUE(writer->Push(Batch(i * 10, 10)).ok());
    ASSERT_TRUE(writer->Flush().ok());
    writer->CloseStream();
    EXPECT_FALSE(writer->stream_open());
  }
  ExpectPoints(30);
}

TEST_F(RunWriterTest, AServerThatIsAwayIsGivenUpAfterThePatience) {
  RetryPolicy policy;
  policy.first = milliseconds(1);
  policy.longest = milliseconds(5);
  policy.patience_before = milliseconds(50);
  Connection nowhere("127.0.0.1:1", policy, &stopper_);
  EXPECT_EQ(RunWriter::Open(&nowhere, request_).status().code(), absl::StatusCode::kUnavailable);
}

TEST_F(RunWriterTest, AServerWithoutDiskIsWaitedForBeyondThePatience) {
  RetryPolicy policy;
  policy.first = milliseconds(1);
  policy.longest = milliseconds(5);
  policy.patience_after = milliseconds(1);
  Connection connection(server_.address(), policy, &stopper_);
  std::vector<std::string> told;
  connection.OnTrouble([&](const std::string& line) { told.push_back(line); });
  auto writer = RunWriter::Open(&connection, request_);
  ASSERT_TRUE(writer.ok()) << writer.status();
  service_.Fill(true);
  ASSERT_TRUE((*writer)->Push(Batch(0, 5)).ok());
  std::thread space([this] {
    service_.AwaitTurnedAway(20);
    service_.Fill(false);
  });
  EXPECT_TRUE((*writer)->Flush().ok());
  space.join();
  ExpectPoints(5);
  ASSERT_FALSE(told.empty());
  EXPECT_NE(told[0].find("the disk is full"), std::string::npos);
}

// It answers: that its database is away may last longer than a wrong address is believed.
TEST_F(RunWriterTest, AServerThatSaysTryAgainIsThere) {
  RetryPolicy policy;
  policy.first = policy.longest = milliseconds(1);
  policy.patience_before = milliseconds(1);
  Connection connection(server_.address(), policy, &stopper_);
  service_.TurnAway(20);
  EXPECT_TRUE(RunWriter::Open(&connection, request_).ok());
}

TEST_F(RunWriterTest, StoppingEndsAWait) {
  RetryPolicy policy;
  policy.patience_before = milliseconds(0);
  Connection nowhere("127.0.0.1:1", policy, &stopper_);
  std::thread stop([this] { stopper_.Stop(); });
  EXPECT_EQ(RunWriter::Open(&nowhere, request_).status().code(), absl::StatusCode::kCancelled);
  stop.join();
}

}  // namespace
}  // namespace stepwell::push
