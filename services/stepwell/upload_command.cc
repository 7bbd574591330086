// stepwell upload: log directories into an experiment, once or for as long as they grow.
#include <sys/stat.h>

#include <chrono>
#include <cstdio>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "push/connection.h"
#include "stepwell/commands.h"
#include "stepwell/progress.h"
#include "stepwell/signals.h"
#include "upload/follower.h"
#include "upload/uploader.h"

namespace stepwell {
namespace {

struct UploadFlags {
  std::vector<std::string> log_directories;
  std::string experiment;
  std::string server = kDefaultGrpc;
  bool follow = false;
  bool json = false;
};

// Mistakes of the caller, in words; empty if there are none.
std::string Mistakes(const UploadFlags& flags) {
  std::string mistakes;
  for (const std::string& directory : flags.log_directories) {
    struct stat info;
    if (stat(directory.c_str(), &info) != 0) {
      if (!flags.follow) {
        absl::StrAppend(&mistakes, "log directory ", directory, " is not there (--follow waits for it)\n");
      }
    } else if (!S_ISDIR(info.st_mode)) {
      absl::StrAppend(&mistakes, directory, " is not a folder; name the folder that the event file lies in\n");
    }
  }
  if (absl::StrContains(flags.server, "://")) {
    absl::StrAppend(&mistakes, "--server ", flags.server, " has a scheme; it is the gRPC address, such as ",
                    kDefaultGrpc, "\n");
  }
  return mistakes;
}

push::RetryPolicy Policy(bool follow) {
  push::RetryPolicy policy;
  if (follow) {
    policy.patience_before = policy.patience_after = std::chrono::milliseconds(0);
  }
  return policy;
}

int Once(upload::UploadContext& context, const UploadFlags& flags, Progress& progress) {
  const auto start = std::chrono::steady_clock::now();
  const upload::Found found = upload::FindRuns(flags.log_directories);
  upload::Report& report = *context.report;
  progress.Start([&] { return Progress::State{report.done_bytes(), found.bytes}; });
  const absl::Status status = upload::UploadOnce(&context, found);
  progress.Stop();
  if (status.code() == absl::StatusCode::kCancelled) {
    report.Fail("stopped; the same command goes on where it was");
  } else if (!status.ok()) {
    report.Fail(std::string(status.message()));
  }
  const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  std::fputs((flags.json ? report.Json(seconds) : report.Text(seconds)).c_str(), stdout);
  return report.failures().empty() ? kDone : kFailed;
}

int Follow(upload::UploadContext& context, const UploadFlags& flags) {
  const auto start = std::chrono::steady_clock::now();
  {
    upload::Follower follower(&context, flags.log_directories);
    follower.Run();
  }
  const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  const upload::Report& report = *context.report;
  std::fputs((flags.json ? report.Json(seconds) : report.Text(seconds)).c_str(), stdout);
  return kDone;
}

int Upload(const UploadFlags& flags) {
  if (const std::string mistakes = Mistakes(flags); !mistakes.empty()) {
    std::fputs(mistakes.c_str(), stderr);
    return kWrongUse;
  }
  Progress progress;
  push::Stopper stopper;
  Signals signals([&] { stopper.Stop(); });
  upload::Report report([&](const std::string& line) { progress.Say(line); });
  push::Connection connection(flags.server, Policy(flags.follow), &stopper);
  connection.OnTrouble([&](const std::string& line) { progress.Say(line); });
  upload::UploadContext context;
  context.connection = &connection;
  context.options.experiment = flags.experiment;
  context.options.follow = flags.follow;
  context.report = &report;
  return flags.follow ? Follow(context, flags) : Once(context, flags, progress);
}

}  // namespace

void AddUpload(CLI::App& program, int* exit_status) {
  auto flags = std::make_shared<UploadFlags>();
  CLI::App* command =
      program.add_subcommand("upload", "Reads event files into an experiment; run again, adds what is new");
  command->add_option("LOGDIR", flags->log_directories, "log directories; every folder with event files is a run")
      ->required();
  command->add_option("--experiment", flags->experiment, "name of the experiment; made if it is new")
      ->required()
      ->envname("STEPWELL_EXPERIMENT");
  command->add_option("--server", flags->server, "gRPC address of the server")
      ->envname("STEPWELL_SERVER")
      ->capture_default_str();
  command->add_flag("--follow", flags->follow, "go on as the logs grow, until stopped");
  command->add_flag("--json", flags->json, "print the report as JSON");
  command->footer("Example: stepwell upload ./runs --experiment digits --follow");
  command->callback([flags, exit_status] { *exit_status = Upload(*flags); });
}

}  // namespace stepwell
