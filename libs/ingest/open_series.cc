#include "ingest/open_series.h"

#include <algorithm>

namespace stepwell::ingest {
namespace {

// A point of a scalar is 24 bytes; a payload has a string around it.
constexpr size_t kScalarPoint = 24;
constexpr size_t kPayloadPoint = 16 + sizeof(std::string);

template <typename T>
void DropFront(std::vector<T>& column, size_t count) {
  if (!column.empty()) column.erase(column.begin(), column.begin() + static_cast<std::ptrdiff_t>(count));
}

void DropPoints(series::Points& points, size_t count) {
  DropFront(points.step, count);
  DropFront(points.wall, count);
  DropFront(points.value, count);
  DropFront(points.payload, count);
}

}  // namespace

size_t PointBytes(const series::Points& points, size_t from, size_t to) {
  if (points.payload.empty()) return (to - from) * kScalarPoint;
  size_t bytes = (to - from) * kPayloadPoint;
  for (size_t i = from; i < to; ++i) bytes += points.payload[i].size();
  return bytes;
}

std::optional<series::Summary> CombineShown(const std::optional<series::Summary>& a,
                                            const std::optional<series::Summary>& b) {
  if (!a) return b;
  if (!b) return a;
  return series::Combine(*a, *b);
}

std::optional<series::Summary> SummarizeShown(const series::Points& points, size_t from, size_t to,
                                              std::optional<int64_t> hidden_from) {
  if (from >= to) return std::nullopt;
  if (!hidden_from) return series::Summarize(points, from, to);
  series::Points shown;
  for (size_t i = from; i < to; ++i) {
    if (points.step[i] >= *hidden_from) continue;
    shown.step.push_back(points.step[i]);
    shown.wall.push_back(points.wall[i]);
    if (!points.value.empty()) shown.value.push_back(points.value[i]);
  }
  if (points.value.empty()) shown.payload.resize(shown.step.size());
  if (shown.empty()) return std::nullopt;
  return series::Summarize(shown, 0, shown.size());
}

OpenSeries::OpenSeries(series::SeriesKey k, v1::SeriesInfo i) : key(k), info(std::move(i)) {}

uint64_t OpenSeries::first_lsn() const {
  if (state.first_lsn > 0) return state.first_lsn;
  return tail_points_ > 0 ? tail_lsn() : 0;
}

OpenPart& OpenSeries::PartFor(uint64_t lsn, const Rewinds& rewinds) {
  if (tail_.empty() || rewinds.CutsBetween(tail_.back().part.last_lsn, lsn)) {
    tail_.emplace_back();
    tail_.back().part.first_lsn = lsn;
  }
  return tail_.back();
}

void OpenSeries::Append(const ColumnPoints& column, uint64_t lsn, const Rewinds& rewinds, size_t skip) {
  if (skip >= column.size) return;
  OpenPart& open = PartFor(lsn, rewinds);
  series::Points& points = open.part.points;
  const size_t before = points.size();
  points.step.insert(points.step.end(), column.steps + skip, column.steps + column.size);
  points.wall.insert(points.wall.end(), column.walls + skip, column.walls + column.size);
  if (column.scalars) {
    points.value.insert(points.value.end(), column.scalars + skip, column.scalars + column.size);
  } else {
    for (size_t i = skip; i < column.size; ++i) {
      points.payload.push_back(column.values->Get(static_cast<int>(i)).SerializeAsString());
    }
  }
  const size_t after = points.size();
  open.part.last_lsn = lsn;
  if (!open.batches.empty() && open.batches.back().lsn == lsn) {
    open.batches.back().end = static_cast<uint32_t>(after);
  } else {
    open.batches.push_back({lsn, static_cast<uint32_t>(after)});
  }
  tail_points_ += after - before;
  tail_bytes_ += PointBytes(points, before, after);
  if (total_known_)
    total_ = CombineShown(total_, SummarizeShown(points, before, after, rewinds.HiddenFrom(lsn, key.writer)));
}

void OpenSeries::Drop(size_t count) {
  tail_points_ -= count;
  while (count > 0) {
    OpenPart& front = tail_.front();
    const size_t here = std::min(count, front.part.points.size());
    tail_bytes_ -= PointBytes(front.part.points, 0, here);
    count -= here;
    if (here == front.part.points.size()) {
      tail_.erase(tail_.begin());
      continue;
    }
    DropPoints(front.part.points, here);
    auto& batches = front.batches;
    batches.erase(batches.begin(), std::find_if(batches.begin(), batches.end(),
                                                [&](const BatchEnd& batch) { return batch.end > here; }));
    for (BatchEnd& batch : batches) batch.end -= static_cast<uint32_t>(here);
    front.part.first_lsn = batches.front().lsn;
  }
}

void OpenSeries::Inherit(const store::SeriesState& from, std::vector<OpenPart> tail) {
  state = from;
  tail_ = std::move(tail);
  tail_points_ = tail_bytes_ = 0;
  for (const OpenPart& open : tail_) {
    tail_points_ += open.part.points.size();
    tail_bytes_ += PointBytes(open.part.points, 0, open.part.points.size());
  }
  ForgetTotal();
}

bool OpenSeries::OnRewind(const series::Rewind& rewind) {
  if (rewind.spared_writer == key.writer) return false;
  if (state.visible && state.visible->max_step >= rewind.step) state.stale = true;
  if (!total_known_ || (total_ && total_->max_step >= rewind.step)) total_known_ = false;
  return !total_known_;
}

const std::optional<series::Summary>& OpenSeries::Total(const Rewinds& rewinds) {
  if (total_known_) return total_;
  total_ = state.visible;
  for (const OpenPart& open : tail_) {
    const std::optional<int64_t> hidden_from = rewinds.HiddenFrom(open.part.last_lsn, key.writer);
    total_ = CombineShown(total_, SummarizeShown(open.part.points, 0, open.part.points.size(), hidden_from));
  }
  total_known_ = !state.stale;
  return total_;
}

}  // namespace stepwell::ingest
