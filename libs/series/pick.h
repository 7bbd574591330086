// Chosen points of a line by their places in the order of x: the one at an x, and so many of all, evenly.
//
// What is read is summaries, and steps and wall times where they do not tell: no payload is. Where x only rises, that
// is O(log) of the line for each point that is chosen; where writers ran side by side or x goes back and forth, as much
// as lies together there.
//
// Thread safety: functions without state.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "series/query.h"

namespace stepwell::series {

struct PickSpec {
  struct X {
    int64_t step = 0;  // x = step
    double wall = 0;   // x = wall
  };
  XAxis x = XAxis::kStep;
  std::optional<X> at;  // nullopt: the last point of the line
  bool nearest = true;  // of two that are as near, the earlier; false: the last point up to `at`
  Range range;          // what `steps` and `spread` are chosen in
  uint64_t steps = 0, spread = 0;
};

struct PickedPoint {
  int64_t step = 0;
  double wall = 0;
  // Where its payload is: the source's place, the chunk (the parts of the tail follow the chunks), the point in it.
  struct Where {
    uint32_t source = 0, chunk = 0, index = 0;
    auto operator<=>(const Where&) const = default;
  } where;
};

struct Picks {
  uint64_t count = 0;                // visible points in range
  std::optional<PickedPoint> point;  // whatever the range; of several at one x, the one that came last
  // In order of x, evenly by place, first and last among them (of one, the last); all, if there are not more.
  std::vector<PickedPoint> steps, spread;
};

// Sources and rewinds as for Query.
absl::StatusOr<Picks> Pick(std::span<Source* const> sources, std::span<const Rewind> rewinds, const PickSpec& spec);

// The payloads of picked points, each chunk read once. RESOURCE_EXHAUSTED if they have more than `most_bytes` together.
absl::StatusOr<std::vector<std::string>> ReadPayloads(std::span<Source* const> sources,
                                                      std::span<const PickedPoint> points, uint64_t most_bytes);

}  // namespace stepwell::series
