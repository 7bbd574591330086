#include "postgres/private_postgres.h"

#include <fcntl.h>
#include <libpq-fe.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <condition_variable>
#include <csignal>
#include <cstring>
#include <filesystem>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "base/bytes.h"
#include "base/status_macros.h"
#include "postgres/child.h"
#include "postgres/cluster_files.h"
#include "postgres/server_command.h"

namespace stepwell::postgres {
namespace fs = std::filesystem;
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using SteadyTime = std::chrono::steady_clock::time_point;

constexpr size_t kSocketPathBytes = 107;     // sockaddr_un holds 108 with the NUL
constexpr milliseconds kPoll{10};            // the socket answers 30 to 40 ms after the start
constexpr seconds kOrphanGrace{3};           // a checkpoint of 32 MB of buffers takes less than a second
constexpr seconds kOrphanWait{30};           // after kill -9, on a machine that is very busy
constexpr seconds kSocketWait{60};           // until it listens
constexpr seconds kRecoveryWait{600};        // until it has replayed its log, at most 1 GiB
constexpr milliseconds kImmediateStop{500};  // who is stopped (SIGSTOP) or hangs in the kernel hears nothing
constexpr milliseconds kRestartLeast{1000}, kRestartMost{30'000};  // pauses before it is started again
constexpr seconds kSettled{60};                                    // it ran so long: its next end is a new story
constexpr size_t kLogBytes = 1 << 20;

std::string Quote(const std::string& value) {
  std::string quoted = "'";
  for (char c : value) {
    if (c == '\'' || c == '\\') quoted += '\\';
    quoted += c;
  }
  return quoted + "'";
}

struct FileCloser {
  int fd = -1;
  ~FileCloser() {
    if (fd >= 0) close(fd);
  }
};

absl::Status MakeFolder(const std::string& folder, const RunAs& user, mode_t mode) {
  if (mkdir(folder.c_str(), mode) != 0 && errno != EEXIST) {
    return absl::FailedPreconditionError(absl::StrCat("cannot make the folder \"", folder, "\": ", ErrorText(errno)));
  }
  struct stat info {};
  if (lstat(folder.c_str(), &info) != 0 || !S_ISDIR(info.st_mode)) {
    return absl::FailedPreconditionError(absl::StrCat("\"", folder, "\" is not a folder"));
  }
  uid_t owner = user.change ? user.uid : geteuid();
  if (info.st_uid != owner && (!user.change || info.st_uid != 0 || chown(folder.c_str(), user.uid, user.gid) != 0)) {
    return absl::FailedPreconditionError(
        absl::StrCat("\"", folder, "\" belongs to user number ", info.st_uid, ", not to ", owner,
                     " as whom PostgreSQL runs; give it to that user (chown -R ", owner, " '", folder, "')"));
  }
  if (chmod(folder.c_str(), mode) != 0) {
    return absl::FailedPreconditionError(absl::StrCat("cannot make \"", folder, "\" private: ", ErrorText(errno)));
  }
  return absl::OkStatus();
}

// <folder>/run, or where that is too long for a socket, a folder in /tmp named by the path: the same at every start. So
// too where the path is not plain: libpq takes a comma for a list of hosts and knows no way to quote it.
std::string SocketFolder(const std::string& folder) {
  std::string near = folder + "/run";
  bool plain =
      near.find_first_not_of("/._-abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789") == std::string::npos;
  if (plain && near.size() + sizeof("/.s.PGSQL.5432") - 1 <= kSocketPathBytes) return near;
  return "/tmp/stepwell-" + ToHex(Sha256(folder)).substr(0, 24);
}

}  // namespace

class PrivatePostgres::Impl {
 public:
  explicit Impl(Options options) : options_(std::move(options)) {}
  ~Impl() {
    absl::Status ignored = Stop(kStopPatience);
    (void)ignored;
    if (lock_ >= 0) close(lock_);
  }

  absl::Status Start() {
    RETURN_IF_ERROR(Prepare());
    RETURN_IF_ERROR(TakeLock());
    RETURN_IF_ERROR(EndOrphans());
    std::string version = ClusterVersion(cluster_);
    ASSIGN_OR_RETURN(programs_, FindPrograms(options_.programs, version, cluster_));
    if (version.empty()) RETURN_IF_ERROR(MakeCluster());
    keeper_ = std::thread([this] { Keep(); });
    RETURN_IF_ERROR(WaitUntilReady());
    return MakeDatabase();
  }

  absl::Status Stop(milliseconds patience) {
    {
      std::lock_guard lock(mutex_);
      stopping_ = true;
      if (pid_ > 0) kill(pid_, SIGINT);
      changed_.notify_all();
    }
    if (!keeper_.joinable()) return absl::OkStatus();
    absl::Status result;
    std::unique_lock lock(mutex_);
    auto ended = [this] { return ended_; };
    if (!changed_.wait_for(lock, patience, ended)) {
      // Immediate shutdown: what was committed is in the log, and the next start replays it.
      if (pid_ > 0) kill(pid_, SIGQUIT);
      if (!changed_.wait_for(lock, kImmediateStop, ended)) {
        if (pid_ > 0) kill(pid_, SIGKILL);
        for (pid_t pid : ProcessesIn(cluster_)) kill(pid, SIGKILL);  // its children do not see its end while stopped
      }
      result =
          absl::DeadlineExceededError("PostgreSQL did not stop in time and was ended; the next start replays its log");
    }
    lock.unlock();
    keeper_.join();
    // Nothing stays in /tmp after a clean stop.
    if (socket_folder_ != options_.folder + "/run") rmdir(socket_folder_.c_str());
    return result;
  }

  std::string UrlOf(const std::string& database) const {
    return absl::StrCat("host=", Quote(socket_folder_), " port=", kPort, " user=stepwell dbname=", Quote(database));
  }
  bool running() const { return pid() != 0; }
  int pid() const {
    std::lock_guard lock(mutex_);
    return pid_;
  }

  std::string url_;

 private:
  absl::Status Prepare() {
    std::error_code error;
    options_.folder = fs::absolute(options_.folder, error).lexically_normal().string();
    while (options_.folder.size() > 1 && options_.folder.back() == '/') options_.folder.pop_back();
    fs::create_directories(fs::path(options_.folder).parent_path(), error);
    if (error) {
      return absl::FailedPreconditionError(
          absl::StrCat("cannot make the folder above \"", options_.folder, "\": ", error.message()));
    }
    ASSIGN_OR_RETURN(user_, ChooseUser(options_.folder));
    cluster_ = options_.folder + "/cluster";
    socket_folder_ = SocketFolder(options_.folder);
    url_ = UrlOf(options_.database);
    RETURN_IF_ERROR(MakeFolder(options_.folder, user_, 0700));
    RETURN_IF_ERROR(CheckEnterable(options_.folder, user_));
    return MakeFolder(socket_folder_, user_, 0700);
  }

  absl::Status TakeLock() {
    std::string path = options_.folder + "/lock";
    lock_ = open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (lock_ < 0) return absl::FailedPreconditionError(absl::StrCat("cannot open \"", path, "\": ", ErrorText(errno)));
    if (flock(lock_, LOCK_EX | LOCK_NB) != 0) {
      char owner[32] = "";
      (void)!pread(lock_, owner, sizeof owner - 1, 0);
      return absl::FailedPreconditionError(absl::StrCat("another process (", owner, ") runs the database in \"",
                                                        options_.folder,
                                                        "\"; stop it, or choose another data folder (--data)"));
    }
    std::string mine = absl::StrCat("pid ", getpid());
    (void)!ftruncate(lock_, 0);
    (void)!pwrite(lock_, mine.data(), mine.size(), 0);
    return absl::OkStatus();
  }

  bool Stopping() const {
    std::lock_guard lock(mutex_);
    return stopping_;
  }

  // We hold the lock, so what still lives in the cluster has lost its parent and is about to end, or waits to be told.
  // What does not end then is killed: its log has all that was committed. (PostgreSQL 15 hangs when it is told to stop
  // while it recovers from the crash of a backend: it waits for a checkpointer that nobody told.)
  // A postmaster.pid without such processes is stale: its number may by now be somebody else's, which PostgreSQL would
  // take for a second server.
  absl::Status EndOrphans() {
    const SteadyTime grace = std::chrono::steady_clock::now() + kOrphanGrace, deadline = grace + kOrphanWait;
    for (bool told = false; !Stopping(); told = true) {
      std::vector<pid_t> processes = ProcessesIn(cluster_);
      if (processes.empty()) break;
      if (std::chrono::steady_clock::now() > deadline) {
        return absl::FailedPreconditionError(absl::StrCat("PostgreSQL's process ", processes[0], " still works in \"",
                                                          cluster_, "\" and does not end; stop it (kill -9 ",
                                                          processes[0], ")"));
      }
      const bool patient = std::chrono::steady_clock::now() < grace;
      pid_t main = MainProcess(cluster_);
      for (pid_t pid : processes) {
        if (!patient) kill(pid, SIGKILL);
        if (!told && pid == main) kill(pid, SIGINT);
      }
      std::this_thread::sleep_for(kPoll);
    }
    std::error_code ignored;
    fs::remove(cluster_ + "/postmaster.pid", ignored);
    fs::remove(socket_folder_ + "/.s.PGSQL.5432.lock", ignored);
    fs::remove(socket_folder_ + "/.s.PGSQL.5432", ignored);
    return absl::OkStatus();
  }

  absl::Status MakeCluster() {
    RemoveHalfMade(options_.folder);
    std::error_code error;
    std::string fresh = absl::StrCat(cluster_, kHalfMade, getpid()), log = options_.folder + "/initdb.log";
    FileCloser output{open(log.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600)};
    Command command;
    command.arguments = {programs_ + "/initdb", "-D", fresh,  "-U",         "stepwell",        "-A", "trust",
                         "--no-instructions",   "-E", "UTF8", "--locale=C", "--data-checksums"};
    if (!options_.sync) command.arguments.emplace_back("--no-sync");
    command.user = user_;
    command.output = output.fd;
    command.parent_death_signal = SIGKILL;  // this thread waits for it
    if (absl::Status made = RunToEnd(command); !made.ok()) {
      return absl::FailedPreconditionError(
          absl::StrCat("cannot make a database in \"", cluster_, "\": ", made.message(), "\n", Tail(log, 2000)));
    }
    fs::rename(fresh, cluster_, error);
    if (error) return absl::InternalError(absl::StrCat("cannot rename \"", fresh, "\": ", error.message()));
    fs::remove(log, error);
    return absl::OkStatus();
  }

  // The keeper thread: PostgreSQL's parent for as long as this object lives.
  void Keep() {
    milliseconds pause = kRestartLeast;
    for (;;) {
      const SteadyTime started = std::chrono::steady_clock::now();
      const std::string end = Stopping() ? "" : RunServer();
      std::unique_lock lock(mutex_);
      // Before it was ever ready, an end is a failure to start; afterwards somebody killed it, and it starts again.
      if (stopping_ || !ready_) {
        ended_ = true;
        changed_.notify_all();
        return;
      }
      if (std::chrono::steady_clock::now() - started > kSettled) pause = kRestartLeast;
      Say(absl::StrCat("PostgreSQL ended (", end, "); it is started again in ", pause.count(), " ms; see \"", LogFile(),
                       "\""));
      if (changed_.wait_for(lock, pause, [this] { return stopping_; })) continue;
      lock.unlock();
      pause = std::min(pause * 2, kRestartMost);
      // Its children end within moments of it; until then a new one would refuse to start.
      if (absl::Status ended = EndOrphans(); !ended.ok()) Say(std::string(ended.message()));
    }
  }

  // Starts it and waits for its end, which is put into words.
  std::string RunServer() {
    absl::StatusOr<pid_t> child = SpawnServer();
    std::unique_lock lock(mutex_);
    if (!child.ok()) {
      failure_ = child.status();
      return std::string(failure_.message());
    }
    pid_ = *child;
    if (stopping_) kill(pid_, SIGINT);
    lock.unlock();
    siginfo_t info{};
    // The pid stays ours (a zombie) until it is taken under the lock, so Stop never signals a stranger.
    while (waitid(P_PID, static_cast<id_t>(*child), &info, WEXITED | WNOWAIT) != 0 && errno == EINTR) {
    }
    lock.lock();
    while (waitpid(*child, nullptr, 0) < 0 && errno == EINTR) {
    }
    pid_ = 0;
    return absl::StrCat(info.si_code == CLD_EXITED ? "exit status " : "signal ", info.si_status);
  }

  void Say(const std::string& line) const {
    if (options_.log) options_.log(line);
  }

  absl::StatusOr<pid_t> SpawnServer() {
    std::error_code ignored;
    std::string path = LogFile();
    if (fs::file_size(path, ignored) > kLogBytes && !ignored) fs::rename(path, path + ".1", ignored);
    FileCloser log{open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0600)};
    Command command = ServerCommand(programs_, cluster_, socket_folder_, options_.sync);
    command.user = user_;
    command.output = log.fd;
    return Spawn(command);
  }

  std::string LogFile() const { return options_.folder + "/server.log"; }

  absl::Status WaitUntilReady() {
    std::string url = UrlOf("postgres");
    const SteadyTime begin = std::chrono::steady_clock::now();
    for (;;) {
      {
        std::unique_lock lock(mutex_);
        changed_.wait_for(lock, kPoll, [this] { return ended_; });
        if (ended_) return StartFailure();
      }
      PGPing answer = PQping(url.c_str());
      if (answer == PQPING_OK) break;
      seconds limit = answer == PQPING_REJECT ? kRecoveryWait : kSocketWait;
      if (std::chrono::steady_clock::now() > begin + limit) {
        return absl::UnavailableError(absl::StrCat("PostgreSQL in \"", cluster_, "\" was not ready after ",
                                                   limit.count(), " s; see \"", LogFile(), "\""));
      }
    }
    std::lock_guard lock(mutex_);
    ready_ = true;
    return ended_ ? StartFailure() : absl::OkStatus();
  }

  absl::Status StartFailure() const {
    if (!failure_.ok()) return failure_;
    return absl::FailedPreconditionError(
        absl::StrCat("PostgreSQL did not start in \"", cluster_, "\". It said:\n", Tail(LogFile(), 2000)));
  }

  absl::Status MakeDatabase() const {
    PGconn* connection = PQconnectdb(UrlOf("postgres").c_str());
    std::string statement = "create database ";
    char* name = PQescapeIdentifier(connection, options_.database.data(), options_.database.size());
    if (name != nullptr) statement += name;
    PQfreemem(name);
    PGresult* result = PQexec(connection, statement.c_str());
    const char* state = PQresultErrorField(result, PG_DIAG_SQLSTATE);
    constexpr char kDuplicateDatabase[] = "42P04";
    bool fine =
        PQresultStatus(result) == PGRES_COMMAND_OK || (state != nullptr && std::strcmp(state, kDuplicateDatabase) == 0);
    absl::Status status = fine ? absl::OkStatus()
                               : absl::InternalError(absl::StrCat("cannot make the database \"", options_.database,
                                                                  "\": ", PQerrorMessage(connection)));
    PQclear(result);
    PQfinish(connection);
    return status;
  }

  Options options_;
  RunAs user_;
  std::string cluster_, socket_folder_, programs_;
  int lock_ = -1;

  mutable std::mutex mutex_;  // guards what follows
  std::condition_variable changed_;
  pid_t pid_ = 0;
  bool ready_ = false, stopping_ = false, ended_ = false;
  absl::Status failure_;

  std::thread keeper_;
};

PrivatePostgres::PrivatePostgres(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
PrivatePostgres::~PrivatePostgres() = default;

absl::StatusOr<std::unique_ptr<PrivatePostgres>> PrivatePostgres::Start(Options options) {
  auto impl = std::make_unique<Impl>(std::move(options));
  RETURN_IF_ERROR(impl->Start());
  return std::unique_ptr<PrivatePostgres>(new PrivatePostgres(std::move(impl)));
}

const std::string& PrivatePostgres::url() const { return impl_->url_; }
std::string PrivatePostgres::UrlOf(const std::string& database) const { return impl_->UrlOf(database); }
bool PrivatePostgres::running() const { return impl_->running(); }
int PrivatePostgres::pid() const { return impl_->pid(); }
absl::Status PrivatePostgres::Stop(std::chrono::milliseconds patience) { return impl_->Stop(patience); }

}  // namespace stepwell::postgres
