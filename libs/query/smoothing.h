// The smoothed curve of points (x, y) in order of x, at chosen ones of them. Values that are not finite take no part
// and stay what they are; a series whose finite values are all the same stays as it is.
//
//   ema    as TensorBoard (line_chart's resmoothDataset): s = w·s + (1 − w)·y, shown as s / (1 − wⁿ); w = amount
//   twema  α = w^(k·Δx/X), s = α·s + y, n = α·n + 1, shown as s / n; w = min(√amount, 0.999), k = 1,000: the same
//          smoothing for the same length, whatever the rate of logging
//   gauss  Σ y·exp(−(x − xⱼ)²/2σ²) / Σ exp(…) over |x − xⱼ| <= 3σ; σ = amount percent of X
//   mean   of the `amount` values around each, itself in the middle (of an even number one more after it); fewer at the
//          ends
//
// X is `range`, or how far the points reach. Columns of many points take part as one value with their number as weight:
// as if all of a column's points had its mean and stood at equal distances.
//
// Thread safety: pure functions.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace stepwell::query {

struct Smoothing {
  enum class Kind { kEma, kTwema, kGauss, kMean };
  Kind kind = Kind::kEma;
  double amount = 0;  // ema, twema: [0, 1); gauss: (0, 100]; mean: 1 or more
  std::optional<double> range;
};

struct Samples {
  std::vector<double> x, y;
  std::vector<double> weight;  // empty: 1 each
};

// One value for each of `rows`, which rise.
std::vector<double> Smooth(const Smoothing& smoothing, const Samples& samples, std::span<const size_t> rows);

}  // namespace stepwell::query
