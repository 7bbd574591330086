#include "query/gauss.h"

#include <algorithm>
#include <cmath>

namespace stepwell::query {
namespace {

constexpr double kCut = 3;  // σ
constexpr double kBinsPerSigma = 8;
constexpr double kDense = 4;  // points a bin from which summing up pays

}  // namespace

Gauss::Gauss(std::span<const double> x, std::span<const double> y, std::span<const double> weight, double sigma)
    : x_(x), y_(y), weight_(weight), sigma_(sigma) {
  if (x.empty()) return;
  const double bins = std::floor((x.back() - x.front()) * kBinsPerSigma / sigma) + 1;
  if (!(bins * kDense <= static_cast<double>(x.size()))) return;
  start_ = x.front();
  width_ = sigma / kBinsPerSigma;
  bins_.resize(static_cast<size_t>(bins) + 1);  // one more for what rounding puts behind the last
  size_t at = 0;
  for (size_t b = 0; b < bins_.size(); ++b) {
    Bin& bin = bins_[b];
    bin.from = at;
    const bool last = b + 1 == bins_.size();
    for (const double end = start_ + static_cast<double>(b + 1) * width_; at < x.size() && (last || x[at] < end);
         ++at) {
      const double u = (x[at] - Middle(b)) / sigma;
      double term = WeightOf(at) * std::exp(-u * u / 2);
      for (size_t k = 0; k < kTerms; ++k) {
        bin.weight[k] += term;
        bin.y[k] += term * y[at];
        term *= u / static_cast<double>(k + 1);
      }
    }
    bin.to = at;
  }
}

void Gauss::Direct(double x, size_t from, size_t to, Sums* sums) const {
  for (size_t i = from; i < to; ++i) {
    const double v = (x - x_[i]) / sigma_;
    if (!(std::abs(v) <= kCut)) continue;
    const double g = WeightOf(i) * std::exp(-v * v / 2);
    sums->weight += g;
    sums->y += g * y_[i];
  }
}

// From bin to bin v falls by h = 1/kBinsPerSigma, so that g changes by exp(v·h − h²/2), which itself falls by exp(−h²).
void Gauss::Whole(double x, size_t from, size_t to, Sums* sums) const {
  constexpr double h = 1 / kBinsPerSigma;
  static const double fall = std::exp(-h * h);
  double v = (x - Middle(from)) / sigma_;
  double g = std::exp(-v * v / 2), change = std::exp(v * h - h * h / 2);
  for (size_t b = from; b < to; ++b) {
    const Bin& bin = bins_[b];
    double y = 0, weight = 0;
    for (size_t k = kTerms; k-- > 0;) {
      y = y * v + bin.y[k];
      weight = weight * v + bin.weight[k];
    }
    sums->y += g * y;
    sums->weight += g * weight;
    v -= h;
    g *= change;
    change *= fall;
  }
}

double Gauss::At(double x) const {
  const double from = x - kCut * sigma_, to = x + kCut * sigma_;
  Sums sums;
  if (bins_.empty()) {
    const auto begin = std::lower_bound(x_.begin(), x_.end(), from), end = std::upper_bound(begin, x_.end(), to);
    Direct(x, static_cast<size_t>(begin - x_.begin()), static_cast<size_t>(end - x_.begin()), &sums);
    return sums.y / sums.weight;
  }
  const double most = static_cast<double>(bins_.size() - 1);
  const auto first = static_cast<size_t>(std::clamp((from - start_) / width_, 0.0, most));
  const auto last = static_cast<size_t>(std::clamp((to - start_) / width_, 0.0, most));
  // Of the first and the last bin, which may reach over the cut, each point is looked at; so it is behind the last of
  // all, which holds what rounding put there.
  const size_t inner_end = std::max(first + 1, std::min(last, bins_.size() - 1));
  Direct(x, bins_[first].from, bins_[first].to, &sums);
  Whole(x, first + 1, inner_end, &sums);
  for (size_t b = inner_end; b <= last; ++b) Direct(x, bins_[b].from, bins_[b].to, &sums);
  return sums.y / sums.weight;
}

}  // namespace stepwell::query
