// What a server takes, told to clients in OpenRun. Beyond one of these the item is refused with a reason and counted,
// and the rest of its batch goes in; only a message that is too large or cannot be read ends the stream.
#pragma once

#include <cstddef>
#include <cstdint>

#include "stepwell/v1/ingest.pb.h"

namespace stepwell::ingest {

// Bytes of names and notes that may wait for the catalog, unless it is set: a million new series at once are a quarter.
inline constexpr uint64_t kCatalogBacklog = uint64_t{1} << 30;

// Bytes of the series of runs in memory, their points not counted, unless it is set: a good million and a half, so that
// a million with 20 unsealed points each stay below 4 GiB.
inline constexpr uint64_t kSeriesMemory = uint64_t{2} << 30;

// Bytes of recent batches for live views, unless it is set.
inline constexpr uint64_t kLiveRing = uint64_t{16} << 20;

struct Limits {
  uint64_t message_bytes = uint64_t{4} << 20;
  uint64_t blob_bytes = uint64_t{64} << 20;
  uint64_t blob_part_bytes = uint64_t{1} << 20;
  uint64_t inline_bytes = uint64_t{1} << 20;
  uint64_t tag_bytes = uint64_t{16} << 10;
  uint64_t info_bytes = uint64_t{1} << 20;  // of a series' metadata, all fields together
  uint64_t position_bytes = uint64_t{1} << 10;
  uint64_t series_per_run = 1'000'000;
  uint64_t points_per_batch = 100'000;
  uint64_t param_count = 10'000;
  uint64_t param_bytes = uint64_t{64} << 10;
  uint64_t label_bytes = 256;
  uint64_t note_bytes = uint64_t{256} << 10;
  uint64_t writers_per_run = 4096;
  uint64_t fork_depth = 64;  // of a fork of a fork ...

  void ToProto(v1::Limits* out) const;
};

}  // namespace stepwell::ingest
