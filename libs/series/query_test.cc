#include "series/query.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "series/memory_source.h"
#include "series/testing.h"

namespace stepwell::series {
namespace {

constexpr int64_t kMinStep = std::numeric_limits<int64_t>::min();
constexpr int64_t kMaxStep = std::numeric_limits<int64_t>::max();

Answer Ask(std::vector<Source*> sources, const QuerySpec& spec, std::vector<Rewind> rewinds = {}) {
  auto answer = Query(sources, rewinds, spec);
  EXPECT_TRUE(answer.ok()) << answer.status();
  return answer.ok() ? *std::move(answer) : Answer();
}

QuerySpec Columns(uint32_t columns) {
  QuerySpec spec;
  spec.columns = columns;
  return spec;
}

QuerySpec Steps(int64_t from, int64_t to, uint32_t columns = 0) {
  QuerySpec spec = Columns(columns);
  spec.range.has_from = spec.range.has_to = true;
  spec.range.from_step = from;
  spec.range.to_step = to;
  return spec;
}

Points AtSteps(std::vector<int64_t> steps) {
  Points points;
  points.step = std::move(steps);
  for (size_t i = 0; i < points.step.size(); ++i) {
    points.wall.push_back(static_cast<double>(i));
    points.value.push_back(static_cast<double>(i));
  }
  return points;
}

uint64_t CountOf(const std::vector<Summary>& columns) {
  uint64_t count = 0;
  for (const Summary& s : columns) count += s.count;
  return count;
}

TEST(Query, NothingIsAnExactAnswer) {
  EXPECT_TRUE(Ask({}, Columns(10)).exact);
  MemorySource empty({1, 1});
  const Answer answer = Ask({&empty}, Columns(10));
  EXPECT_TRUE(answer.exact);
  EXPECT_EQ(answer.count, 0u);
  MemorySource some({1, 1});
  some.AddTail({1, 1, AtSteps({1, 2, 3})});
  EXPECT_EQ(Ask({&some}, Steps(4, 9)).count, 0u);
  EXPECT_EQ(Ask({&some}, Steps(3, 1)).count, 0u);
  EXPECT_EQ(Ask({&some}, Steps(2, 2)).points.step, std::vector<int64_t>{2});
}

TEST(Query, AMillionPointsCostTheirColumns) {
  MemorySource source({1, 1});
  const size_t n = 1 << 20;
  source.Seal(MakeCurve(n, 1), 1, 9, kChunkPoints, false);
  const Answer whole = Ask({&source}, Columns(1000));
  EXPECT_FALSE(whole.exact);
  EXPECT_EQ(CountOf(whole.columns), n);
  EXPECT_GE(whole.columns.size(), 900u);
  EXPECT_LE(whole.columns.size(), 1000u);
  EXPECT_EQ(source.chunks_read(), 0u);
  EXPECT_LE(source.pages_read(), 1u + 4 + 16);

  // A range inside: two chunks for its edges, and no page that is not in it.
  const Answer part = Ask({&source}, Steps(1234567, 8760005, 500));
  EXPECT_EQ(CountOf(part.columns), 876000u - 123457 + 1);
  EXPECT_EQ(part.columns.front().first.step, 1234570);
  EXPECT_EQ(part.columns.back().last.step, 8760000);
  EXPECT_EQ(source.chunks_read(), 2u);
}

TEST(Query, ZoomedInItGivesTheLoggedPoints) {
  MemorySource source({1, 1});
  const Points all = MakeCurve(1 << 18, 2);
  source.Seal(all, 1, 9, kChunkPoints, false);
  const Answer answer = Ask({&source}, Steps(1000000, 1029999, 1000));
  ASSERT_TRUE(answer.exact);
  ExpectSamePoints(answer.points, MemorySource::Slice(all, 100000, 103000));
  EXPECT_LE(source.chunks_read(), 5u);
}

TEST(Query, ASpikeOfOnePointIsNeverLost) {
  Points points = MakeCurve(500000, 3);
  points.value[333333] = 1000;
  points.value[77777] = -1000;
  MemorySource source({1, 1});
  source.Seal(points, 1, 9, kChunkPoints, false);
  for (uint32_t columns : {1u, 10u, 333u, 1000u, 4000u, 10000u}) {
    const Answer answer = Ask({&source}, Columns(columns));
    int found = 0;
    for (const Summary& s : answer.columns) {
      found += s.max.value == 1000 && s.max.step == 3333330 && SameBits(s.max.wall, points.wall[333333]);
      found += s.min.value == -1000 && s.min.step == 777770;
    }
    EXPECT_EQ(found, 2) << columns;
    EXPECT_EQ(CountOf(answer.columns), points.size());
  }
}

TEST(Query, ColumnsAreAsWideAsEachOther) {
  MemorySource source({1, 1});
  source.Seal(MakeCurve(400000, 4), 1, 9, kChunkPoints, false);
  const Answer answer = Ask({&source}, Columns(100));
  ASSERT_EQ(answer.columns.size(), 100u);
  // A column is 4,000 points; a block at the level that is used, 2,048: 128 * 4^2.
  for (const Summary& s : answer.columns) EXPECT_NEAR(s.count, 4000, 2048);
}

TEST(Query, StepsBeyondFloat64AreTold) {
  MemorySource source({1, 1});
  const int64_t big = int64_t{1} << 53;
  source.AddTail({1, 1, AtSteps({big, big + 1, big + 2, big + 3})});
  EXPECT_EQ(Ask({&source}, Steps(big + 1, big + 2)).points.step, (std::vector<int64_t>{big + 1, big + 2}));
  MemorySource ends({1, 1});
  ends.AddTail({1, 1, AtSteps({kMinStep, kMinStep, -1, 0, 1, 2, 3, kMaxStep})});
  const Answer answer = Ask({&ends}, Columns(2));
  ASSERT_EQ(answer.columns.size(), 2u);
  EXPECT_EQ(answer.columns[0].first.step, kMinStep);
  EXPECT_EQ(answer.columns[1].last.step, kMaxStep);
  EXPECT_EQ(CountOf(answer.columns), 8u);
}

TEST(Query, OneStepForAllIsOneColumn) {
  MemorySource source({1, 1});
  source.AddTail({1, 1, AtSteps(std::vector<int64_t>(5000, 42))});
  const Answer answer = Ask({&source}, Columns(10));
  ASSERT_EQ(answer.columns.size(), 1u);
  EXPECT_EQ(answer.columns[0].count, 5000u);
  EXPECT_EQ(answer.columns[0].first.value, 0);
  EXPECT_EQ(answer.columns[0].last.value, 4999);
}

TEST(Query, WritersThatFollowEachOtherAreOneLineWithoutReadingPoints) {
  Points points = MakeCurve(200 * kChunkPoints, 5);
  MemorySource first({1, 1}), second({2, 1});
  first.Seal(points, 1, 9, kChunkPoints, false);
  for (int64_t& step : points.step) step += 10 * static_cast<int64_t>(points.size());
  second.Seal(points, 1, 9, kChunkPoints, false);
  const uint64_t unpaged = 2 * (200 % kChunksPerPage);
  const Answer answer = Ask({&first, &second}, Columns(500));
  EXPECT_EQ(CountOf(answer.columns), 2 * points.size());
  EXPECT_EQ(first.chunks_read() + second.chunks_read(), unpaged);
}

TEST(Query, WritersThatRunTogetherAreMerged) {
  MemorySource a({1, 1}), b({2, 1});
  a.AddTail({1, 1, AtSteps({0, 2, 4, 6})});
  b.AddTail({1, 1, AtSteps({1, 2, 3, 6})});
  const Answer answer = Ask({&a, &b}, QuerySpec());
  EXPECT_EQ(answer.points.step, (std::vector<int64_t>{0, 1, 2, 2, 3, 4, 6, 6}));
  EXPECT_EQ(answer.points.value, (std::vector<double>{0, 0, 1, 1, 2, 2, 3, 3}));
}

TEST(Query, ARewindHidesWhatCameBeforeItFromItsStepOn) {
  MemorySource source({1, 1});
  source.AddTail({1, 4, AtSteps({0, 1, 2, 3, 4})});
  source.AddTail({5, 6, AtSteps({2, 3})});
  const std::vector<Rewind> rewinds = {{5, 2, std::nullopt}};
  EXPECT_EQ(Ask({&source}, QuerySpec(), rewinds).points.step, (std::vector<int64_t>{0, 1, 2, 3}));
  EXPECT_EQ(Ask({&source}, QuerySpec(), {{5, 2, 1}}).points.step.size(), 7u);
  QuerySpec all;
  all.include_hidden = true;
  const Answer answer = Ask({&source}, all, rewinds);
  EXPECT_EQ(answer.points.step, (std::vector<int64_t>{0, 1, 2, 2, 3, 3, 4}));
  EXPECT_EQ(answer.hidden, (std::vector<uint8_t>{0, 0, 1, 0, 1, 0, 1}));
  EXPECT_EQ(answer.count, 7u);
}

TEST(Query, PointsWithoutAWallTimeAreCountedApart) {
  Points points = AtSteps({0, 1, 2, 3, 4});
  points.wall = {10, std::nan(""), 5, std::numeric_limits<double>::infinity(), 7};
  MemorySource source({1, 1});
  source.AddTail({1, 1, points});
  QuerySpec spec;
  spec.x = XAxis::kWall;
  const Answer answer = Ask({&source}, spec);
  EXPECT_EQ(answer.points.step, (std::vector<int64_t>{2, 4, 0}));
  EXPECT_EQ(answer.count, 3u);
  EXPECT_EQ(answer.unplaced, 2u);
  spec.range.has_from = true;
  spec.range.from_wall = std::nan("");
  EXPECT_EQ(Query(std::vector<Source*>{&source}, {}, spec).status().code(), absl::StatusCode::kInvalidArgument);
}

TEST(Query, MaxPointsCutsTheLineAndSaysSo) {
  MemorySource source({1, 1});
  source.Seal(MakeCurve(5000, 6), 1, 9, kChunkPoints, false);
  QuerySpec spec;
  spec.max_points = 1500;
  const Answer answer = Ask({&source}, spec);
  EXPECT_TRUE(answer.truncated);
  EXPECT_EQ(answer.count, 5000u);
  EXPECT_EQ(answer.points.size(), 1500u);
  EXPECT_EQ(answer.points.step.back(), 14990);
}

TEST(Query, PayloadsComeAsPointsOnly) {
  Points points = AtSteps({3, 1, 2});
  points.value.clear();
  points.payload = {"three", "one", "two"};
  MemorySource source({1, 1});
  source.Seal(points, 1, 1, kChunkPoints, false);
  EXPECT_EQ(Ask({&source}, QuerySpec()).points.payload, (std::vector<std::string>{"one", "two", "three"}));
  EXPECT_EQ(Ask({&source}, Columns(1)).points.payload.size(), 3u);
  MemorySource longer({1, 1});
  for (int i = 0; i < 3; ++i) longer.AddTail({1, 1, points});
  EXPECT_EQ(Query(std::vector<Source*>{&longer}, {}, Columns(1)).status().code(), absl::StatusCode::kInvalidArgument);
}

TEST(Query, WhatIsBrokenIsNamedAndNotGuessed) {
  MemorySource source({1, 7});
  source.Seal(MakeCurve(100 * kChunkPoints, 7), 1, 9, kChunkPoints, false);
  source.DropPage(0, 3);
  auto answer = Query(std::vector<Source*>{&source}, {}, Columns(400));
  EXPECT_EQ(answer.status().code(), absl::StatusCode::kDataLoss);
  EXPECT_NE(answer.status().message().find("series 7 of writer 1: page 3 of level 0"), std::string::npos)
      << answer.status();

  MemorySource broken({1, 7});
  broken.Seal(MakeCurve(3000, 7), 1, 9, kChunkPoints, false);
  broken.BreakChunk(1);
  EXPECT_EQ(Query(std::vector<Source*>{&broken}, {}, QuerySpec()).status().code(), absl::StatusCode::kDataLoss);

  MemorySource both_sides({1, 7});
  both_sides.Seal(MakeCurve(100, 7), 1, 9, kChunkPoints, false);
  EXPECT_EQ(
      Query(std::vector<Source*>{&both_sides}, std::vector<Rewind>{{5, 0, std::nullopt}}, QuerySpec()).status().code(),
      absl::StatusCode::kDataLoss);
}

QuerySpec WithRewound(QuerySpec spec) {
  spec.include_rewound = true;
  return spec;
}

// Each rewind goes back by `back` of `length` points, whose steps go on from there.
class RewoundSource {
 public:
  RewoundSource(size_t rewinds, size_t length, int64_t back) {
    int64_t step = 0;
    for (size_t i = 0; i <= rewinds; ++i) {
      Points points = MakeCurve(length, i);
      for (int64_t& one : points.step) one = step++;
      source.Seal(points, 10 * i + 1, 10 * i + 9, kChunkPoints, true);
      if (i == rewinds) break;
      step -= back;
      this->rewinds.push_back({10 * (i + 1), step, std::nullopt});
    }
  }
  MemorySource source{{1, 1}};
  std::vector<Rewind> rewinds;
};

TEST(Query, AStretchCostsItsColumnsAndNotItsPoints) {
  RewoundSource made(2, 1 << 19, 1 << 18);
  const Answer answer = Ask({&made.source}, WithRewound(Columns(500)), made.rewinds);
  ASSERT_EQ(answer.rewound.size(), 2u);
  for (const Stretch& stretch : answer.rewound) {
    EXPECT_FALSE(stretch.line.exact);
    EXPECT_EQ(stretch.line.count, 1u << 18);
    EXPECT_EQ(CountOf(stretch.line.columns), 1u << 18);
    EXPECT_LE(stretch.line.columns.size(), 500u);
    EXPECT_EQ(stretch.line.columns.front().first.step, stretch.rewind.step);
  }
  // 1,536 chunks: of them those of one page for each end of what was taken back.
  EXPECT_LE(made.source.chunks_read(), 4u * kChunksPerPage);

  // In a range, the stretches of the range.
  const int64_t second = made.rewinds[1].step;
  const Answer part = Ask({&made.source}, WithRewound(Steps(second + 1000, second + 1999, 500)), made.rewinds);
  ASSERT_EQ(part.rewound.size(), 1u);
  EXPECT_TRUE(part.rewound[0].line.exact);
  EXPECT_EQ(part.rewound[0].line.points.step.front(), second + 1000);
  EXPECT_EQ(part.rewound[0].line.points.step.size(), 1000u);
  EXPECT_TRUE(SameBits(part.rewound[0].last_wall, answer.rewound[1].last_wall));
}

TEST(Query, OfManyStretchesTheLastAreAnsweredInFewerColumnsEach) {
  RewoundSource made(kMostStretches + 7, 300, 100);
  const Answer answer = Ask({&made.source}, WithRewound(Columns(50)), made.rewinds);
  ASSERT_EQ(answer.rewound.size(), kMostStretches);
  EXPECT_EQ(answer.rewound_left_out, 7u);
  EXPECT_EQ(answer.rewound.front().rewind.lsn, made.rewinds[7].lsn);
  for (const Stretch& stretch : answer.rewound) {
    EXPECT_EQ(CountOf(stretch.line.columns), 100u);
    EXPECT_LE(stretch.line.columns.size(), 5u);
  }
  QuerySpec few = WithRewound(Columns(0));
  few.max_points = answer.count + 250;
  const Answer cut = Ask({&made.source}, few, made.rewinds);
  EXPECT_FALSE(cut.truncated);
  EXPECT_FALSE(cut.rewound[1].line.truncated);
  EXPECT_TRUE(cut.rewound[2].line.truncated);
  EXPECT_EQ(cut.rewound[2].line.points.size(), 50u);
}

TEST(Query, WhatAForkLeftWithItsParentIsNoStretch) {
  MemorySource source({1, 1});
  source.Seal(AtSteps({0, 1, 2, 3, 4, 5, 6}), 1, 1, kChunkPoints, true);
  source.Seal(AtSteps({3, 4, 5}), 3, 3, kChunkPoints, true);
  source.AddTail({5, 5, AtSteps({4, 5})});
  // Rewound to 3, forked at 5, and the fork itself rewound to 4.
  const std::vector<Rewind> rewinds = {{2, 3, {}}, {4, 5, {}, true}, {6, 4, {}}};
  const Answer answer = Ask({&source}, WithRewound(Columns(0)), rewinds);
  EXPECT_EQ(answer.points.step, (std::vector<int64_t>{0, 1, 2, 3}));
  ASSERT_EQ(answer.rewound.size(), 2u);
  EXPECT_EQ(answer.rewound[0].line.points.step, (std::vector<int64_t>{3, 4}));
  EXPECT_EQ(answer.rewound[1].line.points.step, (std::vector<int64_t>{4, 4, 5}));
}

TEST(Query, HiddenPointsAreIncludedOrApartNotBoth) {
  QuerySpec both = WithRewound(Columns(0));
  both.include_hidden = true;
  EXPECT_FALSE(Query({}, {}, both).ok());
}

}  // namespace
}  // namespace stepwell::series
