#include "series/summary.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "series/testing.h"

namespace stepwell::series {
namespace {

constexpr double kInf = std::numeric_limits<double>::infinity();
constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

Points FromValues(std::vector<double> values) {
  Points points;
  for (size_t i = 0; i < values.size(); ++i) {
    points.step.push_back(static_cast<int64_t>(i));
    points.wall.push_back(100.0 + static_cast<double>(i));
  }
  points.value = std::move(values);
  return points;
}

SummaryPage PageOf(const Points& points, uint64_t first_chunk) {
  SummaryPage page;
  page.first_chunk = first_chunk;
  page.chunks = kChunksPerPage;
  page.first_lsn = 10;
  page.last_lsn = 20;
  page.first_ordinal = first_chunk * kChunkPoints;
  page.summaries = SummarizeBlocks(points);
  return page;
}

TEST(Summarize, ExtremesAreOverFiniteValuesAndTheEarliestOfEquals) {
  const Points points = FromValues({kNaN, 2, -kInf, 5, 2, 5, kInf, kInf, kNaN});
  const Summary s = Summarize(points, 0, points.size());
  EXPECT_EQ(s.count, 9u);
  EXPECT_EQ(s.nan, 2u);
  EXPECT_EQ(s.pos_inf, 2u);
  EXPECT_EQ(s.neg_inf, 1u);
  EXPECT_EQ(s.finite(), 4u);
  EXPECT_EQ(s.min.step, 1);
  EXPECT_EQ(s.max.step, 3);
  EXPECT_EQ(s.sum, 14);
  EXPECT_TRUE(std::isnan(s.first.value));
  EXPECT_EQ(s.last.step, 8);
  EXPECT_TRUE(s.steps_sorted);
  EXPECT_TRUE(s.walls_sorted);
}

TEST(Summarize, WallTimesThatAreNoTimesAreCounted) {
  Points points = FromValues({1, 2, 3, 4});
  points.wall = {kNaN, 7, kInf, 5};
  const Summary s = Summarize(points, 0, 4);
  EXPECT_EQ(s.unplaced, 2u);
  EXPECT_EQ(s.min_wall, 5);
  EXPECT_EQ(s.max_wall, 7);
  EXPECT_FALSE(s.walls_sorted);
  EXPECT_TRUE(std::isnan(Summarize(points, 0, 1).min_wall));
}

TEST(Combine, IsWhatSummarizeSaysOfBothTogether) {
  std::mt19937_64 random(1);
  const double kinds[] = {1, 2, 3, -0.0, 0.0, kNaN, kInf, -kInf};
  for (int round = 0; round < 500; ++round) {
    Points points = FromValues(std::vector<double>(2 + random() % 8));
    for (double& v : points.value) v = kinds[random() % std::size(kinds)];
    for (int64_t& step : points.step) step = static_cast<int64_t>(random() % 5);
    for (double& wall : points.wall) wall = kinds[random() % std::size(kinds)];
    const size_t cut = 1 + random() % (points.size() - 1);
    ExpectSameSummary(Combine(Summarize(points, 0, cut), Summarize(points, cut, points.size())),
                      Summarize(points, 0, points.size()));
  }
}

TEST(Page, ComesBackBitForBit) {
  for (size_t n : {size_t{1}, size_t{500}, kChunkPoints * kChunksPerPage}) {
    const SummaryPage page = PageOf(MakeCurve(n, 1), 32);
    auto back = DecodePage(EncodePage(page));
    ASSERT_TRUE(back.ok()) << back.status();
    EXPECT_EQ(back->level, 0);
    EXPECT_EQ(back->first_chunk, 32u);
    EXPECT_EQ(back->chunks, 16u);
    EXPECT_EQ(back->first_lsn, 10u);
    EXPECT_EQ(back->last_lsn, 20u);
    EXPECT_EQ(back->first_ordinal, 32u * 1024);
    ASSERT_EQ(back->summaries.size(), page.summaries.size());
    for (size_t i = 0; i < page.summaries.size(); ++i) ExpectSameSummary(back->summaries[i], page.summaries[i]);
  }
}

TEST(Page, NastySummariesComeBack) {
  std::mt19937_64 random(2);
  const int64_t steps[] = {std::numeric_limits<int64_t>::min(), std::numeric_limits<int64_t>::max(), 0, -1,
                           (int64_t{1} << 53) + 1};
  const double reals[] = {kNaN, kInf, -kInf, -0.0, 5e-324, 1.7e9, 1e308, -1e308, 0.1};
  for (int round = 0; round < 300; ++round) {
    Points points = FromValues(std::vector<double>(1 + random() % 1000));
    for (size_t i = 0; i < points.size(); ++i) {
      if (round % 3) points.step[i] = steps[random() % std::size(steps)];
      if (round % 2) points.wall[i] = reals[random() % std::size(reals)];
      points.value[i] = round % 5 ? reals[random() % std::size(reals)] : kNaN;
    }
    const SummaryPage page = PageOf(points, 0);
    auto back = DecodePage(EncodePage(page));
    ASSERT_TRUE(back.ok()) << back.status();
    ASSERT_EQ(back->summaries.size(), page.summaries.size());
    for (size_t i = 0; i < page.summaries.size(); ++i) ExpectSameSummary(back->summaries[i], page.summaries[i]);
  }
}

TEST(Page, OfAFloat32CurveCostsLessThanHalfAByteAPoint) {
  const size_t n = kChunkPoints * kChunksPerPage;
  EXPECT_LT(static_cast<double>(EncodePage(PageOf(MakeCurve(n, 4), 0)).size()) / static_cast<double>(n), 0.45);
}

TEST(Page, EveryFlippedBitIsNoticed) {
  const std::string bytes = EncodePage(PageOf(MakeCurve(600, 1), 0));
  for (size_t bit = 0; bit < 8 * bytes.size(); ++bit) {
    std::string broken = bytes;
    broken[bit / 8] = static_cast<char>(broken[bit / 8] ^ (1 << bit % 8));
    ASSERT_EQ(DecodePage(broken).status().code(), absl::StatusCode::kDataLoss) << bit;
  }
  for (size_t size = 0; size < bytes.size(); ++size) {
    ASSERT_FALSE(DecodePage(std::string_view(bytes).substr(0, size)).ok()) << size;
  }
}

TEST(CombinePages, MakesGroupsOfFourAcrossBorders) {
  std::vector<SummaryPage> pages;
  const size_t sizes[] = {16384, 16000, 16384, 15000};
  size_t summaries = 0;
  for (uint64_t i = 0; i < 4; ++i) {
    pages.push_back(PageOf(MakeCurve(sizes[i], i), 64 + 16 * i));
    summaries += pages.back().summaries.size();
  }
  auto page = CombinePages(pages);
  ASSERT_TRUE(page.ok()) << page.status();
  EXPECT_EQ(page->level, 1);
  EXPECT_EQ(page->first_chunk, 64u);
  EXPECT_EQ(page->chunks, 64u);
  EXPECT_EQ(page->summaries.size(), (summaries + 3) / 4);
  uint64_t count = 0;
  for (const Summary& s : page->summaries) count += s.count;
  EXPECT_EQ(count, 16384u + 16000 + 16384 + 15000);
  std::swap(pages[1], pages[2]);
  EXPECT_FALSE(CombinePages(pages).ok());
  EXPECT_EQ(ChunksPerPage(0), 16u);
  EXPECT_EQ(ChunksPerPage(2), 256u);
}

}  // namespace
}  // namespace stepwell::series
