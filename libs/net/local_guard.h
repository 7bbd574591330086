// Who may talk to a server without accounts: the Unix user that runs it, over loopback, with nothing in between.
//
// A login node has many users on one loopback, so a connection's other end is looked up in the kernel's table. A proxy
// in front means that the caller is not local. A foreign Host means that a web page has its name pointed at this
// machine (DNS rebinding), a cross-site fetch that a foreign page asks.
//
// Thread safety: pure functions; they ask the kernel.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "net/http.h"

namespace stepwell::net {

// One end of a TCP connection: 4 or 16 bytes of address in network order, and a port.
struct Endpoint {
  std::string address;
  uint16_t port = 0;
};

// The user that owns the established connection `theirs` → `ours` of this machine. NOT_FOUND if the kernel does not
// list it: it is not local, or was closed at once. (A closed connection is listed as root's, so only established ones
// count.)
absl::StatusOr<uid_t> PeerUid(const Endpoint& theirs, const Endpoint& ours);
// The search itself, in the text of /proc/net/tcp or tcp6.
absl::StatusOr<uid_t> FindUid(std::string_view table, const Endpoint& theirs, const Endpoint& ours);

// PERMISSION_DENIED with the way out unless the connection is of user `self` or of root.
absl::Status CheckPeer(const Endpoint& theirs, const Endpoint& ours, uid_t self);
// INVALID_ARGUMENT or PERMISSION_DENIED for a Host, forwarding header or fetch that is not local.
absl::Status CheckLocalHeaders(const Headers& headers);

}  // namespace stepwell::net
