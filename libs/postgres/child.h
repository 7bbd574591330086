// Starting another program as another user, without a shell: what fork and exec need around them.
//
// Thread safety: functions without state; a child is told to die with the thread that called Spawn.
#pragma once

#include <sys/types.h>

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace stepwell::postgres {

struct RunAs {
  bool change = false;  // false: the user that we are
  uid_t uid = 0;
  gid_t gid = 0;
  std::string name;
};

// What an errno means, in words.
std::string ErrorText(int error);

struct Command {
  std::vector<std::string> arguments;  // [0] is the program's path
  RunAs user;
  int output = -1;              // descriptor for stdout and stderr; -1: /dev/null
  int parent_death_signal = 0;  // 0: none
};

// Starts it in a session of its own (Ctrl-C in the terminal is not its business), without capabilities and unable to
// gain any, with an environment of PATH and LC_ALL only.
absl::StatusOr<pid_t> Spawn(const Command& command);

// Starts it and waits. Not OK if it could not start or did not exit with 0.
absl::Status RunToEnd(const Command& command);

// The user to run PostgreSQL as, given the folder (which may not exist yet).
absl::StatusOr<RunAs> ChooseUser(const std::string& folder);

// OK if `user` may enter `folder` and everything above it; the error names the first folder that it may not.
absl::Status CheckEnterable(const std::string& folder, const RunAs& user);

}  // namespace stepwell::postgres
