#include "client/uploader.h"

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <sstream>
#include <system_error>
#include <vector>

#include "client/settings.h"
#include "spool/writer.h"

namespace stepwell::client {
namespace {

constexpr std::chrono::seconds kLongestPause{60};

std::string FindStepwell() {
  std::istringstream path(Environment("PATH"));
  for (std::string folder; std::getline(path, folder, ':');) {
    std::string program = folder + "/stepwell";
    if (!folder.empty() && access(program.c_str(), X_OK) == 0) return program;
  }
  return {};
}

std::vector<std::string> Command(const std::string& root) {
  const std::string chosen = Environment("STEPWELL_UPLOADER");
  if (!chosen.empty()) return {"/bin/sh", "-c", "exec " + chosen + " \"$0\"", root};
  const std::string program = FindStepwell();
  if (!program.empty()) return {program, "sync", "--watch", root};
  return {};
}

}  // namespace

bool Uploader::Runs() {
  if (process_ == 0) return false;
  const pid_t ended = waitpid(process_, &status_, WNOHANG);
  if (ended == 0) return true;
  if (ended < 0) status_ = 0;  // somebody else waited for it
  process_ = 0;
  return false;
}

std::string Uploader::Ensure() {
  if (Runs() || spool::IsLocked(root_ + "/uploader.lock")) return {};
  std::string told;
  const bool good = WIFEXITED(status_) && WEXITSTATUS(status_) == 0;
  pause_ = good ? std::chrono::seconds(1) : std::min(2 * pause_, kLongestPause);
  const Time now = std::chrono::steady_clock::now();
  if (!good) {
    told = "the uploader ended with an error; " + root_ + "/uploader.log may say why. It is started again";
    next_ = std::max(next_, now + pause_);
    status_ = 0;
  }
  if (now < next_) return told;
  const std::string failed = Start();
  if (!failed.empty()) next_ = now + kLongestPause;
  return failed.empty() ? told : failed;
}

std::string Uploader::Start() {
  const std::vector<std::string> command = Command(root_);
  if (command.empty()) {
    return "there is no uploader, so what is logged stays in " + root_ + ". Send it with `stepwell sync " + root_ +
           "` or `python -m stepwell sync " + root_ + "`, or set STEPWELL_UPLOADER to a command that sends it";
  }
  std::vector<char*> arguments;
  arguments.reserve(command.size() + 1);
  for (const std::string& argument : command) arguments.push_back(const_cast<char*>(argument.c_str()));
  arguments.push_back(nullptr);
  const std::string log = root_ + "/uploader.log";
  posix_spawn_file_actions_t files;
  posix_spawn_file_actions_init(&files);
  posix_spawn_file_actions_addopen(&files, 0, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_addopen(&files, 1, log.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600);
  posix_spawn_file_actions_adddup2(&files, 1, 2);
#if __GLIBC_PREREQ(2, 34)
  posix_spawn_file_actions_addclosefrom_np(&files, 3);  // the training's own files
#endif
  posix_spawn_file_actions_addchdir_np(&files, "/");
  posix_spawnattr_t attributes;
  posix_spawnattr_init(&attributes);
  sigset_t none, all;
  sigemptyset(&none);
  sigfillset(&all);
  posix_spawnattr_setsigmask(&attributes, &none);
  posix_spawnattr_setsigdefault(&attributes, &all);
  // Detached, so that what ends this process leaves the uploader alone.
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSID | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
  const int error = posix_spawn(&process_, arguments[0], &files, &attributes, arguments.data(), environ);
  posix_spawnattr_destroy(&attributes);
  posix_spawn_file_actions_destroy(&files);
  if (error == 0) return {};
  process_ = 0;
  return "the uploader " + command[0] + " cannot be started: " + std::generic_category().message(error);
}

}  // namespace stepwell::client
