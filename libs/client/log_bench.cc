// What Run::Log of 10 scalars costs a training, call after call, with nobody sending.
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <vector>

#include "stepwell/run.h"

int main() {
  constexpr int kCalls = 200'000;
  std::string folder = (std::filesystem::temp_directory_path() / "stepwell-log-benchXXXXXX").string();
  if (mkdtemp(folder.data()) == nullptr) return 1;
  std::vector<double> nanos;
  {
    stepwell::RunOptions options;
    options.dir = folder;
    options.mode = "offline";
    stepwell::Run run(options);
    std::vector<std::string> tags;
    tags.reserve(10);
    for (int i = 0; i < 10; ++i) tags.push_back("train/m" + std::to_string(i));
    for (int step = 0; step < kCalls; ++step) {
      std::vector<stepwell::Scalar> values;
      values.reserve(tags.size());
      for (const std::string& tag : tags) values.emplace_back(tag, step / 3.0);
      const auto begin = std::chrono::steady_clock::now();
      run.Log(values, step);
      nanos.push_back(std::chrono::duration<double, std::nano>(std::chrono::steady_clock::now() - begin).count());
    }
  }
  std::filesystem::remove_all(folder);
  std::sort(nanos.begin(), nanos.end());
  std::printf("{\"name\": \"log_10_scalars_median\", \"value\": %.0f, \"unit\": \"ns\"}\n", nanos[kCalls / 2]);
  std::printf("{\"name\": \"log_10_scalars_p99\", \"value\": %.0f, \"unit\": \"ns\"}\n", nanos[kCalls / 100 * 99]);
}
