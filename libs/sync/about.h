// What lies beside the segments of a spool: writer.json, which the writer wrote, and status.json, which uploaders do.
//
// Thread safety: functions of the file system.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "spool/writer.h"

namespace stepwell::sync {

// A run that begins with what another shows below `step`.
struct Fork {
  std::string run;
  int64_t step = 0;
  std::map<std::string, spool::Position> after;  // spools of that run beside this one, to be sent so far before
};

struct About {
  std::string server;  // host:port, or with grpcs:// before it
  std::string workspace, experiment, run, name, writer, client;
  bool offline = false;     // left alone until somebody asks for it
  bool primary = true;      // says how the run ended
  bool must_exist = false;  // the server makes no run
  std::optional<Fork> fork;
};

// INVALID_ARGUMENT: no such file's content. UNIMPLEMENTED: of a format that this program does not know.
absl::StatusOr<About> ParseAbout(std::string_view json);
// NOT_FOUND: there is no writer.json (yet).
absl::StatusOr<About> ReadAbout(const std::string& folder);
// Gives a writer of mode offline to whichever uploader lives; `server` unless it is empty.
absl::Status MakeOnline(const std::string& folder, const std::string& server);

struct State {
  spool::Position acknowledged;
  uint64_t refused = 0;      // items that the server left out
  bool fenced = false;       // another process took the writer's place
  bool deleted = false;      // the run was deleted
  bool opened = false;       // the server has opened the run
  bool missing = false;      // there is no run, and it must exist
  std::string error;         // why nothing is sent now; empty: it is
  std::string fork_refused;  // why the run has not the history that was asked for
  std::string run;
  bool operator==(const State&) const = default;
};

// What an uploader told last; nothing, if it is not there or cannot be read.
State ReadState(const std::string& folder);
absl::Status WriteState(const std::string& folder, const State& state);

// Why the server must not make the fork yet: of its parent's spools in `root` one is not sent so far. Empty: it may.
std::string UnsentParent(const std::string& root, const Fork& fork);

// Bytes of a writer's segments that come before `segment`, and of their blobs.
uint64_t BytesBefore(const std::string& folder, uint32_t segment);

// Bytes of all files below a folder.
uint64_t BytesBelow(const std::string& folder);

// The writers of a spool folder, by id: in the order in which they began.
std::vector<std::string> WritersIn(const std::string& root);
// Removes what is left of writers that were sent, if somebody was killed while it removed them.
void RemoveGone(const std::string& root);
// Renames first: a half-removed spool must not look like one that begins later.
void RemoveWriter(const std::string& root, const std::string& id);

}  // namespace stepwell::sync
