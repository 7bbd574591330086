#include "series/summary.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "base/status_macros.h"

namespace stepwell::series {
namespace {

constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

void AddValue(Summary& s, const Point& p) {
  if (std::isfinite(p.value)) {
    if (s.finite() == 0 || p.value < s.min.value) s.min = p;
    if (s.finite() == 0 || p.value > s.max.value) s.max = p;
    s.sum += p.value;
  } else if (std::isnan(p.value)) {
    ++s.nan;
  } else {
    ++(p.value > 0 ? s.pos_inf : s.neg_inf);
  }
  ++s.count;
}

void AddWalls(Summary& s, std::span<const double> walls) {
  s.min_wall = s.max_wall = kNaN;
  double last = -std::numeric_limits<double>::infinity();
  for (double wall : walls) {
    if (!std::isfinite(wall)) {
      ++s.unplaced;
      continue;
    }
    if (wall < last) s.walls_sorted = false;
    last = wall;
    // NaN compares false, so the first finite wall time is taken.
    if (!(wall >= s.min_wall)) s.min_wall = wall;
    if (!(wall <= s.max_wall)) s.max_wall = wall;
  }
  if (s.unplaced > 0) s.walls_sorted = false;
}

}  // namespace

Summary Summarize(const Points& points, size_t from, size_t to) {
  Summary s;
  auto at = [&](size_t i) { return Point{points.step[i], points.wall[i], points.value.empty() ? 0 : points.value[i]}; };
  if (points.value.empty()) {
    s.count = static_cast<uint32_t>(to - from);
  } else {
    for (size_t i = from; i < to; ++i) AddValue(s, at(i));
  }
  s.first = at(from);
  s.last = at(to - 1);
  const std::span<const int64_t> steps(points.step.data() + from, to - from);
  s.min_step = *std::min_element(steps.begin(), steps.end());
  s.max_step = *std::max_element(steps.begin(), steps.end());
  s.steps_sorted = std::is_sorted(steps.begin(), steps.end());
  AddWalls(s, std::span(points.wall.data() + from, to - from));
  return s;
}

std::vector<Summary> SummarizeBlocks(const Points& points) {
  std::vector<Summary> blocks;
  blocks.reserve((points.size() + kSummaryPoints - 1) / kSummaryPoints);
  for (size_t from = 0; from < points.size(); from += kSummaryPoints) {
    blocks.push_back(Summarize(points, from, std::min(points.size(), from + kSummaryPoints)));
  }
  return blocks;
}

Summary Combine(const Summary& a, const Summary& b) {
  Summary s = a;
  if (b.finite() > 0) {
    if (a.finite() == 0 || b.min.value < a.min.value) s.min = b.min;
    if (a.finite() == 0 || b.max.value > a.max.value) s.max = b.max;
  }
  s.count += b.count;
  s.nan += b.nan;
  s.pos_inf += b.pos_inf;
  s.neg_inf += b.neg_inf;
  s.unplaced += b.unplaced;
  s.last = b.last;
  s.sum += b.sum;
  s.min_step = std::min(a.min_step, b.min_step);
  s.max_step = std::max(a.max_step, b.max_step);
  s.steps_sorted = a.steps_sorted && b.steps_sorted && a.max_step <= b.min_step;
  // fmin and fmax take the number where the other is NaN.
  s.min_wall = std::fmin(a.min_wall, b.min_wall);
  s.max_wall = std::fmax(a.max_wall, b.max_wall);
  s.walls_sorted = a.walls_sorted && b.walls_sorted && a.max_wall <= b.min_wall;
  return s;
}

uint64_t ChunksPerPage(uint8_t level) {
  // Past level 29 a page would cover more chunks than 64 bits number; no series has one.
  return level < 30 ? uint64_t{kChunksPerPage} << (2 * level) : std::numeric_limits<uint64_t>::max();
}

absl::StatusOr<SummaryPage> CombinePages(std::span<const SummaryPage> pages) {
  if (pages.size() != kPageFanOut)
    return absl::InvalidArgumentError("summary page: it takes four pages to make one of the next level");
  SummaryPage out;
  out.level = static_cast<uint8_t>(pages[0].level + 1);
  out.first_chunk = pages[0].first_chunk;
  out.first_lsn = pages[0].first_lsn;
  out.last_lsn = pages.back().last_lsn;
  out.first_ordinal = pages[0].first_ordinal;
  size_t in_group = 0;
  for (const SummaryPage& page : pages) {
    if (page.level + 1 != out.level || page.first_chunk != out.first_chunk + out.chunks ||
        page.chunks != ChunksPerPage(page.level)) {
      return absl::InvalidArgumentError("summary page: the four pages below do not follow each other");
    }
    out.chunks += page.chunks;
    for (const Summary& summary : page.summaries) {
      if (in_group == 0) {
        out.summaries.push_back(summary);
      } else {
        out.summaries.back() = Combine(out.summaries.back(), summary);
      }
      in_group = (in_group + 1) % kPageFanOut;
    }
  }
  return out;
}

}  // namespace stepwell::series
