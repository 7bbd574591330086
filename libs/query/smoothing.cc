#include "query/smoothing.h"

#include <algorithm>
#include <cmath>

namespace stepwell::query {

std::vector<double> SmoothEma(std::span<const double> values, double amount) {
  std::vector<double> out(values.begin(), values.end());
  const bool constant = std::all_of(values.begin(), values.end(), [&](double v) { return v == values.front(); });
  if (constant) return out;
  double sum = 0;
  double left = 1;  // wⁿ
  for (double& value : out) {
    if (!std::isfinite(value)) continue;
    sum = amount * sum + (1 - amount) * value;
    left *= amount;
    value = sum / (1 - left);
  }
  return out;
}

}  // namespace stepwell::query
