// stepwell: the one program of a small installation, and the command line of every other.
#include <cstdio>
#include <string>

#include "CLI/CLI.hpp"
#include "stepwell/commands.h"
#include "stepwell/signals.h"

int main(int argc, char** argv) {
  stepwell::Signals::Block();
  CLI::App program("Stepwell: experiment tracking of your own", "stepwell");
  program.set_version_flag("--version", std::string("stepwell ") + stepwell::kVersion);
  program.require_subcommand(1);
  program.footer("Example: stepwell serve ./runs");
  int exit_status = stepwell::kDone;
  stepwell::AddServe(program, &exit_status);
  stepwell::AddUpload(program, &exit_status);
  stepwell::AddSync(program, &exit_status);
  stepwell::AddExport(program, &exit_status);
  stepwell::AddRuns(program, &exit_status);
  stepwell::AddExperiments(program, &exit_status);
  stepwell::AddDoctor(program, &exit_status);
  stepwell::AddMigrate(program, &exit_status);
  try {
    program.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    // Help and version are no errors; CLI11's own numbers for mistakes are not ours.
    return program.exit(error) == 0 ? stepwell::kDone : stepwell::kWrongUse;
  }
  return exit_status;
}
