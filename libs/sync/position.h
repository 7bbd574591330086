// What an uploader keeps at the server with each batch of a spool, so that it has no state of its own:
//
//   position := spool id (26 bytes)  u32 segment  u64 offset  u8 ended     little-endian
//
// of the first record that is not in the batch; ended: a terminal status was sent (docs/formats/spool.md).
//
// Thread safety: pure functions.
#pragma once

#include <string>
#include <string_view>

#include "spool/writer.h"

namespace stepwell::sync {

struct Mark {
  spool::Position at;
  bool ended = false;
};

std::string EncodePosition(std::string_view spool_id, const Mark& mark);

// From the beginning if the bytes speak of another spool, or are of another client.
Mark DecodePosition(std::string_view spool_id, std::string_view bytes);

}  // namespace stepwell::sync
