// A chunk: up to 1,024 consecutive points of a series, sealed: each column in the smallest of a few lossless encodings,
// a CRC-32C over all. Byte layout: docs/formats/chunk.md and the top of chunk.cc.
//
// Steps and wall times are the *axis*. Series that were logged together have equal steps and nearly equal wall times,
// so a chunk may refer to the axis of another series' chunk of the same number (its leader) and keep only what differs.
// A leader is always a final chunk with an axis of its own.
//
// Thread safety: values and pure functions.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "series/points.h"

namespace stepwell::series {

// A series within a run: the writer's number and the number that the writer gave.
struct SeriesKey {
  uint32_t writer = 0;
  uint32_t series = 0;
  auto operator<=>(const SeriesKey&) const = default;
};

struct ChunkInfo {
  uint64_t first_ordinal = 0;  // number of the first point in the series, hidden ones counted
  uint32_t count = 0;
  uint64_t first_lsn = 0;  // journal numbers of the batches that brought the first and the last point
  uint64_t last_lsn = 0;
  bool final = false;  // full, or cut by a rewind: never written again
  bool scalar = true;
  std::optional<SeriesKey> leader;  // whose chunk of the same number has the axis
};

// `leader` is the decoded chunk that `info.leader` names; its steps must equal these (else INVALID_ARGUMENT). Payloads
// of a chunk may have 1 GiB together (codec::kMaxStringColumn); seal by bytes long before.
absl::StatusOr<std::string> EncodeChunk(const ChunkInfo& info, const Points& points, const Points* leader);

// DATA_LOSS on a bad checksum or a layout that does not fit.
absl::StatusOr<ChunkInfo> DecodeChunkInfo(std::string_view bytes);
// `leader`: as above; REQUIRES non-null if the chunk has one.
absl::StatusOr<Points> DecodeChunk(std::string_view bytes, const Points* leader);
// Steps and wall times alone.
absl::StatusOr<Points> DecodeAxis(std::string_view bytes, const Points* leader);

}  // namespace stepwell::series
