// The same selection and arrangement as a query's, over sources whose payloads are the places of the payloads.
#include "series/pick.h"

#include <algorithm>
#include <cstring>
#include <deque>
#include <numeric>
#include <string>
#include <tuple>

#include "base/status_macros.h"
#include "series/arrangement.h"
#include "series/axis.h"
#include "series/block.h"
#include "series/selection.h"

namespace stepwell::series {
namespace {

using Where = PickedPoint::Where;

void NamePlaces(uint32_t source, uint32_t chunk, Points* points) {
  points->payload.resize(points->size());
  for (uint32_t i = 0; i < points->size(); ++i) {
    const Where where{source, chunk, i};
    points->payload[i].assign(reinterpret_cast<const char*>(&where), sizeof(where));
  }
}

PickedPoint PickedAt(const PointsView& view, size_t i) {
  PickedPoint point{view.points->step[i], view.points->wall[i], {}};
  std::memcpy(&point.where, view.points->payload[i].data(), sizeof(point.where));
  return point;
}

class PlaceSource : public Source {
 public:
  PlaceSource(Source& whole, uint32_t place) : whole_(whole), place_(place) {
    auto number = static_cast<uint32_t>(whole.chunk_count());
    for (const TailPart& part : whole.tail()) {
      TailPart& own = tail_.emplace_back(TailPart{part.first_lsn, part.last_lsn, {}});
      own.points.step = part.points.step;
      own.points.wall = part.points.wall;
      NamePlaces(place, number++, &own.points);
    }
  }

  SeriesKey key() const override { return whole_.key(); }
  uint64_t chunk_count() const override { return whole_.chunk_count(); }
  uint64_t sealed_points() const override { return whole_.sealed_points(); }
  std::span<const TailPart> tail() const override { return tail_; }
  absl::StatusOr<ChunkInfo> ReadAxis(uint64_t number, Points* points) override {
    return whole_.ReadAxis(number, points);
  }
  absl::StatusOr<ChunkInfo> ReadChunk(uint64_t number, Points* points) override {
    ASSIGN_OR_RETURN(const ChunkInfo info, whole_.ReadAxis(number, points));
    NamePlaces(place_, static_cast<uint32_t>(number), points);
    return info;
  }
  absl::StatusOr<std::optional<SummaryPage>> ReadPage(uint8_t level, uint64_t number) override {
    return whole_.ReadPage(level, number);
  }

 private:
  Source& whole_;
  const uint32_t place_;
  std::vector<TailPart> tail_;
};

// Looks into a block that is sorted only where it must.
class FinestSink : public Sink {
 public:
  FinestSink(const Axis& axis, Selection& selection) : axis_(axis), selection_(selection) {}

 protected:
  absl::StatusOr<bool> EachFiner(const Block& block) {
    std::vector<Block> finer;
    RETURN_IF_ERROR(selection_.Refine(block, block.level - 1, &finer));
    for (const Block& one : finer) {
      ASSIGN_OR_RETURN(const bool more, Whole(one));
      if (!more) return false;
    }
    return true;
  }

  const Axis& axis_;
  Selection& selection_;
};

// Counts the points up to a place on the axis.
class CountSink : public FinestSink {
 public:
  CountSink(const Axis& axis, Selection& selection, int64_t key) : FinestSink(axis, selection), key_(key) {}

  uint64_t count() const { return count_; }

  absl::StatusOr<bool> Whole(const Block& block) override {
    if (TakesAmongOthers(block)) return axis_.Low(*block.summary) <= key_;
    if (!block.has_points()) return EachFiner(block);
    return Mixed({&block, 1});
  }
  bool TakesAmongOthers(const Block& block) override {
    const bool all = axis_.High(*block.summary) <= key_;
    if (all) count_ += block.summary->count;
    return all || axis_.Low(*block.summary) > key_;
  }
  absl::StatusOr<bool> Mixed(std::span<const Block> blocks) override {
    for (const Block& block : blocks) {
      ASSIGN_OR_RETURN(const PointsView view, selection_.View(block));
      for (size_t i = view.from; i < view.to; ++i) count_ += axis_.Key(*view.points, i) <= key_;
    }
    return true;
  }

 private:
  const int64_t key_;
  uint64_t count_ = 0;
};

// Takes the points at some places in the order of x.
class PlaceSink : public FinestSink {
 public:
  // `places`: ascending.
  PlaceSink(const Axis& axis, Selection& selection, std::span<const uint64_t> places)
      : FinestSink(axis, selection), places_(places) {}

  std::vector<PickedPoint> Take() { return std::move(taken_); }

  absl::StatusOr<bool> Whole(const Block& block) override {
    if (Passes(block.summary->count)) return Wanted();
    if (!block.has_points()) return EachFiner(block);
    ASSIGN_OR_RETURN(const PointsView view, selection_.View(block));
    return TakeFrom(view.to - view.from, [&](size_t i) { return PickedAt(view, view.from + i); });
  }
  bool TakesAmongOthers(const Block&) override { return false; }
  absl::StatusOr<bool> Mixed(std::span<const Block> blocks) override {
    uint64_t count = 0;
    for (const Block& block : blocks) count += block.summary->count;
    if (Passes(count)) return Wanted();
    struct Entry {
      int64_t key = 0;
      uint64_t order = 0;
      PickedPoint point;
    };
    std::vector<Entry> entries;
    entries.reserve(count);
    for (const Block& block : blocks) {
      ASSIGN_OR_RETURN(const PointsView view, selection_.View(block));
      for (size_t i = view.from; i < view.to; ++i)
        entries.push_back({axis_.Key(*view.points, i), view.OrderOf(i), PickedAt(view, i)});
    }
    std::sort(entries.begin(), entries.end(),
              [](const Entry& a, const Entry& b) { return std::tie(a.key, a.order) < std::tie(b.key, b.order); });
    return TakeFrom(entries.size(), [&](size_t i) { return entries[i].point; });
  }

 private:
  bool Wanted() const { return taken_.size() < places_.size(); }
  // Whether none of the next `count` points is wanted; then they are passed.
  bool Passes(uint64_t count) {
    if (Wanted() && places_[taken_.size()] < passed_ + count) return false;
    passed_ += count;
    return true;
  }
  template <typename PointAt>
  bool TakeFrom(uint64_t count, const PointAt& point_at) {
    while (Wanted() && places_[taken_.size()] < passed_ + count)
      taken_.push_back(point_at(places_[taken_.size()] - passed_));
    passed_ += count;
    return Wanted();
  }

  const std::span<const uint64_t> places_;
  std::vector<PickedPoint> taken_;
  uint64_t passed_ = 0;
};

// What lies in a range of the axis.
class Line {
 public:
  explicit Line(const Axis& axis) : axis_(axis), selection_(axis_, Selection::Hidden::kLeftOut) {}

  absl::Status Select(std::span<Source* const> sources, std::span<const Rewind> rewinds) {
    if (axis_.from() > axis_.to()) return absl::OkStatus();
    RETURN_IF_ERROR(selection_.Select(sources, rewinds));
    for (const Block& block : selection_.visible().blocks) count_ += block.summary->count;
    return absl::OkStatus();
  }

  uint64_t count() const { return count_; }

  // `places`: ascending, below count().
  absl::StatusOr<std::vector<PickedPoint>> At(std::span<const uint64_t> places) {
    PlaceSink sink(axis_, selection_, places);
    RETURN_IF_ERROR(Sweep(sink));
    std::vector<PickedPoint> points = sink.Take();
    if (points.size() != places.size()) return absl::InternalError("pick: a line has fewer points than its summaries");
    return points;
  }

  absl::StatusOr<std::vector<PickedPoint>> Evenly(uint64_t most) {
    std::vector<uint64_t> places(std::min(most, count_));
    std::iota(places.begin(), places.end(), 0);
    if (places.size() < count_ && !places.empty()) {
      for (uint64_t& place : places) place = most == 1 ? count_ - 1 : place * (count_ - 1) / (most - 1);
    }
    return At(places);
  }

  absl::StatusOr<std::optional<PickedPoint>> Find(const PickSpec& spec) {
    if (count_ == 0) return std::nullopt;
    if (!spec.at) return One(count_ - 1);
    const int64_t at = axis_.Key(Point{spec.at->step, spec.at->wall, 0});
    ASSIGN_OR_RETURN(const uint64_t up_to, CountUpTo(at));
    std::optional<PickedPoint> before, after;
    if (up_to > 0) {
      ASSIGN_OR_RETURN(before, One(up_to - 1));
    }
    if (!spec.nearest || up_to == count_ || (before && KeyOf(*before) == at)) return before;
    ASSIGN_OR_RETURN(after, One(up_to));
    if (before && !Nearer(spec, *after, *before)) return before;
    ASSIGN_OR_RETURN(const uint64_t up_to_after, CountUpTo(KeyOf(*after)));
    return One(up_to_after - 1);
  }

 private:
  absl::Status Sweep(Sink& sink) {
    return Arrangement(axis_, selection_, sink).Sweep(selection_.visible().blocks).status();
  }
  absl::StatusOr<uint64_t> CountUpTo(int64_t key) {
    CountSink sink(axis_, selection_, key);
    RETURN_IF_ERROR(Sweep(sink));
    return sink.count();
  }
  absl::StatusOr<std::optional<PickedPoint>> One(uint64_t place) {
    ASSIGN_OR_RETURN(const std::vector<PickedPoint> points, At({&place, 1}));
    return points[0];
  }
  int64_t KeyOf(const PickedPoint& point) const { return axis_.Key(Point{point.step, point.wall, 0}); }
  // The one lies after `at`, the other before it.
  static bool Nearer(const PickSpec& spec, const PickedPoint& after, const PickedPoint& before) {
    if (spec.x == XAxis::kWall) return after.wall - spec.at->wall < spec.at->wall - before.wall;
    const auto at = static_cast<uint64_t>(spec.at->step);
    return static_cast<uint64_t>(after.step) - at < at - static_cast<uint64_t>(before.step);
  }

  const Axis axis_;
  Selection selection_;
  uint64_t count_ = 0;
};

}  // namespace

absl::StatusOr<Picks> Pick(std::span<Source* const> sources, std::span<const Rewind> rewinds, const PickSpec& spec) {
  std::deque<PlaceSource> owned;
  std::vector<Source*> places;
  for (Source* source : sources) {
    owned.emplace_back(*source, static_cast<uint32_t>(owned.size()));
    places.push_back(&owned.back());
  }
  ASSIGN_OR_RETURN(const Axis axis, Axis::Make(spec.x, Range()));
  Line whole(axis);
  RETURN_IF_ERROR(whole.Select(places, rewinds));
  Picks picks;
  ASSIGN_OR_RETURN(picks.point, whole.Find(spec));
  Line* in_range = &whole;
  std::optional<Line> part;
  if (spec.range.has_from || spec.range.has_to) {
    ASSIGN_OR_RETURN(const Axis cut, Axis::Make(spec.x, spec.range));
    in_range = &part.emplace(cut);
    RETURN_IF_ERROR(part->Select(places, rewinds));
  }
  picks.count = in_range->count();
  ASSIGN_OR_RETURN(picks.steps, in_range->Evenly(spec.steps));
  ASSIGN_OR_RETURN(picks.spread, in_range->Evenly(spec.spread));
  return picks;
}

absl::StatusOr<std::vector<std::string>> ReadPayloads(std::span<Source* const> sources,
                                                      std::span<const PickedPoint> points, uint64_t most_bytes) {
  std::vector<size_t> order(points.size());
  std::iota(order.begin(), order.end(), size_t{0});
  std::sort(order.begin(), order.end(), [&](size_t a, size_t b) { return points[a].where < points[b].where; });
  std::vector<std::string> payloads(points.size());
  Points read;
  std::optional<std::pair<uint32_t, uint32_t>> have;  // what `read` is of
  for (const size_t at : order) {
    const Where& where = points[at].where;
    Source& source = *sources[where.source];
    const Points* from = &read;
    if (where.chunk >= source.chunk_count()) {
      from = &source.tail()[where.chunk - source.chunk_count()].points;
    } else if (have != std::pair(where.source, where.chunk)) {
      RETURN_IF_ERROR(source.ReadChunk(where.chunk, &read).status());
      have.emplace(where.source, where.chunk);
    }
    if (where.index >= from->payload.size()) return absl::InternalError("pick: a chunk is shorter than its axis");
    payloads[at] = from->payload[where.index];
    if (payloads[at].size() > most_bytes)
      return absl::ResourceExhaustedError("the values that are asked for have too many bytes");
    most_bytes -= payloads[at].size();
  }
  return payloads;
}

}  // namespace stepwell::series
