// TensorBoard's smoothing: an exponential moving average that starts at zero and is divided by what it has seen
// (tensorboard, line_chart's resmoothDataset): s = w·s + (1 − w)·v over finite values, shown as s / (1 − wⁿ). Values
// that are not finite pass through, and a series whose values are all the same stays as it is.
//
// Thread safety: pure functions.
#pragma once

#include <span>
#include <vector>

namespace stepwell::query {

std::vector<double> SmoothEma(std::span<const double> values, double amount);  // amount in [0, 1)

}  // namespace stepwell::query
