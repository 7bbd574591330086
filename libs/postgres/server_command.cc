#include "postgres/server_command.h"

#include <csignal>
#include <utility>
#include <vector>

namespace stepwell::postgres {
namespace {

// unix_socket_directories is a list: an item with a comma, a space or upper case needs double quotes.
std::string ListItem(const std::string& path) {
  std::string quoted = "\"";
  for (char c : path) {
    if (c == '"') quoted += '"';
    quoted += c;
  }
  return quoted + "\"";
}

}  // namespace

Command ServerCommand(const std::string& programs, const std::string& cluster, const std::string& socket_folder,
                      bool sync) {
  Command command;
  command.arguments = {programs + "/postgres", "-D", cluster};
  // Light: about 30 MiB idle. One program with a pool of 16 connections and nothing else talks to it.
  std::vector<std::string> settings = {"listen_addresses=",
                                       "port=" + std::to_string(kPort),
                                       "unix_socket_directories=" + ListItem(socket_folder),
                                       "unix_socket_permissions=0700",
                                       "shared_buffers=32MB",
                                       "max_connections=50",
                                       "work_mem=16MB",
                                       "maintenance_work_mem=64MB",
                                       "effective_cache_size=512MB",
                                       "random_page_cost=1.1",
                                       "jit=off",
                                       "max_parallel_workers_per_gather=0",
                                       "max_worker_processes=2",
                                       "autovacuum=on",
                                       "autovacuum_max_workers=2",
                                       "wal_level=minimal",
                                       "max_wal_senders=0",
                                       "max_wal_size=1GB",
                                       "min_wal_size=80MB",
                                       "log_min_messages=warning",
                                       "log_statement=none",
                                       "timezone=UTC",
                                       "log_timezone=UTC"};
  if (!sync) settings.insert(settings.end(), {"fsync=off", "synchronous_commit=off", "full_page_writes=off"});
  for (std::string& setting : settings) {
    command.arguments.emplace_back("-c");
    command.arguments.push_back(std::move(setting));
  }
  command.parent_death_signal = SIGINT;
  return command;
}

}  // namespace stepwell::postgres
