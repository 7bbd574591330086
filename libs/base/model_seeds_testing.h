// Which random worlds a model test tries. Its seeds count up from one that is new each time and printed:
//
//   STEPWELL_MODEL_SEED=17     the world of seed 17, once more
//   STEPWELL_MODEL_SEEDS=20000 so many worlds, for a long look
#pragma once

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <random>

namespace stepwell {

struct ModelSeeds {
  uint64_t first = 0;
  uint64_t worlds = 0;
};

inline ModelSeeds ReadModelSeeds(uint64_t worlds) {
  const char* first = std::getenv("STEPWELL_MODEL_SEED");
  const char* many = std::getenv("STEPWELL_MODEL_SEEDS");
  ModelSeeds seeds{first ? std::strtoull(first, nullptr, 10) : std::random_device()() + uint64_t{1}, worlds};
  if (first) seeds.worlds = 1;
  if (many) seeds.worlds = std::strtoull(many, nullptr, 10);
  std::printf("worlds of seeds %llu to %llu\n", static_cast<unsigned long long>(seeds.first),
              static_cast<unsigned long long>(seeds.first + seeds.worlds - 1));
  return seeds;
}

}  // namespace stepwell
