// For tests: points with recognisable shapes, and comparisons by bits.
#pragma once

#include <gtest/gtest.h>

#include <bit>
#include <random>

#include "series/points.h"
#include "series/summary.h"

namespace stepwell::series {

inline bool SameBits(double a, double b) { return std::bit_cast<uint64_t>(a) == std::bit_cast<uint64_t>(b); }

inline void ExpectSamePoints(const Points& a, const Points& b) {
  ASSERT_EQ(a.step, b.step);
  ASSERT_EQ(a.wall.size(), b.wall.size());
  ASSERT_EQ(a.value.size(), b.value.size());
  ASSERT_EQ(a.payload, b.payload);
  for (size_t i = 0; i < a.wall.size(); ++i) ASSERT_TRUE(SameBits(a.wall[i], b.wall[i])) << i;
  for (size_t i = 0; i < a.value.size(); ++i) ASSERT_TRUE(SameBits(a.value[i], b.value[i])) << i;
}

inline void ExpectSamePoint(const Point& a, const Point& b) {
  ASSERT_EQ(a.step, b.step);
  ASSERT_TRUE(SameBits(a.wall, b.wall)) << a.wall << " and " << b.wall;
  ASSERT_TRUE(SameBits(a.value, b.value)) << a.value << " and " << b.value;
}

inline void ExpectSameSummary(const Summary& a, const Summary& b) {
  ASSERT_EQ(a.count, b.count);
  ASSERT_EQ(a.nan, b.nan);
  ASSERT_EQ(a.pos_inf, b.pos_inf);
  ASSERT_EQ(a.neg_inf, b.neg_inf);
  ASSERT_EQ(a.unplaced, b.unplaced);
  ExpectSamePoint(a.first, b.first);
  ExpectSamePoint(a.last, b.last);
  ExpectSamePoint(a.min, b.min);
  ExpectSamePoint(a.max, b.max);
  ASSERT_TRUE(SameBits(a.sum, b.sum));
  ASSERT_EQ(a.min_step, b.min_step);
  ASSERT_EQ(a.max_step, b.max_step);
  ASSERT_TRUE(SameBits(a.min_wall, b.min_wall));
  ASSERT_TRUE(SameBits(a.max_wall, b.max_wall));
  ASSERT_EQ(a.steps_sorted, b.steps_sorted);
  ASSERT_EQ(a.walls_sorted, b.walls_sorted);
}

// Steps of stride 10, wall times a tenth of a second apart with jitter, a noisy float32 curve, now and then a NaN.
inline Points MakeCurve(size_t n, uint64_t seed) {
  std::mt19937_64 random(seed);
  auto unit = [&] { return static_cast<double>(random() >> 11) * 0x1p-53; };
  Points points;
  for (size_t i = 0; i < n; ++i) {
    points.step.push_back(10 * static_cast<int64_t>(i));
    points.wall.push_back(1.7e9 + 0.1 * static_cast<double>(i) + 0.004 * unit());
    const float value = static_cast<float>(1 + 0.1 * unit());
    points.value.push_back(random() % 997 == 0 ? std::nan("") : static_cast<double>(value));
  }
  return points;
}

}  // namespace stepwell::series
