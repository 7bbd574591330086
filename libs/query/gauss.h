// Gauss-weighted means of points in order of x, cut at 3σ: Σ w·y·g / Σ w·g with g = exp(−(x − xⱼ)²/2σ²).
//
// Where points lie dense, those of a bin of width σ/8 around c are summed up once: with u = (xⱼ − c)/σ and v = (x −
// c)/σ is g = exp(−v²/2)·exp(−u²/2)·exp(u·v), and the last factor's Taylor series after 12 terms is exact to 1e-16, as
// |u·v| < 0.2. So a mean costs bins and not points.
//
// Thread safety: constant once made; the columns outlive it.
#pragma once

#include <array>
#include <span>
#include <vector>

namespace stepwell::query {

class Gauss {
 public:
  // `weight` may be empty: 1 each. REQUIRES: sigma > 0, x rises.
  Gauss(std::span<const double> x, std::span<const double> y, std::span<const double> weight, double sigma);
  // REQUIRES: one of the points lies within 3σ of x.
  double At(double x) const;

 private:
  static constexpr size_t kTerms = 12;
  struct Bin {
    size_t from = 0, to = 0;  // points
    std::array<double, kTerms> y{}, weight{};
  };
  struct Sums {
    double y = 0, weight = 0;
  };
  void Direct(double x, size_t from, size_t to, Sums* sums) const;
  void Whole(double x, size_t from, size_t to, Sums* sums) const;  // bins
  double Middle(size_t bin) const { return start_ + (static_cast<double>(bin) + 0.5) * width_; }
  double WeightOf(size_t i) const { return weight_.empty() ? 1 : weight_[i]; }

  const std::span<const double> x_, y_, weight_;
  const double sigma_;
  double start_ = 0, width_ = 0;
  std::vector<Bin> bins_;  // empty: points are too sparse for them
};

}  // namespace stepwell::query
