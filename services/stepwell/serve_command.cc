// stepwell serve: everything on one machine.
#include <sys/stat.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <future>
#include <memory>
#include <string>
#include <thread>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "base/file_limit.h"
#include "ingest/limit_flags.h"
#include "query/limit_flags.h"
#include "stepwell/commands.h"
#include "stepwell/config_file.h"
#include "stepwell/data_folder.h"
#include "stepwell/serve.h"
#include "stepwell/signals.h"
#include "stepwell/units.h"

namespace stepwell {
namespace {

// The contract gives a stop 10 s. What is acknowledged is on disk anyway, so beyond this nothing is waited for.
constexpr std::chrono::milliseconds kStopTime = Serve::kStopTime + std::chrono::milliseconds(1500);

struct ServeFlags {
  ServeOptions options;
  std::string config, commit_window = "3ms", seal_age = "5m", memory, cache = "256MiB", trash = "30d", log_format;
};

template <typename T, typename U>
void Parse(const absl::StatusOr<T>& parsed, const char* flag, U* target, std::string* mistakes) {
  if (parsed.ok()) {
    *target = std::chrono::duration_cast<U>(*parsed);
  } else {
    absl::StrAppend(mistakes, flag, ": ", std::string(parsed.status().message()), "\n");
  }
}

void ParseSize(const std::string& text, const char* flag, uint64_t* target, std::string* mistakes) {
  if (text.empty()) {
    return;
  }
  const absl::StatusOr<uint64_t> parsed = ParseBytes(text);
  if (parsed.ok()) {
    *target = *parsed;
  } else {
    absl::StrAppend(mistakes, flag, ": ", std::string(parsed.status().message()), "\n");
  }
}

// Reads the configuration file and all values; what is wrong, in words.
std::string Complete(CLI::App& command, ServeFlags& flags) {
  ServeOptions& options = flags.options;
  std::string mistakes;
  std::string config = flags.config;
  if (config.empty() && access((options.data + "/stepwell.toml").c_str(), R_OK) == 0) {
    config = options.data + "/stepwell.toml";
  }
  if (!config.empty()) {
    if (const absl::Status status = ApplyConfigFile(config, command); !status.ok()) {
      absl::StrAppend(&mistakes, std::string(status.message()), "\n");
    }
  }
  Parse(ParseDuration(flags.commit_window), "--ingest-commit-window", &options.commit_window, &mistakes);
  Parse(ParseDuration(flags.seal_age), "--seal-age", &options.seal_age, &mistakes);
  Parse(ParseDuration(flags.trash), "--trash", &options.trash, &mistakes);
  ParseSize(flags.memory, "--ingest-memory", &options.ingest_memory, &mistakes);
  ParseSize(flags.cache, "--store-cache", &options.store_cache, &mistakes);
  options.log_json = flags.log_format.empty() ? isatty(STDERR_FILENO) == 0 : flags.log_format == "json";
  for (const std::string& directory : options.log_directories) {
    struct stat info;
    if (stat(directory.c_str(), &info) == 0 && !S_ISDIR(info.st_mode)) {
      absl::StrAppend(&mistakes, directory, " is not a folder\n");
    }
  }
  return mistakes;
}

int RunServe(CLI::App& command, ServeFlags& flags) {
  if (const std::string mistakes = Complete(command, flags); !mistakes.empty()) {
    std::fputs(mistakes.c_str(), stderr);
    return kWrongUse;
  }
  RaiseFileLimit();
  std::promise<void> asked;
  Signals signals([&] { asked.set_value(); });
  auto serve = Serve::Start(flags.options);
  if (!serve.ok()) {
    std::fprintf(stderr, "%s\n", std::string(serve.status().message()).c_str());
    return kFailed;
  }
  std::printf("Stepwell %s: %s (gRPC %s, data in %s)\n", (*serve)->waits() ? "waits for PostgreSQL" : "is ready",
              (*serve)->http_url().c_str(), (*serve)->grpc_address().c_str(), flags.options.data.c_str());
  std::fflush(stdout);
  asked.get_future().wait();

  std::promise<void> stopped;
  std::thread watch([&, done = stopped.get_future()]() mutable {
    if (done.wait_for(kStopTime) != std::future_status::ready) {
      std::fputs("stopping took too long; what was acknowledged is safe\n", stderr);
      _exit(kFailed);
    }
  });
  serve->reset();
  stopped.set_value();
  watch.join();
  return kDone;
}

}  // namespace

void AddServe(CLI::App& program, int* exit_status) {
  auto flags = std::make_shared<ServeFlags>();
  ServeOptions& options = flags->options;
  options.data = DefaultDataFolder();
  options.http = kDefaultHttp;
  options.grpc = kDefaultGrpc;
  options.migrations = SharedFolder("migrations", STEPWELL_MIGRATIONS);
  options.web = SharedFolder("web", "");
  CLI::App* command = program.add_subcommand("serve", "Runs everything: web, REST, gRPC and a database of its own");
  const auto add = [&](const char* name, auto& target, const char* help, const char* variable) {
    return command->add_option(name, target, help)->envname(variable)->capture_default_str();
  };
  command->add_option("LOGDIR", options.log_directories,
                      "log directories to follow, each into an experiment of its name");
  add("--data", options.data, "folder for everything that is written", "STEPWELL_DATA");
  add("--http", options.http, "address of web and REST", "STEPWELL_HTTP");
  add("--grpc", options.grpc, "address that clients log to", "STEPWELL_GRPC");
  add("--ops", options.ops, "address of health and metrics for operators", "STEPWELL_OPS");
  // A URL may hold a password: it is not shown, and the variable is the better place for it.
  command->add_option("--postgres", options.postgres, "URL of a PostgreSQL to use instead of a private one")
      ->envname("STEPWELL_POSTGRES");
  add("--postgres-pool", options.postgres_pool, "connections to the database", "STEPWELL_POSTGRES_POOL")
      ->check(CLI::Range(2, 1000));
  add("--port-file", options.port_file, "gets the addresses as JSON when the server answers", "STEPWELL_PORT_FILE");
  add("--config", flags->config, "TOML file with these settings (else stepwell.toml in the data folder)",
      "STEPWELL_CONFIG");
  add("--log-format", flags->log_format, "text or json (else text on a terminal)", "STEPWELL_LOG_FORMAT")
      ->check(CLI::IsMember({"text", "json"}));
  add("--ingest-commit-window", flags->commit_window, "how long the committer gathers",
      "STEPWELL_INGEST_COMMIT_WINDOW");
  add("--ingest-memory", flags->memory, "open tails and unacknowledged bytes (else a quarter of the memory)",
      "STEPWELL_INGEST_MEMORY");
  add("--seal-age", flags->seal_age, "points are sealed at this age at the latest", "STEPWELL_SEAL_AGE");
  add("--seal-points", options.seal_points, "points of a full chunk", "STEPWELL_SEAL_POINTS")
      ->check(CLI::Range(1, 1024));
  add("--store-cache", flags->cache, "cache of the store", "STEPWELL_STORE_CACHE");
  add("--trash", flags->trash, "how long deleted runs can be restored", "STEPWELL_TRASH");
  ingest::AddLimitFlags(*command, options.ingest);
  query::AddLimitFlags(*command, options.query);
  command->footer("Example: stepwell serve ./runs --data ./store --http 127.0.0.1:7007");
  command->callback([command, flags, exit_status] { *exit_status = RunServe(*command, *flags); });
}

}  // namespace stepwell
