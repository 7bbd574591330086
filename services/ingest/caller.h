// Who calls over gRPC. Without accounts, the server's own Unix user over loopback is everything, and nobody else is.
//
// Thread safety: pure functions.
#pragma once

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "auth/principal.h"

namespace stepwell::ingest {

// `peer`: as gRPC tells it, "ipv4:127.0.0.1:5000"; `port`: the listener's. PERMISSION_DENIED with the way out.
absl::StatusOr<auth::Principal> WhoCalls(const std::string& peer, uint16_t port);

}  // namespace stepwell::ingest
