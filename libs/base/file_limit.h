// How many files and sockets a process may have open.
//
// Thread safety: pure function.
#pragma once

#include <sys/resource.h>

namespace stepwell {

// As many as the system lets this process have: 10,000 live views need more than the common soft limit of 1,024.
inline void RaiseFileLimit() {
  rlimit files{};
  if (getrlimit(RLIMIT_NOFILE, &files) != 0) return;
  files.rlim_cur = files.rlim_max;
  setrlimit(RLIMIT_NOFILE, &files);
}

}  // namespace stepwell
