#include "postgres/child.h"

#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <system_error>

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"

namespace stepwell::postgres {
namespace {

constexpr int kCannotStart = 127;

// Only async-signal-safe calls: we may have been forked from a process with many threads.
bool Become(const RunAs& user) {
  if (!user.change) return true;
  return setgroups(0, nullptr) == 0 && setresgid(user.gid, user.gid, user.gid) == 0 &&
         setresuid(user.uid, user.uid, user.uid) == 0;
}

[[noreturn]] void ChildMain(const Command& command, char* const* arguments, char* const* environment, pid_t parent,
                            int error_pipe) {
  setsid();
  int null = open("/dev/null", O_RDWR);
  int output = command.output >= 0 ? command.output : null;
  dup2(null, 0);
  dup2(output, 1);
  dup2(output, 2);
  sigset_t none;
  sigemptyset(&none);
  pthread_sigmask(SIG_SETMASK, &none, nullptr);
  // An ignored signal stays ignored over exec, and PostgreSQL needs these.
  for (int number : {SIGINT, SIGTERM, SIGQUIT, SIGHUP, SIGPIPE, SIGCHLD}) signal(number, SIG_DFL);
  bool fine = Become(command.user) && prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0;
  // After the change of user, which clears it.
  if (fine && command.parent_death_signal != 0) {
    fine = prctl(PR_SET_PDEATHSIG, command.parent_death_signal, 0, 0, 0) == 0;
    if (getppid() != parent) _exit(kCannotStart);  // it died before we asked
  }
  if (fine) execve(arguments[0], arguments, environment);
  int error = errno;
  (void)!write(error_pipe, &error, sizeof error);
  _exit(kCannotStart);
}

int WaitFor(pid_t pid) {
  int status = 0;
  while (waitpid(pid, &status, 0) < 0 && errno == EINTR) {
  }
  return status;
}

}  // namespace

std::string ErrorText(int error) { return std::generic_category().message(error); }

absl::StatusOr<pid_t> Spawn(const Command& command) {
  std::vector<char*> arguments;
  arguments.reserve(command.arguments.size() + 1);
  for (const std::string& argument : command.arguments) arguments.push_back(const_cast<char*>(argument.c_str()));
  arguments.push_back(nullptr);
  std::string path = "PATH=/usr/local/bin:/usr/bin:/bin", locale = "LC_ALL=C";
  char* environment[] = {path.data(), locale.data(), nullptr};
  int fds[2];
  if (pipe2(fds, O_CLOEXEC) != 0) return absl::UnavailableError(absl::StrCat("pipe: ", ErrorText(errno)));
  pid_t parent = getpid();
  pid_t pid = fork();
  if (pid == 0) ChildMain(command, arguments.data(), environment, parent, fds[1]);
  int fork_error = errno;
  close(fds[1]);
  if (pid < 0) {
    close(fds[0]);
    return absl::UnavailableError(absl::StrCat("cannot start another process: ", ErrorText(fork_error)));
  }
  // The pipe closes when exec succeeds and holds an errno when it does not.
  int error = 0;
  ssize_t got = 0;
  while ((got = read(fds[0], &error, sizeof error)) < 0 && errno == EINTR) {
  }
  close(fds[0]);
  if (got == sizeof error) {
    WaitFor(pid);
    return absl::FailedPreconditionError(
        absl::StrCat("cannot start \"", command.arguments[0], "\": ", ErrorText(error)));
  }
  return pid;
}

absl::Status RunToEnd(const Command& command) {
  ASSIGN_OR_RETURN(pid_t pid, Spawn(command));
  int status = WaitFor(pid);
  if (WIFEXITED(status) && WEXITSTATUS(status) == 0) return absl::OkStatus();
  return absl::InternalError(absl::StrCat("\"", command.arguments[0], "\" ended with ",
                                          WIFSIGNALED(status) ? "signal " : "status ",
                                          WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status)));
}

absl::StatusOr<RunAs> ChooseUser(const std::string& folder) {
  if (geteuid() != 0) return RunAs{};
  char buffer[4096];
  passwd entry{}, *found = nullptr;
  struct stat info {};
  if (stat(folder.c_str(), &info) == 0 && info.st_uid != 0) {
    if (getpwuid_r(info.st_uid, &entry, buffer, sizeof buffer, &found) == 0 && found != nullptr) {
      return RunAs{true, found->pw_uid, found->pw_gid, found->pw_name};
    }
    return absl::FailedPreconditionError(
        absl::StrCat("\"", folder, "\" belongs to user number ", info.st_uid, ", who has no entry in /etc/passwd; ",
                     "PostgreSQL needs one: add it, or give the folder to a user that has one (chown -R)"));
  }
  for (const char* name : {"stepwell", "postgres", "nobody"}) {
    if (getpwnam_r(name, &entry, buffer, sizeof buffer, &found) == 0 && found != nullptr && found->pw_uid != 0) {
      return RunAs{true, found->pw_uid, found->pw_gid, found->pw_name};
    }
  }
  return absl::FailedPreconditionError(
      "PostgreSQL does not run as root, and none of the users stepwell, postgres and nobody exists; make one (useradd "
      "--system stepwell), or start as an ordinary user");
}

absl::Status CheckEnterable(const std::string& folder, const RunAs& user) {
  if (!user.change) return absl::OkStatus();
  std::vector<std::string> folders;
  for (size_t slash = folder.find('/', 1); slash != std::string::npos; slash = folder.find('/', slash + 1)) {
    folders.push_back(folder.substr(0, slash));
  }
  folders.push_back(folder);
  folders.resize(std::min<size_t>(folders.size(), 200));  // an exit status tells which: it has a byte
  pid_t pid = fork();
  if (pid < 0) return absl::UnavailableError(absl::StrCat("cannot start another process: ", ErrorText(errno)));
  if (pid == 0) {
    if (!Become(user)) _exit(255);
    for (size_t i = 0; i < folders.size(); ++i) {
      if (access(folders[i].c_str(), X_OK) != 0) _exit(static_cast<int>(i) + 1);
    }
    _exit(0);
  }
  int status = WaitFor(pid);
  int code = WIFEXITED(status) ? WEXITSTATUS(status) : 255;
  if (code == 0) return absl::OkStatus();
  if (code > static_cast<int>(folders.size())) {
    return absl::FailedPreconditionError(absl::StrCat("cannot become the user \"", user.name, "\" to run PostgreSQL"));
  }
  const std::string& closed = folders[code - 1];
  return absl::FailedPreconditionError(absl::StrCat(
      "the user \"", user.name, "\", as whom PostgreSQL runs under root, cannot enter \"", closed,
      "\"; allow it (chmod o+x '", closed, "'), or choose another data folder (--data), or start as an ordinary user"));
}

}  // namespace stepwell::postgres
