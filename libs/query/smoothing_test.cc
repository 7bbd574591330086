// Smoothing against its formulas, written down plainly.
#include "query/smoothing.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <random>

#include "gtest/gtest.h"

namespace stepwell::query {
namespace {

using Kind = Smoothing::Kind;
constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
constexpr double kInfinity = std::numeric_limits<double>::infinity();

std::vector<size_t> All(size_t size) {
  std::vector<size_t> rows(size);
  std::iota(rows.begin(), rows.end(), size_t{0});
  return rows;
}

// What is drawn at point i by the table of formulas, over the finite points (x, y).
double Plain(const Smoothing& smoothing, const std::vector<double>& x, const std::vector<double>& y, size_t i,
             double range) {
  double s = 0, n = 0;
  switch (smoothing.kind) {
    case Kind::kEma:
      for (size_t j = 0; j <= i; ++j) s = smoothing.amount * s + (1 - smoothing.amount) * y[j];
      return s / (1 - std::pow(smoothing.amount, static_cast<double>(i + 1)));
    case Kind::kTwema:
      for (size_t j = 0; j <= i; ++j) {
        const double w = std::min(std::sqrt(smoothing.amount), 0.999);
        const double alpha = j == 0 ? 1 : std::pow(w, 1000 * (x[j] - x[j - 1]) / range);
        s = alpha * s + y[j];
        n = alpha * n + 1;
      }
      return s / n;
    case Kind::kGauss: {
      const double sigma = smoothing.amount / 100 * range;
      for (size_t j = 0; j < x.size(); ++j) {
        if (std::abs(x[i] - x[j]) > 3 * sigma) continue;
        const double g = std::exp(-(x[i] - x[j]) * (x[i] - x[j]) / (2 * sigma * sigma));
        s += y[j] * g;
        n += g;
      }
      return s / n;
    }
    case Kind::kMean: {
      const auto around = static_cast<int64_t>(smoothing.amount), at = static_cast<int64_t>(i);
      const int64_t end = std::min(at + around / 2 + 1, static_cast<int64_t>(y.size()));
      for (int64_t j = std::max<int64_t>(0, at - (around - 1) / 2); j < end; ++j) {
        s += y[static_cast<size_t>(j)];
        n += 1;
      }
      return s / n;
    }
  }
  return kNan;
}

class SmoothingModel : public ::testing::TestWithParam<Smoothing> {};

TEST_P(SmoothingModel, IsTheFormula) {
  std::mt19937_64 random(6);
  for (const size_t size : {1, 2, 3, 50, 700, 3000}) {
    Samples samples;
    double x = -5;
    for (size_t i = 0; i < size; ++i) {
      if (random() % 5 != 0) x += static_cast<double>(random() % 1000) / 997;  // else the same x again
      samples.x.push_back(x);
      const uint64_t kind = random() % 40;
      samples.y.push_back(kind == 0   ? kNan
                          : kind == 1 ? kInfinity
                          : kind == 2 ? -kInfinity
                                      : std::sin(x / 20) + static_cast<double>(random() % 1000) / 2000);
    }
    std::vector<double> finite_x, finite_y;
    for (size_t i = 0; i < size; ++i) {
      if (!std::isfinite(samples.y[i])) continue;
      finite_x.push_back(samples.x[i]);
      finite_y.push_back(samples.y[i]);
    }
    const double range = GetParam().range.value_or(samples.x.back() - samples.x.front());
    const std::vector<double> all = Smooth(GetParam(), samples, All(size));
    std::vector<size_t> some;
    for (size_t i = random() % 3; i < size; i += 1 + random() % 9) some.push_back(i);
    const std::vector<double> at_some = Smooth(GetParam(), samples, some);
    ASSERT_EQ(at_some.size(), some.size());
    for (size_t i = 0, at = 0; i < size; ++i) {
      if (!std::isfinite(samples.y[i])) {
        EXPECT_TRUE(all[i] == samples.y[i] || (std::isnan(all[i]) && std::isnan(samples.y[i])));
        continue;
      }
      const double want = size == 1 ? samples.y[i] : Plain(GetParam(), finite_x, finite_y, at++, range);
      EXPECT_NEAR(all[i], want, 1e-9) << i << " of " << size;
    }
    for (size_t k = 0; k < some.size(); ++k) {
      if (std::isnan(all[some[k]])) continue;
      EXPECT_EQ(at_some[k], all[some[k]]);
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Kinds, SmoothingModel,
                         ::testing::Values(Smoothing{Kind::kEma, 0.6, {}}, Smoothing{Kind::kEma, 0.999, {}},
                                           Smoothing{Kind::kTwema, 0.6, {}}, Smoothing{Kind::kTwema, 0.9999, 50.0},
                                           Smoothing{Kind::kGauss, 0.3, {}}, Smoothing{Kind::kGauss, 10, {}},
                                           Smoothing{Kind::kGauss, 2, 900.0}, Smoothing{Kind::kMean, 1, {}},
                                           Smoothing{Kind::kMean, 8, {}}, Smoothing{Kind::kMean, 501, {}},
                                           Smoothing{Kind::kMean, 1'000'000, {}}));

TEST(Smoothing, WhatIsTheSameEverywhereStaysBitForBit) {
  const Samples samples{{0, 1, 2, 3}, {0.1, kNan, 0.1, 0.1}, {}};
  for (const Kind kind : {Kind::kEma, Kind::kTwema, Kind::kGauss, Kind::kMean}) {
    const std::vector<double> out = Smooth({kind, kind == Kind::kMean ? 2 : 0.9, {}}, samples, All(4));
    EXPECT_EQ(out[0], 0.1);
    EXPECT_TRUE(std::isnan(out[1]));
    EXPECT_EQ(out[3], 0.1);
  }
  EXPECT_TRUE(Smooth({Kind::kEma, 0.9, {}}, {}, {}).empty());
}

TEST(Smoothing, ALargeValueDoesNotEatTheSmallOnesFarFromIt) {
  Samples samples;
  for (int i = 0; i < 1000; ++i) {
    samples.x.push_back(i);
    samples.y.push_back(i == 0 ? 1e30 : 1 + i % 2);
  }
  EXPECT_EQ(Smooth({Kind::kMean, 4, {}}, samples, All(1000))[500], 1.5);
  EXPECT_NEAR(Smooth({Kind::kGauss, 1, {}}, samples, All(1000))[500], 1.5, 1e-3);
}

// A column stands for points of its mean at equal distances.
TEST(Smoothing, ColumnsAreAsTheirPoints) {
  std::mt19937_64 random(7);
  Samples points, columns;
  std::vector<size_t> ends;
  double x = 0;
  for (int column = 0; column < 60; ++column) {
    const auto size = static_cast<size_t>(1 + random() % 6);
    const double y = static_cast<double>(random() % 100);
    const double gap = 1 + static_cast<double>(random() % 4);
    for (size_t i = 0; i < size; ++i) {
      x += gap;
      points.x.push_back(x);
      points.y.push_back(y);
    }
    ends.push_back(points.x.size() - 1);
    columns.x.push_back(x);
    columns.y.push_back(y);
    columns.weight.push_back(static_cast<double>(size));
  }
  for (const Smoothing& smoothing : {Smoothing{Kind::kEma, 0.7, {}}, Smoothing{Kind::kTwema, 0.5, 3000.0}}) {
    const std::vector<double> want = Smooth(smoothing, points, ends);
    const std::vector<double> got = Smooth(smoothing, columns, All(60));
    // No column lies before the first to tell its points' distances; what that did fades away.
    for (size_t i = smoothing.kind == Kind::kEma ? 0 : 40; i < 60; ++i) EXPECT_NEAR(got[i], want[i], 1e-9) << i;
  }
}

}  // namespace
}  // namespace stepwell::query
