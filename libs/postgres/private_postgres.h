// A PostgreSQL of our own: a cluster in the data folder, made at the first start, reached through a Unix socket in a
// private folder and through nothing else. It is what makes `stepwell serve` one command.
//
//   <folder>/cluster      made by initdb (as cluster.new-<pid>, then renamed: an interrupted initdb leaves nothing
//   half,
//                         and one that lives a moment longer than its parent does not meet the next)
//   <folder>/run          the socket, if its path is short enough (107 bytes), else a private folder in /tmp
//   <folder>/lock         held (flock) by the one process that runs the cluster
//   <folder>/server.log   what PostgreSQL said; one older file is kept
//
// PostgreSQL refuses to run as root, so under root it runs as an unprivileged user: the owner of the folder if that is
// not root, else the first of `stepwell`, `postgres`, `nobody` that exists. It must be able to enter all folders above.
//
// It ends with this process even on kill -9 (a parent-death signal). That signal is bound to the *thread* that forked,
// so a keeper thread forks, waits for the child and lives as long as this object; it also starts PostgreSQL again if it
// dies: after a second, and with growing pauses if it dies again soon.
//
// Thread safety: Start, Stop and the destructor from one thread; url() and running() from any.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace stepwell::postgres {

inline constexpr std::chrono::seconds kStopPatience{7};  // PostgreSQL writes all that it has in memory

struct Options {
  std::string folder;    // <data>/postgres; made if missing (its parents too)
  std::string programs;  // folder of initdb and postgres; empty: Debian's place for the version, else PATH
  std::string database = "stepwell";
  bool sync = true;  // false: for tests, fsync off
  // Told when PostgreSQL ended by itself and when it is started again, a line for people; nullptr: nobody is.
  std::function<void(const std::string&)> log = nullptr;
};

class PrivatePostgres {
 public:
  // Returns when the database answers. FAILED_PRECONDITION: another process runs this cluster, its version has no
  // programs here, or a folder cannot be entered; the message says which and the way out.
  static absl::StatusOr<std::unique_ptr<PrivatePostgres>> Start(Options options);
  ~PrivatePostgres();
  PrivatePostgres(const PrivatePostgres&) = delete;
  PrivatePostgres& operator=(const PrivatePostgres&) = delete;

  // libpq's connection string.
  const std::string& url() const;
  // The same for another database of the cluster.
  std::string UrlOf(const std::string& database) const;
  bool running() const;
  int pid() const;  // of PostgreSQL's main process; 0: not running

  // Fast shutdown: connections are closed, everything is on disk. OK if it has stopped already. What has not ended in
  // `patience` is killed half a second later (DEADLINE_EXCEEDED): nothing that was committed is lost by it.
  absl::Status Stop(std::chrono::milliseconds patience = kStopPatience);

 private:
  class Impl;
  explicit PrivatePostgres(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace stepwell::postgres
