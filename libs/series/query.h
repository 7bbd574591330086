// Answers for charts and tables from chunks, pages and the open tail of one or several series.
//
// Rewinds: a rewind (lsn R, step n) hides the points that came in batches before R and have a step >= n, except, if it
// spares a writer, those of that writer's series. No chunk holds points from both sides of a rewind of its run (sealing
// cuts there), so hiding is decided by a chunk and a page as a whole where their lsn are all before or all after R, and
// by step; what is hit in part is looked at more finely, down to the points.
//
// Stretches: what was visible until a rewind hid it is a line of its own, the rewind's stretch. A point belongs to the
// first rewind that hides it. The cut of a fork has no stretch: what lies beyond it is the parent's.
//
// Thread safety: functions without state; a Source is used by one call at a time.
#pragma once

#include <cstdint>
#include <functional>
#include <limits>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "absl/status/statusor.h"
#include "series/chunk.h"
#include "series/points.h"
#include "series/summary.h"

namespace stepwell::series {

struct Rewind {
  uint64_t lsn = 0;
  int64_t step = 0;
  std::optional<uint32_t> spared_writer;
  bool is_fork = false;  // the cut of a fork: what it hides never was of the run
};

// Part of the open tail: points of consecutive batches between two rewinds.
struct TailPart {
  uint64_t first_lsn = 0, last_lsn = 0;
  Points points;
};

// One series as it was at one moment. Errors are DATA_LOSS with the place named; the caller decides what to do.
class Source {
 public:
  virtual ~Source() = default;
  virtual SeriesKey key() const = 0;
  virtual uint64_t chunk_count() const = 0;
  virtual uint64_t sealed_points() const = 0;  // in all chunks: the arrival number of the tail's first point
  // Decoded, axis and all.
  virtual absl::StatusOr<ChunkInfo> ReadChunk(uint64_t number, Points* points) = 0;
  // The same without values and payloads, which may be large.
  virtual absl::StatusOr<ChunkInfo> ReadAxis(uint64_t number, Points* points) = 0;
  // nullopt: not written yet.
  virtual absl::StatusOr<std::optional<SummaryPage>> ReadPage(uint8_t level, uint64_t number) = 0;
  virtual std::span<const TailPart> tail() const = 0;
};

enum class XAxis { kStep, kWall };
struct Range {  // inclusive at both ends
  bool has_from = false, has_to = false;
  int64_t from_step = 0, to_step = 0;  // x = step
  double from_wall = 0, to_wall = 0;   // x = wall
};
struct QuerySpec {
  XAxis x = XAxis::kStep;
  Range range;
  uint32_t columns = 0;          // 0: all points
  bool include_hidden = false;   // hidden points are answered, counted and summed up like the others
  bool include_rewound = false;  // stretches are answered beside the line; not together with include_hidden
  uint64_t max_points = std::numeric_limits<uint64_t>::max();
};

// Of a series: those of the last rewinds, if there are more.
inline constexpr size_t kMostStretches = 100;
// All stretches together have as many columns as so many lines (and one each): more stretches have fewer each.
inline constexpr uint32_t kStretchesOfFullWidth = 10;

struct Stretch;
struct Answer {
  bool exact = false;
  bool truncated = false;  // max_points was reached
  uint64_t count = 0, nan = 0, pos_inf = 0, neg_inf = 0;
  uint64_t unplaced = 0;        // x = wall: points without a finite wall time, not in count
  Points points;                // when exact: in order of x; equal x in order of arrival
  std::vector<uint8_t> hidden;  // with include_hidden: one a point
  // Otherwise: in order of x, none empty, at most spec.columns. first and last by x, min and max the earliest in x of
  // equals; steps_sorted and walls_sorted mean nothing here.
  std::vector<Summary> columns;
  // With include_rewound: by rewind, those with points in range; and how many earlier ones are not answered.
  std::vector<Stretch> rewound;
  uint64_t rewound_left_out = 0;
};
struct Stretch {
  Rewind rewind;
  double last_wall = 0;  // the greatest of all its points, in range or not: when it was taken back; NaN: none is finite
  Answer line;           // max_points is of the series and its stretches together
};

// The sources are the writers of one tag in the order of their first points; they make one line. Exact if there are
// fewer than 4 * columns points in range (or columns is 0); otherwise at most `columns` summaries of whole blocks and
// of the points at the two edges, O(columns) in time where steps (or wall times) do not go back, whatever the length.
// Where writers ran side by side, or x goes back and forth, what is finer is read as far as needed, down to every
// point. Series of payloads are answered exactly or, where columns would be needed, with INVALID_ARGUMENT.
//
// A stretch costs what a line of its length costs, and where it begins and ends the chunks of a page each (16) for the
// places where points of two fates lie together.
absl::StatusOr<Answer> Query(std::span<Source* const> sources, std::span<const Rewind> rewinds, const QuerySpec& spec);

// Visible points of one series summed up: the statistics of lists. Zero points: nullopt.
absl::StatusOr<std::optional<Summary>> SummarizeVisible(Source& source, std::span<const Rewind> rewinds);

// A chunk, or a part of the tail.
struct Part {
  const Points& points;
  const std::vector<uint8_t>& hidden;  // one a point
  uint64_t ordinal = 0;                // arrival number of the first point, from 0; where hidden points are in
};

// Every point in order of arrival, but for the first `from` (hidden ones counted), a part at a time. `visit` returns
// false to stop.
absl::Status ForEachPart(Source& source, std::span<const Rewind> rewinds, bool include_hidden, uint64_t from,
                         const std::function<bool(const Part& part)>& visit);

}  // namespace stepwell::series
