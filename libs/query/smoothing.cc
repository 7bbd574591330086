#include "query/smoothing.h"

#include <algorithm>
#include <cmath>

#include "query/gauss.h"

namespace stepwell::query {
namespace {

constexpr double kTwemaPoints = 1000;
constexpr double kTwemaMost = 0.999;

// What takes part: the finite values, and where they were.
struct Finite {
  std::vector<double> x, y, weight;
  std::vector<size_t> row;  // in the samples

  explicit Finite(const Samples& samples) {
    for (size_t i = 0; i < samples.y.size(); ++i) {
      if (!std::isfinite(samples.y[i])) continue;
      x.push_back(samples.x[i]);
      y.push_back(samples.y[i]);
      if (!samples.weight.empty()) weight.push_back(samples.weight[i]);
      row.push_back(i);
    }
  }
  double WeightOf(size_t i) const { return weight.empty() ? 1 : weight[i]; }
};

// Shows value i to `show` after each.
template <typename Show>
void Ema(const Finite& points, double w, const Show& show) {
  double sum = 0, left = 1;  // left: wⁿ
  for (size_t i = 0; i < points.y.size(); ++i) {
    const double kept = points.weight.empty() ? w : std::pow(w, points.weight[i]);
    sum = kept * sum + (1 - kept) * points.y[i];
    left *= kept;
    show(i, sum / (1 - left));
  }
}

template <typename Show>
void Twema(const Finite& points, double amount, double range, const Show& show) {
  const double log_w = std::log(std::min(std::sqrt(amount), kTwemaMost));
  double sum = 0, count = 0;
  double known_gap = 0, known_alpha = 1;  // steps are mostly regular
  for (size_t i = 0; i < points.y.size(); ++i) {
    const double gap = i == 0 ? 0 : points.x[i] - points.x[i - 1];
    if (gap != known_gap) {
      known_gap = gap;
      known_alpha = gap > 0 && range > 0 ? std::exp(kTwemaPoints * gap / range * log_w) : 1;
    }
    const double n = points.WeightOf(i);
    double added = n;  // 1 + a + … + aⁿ⁻¹ of the column's points
    if (n > 1 && known_alpha < 1) {
      const double a = std::pow(known_alpha, 1 / n);
      added = a < 1 ? (1 - known_alpha) / (1 - a) : n;
    }
    sum = known_alpha * sum + added * points.y[i];
    count = known_alpha * count + added;
    show(i, sum / count);
  }
}

// Sums over stretches without subtracting, which would lose small values beside large ones.
class StretchSums {
 public:
  explicit StretchSums(std::vector<double> values) : size_(values.size()), tree_(2 * values.size()) {
    std::copy(values.begin(), values.end(), tree_.begin() + static_cast<std::ptrdiff_t>(size_));
    for (size_t i = size_; i-- > 1;) tree_[i] = tree_[2 * i] + tree_[2 * i + 1];
  }
  double Of(size_t from, size_t to) const {
    double sum = 0;
    for (from += size_, to += size_; from < to; from /= 2, to /= 2) {
      if (from % 2) sum += tree_[from++];
      if (to % 2) sum += tree_[--to];
    }
    return sum;
  }

 private:
  const size_t size_;
  std::vector<double> tree_;
};

class Mean {
 public:
  Mean(const Finite& points, double amount)
      : amount_(amount), sums_(Weighted(points)), weights_(points.weight), ends_(points.weight) {
    for (size_t i = 1; i < ends_.size(); ++i) ends_[i] += ends_[i - 1];
    size_ = points.y.size();
  }
  double At(size_t i) const {
    if (ends_.empty()) {
      const auto n = static_cast<size_t>(std::min(amount_, 2 * static_cast<double>(size_)));
      const size_t before = (n - 1) / 2;
      const size_t from = i < before ? 0 : i - before, to = std::min(size_, i + n / 2 + 1);
      return sums_.Of(from, to) / static_cast<double>(to - from);
    }
    // Columns of which the middle lies among the points around the middle of this one.
    const auto middle = [&](size_t k) { return ends_[k] - (ends_[k] - (k == 0 ? 0 : ends_[k - 1])) / 2; };
    const double at = middle(i);
    size_t from = i, to = i + 1;
    while (from > 0 && at - middle(from - 1) <= amount_ / 2) --from;
    while (to < size_ && middle(to) - at <= amount_ / 2) ++to;
    return sums_.Of(from, to) / weights_.Of(from, to);
  }

 private:
  static std::vector<double> Weighted(const Finite& points) {
    std::vector<double> values = points.y;
    for (size_t i = 0; i < points.weight.size(); ++i) values[i] *= points.weight[i];
    return values;
  }

  const double amount_;
  const StretchSums sums_, weights_;
  std::vector<double> ends_;  // of weights, summed up
  size_t size_ = 0;
};

}  // namespace

std::vector<double> Smooth(const Smoothing& smoothing, const Samples& samples, std::span<const size_t> rows) {
  std::vector<double> out;
  out.reserve(rows.size());
  for (const size_t row : rows) out.push_back(samples.y[row]);
  const Finite points(samples);
  if (std::all_of(points.y.begin(), points.y.end(), [&](double y) { return y == points.y.front(); })) return out;
  const double range = smoothing.range.value_or(samples.x.back() - samples.x.front());
  // Calls `value` for each asked row that takes part, with its number among the finite ones.
  const auto at_rows = [&](const auto& value) {
    size_t i = 0;
    for (size_t k = 0; k < rows.size(); ++k) {
      while (i < points.row.size() && points.row[i] < rows[k]) ++i;
      if (i < points.row.size() && points.row[i] == rows[k]) out[k] = value(i);
    }
  };
  switch (smoothing.kind) {
    case Smoothing::Kind::kEma:
    case Smoothing::Kind::kTwema: {
      size_t k = 0;
      const auto show = [&](size_t i, double value) {
        while (k < rows.size() && rows[k] < points.row[i]) ++k;
        if (k < rows.size() && rows[k] == points.row[i]) out[k] = value;
      };
      smoothing.kind == Smoothing::Kind::kEma ? Ema(points, smoothing.amount, show)
                                              : Twema(points, smoothing.amount, range, show);
      break;
    }
    case Smoothing::Kind::kGauss: {
      const double sigma = smoothing.amount / 100 * range;
      if (!(sigma > 0)) break;
      const Gauss gauss(points.x, points.y, points.weight, sigma);
      at_rows([&](size_t i) { return gauss.At(points.x[i]); });
      break;
    }
    case Smoothing::Kind::kMean: {
      const Mean mean(points, smoothing.amount);
      at_rows([&](size_t i) { return mean.At(i); });
      break;
    }
  }
  return out;
}

}  // namespace stepwell::query
