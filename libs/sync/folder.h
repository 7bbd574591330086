// Where clients of this user leave their spools.
//
// Thread safety: functions of the environment and the file system.
#pragma once

#include <string>
#include <vector>

namespace stepwell::sync {

// STEPWELL_DIR, else $XDG_STATE_HOME/stepwell or ~/.local/state/stepwell.
std::string SpoolFolder();
// Those that are there: SpoolFolder(), and $TMPDIR/stepwell-<uid>, which clients fall back to where they may not write
// that one. STEPWELL_DIR is fallen back from, too.
std::vector<std::string> SpoolFolders();

}  // namespace stepwell::sync
