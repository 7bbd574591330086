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

  std::vector<float> wave(800);
  for (std::size_t i = 0; i < wave.size(); ++i) wave[i] = static_cast<float>(i % 100) / 90 - 0.5f;
  wave[7] = NAN;
  std::vector<std::int16_t> pcm(wave.size());
  for (std::size_t i = 0; i < pcm.size(); ++i) pcm[i] = static_cast<std::int16_t>(31 * i);
  run.Log("a", stepwell::Audio(wave.data(), 400, 2, 8000, "größe"), 15, 9.0);
  run.Log("a", stepwell::Audio(pcm.data(), 800, 1, 44100), 15, 9.0);
  run.Log("a", stepwell::Audio::OfFile("ID3 a file of sound"), 15, 9.0);
  for (const double fps : {10.0, 29.97, 120.0})
    run.Log("v", stepwell::Video(pixels.data(), 4, 10, 15, 3, fps), 16, 9.0);
  run.Log("v", stepwell::Video::OfFile("GIF89a of frames"), 16, 9.0);
  run.Log("v", stepwell::Video::OfFile("frames", "avi"), 16, 9.0);

  std::vector<int> labels(100);
  std::vector<float> scores(labels.size());
  for (std::size_t i = 0; i < labels.size(); ++i) {
    labels[i] = i % 3 == 0;
    scores[i] = static_cast<float>(i * 37 % 100) / 99;
  }
  run.Log("p", stepwell::PrCurve(labels.data(), scores.data(), labels.size()), 17, 9.0);
  run.Log("p", stepwell::PrCurve(labels.data(), scores.data(), labels.size(), 3000), 17, 9.0);

  const std::vector<std::int32_t> faces = {0, 1, 2, 2, 1, 0};
  run.Log("m", stepwell::Mesh(wave.data(), 4, "{\"camera\": 1}").Faces(faces.data(), 2).Colors(pixels.data()), 18, 9.0);
  const std::vector<float> cloud(30'000, 0.5f);
  run.Log("m", stepwell::Mesh(cloud.data(), 10'000), 19, 9.0);

  run.Log("e", stepwell::Embedding(small.data(), 3, 2).Labels({"a", "b\tc", "größe"}), 20, 9.0);
  run.Log("e", stepwell::Embedding(cloud.data(), 300, 100).Images(pixels.data(), 2, 1, 4), 21, 9.0);
  const std::vector<std::vector<std::string>> rows = {{"a", "1"}, {"b", "2"}, {"c", "3"}, {"d", "4"}, {"e", "5"}};
  run.Log("e", stepwell::Embedding(cloud.data(), 5, 7).Metadata({"x", "y"}, rows).Images(pixels.data(), 2, 4, 3), 22,
          9.0);

  run.Label("key", "value");
  run.Note("second");
  run.DefineMetric("val/loss", "epoch", "min");
  run.LogParams({{"late", nullptr}});
}
