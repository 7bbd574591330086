#include "ingest/sealer.h"

#include "ingest/testing.h"

namespace stepwell::ingest {
namespace {

class SealerTest : public IngestTest {
 protected:
  void SetUp() override {
    IngestTest::SetUp();
    sealer_ = std::make_unique<Sealer>(store_.get(), table_.get(), committer_.get(), &metrics_, SealOptions{},
                                       [](const std::string&) {});
    committer_->Start();
  }
  void TearDown() override {
    sealer_.reset();
    IngestTest::TearDown();
  }

  std::unique_ptr<Sealer> sealer_;
};

TEST_F(SealerTest, WhatIsInChunksLeavesTheJournalAndTheLog) {
  constexpr int kBatches = 20, kPoints = 40'000;
  v1::Batch first;
  AddDefine(first, 0, "loss");
  Push(0, std::move(first));
  for (int i = 0; i < kBatches; ++i) {
    v1::Batch batch;
    AddScalars(batch, 0, int64_t{i} * kPoints, std::vector<double>(kPoints, 0.5));
    Push(0, std::move(batch));
  }
  const uint64_t raw = uint64_t{kBatches} * kPoints * 16;  // wall times and values as they came
  EXPECT_GT(store_->LogBytes(), raw);
  ASSERT_TRUE(sealer_->SealOld(/*all=*/true).ok());
  ASSERT_TRUE(sealer_->TrimJournal().ok());
  EXPECT_LT(store_->LogBytes(), raw / 100);
}

}  // namespace
}  // namespace stepwell::ingest
