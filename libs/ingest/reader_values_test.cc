// Chosen values, from chunks, the open tail and what is left of a damaged series.
#include "ingest/reader.h"
#include "ingest/testing.h"
#include "store/keys.h"

namespace stepwell::ingest {
namespace {

class ReaderValuesTest : public IngestTest {
 protected:
  void SetUp() override {
    IngestTest::SetUp();
    sealer_ = std::make_unique<Sealer>(store_.get(), table_.get(), committer_.get(), &metrics_, SealOptions(),
                                       [](const std::string&) {});
    committer_->Start();
  }
  void TearDown() override {
    writers_.clear();
    committer_->Stop();
    sealer_.reset();
    IngestTest::TearDown();
  }

  // Texts and scalars that share an axis, at steps from, from + 1, …
  void Log(int64_t from, int count) {
    v1::Batch batch;
    AddDefine(batch, 0, "loss");
    AddDefine(batch, 1, "note", v1::KIND_TEXT);
    AddScalars(batch, 0, from, std::vector<double>(static_cast<size_t>(count), 0.5));
    v1::Column* column = batch.add_columns();
    column->set_series(1);
    column->set_axis(0);
    for (int i = 0; i < count; ++i) column->add_values()->mutable_text()->add_values("at " + std::to_string(from + i));
    Push(0, batch);
    ASSERT_EQ(Refusals(0), 0u);
  }

  v1::ReadValuesReply Read(const v1::ReadValuesRequest& request, v1::Kind kind = v1::KIND_TEXT,
                           const std::string& tag = "note") {
    v1::SeriesSelector selector;
    selector.set_run_number(1);
    selector.set_tag(tag);
    selector.set_kind(kind);
    v1::ReadValuesReply reply;
    reader_->ReadValues(request, selector, &reply);
    return reply;
  }
  static v1::ReadValuesRequest At(int64_t step) {
    v1::ReadValuesRequest request;
    request.set_max_bytes(1 << 20);
    request.set_has_at(true);
    request.set_at_step(step);
    return request;
  }

  std::unique_ptr<Sealer> sealer_;
};

std::string TextOf(const v1::ValuePoint& point) { return point.value().text().values(0); }

TEST_F(ReaderValuesTest, AreTheSameSealedAndOpen) {
  Log(0, 3000);
  ASSERT_TRUE(sealer_->SealOld(true).ok());
  Log(3000, 10);
  v1::ReadValuesRequest request = At(1500);
  request.set_spread(3);
  request.set_steps(5000);
  const v1::ReadValuesReply reply = Read(request);
  ASSERT_EQ(reply.code(), 0u) << reply.error();
  EXPECT_EQ(reply.count(), 3010u);
  EXPECT_EQ(TextOf(reply.point()), "at 1500");
  EXPECT_EQ(reply.point().wall(), 2500);
  ASSERT_EQ(reply.points_size(), 3);
  EXPECT_EQ(TextOf(reply.points(1)), "at 1504");
  EXPECT_EQ(TextOf(reply.points(2)), "at 3009");
  ASSERT_EQ(reply.steps().step_size(), 3010);
  EXPECT_EQ(reply.steps().step(3009), 3009);
  EXPECT_EQ(reply.steps().wall(3009), 4009);
}

TEST_F(ReaderValuesTest, OfADamagedSeriesWhatIsGoodIsChosen) {
  Log(0, 3000);
  ASSERT_TRUE(sealer_->SealOld(true).ok());
  store::WriteSet damage;
  damage.Put(store::Family::kData, store::ChunkKey(1, {0, 1}, 1), "this is no chunk");
  ASSERT_TRUE(store_->Write(damage, false).ok());
  v1::ReadValuesRequest request = At(2000);
  request.set_steps(5000);
  const v1::ReadValuesReply reply = Read(request);
  EXPECT_EQ(reply.code(), 0u) << reply.error();
  EXPECT_EQ(reply.count(), 3000u - series::kChunkPoints);
  EXPECT_EQ(static_cast<uint64_t>(reply.steps().step_size()), reply.count());
  EXPECT_EQ(TextOf(reply.point()), "at 2048");
  EXPECT_NE(reply.damage().find("chunk 1"), std::string::npos) << reply.damage();
}

TEST_F(ReaderValuesTest, WhatCannotBeAnsweredIsAReplyWithItsCode) {
  Log(0, 3);
  EXPECT_EQ(Read(At(0), v1::KIND_TEXT, "other").code(), static_cast<uint32_t>(absl::StatusCode::kNotFound));
  EXPECT_EQ(Read(At(0), v1::KIND_SCALAR, "loss").code(), static_cast<uint32_t>(absl::StatusCode::kInvalidArgument));
  v1::ReadValuesRequest request = At(0);
  request.set_max_bytes(3);
  EXPECT_EQ(Read(request).code(), static_cast<uint32_t>(absl::StatusCode::kResourceExhausted));
}

}  // namespace
}  // namespace stepwell::ingest
