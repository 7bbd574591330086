// Who asks. Listeners make Principals out of what a connection proves; nobody else does.
//
// Thread safety: values.
#pragma once

#include <array>
#include <string>
#include <string_view>

namespace stepwell::auth {

struct Principal {
  enum class Kind {
    kAnonymous,  // proves nothing
    kLocal,      // a loopback connection of the server's own Unix user, on a server without accounts
    kUser,       // a session cookie
    kToken,      // a personal access token
    kService,    // a service account's token
    kGuest,      // a share link
    kInternal,   // a server program of this deployment, on the internal listener
  };
  Kind kind = Kind::kAnonymous;
  std::string name;  // for logs and audit; may be empty

  static Principal Anonymous() { return {Kind::kAnonymous, "anonymous"}; }
  static Principal Local() { return {Kind::kLocal, "local"}; }
  static Principal Internal() { return {Kind::kInternal, "internal"}; }
};

inline constexpr std::array kPrincipalKinds = {
    Principal::Kind::kAnonymous, Principal::Kind::kLocal, Principal::Kind::kUser,    Principal::Kind::kToken,
    Principal::Kind::kService,   Principal::Kind::kGuest, Principal::Kind::kInternal};

std::string_view KindName(Principal::Kind kind);  // "local"

}  // namespace stepwell::auth
