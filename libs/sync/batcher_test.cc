#include "sync/batcher.h"

#include <map>

#include "gtest/gtest.h"
#include "sync/position.h"
#include "sync/testing.h"

namespace stepwell::sync {
namespace {

constexpr char kId[] = "01ARZ3NDEKTSV4RRFFQ69G5FAV";

class BatcherTest : public testing::Test {
 protected:
  BatcherTest() : writer_(root_.path(), kId, "") { Make({}); }

  void Make(const v1::Limits& limits) {
    batches_.clear();
    batcher_ = std::make_unique<Batcher>(writer_.folder(), limits, [this](Ready ready) {
      batches_.push_back(std::move(ready));
      return absl::OkStatus();
    });
  }
  void Add(const std::string& body) {
    const spool::Position next{at_.segment, at_.offset + spool::kRecordHead + body.size()};
    ASSERT_TRUE(batcher_->Add(body, at_, next).ok());
    at_ = next;
  }
  void Rest() { ASSERT_TRUE(batcher_->Rest(at_).ok()); }

  const v1::Batch& batch(size_t i) const { return batches_[i].request->batch(); }
  // (step, value) by tag, in the order in which they were sent.
  std::map<std::string, std::vector<std::pair<int64_t, double>>> Points() const {
    std::map<uint32_t, std::string> tags;
    std::map<std::string, std::vector<std::pair<int64_t, double>>> found;
    for (const Ready& ready : batches_) {
      const v1::Batch& batch = ready.request->batch();
      for (const v1::Define& define : batch.define()) tags[define.series()] = define.info().tag();
      for (const v1::Column& column : batch.columns()) {
        const v1::Axis& axis = batch.axes(static_cast<int>(column.axis()));
        uint64_t step = 0;
        for (int i = 0; i < column.scalars_size(); ++i) {
          step += static_cast<uint64_t>(axis.step_deltas(i));
          found[tags.at(column.series())].emplace_back(static_cast<int64_t>(step), column.scalars(i));
        }
      }
    }
    return found;
  }
  std::vector<std::string> Warnings() const {
    std::vector<std::string> found;
    for (const Ready& ready : batches_) {
      for (const v1::Note& note : ready.request->batch().notes()) {
        if (note.has_warning())
          found.push_back(note.warning().reason() + " x" + std::to_string(note.warning().count()));
      }
    }
    return found;
  }

  TestRoot root_;
  TestWriter writer_;
  std::unique_ptr<Batcher> batcher_;
  std::vector<Ready> batches_;
  spool::Position at_{1, 8};
};

using Series = std::vector<std::pair<int64_t, double>>;

TEST_F(BatcherTest, RowsOfALayoutShareAnAxis) {
  Add(SeriesBody(7, "a"));
  Add(SeriesBody(9, "b"));
  Add(LayoutBody(3, {9, 7}));
  for (int i = 0; i < 100; ++i) Add(RowBody(3, i, i, {1.0 * i, 2.0 * i}));
  Rest();
  ASSERT_EQ(batches_.size(), 1u);
  EXPECT_EQ(batch(0).axes_size(), 1);
  EXPECT_EQ(batch(0).columns_size(), 2);
  EXPECT_EQ(batches_[0].points, 200u);
  EXPECT_EQ(batches_[0].position, at_);
  EXPECT_EQ(Points()["b"][99], std::make_pair(int64_t{99}, 99.0));
}

TEST_F(BatcherTest, PointsOfASeriesKeepTheirOrderOverLayouts) {
  for (const auto& body :
       {SeriesBody(0, "a"), SeriesBody(1, "b"), LayoutBody(0, {0, 1}), LayoutBody(1, {0}), LayoutBody(2, {1})})
    Add(body);
  Series a, b;
  for (int i = 0; i < 30; ++i) {
    if (i % 3 == 0) {
      Add(RowBody(0, i, 0, {1.0 * i, 2.0 * i}));
      a.emplace_back(i, i);
      b.emplace_back(i, 2.0 * i);
    } else if (i % 3 == 1) {
      Add(RowBody(1, i, 0, {1.0 * i}));
      a.emplace_back(i, i);
    } else {
      Add(RowBody(2, i, 0, {1.0 * i}));
      b.emplace_back(i, i);
    }
  }
  Rest();
  EXPECT_EQ(Points()["a"], a);
  EXPECT_EQ(Points()["b"], b);
}

TEST_F(BatcherTest, StepsAreAnyInt64) {
  Add(SeriesBody(0, "a"));
  Add(LayoutBody(0, {0}));
  const Series want{{INT64_MAX, 1}, {INT64_MIN, 2}, {0, 3}, {INT64_MIN, 4}};
  for (const auto& [step, value] : want) Add(RowBody(0, step, 0, {value}));
  Rest();
  EXPECT_EQ(Points()["a"], want);
}

TEST_F(BatcherTest, AFullBatchIsPushedWithThePositionBehindItsLastRecord) {
  v1::Limits limits;
  limits.set_points_per_batch(10);
  Make(limits);
  Add(SeriesBody(0, "a"));
  Add(LayoutBody(0, {0}));
  std::vector<spool::Position> ends;
  for (int i = 0; i < 25; ++i) {
    Add(RowBody(0, i, 0, {1.0 * i}));
    ends.push_back(at_);
  }
  Rest();
  ASSERT_EQ(batches_.size(), 3u);
  EXPECT_EQ(batches_[0].position, ends[9]);
  EXPECT_EQ(batches_[1].position, ends[19]);
  EXPECT_EQ(DecodePosition(kId, batch(1).position()).at, ends[19]);
  EXPECT_EQ(Points()["a"].size(), 25u);
}

TEST_F(BatcherTest, ARewindBeginsABatch) {
  Add(SeriesBody(0, "a"));
  Add(LayoutBody(0, {0}));
  Add(RowBody(0, 1, 0, {1}));
  const spool::Position before = at_;
  Add(RewindBody(1));
  Add(RowBody(0, 1, 0, {2}));
  Rest();
  ASSERT_EQ(batches_.size(), 2u);
  EXPECT_EQ(batches_[0].position, before);
  EXPECT_EQ(batch(0).rewinds_size(), 0);
  EXPECT_EQ(batch(1).rewinds(0).step(), 1);
}

TEST_F(BatcherTest, ABlobComesInPartsBeforeTheValueThatNamesIt) {
  const std::string blob(3'500'000, 'x');
  writer_.AddBlob(blob);
  Add(SeriesBody(0, "a"));
  Add(LayoutBody(0, {0}));
  Add(RowBody(0, 1, 0, {1}));
  Add(SeriesBody(1, "i", v1::KIND_IMAGE));
  const spool::Position before = at_;
  Add(ValueBody(1, 5, 6, ImageValue(blob)));
  Add(ValueBody(1, 6, 7, ImageValue(blob)));
  Rest();
  std::string sent;
  for (size_t i = 0; i < batches_.size(); ++i) {
    EXPECT_LT(batch(i).ByteSizeLong(), kBatchBytes + (64u << 10));
    for (const v1::BlobPart& part : batch(i).blobs()) {
      EXPECT_EQ(part.offset(), sent.size());
      EXPECT_EQ(part.size(), blob.size());
      sent += part.data();
    }
    if (i + 1 < batches_.size()) {
      EXPECT_EQ(batches_[i].position, before);
    }
  }
  EXPECT_EQ(sent, blob);
  EXPECT_EQ(batch(batches_.size() - 1).columns_size(), 2);
}

TEST_F(BatcherTest, SeriesThatTheServerKnowsKeepTheirNumbers) {
  v1::SeriesInfo info;
  info.set_tag("a");
  info.set_kind(v1::KIND_SCALAR);
  batcher_->Known(info, 41);
  Add(SeriesBody(0, "b"));
  Add(SeriesBody(1, "a"));
  Add(SeriesBody(2, "b"));
  Add(LayoutBody(0, {0, 1, 2}));
  Add(RowBody(0, 1, 0, {1, 2, 3}));
  Rest();
  ASSERT_EQ(batch(0).define_size(), 1);
  EXPECT_EQ(batch(0).define(0).series(), 42u);
  EXPECT_EQ(batch(0).columns(0).series(), 42u);
  EXPECT_EQ(batch(0).columns(1).series(), 41u);
  EXPECT_EQ(batch(0).columns(2).series(), 42u);
}

TEST_F(BatcherTest, EachSegmentTellsItsOwnNames) {
  Add(SeriesBody(0, "a"));
  Add(LayoutBody(0, {0}));
  Add(RowBody(0, 1, 0, {1}));
  at_ = {2, 8};
  Add(RowBody(0, 2, 0, {2}));  // of a layout that this segment did not tell
  Add(SeriesBody(0, "a"));
  Add(LayoutBody(0, {0}));
  Add(RowBody(0, 3, 0, {3}));
  Rest();
  EXPECT_EQ(Points()["a"], (Series{{1, 1}, {3, 3}}));
  EXPECT_EQ(Warnings().size(), 1u);
}

TEST_F(BatcherTest, WhatCannotBeReadIsLeftOutAndTold) {
  const std::string ok_row = RowBody(0, 1, 0, {1});
  Add(SeriesBody(0, "a"));
  Add(LayoutBody(0, {0}));
  Add("\1\1");                                        // no number
  Add(std::string("\2\0\0\0\0\xff\xff\xff\xff", 9));  // a layout that claims more than there is
  Add(LayoutBody(5, {99}));                           // of an unknown series
  Add(RowBody(77, 1, 0, {1}));                        // of an unknown layout
  Add(RowBody(0, 1, 0, {1, 2}));                      // too wide
  Add(ok_row.substr(0, ok_row.size() - 1));           // too short
  Add("\4\1");                                        // no value
  Add("\5\xff\xff\xff");                              // no note
  Add("\6\1");                                        // no rewind
  Add("\x09new");
  Add("\x09newer");
  Add(ok_row);
  Rest();
  EXPECT_EQ(Points()["a"].size(), 1u);
  EXPECT_EQ(Warnings(),
            (std::vector<std::string>{"records of a newer client (type 9) were left out; upgrade the uploader x2",
                                      "records of the client's spool that cannot be read were left out x9"}));
  EXPECT_FALSE(batcher_->ended());
}

TEST_F(BatcherTest, WhatIsLargerThanAMessageIsLeftOutAndTold) {
  v1::Limits limits;
  limits.set_message_bytes(256 << 10);
  limits.set_blob_bytes(1000);
  Make(limits);
  v1::Value text;
  text.mutable_text()->add_values(std::string(300 << 10, 't'));
  Add(SeriesBody(0, "t", v1::KIND_TEXT));
  Add(ValueBody(0, 1, 0, text));
  Add(SeriesBody(1, "i", v1::KIND_IMAGE));
  Add(ValueBody(1, 1, 0, ImageValue(std::string(1001, 'x'))));
  Add(ValueBody(1, 2, 0, ImageValue(std::string(1000, 'x'))));
  std::vector<uint32_t> many;
  for (uint32_t i = 2; i < 20'002; ++i) {
    Add(SeriesBody(i, std::to_string(i)));
    many.push_back(i);
  }
  Add(LayoutBody(0, many));
  Add(RowBody(0, 1, 0, std::vector<double>(many.size())));
  Rest();
  EXPECT_EQ(batch(batches_.size() - 1).columns_size() + batch(0).columns_size(), 1);
  EXPECT_EQ(Warnings().back().find("values"), 0u);
  for (size_t i = 0; i < batches_.size(); ++i) EXPECT_LT(batch(i).ByteSizeLong(), limits.message_bytes());
}

TEST_F(BatcherTest, ATerminalStatusIsInThePosition) {
  Add(StatusBody("running"));
  Rest();
  Add(StatusBody("finished"));
  Rest();
  EXPECT_FALSE(DecodePosition(kId, batch(0).position()).ended);
  EXPECT_TRUE(DecodePosition(kId, batch(1).position()).ended);
  EXPECT_EQ(DecodePosition("01ARZ3NDEKTSV4RRFFQ69G5FAW", batch(1).position()).at, spool::Position{});
}

}  // namespace
}  // namespace stepwell::sync
