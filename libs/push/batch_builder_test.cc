#include "push/batch_builder.h"

#include <limits>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace stepwell::push {
namespace {

using testing::ElementsAre;

TEST(BatchBuilder, ColumnsThatWereLoggedTogetherShareAnAxis) {
  BatchBuilder builder;
  for (int step = 10; step < 13; ++step) {
    builder.Scalar(0, step, step + 0.5, 1);
    builder.Scalar(1, step, step + 0.5, 2);
    builder.Scalar(2, step, step + 0.75, 3);
    builder.Scalar(3, step, step + 0.5, 4);
  }
  const auto taken = builder.Take();
  const v1::Batch& batch = taken->batch();
  ASSERT_EQ(batch.axes_size(), 2);
  EXPECT_THAT(batch.axes(0).step_deltas(), ElementsAre(10, 1, 1));
  EXPECT_THAT(batch.axes(0).walls(), ElementsAre(10.5, 11.5, 12.5));
  ASSERT_EQ(batch.columns_size(), 4);
  EXPECT_EQ(batch.columns(0).axis(), 0u);
  EXPECT_EQ(batch.columns(1).axis(), 0u);
  EXPECT_EQ(batch.columns(2).axis(), 1u);
  EXPECT_EQ(batch.columns(3).axis(), 0u);
  EXPECT_THAT(batch.columns(3).scalars(), ElementsAre(4, 4, 4));
}

TEST(BatchBuilder, AnAxisWithOtherStepsAtTheSameTimesIsNotShared) {
  BatchBuilder builder;
  builder.Scalar(0, 1, 5, 1);
  builder.Scalar(1, 2, 5, 1);
  EXPECT_EQ(builder.Take()->batch().axes_size(), 2);
}

TEST(BatchBuilder, StepsOfAnySizeComeBack) {
  constexpr int64_t kMin = std::numeric_limits<int64_t>::min();
  constexpr int64_t kMax = std::numeric_limits<int64_t>::max();
  BatchBuilder builder;
  for (const int64_t step : {kMin, kMax, int64_t{0}, kMin, int64_t{-1}}) {
    builder.Scalar(0, step, 0, 0);
  }
  const auto taken = builder.Take();
  std::vector<int64_t> steps;
  uint64_t step = 0;
  for (const int64_t delta : taken->batch().axes(0).step_deltas()) {
    steps.push_back(static_cast<int64_t>(step += static_cast<uint64_t>(delta)));
  }
  EXPECT_THAT(steps, ElementsAre(kMin, kMax, 0, kMin, -1));
}

TEST(BatchBuilder, ATakenBatchLeavesNothingBehind) {
  BatchBuilder builder;
  builder.Scalar(0, 7, 1, 1);
  builder.Take();
  EXPECT_TRUE(builder.empty());
  builder.Scalar(0, 9, 2, 2);
  const auto taken = builder.Take();
  ASSERT_EQ(taken->batch().columns_size(), 1);
  EXPECT_THAT(taken->batch().axes(0).step_deltas(), ElementsAre(9));
}

TEST(BatchBuilder, IsFullBeforeAMessageWouldBeTooLarge) {
  BatchBuilder builder;
  uint32_t series = 0;
  while (!builder.full()) {
    builder.Scalar(series++ % 1000, 1'000'000'000'000, 1, 1);
  }
  const auto taken = builder.Take();
  EXPECT_LT(taken->ByteSizeLong(), 3u << 20);
}

TEST(BatchBuilder, ABlobGoesInPartsAndAnEmptyOneIsAPart) {
  BatchBuilder builder;
  builder.Blob("a", std::string(25, 'x'), 10);
  builder.Blob("b", "", 10);
  const auto taken = builder.Take();
  ASSERT_EQ(taken->batch().blobs_size(), 4);
  EXPECT_EQ(taken->batch().blobs(2).offset(), 20u);
  EXPECT_EQ(taken->batch().blobs(2).data().size(), 5u);
  EXPECT_EQ(taken->batch().blobs(3).size(), 0u);
}

}  // namespace
}  // namespace stepwell::push
