// Summaries of points, so that a chart costs columns and not points, and one value of a long series a few reads.
//
// A Summary stands for consecutive points of a series in order of arrival. The finest stands for up to 128 points of
// one chunk; a coarser one for four of the next finer. Summaries are kept in pages of the same level: a page of level 0
// covers 16 consecutive final chunks (at most 128 summaries), a page of level n covers four pages of level n-1. A page
// is written once, when all that it covers is final, and holds at most 128 summaries. What no page covers yet is read
// from its chunks.
//
// Byte layout of a page: docs/formats/summary-page.md and the top of page.cc.
//
// Thread safety: values and pure functions.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "series/points.h"

namespace stepwell::series {

struct Point {
  int64_t step = 0;
  double wall = 0;
  double value = 0;
};

struct Summary {
  uint32_t count = 0;  // points, non-finite ones included
  uint32_t nan = 0, pos_inf = 0, neg_inf = 0;
  Point first, last;  // in order of arrival
  Point min, max;     // over finite values, the earliest of equals; without meaning if finite() == 0
  double sum = 0;     // over finite values
  int64_t min_step = 0, max_step = 0;
  double min_wall = 0, max_wall = 0;  // over finite wall times; both NaN if there are none
  bool steps_sorted = true;           // steps do not go back
  bool walls_sorted = true;           // all wall times are finite and do not go back
  uint32_t unplaced = 0;              // points whose wall time is not finite

  uint32_t finite() const { return count - nan - pos_inf - neg_inf; }
};

// Of points [from, to). REQUIRES: from < to. Of payloads it has count, first, last and axis only.
Summary Summarize(const Points& points, size_t from, size_t to);
// Of all points, kSummaryPoints at a time: the summaries of one chunk.
std::vector<Summary> SummarizeBlocks(const Points& points);
// `b` follows `a`.
Summary Combine(const Summary& a, const Summary& b);

inline constexpr uint32_t kChunksPerPage = 16;  // level 0
inline constexpr uint32_t kPageFanOut = 4;

struct SummaryPage {
  uint8_t level = 0;
  uint64_t first_chunk = 0;  // covers chunks [first_chunk, first_chunk + chunks)
  uint32_t chunks = 0;
  uint64_t first_lsn = 0, last_lsn = 0;
  uint64_t first_ordinal = 0;
  std::vector<Summary> summaries;
};
// Chunks that a page of this level covers: 16 * 4^level.
uint64_t ChunksPerPage(uint8_t level);

// The page of level n over its four pages of level n-1, in order. Groups of four summaries go across their borders.
// INVALID_ARGUMENT if they are not the four that make a page.
absl::StatusOr<SummaryPage> CombinePages(std::span<const SummaryPage> pages);

// A page of level 0 has the summaries of its chunks one after the other. REQUIRES: at most 128 summaries.
std::string EncodePage(const SummaryPage& page);
absl::StatusOr<SummaryPage> DecodePage(std::string_view bytes);  // DATA_LOSS as for chunks

}  // namespace stepwell::series
