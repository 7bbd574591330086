// A fork of two steps: fork RUN PARENT STEP.
#include <string>

#include "stepwell/run.h"

int main(int, char** argv) {
  stepwell::Run run(
      {.experiment = "forks", .id = argv[1], .fork_from = stepwell::ForkPoint{argv[2], std::stoll(argv[3])}});
  run.Log({{"0/loss", 0.5}});
  run.Log({{"0/loss", 0.25}});
}
