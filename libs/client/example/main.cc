// A training that logs to Stepwell: numbers at each step, now and then a picture, a distribution and a text.
#include <cstdint>
#include <string>
#include <vector>

#include "stepwell/run.h"

int main() {
  stepwell::RunOptions options;
  options.experiment = "cpp-example";
  options.name = "sgd";
  options.params = {{"lr", 0.1}, {"model", {{"depth", 4}, {"widths", std::vector<int>{64, 32}}}}};
  options.labels = {{"language", "C++"}};
  stepwell::Run run(options);

  std::vector<float> weights(1000);
  std::vector<std::uint8_t> pixels(16 * 16 * 3);
  for (int step = 0; step < 200; ++step) {
    const double loss = 1.0 / (1 + step);
    run.Log({{"train/loss", loss}, {"train/accuracy", static_cast<float>(1 - loss)}, {"epoch", step / 50}}, step);
    if (step % 50 != 0) continue;
    for (std::size_t i = 0; i < weights.size(); ++i) weights[i] = static_cast<float>((37 * i + step) % 100) / 8;
    for (std::size_t i = 0; i < pixels.size(); ++i) pixels[i] = static_cast<std::uint8_t>(i * (step + 1));
    run.Log("weights", stepwell::Histogram(weights), step);
    run.Log("sample", stepwell::Image(pixels.data(), 16, 16, 3), step);
    run.Log("layer/0", stepwell::Tensor(weights.data(), {10, 100}), step);
    run.Log("remark", stepwell::Text("loss is **" + std::to_string(loss) + "**"), step);
  }
  return 0;  // the run is finished when it is destroyed
}
