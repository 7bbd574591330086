// stepwell sync: what clients left in their spools to the server, once or as the node's uploader.
#include <sys/stat.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "base/file_limit.h"
#include "base/flags.h"
#include "base/json.h"
#include "stepwell/commands.h"
#include "stepwell/config_file.h"
#include "stepwell/progress.h"
#include "stepwell/signals.h"
#include "stepwell/units.h"
#include "sync/folder.h"
#include "sync/pass.h"
#include "sync/watch.h"
#include "upload/report.h"

namespace stepwell {
namespace {

using std::chrono::milliseconds;

struct SyncFlags {
  std::vector<std::string> spools;
  std::string server, config;
  std::string idle = "10s", patience = "10s";
  double keep_seconds = 3600;
  uint64_t spool_max = 10ull << 30;
  bool watch = false;
  bool json = false;

  milliseconds idle_time{0}, patience_time{0};
};

// How long a server that was there may be away in one pass.
constexpr milliseconds kPatienceAfter{600'000};

// How an uploader waits: it tells what is wrong after this, and tries for ever.
push::RetryPolicy WatchPolicy() {
  push::RetryPolicy policy;
  policy.longest = milliseconds(1000);
  policy.patience_before = policy.patience_after = milliseconds(2000);
  return policy;
}

push::RetryPolicy PassPolicy(milliseconds patience) {
  push::RetryPolicy policy;
  policy.patience_before = patience;
  policy.patience_after = std::max(patience, kPatienceAfter);
  return policy;
}

bool IsFolder(const std::string& path) {
  struct stat info;
  return stat(path.c_str(), &info) == 0 && S_ISDIR(info.st_mode);
}

// Fills in what follows from the flags; mistakes of the caller in words, empty if there are none.
std::string Complete(CLI::App& command, SyncFlags& flags) {
  std::string mistakes;
  if (!flags.config.empty()) {
    if (const absl::Status status = ApplyConfigFile(flags.config, command); !status.ok()) {
      absl::StrAppend(&mistakes, std::string(status.message()), "\n");
    }
  }
  const auto time = [&](const char* flag, const std::string& text, milliseconds* out) {
    const absl::StatusOr<milliseconds> parsed = text == "0" ? milliseconds(0) : ParseDuration(text);
    if (parsed.ok()) {
      *out = *parsed;
    } else {
      absl::StrAppend(&mistakes, flag, ": ", std::string(parsed.status().message()), "\n");
    }
  };
  time("--idle", flags.idle, &flags.idle_time);
  time("--patience", flags.patience, &flags.patience_time);
  for (const std::string& spool : flags.spools) {
    if (!IsFolder(spool)) {
      absl::StrAppend(&mistakes, "spool folder ", spool, " is not there\n");
    } else if (access((spool + "/writer.json").c_str(), F_OK) == 0) {
      absl::StrAppend(&mistakes, spool, " is one writer of a spool folder; name the folder that it lies in\n");
    }
  }
  if (flags.watch && flags.spools.size() > 1) {
    absl::StrAppend(&mistakes, "--watch takes one spool folder; start one for each\n");
  }
  return mistakes;
}

std::string Text(const sync::Report& report, double seconds) {
  using upload::HumanBytes, upload::HumanCount;
  return absl::StrCat("writers sent ", HumanCount(report.sent()), ", still written ", HumanCount(report.live()),
                      ", kept ", HumanCount(report.kept().size()), ", points ", HumanCount(report.points()), ", blobs ",
                      HumanCount(report.blobs()), ", read ", HumanBytes(report.bytes()), ", warnings ",
                      HumanCount(report.warnings().size()), ", in ", absl::StrFormat("%.1f", seconds), " s\n");
}

std::string Json(const sync::Report& report, double seconds) {
  std::string text;
  JsonWriter out(text);
  out.Object().Key("sent").Uint(report.sent()).Key("live").Uint(report.live()).Key("points").Uint(report.points());
  out.Key("blobs").Uint(report.blobs()).Key("bytes").Uint(report.bytes()).Key("seconds").Double(seconds);
  out.Key("kept").Array();
  for (const sync::KeptWriter& kept : report.kept()) {
    out.Object().Key("folder").String(kept.folder).Key("run").String(kept.run).Key("writer").String(kept.writer);
    out.Key("reason").String(kept.reason).End();
  }
  out.End().Key("warnings").Array();
  for (const sync::SyncWarning& warning : report.warnings()) {
    out.Object().Key("run").String(warning.run).Key("reason").String(warning.reason);
    out.Key("count").Uint(warning.count).End();
  }
  out.End().End();
  return text + "\n";
}

absl::Status Once(sync::Site& site, const SyncFlags& flags, Progress& progress) {
  const std::vector<std::string> roots = flags.spools.empty() ? sync::SpoolFolders() : flags.spools;
  uint64_t total = 0;
  for (const std::string& root : roots) {
    total += sync::SpoolBytes(root);
  }
  progress.Start([&site, total] { return Progress::State{site.report->done_bytes(), total}; });
  absl::Status status;
  sync::PassOptions options;
  options.patience = flags.patience_time;
  for (const std::string& root : roots) {
    site.root = root;
    status.Update(sync::SendAll(&site, options));
  }
  progress.Stop();
  return status;
}

absl::Status Follow(sync::Site& site, const SyncFlags& flags) {
  site.root = flags.spools.empty() ? sync::SpoolFolder() : flags.spools.front();
  std::error_code error;
  std::filesystem::create_directories(site.root, error);
  site.follow = true;
  sync::Keep keep(site.root, milliseconds(static_cast<int64_t>(flags.keep_seconds * 1000)), flags.spool_max);
  site.keep = &keep;
  sync::WatchOptions options;
  options.idle = flags.idle_time;
  return sync::Watch(&site, options).Run();
}

int Sync(CLI::App& command, SyncFlags& flags) {
  if (const std::string mistakes = Complete(command, flags); !mistakes.empty()) {
    std::fputs(mistakes.c_str(), stderr);
    return kWrongUse;
  }
  RaiseFileLimit();
  const auto start = std::chrono::steady_clock::now();
  Progress progress;
  const auto say = [&](const std::string& line) { progress.Say(line); };
  push::Stopper stopper;
  Signals signals([&] { stopper.Stop(); });
  sync::Report report(say);
  sync::Servers servers(flags.watch ? WatchPolicy() : PassPolicy(flags.patience_time), &stopper, say);
  sync::Site site;
  site.servers = &servers;
  site.report = &report;
  site.server = flags.server;
  const absl::Status status = flags.watch ? Follow(site, flags) : Once(site, flags, progress);
  if (!status.ok()) {
    progress.Say(absl::StrCat("error: ", std::string(status.message())));
  }
  const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  std::fputs((flags.json ? Json(report, seconds) : Text(report, seconds)).c_str(), stdout);
  return status.ok() && report.kept().empty() ? kDone : kFailed;
}

}  // namespace

void AddSync(CLI::App& program, int* exit_status) {
  auto flags = std::make_shared<SyncFlags>();
  CLI::App* command =
      program.add_subcommand("sync", "Sends what clients left in their spools, that of offline runs too");
  command->add_option("SPOOL", flags->spools, "spool folders (else STEPWELL_DIR, or that of this user)");
  command->add_flag("--watch", flags->watch,
                    "stay, and send what is logged while it is logged: the uploader of a node");
  command->add_option("--server", flags->server, "gRPC address to send to (else where each run was meant to go)");
  command->add_option("--idle", flags->idle, "--watch ends when there was nothing to do for so long; 0: never")
      ->envname("STEPWELL_IDLE")
      ->capture_default_str();
  command->add_option("--patience", flags->patience, "how long a server may be away before its runs are left")
      ->envname("STEPWELL_PATIENCE")
      ->capture_default_str();
  AddCount(*command, "--keep", flags->keep_seconds,
           "seconds that --watch keeps what a live run's server has, for a server restored from a backup")
      ->check(CLI::NonNegativeNumber);
  AddSize(*command, "--spool-max", &flags->spool_max, "bytes that a spool folder may hold: 10GiB");
  command->add_option("--config", flags->config, "TOML file with these settings");
  command->add_flag("--json", flags->json, "print the report as JSON");
  command->footer("Example: stepwell sync --server tracker.example:7008");
  command->callback([command, flags, exit_status] { *exit_status = Sync(*command, *flags); });
}

}  // namespace stepwell
