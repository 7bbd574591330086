// Query against a model that knows no chunks, pages or levels: random series, cuts, rewinds, writers, ranges and
// columns.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <random>

#include "base/model_seeds_testing.h"
#include "series/memory_source.h"
#include "series/query.h"
#include "series/testing.h"

namespace stepwell::series {
namespace {

constexpr int64_t kMinStep = std::numeric_limits<int64_t>::min();
constexpr int64_t kMaxStep = std::numeric_limits<int64_t>::max();
constexpr double kInf = std::numeric_limits<double>::infinity();

struct ModelPoint {
  Point p;
  uint64_t lsn = 0;
  uint32_t source = 0;
  uint64_t ordinal = 0;
  bool hidden = false;
  std::optional<size_t> stretch;  // place of the rewind that took it back, if it was ever of the run
};

class World {
 public:
  explicit World(uint64_t seed) : random_(seed) {
    const size_t writers = 1 + random_() % 3;
    const uint64_t batches = 1 + random_() % 400;
    for (uint64_t lsn = 1; lsn <= batches; ++lsn) {
      if (random_() % 60 == 0) {
        rewinds_.push_back({lsn, static_cast<int64_t>(random_() % 3000), std::nullopt});
        if (random_() % 3 == 0)
          rewinds_.back().spared_writer = static_cast<uint32_t>(random_() % writers);
        else if (random_() % 8 == 0)
          rewinds_.back().is_fork = true;
      }
    }
    const uint64_t shape = random_() % 7;
    for (uint32_t writer = 0; writer < writers; ++writer) MakeWriter(writer, batches, shape);
    for (ModelPoint& m : points_) {
      bool was_here = true;
      for (size_t i = 0; i < rewinds_.size(); ++i) {
        const Rewind& r = rewinds_[i];
        if (m.lsn >= r.lsn || m.p.step < r.step || r.spared_writer == m.source) continue;
        if (!m.hidden) m.stretch = i;
        m.hidden = true;
        was_here &= !r.is_fork;
      }
      if (!was_here) m.stretch = std::nullopt;
    }
  }

  // Of the line, or of the stretch that a rewind took back.
  std::vector<ModelPoint> Expected(const QuerySpec& spec, uint64_t* unplaced,
                                   std::optional<size_t> stretch = std::nullopt) const {
    std::vector<ModelPoint> out;
    for (const ModelPoint& m : points_) {
      if (stretch ? m.stretch != stretch : m.hidden && !spec.include_hidden) continue;
      const Range& r = spec.range;
      if (spec.x == XAxis::kStep) {
        if ((r.has_from && m.p.step < r.from_step) || (r.has_to && m.p.step > r.to_step)) continue;
      } else {
        if (!std::isfinite(m.p.wall)) {
          ++*unplaced;
          continue;
        }
        if ((r.has_from && m.p.wall < r.from_wall) || (r.has_to && m.p.wall > r.to_wall)) continue;
      }
      out.push_back(m);
    }
    std::stable_sort(out.begin(), out.end(), [&](const ModelPoint& a, const ModelPoint& b) {
      if (spec.x == XAxis::kStep && a.p.step != b.p.step) return a.p.step < b.p.step;
      if (spec.x == XAxis::kWall && a.p.wall != b.p.wall) return a.p.wall < b.p.wall;
      return std::pair(a.source, a.ordinal) < std::pair(b.source, b.ordinal);
    });
    return out;
  }

  QuerySpec RandomSpec() {
    QuerySpec spec;
    spec.x = random_() % 3 ? XAxis::kStep : XAxis::kWall;
    const uint32_t columns[] = {0, 1, 2, 3, 5, 17, 100};
    spec.columns = columns[random_() % std::size(columns)];
    spec.include_hidden = random_() % 4 == 0;
    spec.range.has_from = random_() % 2;
    spec.range.has_to = random_() % 2;
    const Point a = AnyPoint(), b = AnyPoint();
    spec.range.from_step = std::min(a.step, b.step);
    spec.range.to_step = std::max(a.step, b.step);
    spec.range.from_wall = std::isfinite(a.wall) ? a.wall : -kInf;
    spec.range.to_wall = std::isfinite(b.wall) ? b.wall : kInf;
    if (spec.range.from_wall > spec.range.to_wall) std::swap(spec.range.from_wall, spec.range.to_wall);
    if (random_() % 10 == 0) spec.max_points = random_() % 50;
    return spec;
  }

  std::vector<Source*> sources() {
    std::vector<Source*> out;
    for (auto& s : sources_) out.push_back(s.get());
    return out;
  }
  const std::vector<Rewind>& rewinds() const { return rewinds_; }
  const std::vector<ModelPoint>& points() const { return points_; }
  double LastWallOf(size_t stretch) const {
    double last = std::nan("");
    for (const ModelPoint& m : points_) {
      if (m.stretch == stretch && std::isfinite(m.p.wall)) last = std::fmax(last, m.p.wall);
    }
    return last;
  }

 private:
  Point AnyPoint() { return points_.empty() ? Point() : points_[random_() % points_.size()].p; }

  Point MakePoint(uint64_t shape, int64_t i) {
    const double values[] = {0.5, -0.0, 0.0, 1, 2, 3, -7, std::nan(""), kInf, -kInf};
    Point p;
    p.value = random_() % 2 ? values[random_() % std::size(values)] : static_cast<double>(random_() % 1000);
    p.step = i;
    p.wall = 1000 + static_cast<double>(i);
    switch (shape) {
      case 0:
        break;  // regular
      case 1:
        p.step = i / 5;
        p.wall = 1000 + static_cast<double>(i / 7);
        break;  // equal x
      case 2:
        p.step = i + static_cast<int64_t>(random_() % 9);
        p.wall -= static_cast<double>(random_() % 9);
        break;  // small disorder
      case 3:
        p.step = static_cast<int64_t>(random_() % 3000);
        p.wall = static_cast<double>(random_() % 3000);
        break;   // shuffled
      case 4: {  // extremes
        const int64_t steps[] = {kMinStep, kMinStep + 1, -1, 0, (int64_t{1} << 53) + 1, kMaxStep - 1, kMaxStep};
        const double walls[] = {-1e308, -0.0, 0.0, 5e-324, 1e308, std::nan(""), kInf, -kInf};
        p.step = steps[random_() % std::size(steps)];
        p.wall = walls[random_() % std::size(walls)];
        break;
      }
      case 5:
        p.step = 7;
        p.wall = 7;
        break;  // one x
      default:  // few jumps back, few bad clocks
        if (random_() % 200 == 0) p.step -= 300;
        if (random_() % 200 == 0) p.wall = std::nan("");
    }
    return p;
  }

  void MakeWriter(uint32_t writer, uint64_t batches, uint64_t shape) {
    auto source = std::make_unique<MemorySource>(SeriesKey{writer, 1});
    const size_t chunk_points = random_() % 2 ? 1 + random_() % 9 : 100 + random_() % 400;
    const uint64_t per_batch = 1 + random_() % 20;
    const uint64_t sealed_until = random_() % 4 ? random_() % (batches + 1) : batches;
    int64_t i = random_() % 2 ? 0 : static_cast<int64_t>(writer) * 1000;
    uint64_t ordinal = 0, first_lsn = 1;
    Points part;
    auto close = [&](uint64_t last_lsn, bool cut) {
      if (!part.empty()) {
        if (last_lsn <= sealed_until) {
          source->Seal(part, first_lsn, last_lsn, chunk_points, cut);
        } else {
          source->AddTail({first_lsn, last_lsn, part});
        }
      }
      part = Points();
    };
    for (uint64_t lsn = 1; lsn <= batches; ++lsn) {
      const bool rewind = std::any_of(rewinds_.begin(), rewinds_.end(), [&](const Rewind& r) { return r.lsn == lsn; });
      if (rewind || lsn == sealed_until + 1) {
        close(lsn - 1, rewind);
        first_lsn = lsn;
        if (rewind) i = std::max<int64_t>(0, i - 500);
      }
      for (uint64_t n = random_() % per_batch + 1; n > 0; --n) {
        const Point p = MakePoint(shape, i++);
        part.step.push_back(p.step);
        part.wall.push_back(p.wall);
        part.value.push_back(p.value);
        points_.push_back({p, lsn, writer, ordinal++, false, std::nullopt});
      }
    }
    close(batches, false);
    if (random_() % 2) source->DropPagesFrom(random_() % (source->chunk_count() + 1));
    sources_.push_back(std::move(source));
  }

  std::mt19937_64 random_;
  std::vector<std::unique_ptr<MemorySource>> sources_;
  std::vector<Rewind> rewinds_;
  std::vector<ModelPoint> points_;
};

void ExpectTotals(const Answer& answer, const std::vector<ModelPoint>& want, uint64_t unplaced) {
  uint64_t nan = 0, pos_inf = 0, neg_inf = 0;
  for (const ModelPoint& m : want) {
    nan += std::isnan(m.p.value);
    pos_inf += m.p.value == kInf;
    neg_inf += m.p.value == -kInf;
  }
  ASSERT_EQ(answer.count, want.size());
  ASSERT_EQ(answer.nan, nan);
  ASSERT_EQ(answer.pos_inf, pos_inf);
  ASSERT_EQ(answer.neg_inf, neg_inf);
  ASSERT_EQ(answer.unplaced, unplaced);
}

void ExpectExact(const Answer& answer, const QuerySpec& spec, const std::vector<ModelPoint>& want) {
  const size_t rows = std::min<uint64_t>(want.size(), spec.max_points);
  ASSERT_EQ(answer.points.size(), rows);
  ASSERT_EQ(answer.truncated, rows < want.size());
  ASSERT_EQ(answer.hidden.size(), spec.include_hidden ? rows : 0);
  for (size_t i = 0; i < rows; ++i) {
    ExpectSamePoint({answer.points.step[i], answer.points.wall[i], answer.points.value[i]}, want[i].p);
    if (spec.include_hidden) {
      ASSERT_EQ(answer.hidden[i] != 0, want[i].hidden);
    }
  }
}

// Each column must sum up exactly the next `count` points in order of x.
void ExpectColumns(const Answer& answer, const QuerySpec& spec, const std::vector<ModelPoint>& want) {
  ASSERT_LE(answer.columns.size(), spec.columns);
  size_t at = 0;
  for (const Summary& column : answer.columns) {
    ASSERT_GT(column.count, 0u);
    ASSERT_LE(at + column.count, want.size());
    Points part;
    for (size_t i = at; i < at + column.count; ++i) {
      part.step.push_back(want[i].p.step);
      part.wall.push_back(want[i].p.wall);
      part.value.push_back(want[i].p.value);
    }
    at += column.count;
    const Summary s = Summarize(part, 0, part.size());
    ASSERT_EQ(column.nan, s.nan);
    ASSERT_EQ(column.pos_inf, s.pos_inf);
    ASSERT_EQ(column.neg_inf, s.neg_inf);
    ASSERT_EQ(column.unplaced, s.unplaced);
    ExpectSamePoint(column.first, s.first);
    ExpectSamePoint(column.last, s.last);
    ExpectSamePoint(column.min, s.min);
    ExpectSamePoint(column.max, s.max);
    ASSERT_NEAR(column.sum, s.sum, 1e-9 * (1 + std::abs(s.sum)));
    ASSERT_EQ(column.min_step, s.min_step);
    ASSERT_EQ(column.max_step, s.max_step);
  }
  ASSERT_EQ(at, want.size());
}

TEST(QueryModel, AnswersAreThoseOfAllPointsLookedAtOneByOne) {
  size_t with_columns = 0;
  const ModelSeeds seeds = ReadModelSeeds(400);
  for (uint64_t seed = seeds.first; seed < seeds.first + seeds.worlds; ++seed) {
    SCOPED_TRACE("STEPWELL_MODEL_SEED=" + std::to_string(seed));
    World world(seed);
    const std::vector<Source*> sources = world.sources();
    for (int i = 0; i < 12; ++i) {
      const QuerySpec spec = world.RandomSpec();
      SCOPED_TRACE("query " + std::to_string(i) + ": columns " + std::to_string(spec.columns) +
                   (spec.x == XAxis::kWall ? " by wall" : " by step"));
      uint64_t unplaced = 0;
      const std::vector<ModelPoint> want = world.Expected(spec, &unplaced);
      auto answer = Query(sources, world.rewinds(), spec);
      ASSERT_TRUE(answer.ok()) << answer.status();
      ASSERT_EQ(answer->exact, spec.columns == 0 || want.size() < 4 * uint64_t{spec.columns});
      ExpectTotals(*answer, want, unplaced);
      answer->exact ? ExpectExact(*answer, spec, want) : ExpectColumns(*answer, spec, want);
      with_columns += !answer->exact;
      if (testing::Test::HasFatalFailure()) return;
    }
  }
  if (seeds.worlds >= 400) {  // one world may have none
    EXPECT_GT(with_columns, 1000u);
  }
}

TEST(QueryModel, StretchesAreWhatWasVisibleUntilEachRewind) {
  size_t stretches = 0, in_columns = 0;
  const ModelSeeds seeds = ReadModelSeeds(400);
  for (uint64_t seed = seeds.first; seed < seeds.first + seeds.worlds; ++seed) {
    SCOPED_TRACE("STEPWELL_MODEL_SEED=" + std::to_string(seed));
    World world(seed);
    const std::vector<Source*> sources = world.sources();
    for (int i = 0; i < 6; ++i) {
      QuerySpec spec = world.RandomSpec();
      spec.include_hidden = false;
      spec.max_points = std::numeric_limits<uint64_t>::max();
      const auto plain = Query(sources, world.rewinds(), spec);
      spec.include_rewound = true;
      auto answer = Query(sources, world.rewinds(), spec);
      ASSERT_TRUE(plain.ok() && answer.ok()) << answer.status();
      uint64_t unplaced = 0;
      const std::vector<ModelPoint> visible = world.Expected(spec, &unplaced);
      ExpectTotals(*answer, visible, unplaced);
      ASSERT_EQ(answer->exact, plain->exact);
      answer->exact ? ExpectExact(*answer, spec, visible) : ExpectColumns(*answer, spec, visible);
      QuerySpec each = spec;
      if (spec.columns > 0 && answer->rewound.size() > kStretchesOfFullWidth) {
        each.columns = static_cast<uint32_t>(spec.columns * kStretchesOfFullWidth / answer->rewound.size());
        each.columns = std::max(each.columns, 1u);
      }
      auto next = answer->rewound.begin();
      for (size_t place = 0; place < world.rewinds().size(); ++place) {
        SCOPED_TRACE("rewind " + std::to_string(place));
        unplaced = 0;
        const std::vector<ModelPoint> want = world.Expected(spec, &unplaced, place);
        if (want.empty()) continue;
        ASSERT_NE(next, answer->rewound.end());
        ASSERT_EQ(next->rewind.lsn, world.rewinds()[place].lsn);
        ASSERT_EQ(next->rewind.step, world.rewinds()[place].step);
        const double last_wall = world.LastWallOf(place);
        ASSERT_TRUE(SameBits(next->last_wall + 0.0, last_wall + 0.0)) << next->last_wall << " " << last_wall;
        ASSERT_EQ(next->line.exact, each.columns == 0 || want.size() < 4 * uint64_t{each.columns});
        ExpectTotals(next->line, want, unplaced);
        next->line.exact ? ExpectExact(next->line, each, want) : ExpectColumns(next->line, each, want);
        in_columns += !next->line.exact;
        ++next, ++stretches;
        if (testing::Test::HasFatalFailure()) return;
      }
      ASSERT_EQ(next, answer->rewound.end());
    }
  }
  if (seeds.worlds >= 400) {  // one world may have none
    EXPECT_GT(stretches, 1000u);
    EXPECT_GT(in_columns, 300u);
  }
}

TEST(QueryModel, StatisticsAndPartsAreThoseOfTheVisiblePoints) {
  const ModelSeeds seeds = ReadModelSeeds(150);
  for (uint64_t seed = seeds.first; seed < seeds.first + seeds.worlds; ++seed) {
    SCOPED_TRACE("STEPWELL_MODEL_SEED=" + std::to_string(seed));
    World world(seed);
    for (Source* source : world.sources()) {
      Points visible, all;
      std::vector<uint8_t> all_hidden;
      for (const ModelPoint& m : world.points()) {
        if (m.source != source->key().writer) continue;
        all.step.push_back(m.p.step);
        all_hidden.push_back(m.hidden);
        if (m.hidden) continue;
        visible.step.push_back(m.p.step);
        visible.wall.push_back(m.p.wall);
        visible.value.push_back(m.p.value);
      }
      auto summary = SummarizeVisible(*source, world.rewinds());
      ASSERT_TRUE(summary.ok()) << summary.status();
      ASSERT_EQ(summary->has_value(), !visible.empty());
      if (*summary) {
        Summary want = Summarize(visible, 0, visible.size());
        EXPECT_NEAR((*summary)->sum, want.sum, 1e-9 * (1 + std::abs(want.sum)));
        want.sum = (*summary)->sum;
        ExpectSameSummary(**summary, want);
      }
      Points got;
      ASSERT_TRUE(ForEachPart(*source, world.rewinds(), false, 0, [&](const Part& part) {
                    EXPECT_EQ(part.hidden, std::vector<uint8_t>(part.points.size(), 0));
                    got.step.insert(got.step.end(), part.points.step.begin(), part.points.step.end());
                    got.wall.insert(got.wall.end(), part.points.wall.begin(), part.points.wall.end());
                    got.value.insert(got.value.end(), part.points.value.begin(), part.points.value.end());
                    return true;
                  }).ok());
      ExpectSamePoints(got, visible);
      for (const size_t from : {size_t{0}, all.size() / 3, all.size()}) {
        std::vector<int64_t> steps;
        std::vector<uint8_t> flags;
        ASSERT_TRUE(ForEachPart(*source, world.rewinds(), true, from, [&](const Part& part) {
                      EXPECT_EQ(part.ordinal, from + steps.size());
                      steps.insert(steps.end(), part.points.step.begin(), part.points.step.end());
                      flags.insert(flags.end(), part.hidden.begin(), part.hidden.end());
                      return true;
                    }).ok());
        EXPECT_EQ(steps, std::vector<int64_t>(all.step.begin() + static_cast<std::ptrdiff_t>(from), all.step.end()));
        EXPECT_EQ(flags,
                  std::vector<uint8_t>(all_hidden.begin() + static_cast<std::ptrdiff_t>(from), all_hidden.end()));
      }
      if (testing::Test::HasFatalFailure()) return;
    }
  }
}

}  // namespace
}  // namespace stepwell::series
