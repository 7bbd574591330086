// The calls of test_cpp.py's test_the_same_calls_give_the_same_records, which makes them in Python, too.
#include <cmath>
#include <cstdint>
#include <limits>
#include <numeric>
#include <string>
#include <vector>

#include "stepwell/run.h"

int main() {
  stepwell::Run run(
      {.experiment = "same",
       .name = "calls",
       .params = {{"lr", 0.5}, {"model", {{"depth", 4}, {"sizes", std::vector<int>{1, 2}}}}, {"inf", INFINITY}},
       .labels = {{"team", "vision"}},
       .group = "g",
       .job_type = "train",
       .note = "größe",
       .id = "same",
       .rewind_to = 5});
  run.Log({{"loss", 0.25}, {"epoch", std::int64_t{3}}, {"on", true}}, 5, 1.0);
  run.Log({{"loss", std::nan("")}, {"epoch", std::int64_t{4}}, {"on", false}}, {}, 2.0);
  run.Log({{"loss", -0.0}}, std::numeric_limits<std::int64_t>::min(), 3.0);
  run.Log({{"loss", 0.1f}}, 8, 4.0);

  std::vector<double> values(1000);
  for (std::size_t i = 0; i < values.size(); ++i) values[i] = std::sqrt(static_cast<double>(i)) - 7;
  values[3] = INFINITY;
  run.Log("h", stepwell::Histogram(values), 9, 5.0);
  run.Log("h", stepwell::Histogram(values.data(), 2, 7), 9, 5.0);
  run.Log("h", stepwell::Histogram::OfBuckets({0, 1, 3}, {2, 0.5}), 10, 6.0);
  run.Log("t", stepwell::Text("# größe"), 10, 6.0);
  run.Log("t", stepwell::Text(std::string(70'000, 'x')), 11, 6.0);

  std::vector<std::uint8_t> pixels(20 * 30 * 4);
  for (std::size_t i = 0; i < pixels.size(); ++i) pixels[i] = static_cast<std::uint8_t>(i * i / 7);
  for (const std::size_t channels : {1, 2, 3, 4})
    run.Log("i", stepwell::Image(pixels.data(), 20, 30, channels), 12, 7.0);
  run.Log("i", stepwell::Image(pixels.data(), 1, 30, 3), 13, 7.0);

  std::vector<float> small(6);
  std::iota(small.begin(), small.end(), -2.5f);
  const std::vector<std::int32_t> large(20'000, -7);
  run.Log("x", stepwell::Tensor(small.data(), {2, 3}), 14, 8.0);
  run.Log("y", stepwell::Tensor(large.data(), {100, 200}), 14, 8.0);
  run.Log("z", stepwell::Tensor(small.data(), {}), 14, 8.0);

  run.Label("key", "value");
  run.Note("second");
  run.DefineMetric("val/loss", "epoch", "min");
  run.LogParams({{"late", nullptr}});
}
