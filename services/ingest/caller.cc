#include "ingest/caller.h"

#include <arpa/inet.h>
#include <unistd.h>

#include "base/status_macros.h"
#include "net/local_guard.h"

namespace stepwell::ingest {
namespace {

// gRPC writes an IPv6 address as a URI does: "ipv6:%5B::1%5D:5000".
std::string Decode(std::string text) {
  for (const auto& [from, to] : {std::pair{"%5B", "["}, std::pair{"%5D", "]"}}) {
    if (size_t at = text.find(from); at != std::string::npos) text.replace(at, 3, to);
  }
  return text;
}

}  // namespace

absl::StatusOr<auth::Principal> WhoCalls(const std::string& peer, uint16_t port) {
  const std::string text = Decode(peer);
  const size_t colon = text.rfind(':');
  const bool v4 = text.starts_with("ipv4:");
  if (colon == std::string::npos || (!v4 && !text.starts_with("ipv6:["))) {
    return absl::PermissionDeniedError("only connections over loopback are taken, this one is " + peer);
  }
  const std::string host = v4 ? text.substr(5, colon - 5) : text.substr(6, colon - 7);
  net::Endpoint theirs, ours;
  char address[16];
  if (inet_pton(v4 ? AF_INET : AF_INET6, host.c_str(), address) != 1) {
    return absl::PermissionDeniedError("the caller's address cannot be read: " + peer);
  }
  theirs.address.assign(address, v4 ? 4 : 16);
  theirs.port = static_cast<uint16_t>(std::strtoul(text.c_str() + colon + 1, nullptr, 10));
  ours.address = theirs.address;  // over loopback both ends are the same
  ours.port = port;
  RETURN_IF_ERROR(net::CheckPeer(theirs, ours, geteuid()));
  return auth::Principal::Local();
}

}  // namespace stepwell::ingest
