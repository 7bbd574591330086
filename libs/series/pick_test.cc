#include "series/pick.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <deque>
#include <limits>
#include <random>

#include "series/memory_source.h"

namespace stepwell::series {
namespace {

std::string PayloadOf(uint32_t writer, size_t at) { return std::to_string(writer) + "/" + std::to_string(at); }

Points PayloadsAt(const std::vector<int64_t>& steps, uint32_t writer = 1, size_t first = 0) {
  Points points;
  for (const int64_t step : steps) {
    points.step.push_back(step);
    points.wall.push_back(1e9 + static_cast<double>(points.step.size()));
    points.payload.push_back(PayloadOf(writer, first++));
  }
  return points;
}

std::vector<int64_t> Range(int64_t from, int64_t to, int64_t stride = 1) {
  std::vector<int64_t> steps;
  for (int64_t step = from; step < to; step += stride) steps.push_back(step);
  return steps;
}

Picks Ask(std::vector<Source*> sources, const PickSpec& spec, std::vector<Rewind> rewinds = {}) {
  absl::StatusOr<Picks> picks = Pick(sources, rewinds, spec);
  EXPECT_TRUE(picks.ok()) << picks.status();
  return picks.ok() ? *picks : Picks();
}

PickSpec AtStep(int64_t step, bool nearest = true) {
  PickSpec spec;
  spec.at = {step, 0};
  spec.nearest = nearest;
  return spec;
}

std::optional<int64_t> StepAt(std::vector<Source*> sources, int64_t step, bool nearest = true) {
  const Picks picks = Ask(std::move(sources), AtStep(step, nearest));
  return picks.point ? std::optional(picks.point->step) : std::nullopt;
}

std::vector<std::string> Payloads(std::vector<Source*> sources, const std::vector<PickedPoint>& points) {
  const auto payloads = ReadPayloads(sources, points, 1 << 20);
  EXPECT_TRUE(payloads.ok()) << payloads.status();
  return payloads.ok() ? *payloads : std::vector<std::string>();
}

std::vector<int64_t> StepsOf(const std::vector<PickedPoint>& points) {
  std::vector<int64_t> steps;
  for (const PickedPoint& point : points) steps.push_back(point.step);
  return steps;
}

TEST(Pick, OfALineWithoutPointsThereIsNone) {
  EXPECT_FALSE(Ask({}, PickSpec()).point);
  MemorySource empty({1, 1});
  EXPECT_FALSE(StepAt({&empty}, 3));
  EXPECT_EQ(Ask({&empty}, AtStep(3)).count, 0u);
}

TEST(Pick, TheNearestIsTheEarlierOfTwoThatAreAsNear) {
  MemorySource source({1, 1});
  source.Seal(PayloadsAt({10, 20, 30}), 1, 1, kChunkPoints, false);
  source.AddTail({2, 2, PayloadsAt({40, 43}, 1, 3)});
  for (const auto& [at, nearest, before] : std::vector<std::tuple<int64_t, int64_t, std::optional<int64_t>>>{
           {9, 10, std::nullopt},
           {10, 10, 10},
           {15, 10, 10},
           {16, 20, 10},
           {35, 30, 30},
           {36, 40, 30},
           {41, 40, 40},
           {42, 43, 40},
           {99, 43, 43},
           {std::numeric_limits<int64_t>::min(), 10, std::nullopt},
           {std::numeric_limits<int64_t>::max(), 43, 43}}) {
    EXPECT_EQ(StepAt({&source}, at), nearest) << at;
    EXPECT_EQ(StepAt({&source}, at, false), before) << at;
  }
  EXPECT_EQ(Ask({&source}, PickSpec()).point->step, 43);
}

TEST(Pick, StepsAsFarApartAsTheyCanBeAreCompared) {
  const int64_t least = std::numeric_limits<int64_t>::min(), most = std::numeric_limits<int64_t>::max();
  MemorySource source({1, 1});
  source.AddTail({1, 1, PayloadsAt({least, most})});
  EXPECT_EQ(StepAt({&source}, -1), least);
  EXPECT_EQ(StepAt({&source}, 0), most);
}

TEST(Pick, OfSeveralAtOneStepItIsTheOneThatCameLast) {
  MemorySource one({1, 1}), two({2, 1});
  one.Seal(PayloadsAt({10, 20, 20, 30}, 1), 1, 1, kChunkPoints, false);
  two.Seal(PayloadsAt({20, 30}, 2), 2, 2, kChunkPoints, false);
  for (const int64_t at : {20, 18, 22}) {
    const Picks picks = Ask({&one, &two}, AtStep(at));
    EXPECT_EQ(Payloads({&one, &two}, {*picks.point}), std::vector{PayloadOf(2, 0)}) << at;
  }
}

TEST(Pick, OnePointOfAMillionCostsAHandfulOfReads) {
  MemorySource source({1, 1});
  source.Seal(PayloadsAt(Range(0, 10'000'000, 10)), 1, 9, kChunkPoints, false);
  PickSpec spec = AtStep(1'234'567);
  const Picks one = Ask({&source}, spec);
  EXPECT_EQ(one.point->step, 1'234'570);
  EXPECT_EQ(one.count, 1'000'000u);
  EXPECT_EQ(source.chunks_read(), 0u);
  // What no page covers yet, and the chunk itself.
  EXPECT_LE(source.axes_read(), kChunksPerPage + 2);
  EXPECT_LE(source.pages_read(), 16u);
  const uint64_t axes = source.axes_read();
  spec.spread = 5;
  const Picks spread = Ask({&source}, spec);
  EXPECT_EQ(StepsOf(spread.spread), (std::vector<int64_t>{0, 2'499'990, 4'999'990, 7'499'990, 9'999'990}));
  EXPECT_LE(source.axes_read() - axes, kChunksPerPage + 8);
  EXPECT_EQ(Payloads({&source}, spread.spread)[2], PayloadOf(1, 499'999));
  EXPECT_EQ(source.chunks_read(), 5u);
}

TEST(Pick, StepsAreThinnedEvenlyWithFirstAndLast) {
  MemorySource source({1, 1});
  source.Seal(PayloadsAt(Range(0, 3000)), 1, 1, 100, true);
  PickSpec spec;
  spec.steps = 4;
  spec.spread = 1;
  const Picks picks = Ask({&source}, spec);
  EXPECT_EQ(StepsOf(picks.steps), (std::vector<int64_t>{0, 999, 1999, 2999}));
  EXPECT_EQ(StepsOf(picks.spread), std::vector<int64_t>{2999});
  spec.steps = 3000;
  EXPECT_EQ(StepsOf(Ask({&source}, spec).steps), Range(0, 3000));
}

TEST(Pick, ARangeIsForAllButThePoint) {
  MemorySource source({1, 1});
  source.Seal(PayloadsAt(Range(0, 3000)), 1, 1, kChunkPoints, true);
  PickSpec spec = AtStep(2500);
  spec.range = {true, true, 100, 199, 0, 0};
  spec.steps = spec.spread = 2;
  const Picks picks = Ask({&source}, spec);
  EXPECT_EQ(picks.count, 100u);
  EXPECT_EQ(picks.point->step, 2500);
  EXPECT_EQ(StepsOf(picks.steps), (std::vector<int64_t>{100, 199}));
  EXPECT_EQ(Payloads({&source}, picks.spread), (std::vector{PayloadOf(1, 100), PayloadOf(1, 199)}));
  spec.range = {true, true, 199, 100, 0, 0};
  EXPECT_EQ(Ask({&source}, spec).count, 0u);
}

TEST(Pick, OnWallTimesAPointWithoutOneHasNoPlace) {
  MemorySource source({1, 1});
  Points points = PayloadsAt({1, 2, 3, 4});
  points.wall = {10, std::nan(""), 12, 11};
  source.AddTail({1, 1, points});
  PickSpec spec;
  spec.x = XAxis::kWall;
  spec.steps = 10;
  EXPECT_EQ(StepsOf(Ask({&source}, spec).steps), (std::vector<int64_t>{1, 4, 3}));
  spec.at = {0, 11.4};
  EXPECT_EQ(Ask({&source}, spec).point->step, 4);
  spec.at = {0, 11.6};
  EXPECT_EQ(Ask({&source}, spec).point->step, 3);
  spec.nearest = false;
  EXPECT_EQ(Ask({&source}, spec).point->step, 4);
}

TEST(Pick, ValuesOfTooManyBytesAreRefused) {
  MemorySource source({1, 1});
  source.AddTail({1, 1, PayloadsAt({1, 2, 3})});
  PickSpec spec;
  spec.spread = 3;
  const std::vector<PickedPoint> points = Ask({&source}, spec).spread;
  Source* const sources[] = {&source};
  EXPECT_TRUE(ReadPayloads(sources, points, 9).ok());
  EXPECT_TRUE(absl::IsResourceExhausted(ReadPayloads(sources, points, 8).status()));
}

TEST(Pick, DamageIsTold) {
  MemorySource source({1, 1});
  source.Seal(PayloadsAt(Range(0, 3000)), 1, 1, kChunkPoints, true);
  source.BreakChunk(1);
  Source* const sources[] = {&source};
  EXPECT_TRUE(absl::IsDataLoss(Pick(sources, {}, AtStep(5)).status()));
}

// All of it against a list of points, with several writers, rewinds and steps that go back.
struct Plain {
  int64_t step = 0;
  double wall = 0;
  std::string payload;
};

class Model {
 public:
  explicit Model(uint64_t seed) : random_(seed) {
    uint64_t lsn = 0;
    std::vector<std::vector<std::pair<uint64_t, Plain>>> came(2);
    for (uint32_t writer = 0; writer < 2; ++writer) sources_.emplace_back(SeriesKey{writer, 1});
    for (int part = 0; part < 6; ++part) {
      for (uint32_t writer = 0; writer < 2; ++writer) {
        ++lsn;
        if (random_() % 4 == 0) continue;
        const Points points = SomePoints(writer, came[writer].size());
        for (size_t i = 0; i < points.size(); ++i)
          came[writer].push_back({lsn, {points.step[i], points.wall[i], points.payload[i]}});
        if (part < 4) {
          sources_[writer].Seal(points, lsn, lsn, 1 + random_() % 64, true);
        } else {
          sources_[writer].AddTail({lsn, lsn, points});
        }
      }
      if (random_() % 2 == 0) rewinds.push_back({++lsn, static_cast<int64_t>(random_() % 3000), std::nullopt, false});
    }
    for (const auto& series : came) {
      for (const auto& [its_lsn, point] : series) {
        const bool hidden = std::any_of(
            rewinds.begin(), rewinds.end(),
            [&, its = its_lsn, step = point.step](const Rewind& r) { return r.lsn > its && step >= r.step; });
        if (!hidden) line.push_back(point);
      }
    }
  }

  std::vector<Source*> sources() { return {&sources_[0], &sources_[1]}; }
  std::vector<Rewind> rewinds;
  std::vector<Plain> line;  // visible, in order of arrival

 private:
  Points SomePoints(uint32_t writer, size_t first) {
    std::vector<int64_t> steps;
    auto step = static_cast<int64_t>(random_() % 2000);
    const bool sorted = random_() % 3 > 0;
    for (size_t n = random_() % 700; steps.size() < n;) {
      steps.push_back(step);
      step += static_cast<int64_t>(random_() % 5) - (sorted ? 0 : 2);
    }
    Points points = PayloadsAt(steps, writer, first);
    for (double& wall : points.wall) wall += static_cast<double>(random_() % 1000);
    return points;
  }

  std::mt19937_64 random_;
  std::deque<MemorySource> sources_;
};

class AgainstAList : public ::testing::TestWithParam<int> {};

TEST_P(AgainstAList, EveryChoiceIsTheSame) {
  Model model(static_cast<uint64_t>(GetParam()));
  std::mt19937_64 random(static_cast<uint64_t>(GetParam()) + 1000);
  for (const XAxis x : {XAxis::kStep, XAxis::kWall}) {
    const auto x_of = [&](const Plain& p) { return x == XAxis::kStep ? static_cast<double>(p.step) : p.wall; };
    std::vector<Plain> want = model.line;
    std::stable_sort(want.begin(), want.end(), [&](const Plain& a, const Plain& b) { return x_of(a) < x_of(b); });
    PickSpec spec;
    spec.x = x;
    spec.steps = 1'000'000;
    const Picks all = Ask(model.sources(), spec, model.rewinds);
    ASSERT_EQ(all.count, want.size());
    const std::vector<std::string> payloads = Payloads(model.sources(), all.steps);
    ASSERT_EQ(payloads.size(), want.size());
    for (size_t i = 0; i < want.size(); ++i) ASSERT_EQ(payloads[i], want[i].payload) << i;
    for (int question = 0; question < 50; ++question) {
      const auto from = static_cast<int64_t>(random() % 3000), to = static_cast<int64_t>(random() % 3000);
      const auto at = static_cast<int64_t>(random() % 3000) - 100;
      const double zero = x == XAxis::kStep ? 0 : 1e9;
      spec.range = {random() % 2 == 0,
                    random() % 2 == 0,
                    from,
                    to,
                    zero + static_cast<double>(from),
                    zero + static_cast<double>(to)};
      spec.at = {at, zero + static_cast<double>(at)};
      spec.nearest = random() % 2 == 0;
      spec.steps = random() % 20;
      std::vector<Plain> in_range;
      for (const Plain& p : want) {
        const double its = x_of(p) - zero;
        if (spec.range.has_from && its < static_cast<double>(from)) continue;
        if (spec.range.has_to && its > static_cast<double>(to)) continue;
        in_range.push_back(p);
      }
      std::vector<std::string> want_steps;
      const size_t n = std::min<size_t>(spec.steps, in_range.size());
      for (size_t i = 0; i < n; ++i) {
        const size_t last = in_range.size() - 1;
        want_steps.push_back(in_range[n == in_range.size() ? i : n == 1 ? last : i * last / (n - 1)].payload);
      }
      const Plain* want_point = nullptr;
      for (const Plain& p : want) {
        const double distance = std::abs(x_of(p) - zero - static_cast<double>(at));
        const bool before = x_of(p) - zero <= static_cast<double>(at);
        if (!spec.nearest && !before) continue;
        // Of equals at one x the last; of two that are as near the earlier.
        const double best = want_point ? std::abs(x_of(*want_point) - zero - static_cast<double>(at)) : INFINITY;
        if (distance < best || (distance == best && x_of(*want_point) == x_of(p))) want_point = &p;
      }
      const Picks picks = Ask(model.sources(), spec, model.rewinds);
      EXPECT_EQ(picks.count, in_range.size());
      EXPECT_EQ(Payloads(model.sources(), picks.steps), want_steps);
      ASSERT_EQ(picks.point.has_value(), want_point != nullptr);
      if (want_point) {
        EXPECT_EQ(Payloads(model.sources(), {*picks.point})[0], want_point->payload);
      }
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Seeds, AgainstAList, ::testing::Range(0, 40));

}  // namespace
}  // namespace stepwell::series
