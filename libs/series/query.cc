// A query is a selection (selection.h) and an arrangement of it on the axis (arrangement.h).
#include "series/query.h"

#include <algorithm>
#include <functional>
#include <map>
#include <string>

#include "base/status_macros.h"
#include "series/arrangement.h"
#include "series/axis.h"
#include "series/block.h"
#include "series/columns.h"
#include "series/selection.h"

namespace stepwell::series {
namespace {

// Points in order of x, of equal x in order of arrival.
class PointSink : public Sink {
 public:
  PointSink(const Axis& axis, Selection& selection, const QuerySpec& spec, Answer* answer)
      : axis_(axis), selection_(selection), spec_(spec), answer_(answer) {}

  absl::StatusOr<bool> Whole(const Block& block) override {
    std::vector<Block> parts;
    RETURN_IF_ERROR(selection_.Refine(block, Block::kChunk, &parts));
    for (const Block& part : parts) {
      ASSIGN_OR_RETURN(const PointsView view, selection_.View(part));
      for (size_t i = view.from; i < view.to; ++i) {
        if (!Append(view, i)) return false;
      }
    }
    return true;
  }

  bool TakesAmongOthers(const Block&) override { return false; }

  absl::StatusOr<bool> Mixed(std::span<const Block> blocks) override {
    Points points;
    std::vector<Place> places;
    std::vector<uint8_t> hidden;
    for (const Block& block : blocks) {
      ASSIGN_OR_RETURN(const PointsView view, selection_.View(block));
      for (size_t i = view.from; i < view.to; ++i) {
        places.push_back({axis_.Key(*view.points, i), view.OrderOf(i), places.size()});
        hidden.push_back(view.Hidden(i));
        AppendTo(points, view, i);
      }
    }
    std::sort(places.begin(), places.end());
    PointsView all;
    all.points = &points;
    for (const Place& place : places) {
      if (!Append(all, place.at, hidden[place.at])) return false;
    }
    return true;
  }

 private:
  struct Place {
    int64_t key = 0;
    uint64_t order = 0;
    size_t at = 0;
    auto operator<=>(const Place&) const = default;
  };

  static void AppendTo(Points& out, const PointsView& view, size_t i) {
    out.step.push_back(view.points->step[i]);
    out.wall.push_back(view.points->wall[i]);
    if (!view.points->value.empty()) out.value.push_back(view.points->value[i]);
    if (!view.points->payload.empty()) out.payload.push_back(view.points->payload[i]);
  }

  bool Append(const PointsView& view, size_t i) { return Append(view, i, view.Hidden(i)); }
  bool Append(const PointsView& view, size_t i, bool hidden) {
    if (answer_->points.size() >= spec_.max_points) {
      answer_->truncated = true;
      return false;
    }
    AppendTo(answer_->points, view, i);
    if (spec_.include_hidden) answer_->hidden.push_back(hidden);
    return true;
  }

  const Axis& axis_;
  Selection& selection_;
  const QuerySpec& spec_;
  Answer* answer_;
};

class ColumnSink : public Sink {
 public:
  // `split`: there are so few points that blocks are too coarse.
  ColumnSink(Selection& selection, Columns& columns, bool split)
      : selection_(selection), columns_(columns), split_(split) {}

  absl::StatusOr<bool> Whole(const Block& block) override {
    if (split_) {
      std::vector<Block> parts;
      RETURN_IF_ERROR(selection_.Refine(block, Block::kChunk, &parts));
      return Mixed(parts);
    }
    Add(block);
    return true;
  }

  bool TakesAmongOthers(const Block& block) override {
    if (!columns_.HoldsInOne(*block.summary)) return false;
    Add(block);
    return true;
  }

  absl::StatusOr<bool> Mixed(std::span<const Block> blocks) override {
    for (const Block& block : blocks) {
      ASSIGN_OR_RETURN(const PointsView view, selection_.View(block));
      columns_.AddPoints(view);
    }
    return true;
  }

 private:
  void Add(const Block& block) {
    // Picked points have gaps in their arrival numbers, but those in the gaps are hidden or out of range.
    columns_.Add(*block.summary, block.order, block.order + block.summary->count - 1);
  }

  Selection& selection_;
  Columns& columns_;
  const bool split_;
};

// The coarsest level at which `count` points still make a block a column: -1 for points. Blocks of the finest level may
// be as wide as two columns; reading all of 64 to 128 points a column would gain little.
int LevelFor(uint64_t count, uint32_t columns) {
  if (count < uint64_t{columns} * (kSummaryPoints / 2)) return Block::kChunk;
  int level = 0;
  for (uint64_t points = kSummaryPoints * kPageFanOut; count / points >= columns; points *= kPageFanOut) ++level;
  return level;
}

absl::Status FillColumns(const Axis& axis, const QuerySpec& spec, Selection& selection,
                         const std::vector<Block>& selected, Answer* answer) {
  if (selection.has_payloads()) {
    return absl::InvalidArgumentError("query: the series has payloads, not numbers; ask for its points (columns = 0)");
  }
  int64_t low = INT64_MAX, high = INT64_MIN;
  for (const Block& block : selected) {
    low = std::min(low, axis.Low(*block.summary));
    high = std::max(high, axis.High(*block.summary));
  }
  const int level = LevelFor(answer->count, spec.columns);
  std::vector<Block> blocks;
  for (const Block& block : selected) RETURN_IF_ERROR(selection.Refine(block, std::max(level, 0), &blocks));
  Columns columns(axis, low, high, spec.columns);
  ColumnSink sink(selection, columns, level < 0);
  RETURN_IF_ERROR(Arrangement(axis, selection, sink).Sweep(std::move(blocks)).status());
  answer->columns = columns.Take();
  return absl::OkStatus();
}

absl::StatusOr<Answer> AnswerOf(const Axis& axis, const QuerySpec& spec, Selection& selection,
                                const Selection::Layer& layer) {
  Answer answer;
  for (const Block& block : layer.blocks) {
    answer.count += block.summary->count;
    answer.nan += block.summary->nan;
    answer.pos_inf += block.summary->pos_inf;
    answer.neg_inf += block.summary->neg_inf;
  }
  answer.unplaced = layer.unplaced;
  answer.exact = spec.columns == 0 || answer.count < 4 * uint64_t{spec.columns};
  if (answer.exact) {
    PointSink sink(axis, selection, spec, &answer);
    RETURN_IF_ERROR(Arrangement(axis, selection, sink).Sweep(layer.blocks).status());
  } else {
    RETURN_IF_ERROR(FillColumns(axis, spec, selection, layer.blocks, &answer));
  }
  return answer;
}

absl::Status AddStretches(const Axis& axis, QuerySpec spec, std::span<const Rewind> rewinds, Selection& selection,
                          Answer* answer) {
  std::map<uint32_t, Selection::Layer> stretches = selection.TakeStretches();
  std::erase_if(stretches, [](const auto& entry) { return entry.second.blocks.empty(); });
  std::vector<uint32_t> places;
  places.reserve(stretches.size());
  for (const auto& [place, layer] : stretches) places.push_back(place);
  std::stable_sort(places.begin(), places.end(),
                   [&](uint32_t a, uint32_t b) { return rewinds[a].lsn < rewinds[b].lsn; });
  if (places.size() > kMostStretches) {
    answer->rewound_left_out = places.size() - kMostStretches;
    places.erase(places.begin(), places.end() - static_cast<std::ptrdiff_t>(kMostStretches));
  }
  if (spec.columns > 0 && places.size() > kStretchesOfFullWidth) {
    const uint64_t columns = uint64_t{spec.columns} * kStretchesOfFullWidth / places.size();
    spec.columns = static_cast<uint32_t>(std::max<uint64_t>(columns, 1));
  }
  spec.max_points -= answer->points.size();
  for (const uint32_t place : places) {
    const Selection::Layer& layer = stretches.at(place);
    ASSIGN_OR_RETURN(Answer line, AnswerOf(axis, spec, selection, layer));
    spec.max_points -= line.points.size();
    answer->rewound.push_back({rewinds[place], layer.last_wall, std::move(line)});
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<Answer> Query(std::span<Source* const> sources, std::span<const Rewind> rewinds, const QuerySpec& spec) {
  if (spec.include_hidden && spec.include_rewound)
    return absl::InvalidArgumentError("query: include_hidden and include_rewound; ask for one of them");
  ASSIGN_OR_RETURN(const Axis axis, Axis::Make(spec.x, spec.range));
  if (axis.from() > axis.to()) {
    Answer nothing;
    nothing.exact = true;
    return nothing;
  }
  Selection selection(axis, spec.include_hidden    ? Selection::Hidden::kIncluded
                            : spec.include_rewound ? Selection::Hidden::kApart
                                                   : Selection::Hidden::kLeftOut);
  RETURN_IF_ERROR(selection.Select(sources, rewinds));
  ASSIGN_OR_RETURN(Answer answer, AnswerOf(axis, spec, selection, selection.visible()));
  if (spec.include_rewound) RETURN_IF_ERROR(AddStretches(axis, spec, rewinds, selection, &answer));
  return answer;
}

absl::StatusOr<std::optional<Summary>> SummarizeVisible(Source& source, std::span<const Rewind> rewinds) {
  ASSIGN_OR_RETURN(const Axis axis, Axis::Make(XAxis::kStep, Range()));
  Selection selection(axis, Selection::Hidden::kLeftOut);
  Source* const sources[] = {&source};
  RETURN_IF_ERROR(selection.Select(sources, rewinds));
  std::optional<Summary> sum;
  for (const Block& block : selection.visible().blocks) sum = sum ? Combine(*sum, *block.summary) : *block.summary;
  return sum;
}

namespace {

template <typename Column>
void KeepFrom(Column& column, size_t from) {
  if (!column.empty()) column.erase(column.begin(), column.begin() + static_cast<std::ptrdiff_t>(from));
}

void KeepFrom(Points& points, size_t from) {
  KeepFrom(points.step, from);
  KeepFrom(points.wall, from);
  KeepFrom(points.value, from);
  KeepFrom(points.payload, from);
}

void KeepShown(Points& points, std::vector<uint8_t>& hidden) {
  size_t kept = 0;
  for (size_t i = 0; i < hidden.size(); ++i) {
    if (hidden[i]) continue;
    points.step[kept] = points.step[i];
    points.wall[kept] = points.wall[i];
    if (!points.value.empty()) points.value[kept] = points.value[i];
    if (!points.payload.empty() && kept != i) points.payload[kept] = std::move(points.payload[i]);
    ++kept;
  }
  points.step.resize(kept);
  points.wall.resize(kept);
  if (!points.value.empty()) points.value.resize(kept);
  if (!points.payload.empty()) points.payload.resize(kept);
  hidden.assign(kept, 0);
}

// The chunk to begin with: none before it holds the point. The search ends where a chunk has no points to tell.
absl::StatusOr<uint64_t> FirstChunk(Source& source, uint64_t ordinal) {
  if (ordinal == 0) return 0;
  if (ordinal >= source.sealed_points()) return source.chunk_count();
  uint64_t low = 0, high = source.chunk_count();
  Points points;
  while (low < high) {
    const uint64_t middle = low + (high - low) / 2;
    ASSIGN_OR_RETURN(const ChunkInfo info, source.ReadChunk(middle, &points));
    if (info.count == 0) break;
    info.first_ordinal + info.count <= ordinal ? low = middle + 1 : high = middle;
  }
  return low;
}

}  // namespace

absl::Status ForEachPart(Source& source, std::span<const Rewind> rewinds, bool include_hidden, uint64_t from,
                         const std::function<bool(const Part& part)>& visit) {
  const Hiding hiding(rewinds, source.key().writer);
  auto visit_part = [&](Points& points, uint64_t ordinal, uint64_t last_lsn) {
    if (ordinal + points.size() <= from) return true;
    if (ordinal < from) {
      KeepFrom(points, from - ordinal);
      ordinal = from;
    }
    const std::optional<int64_t> hidden_from = hiding.HiddenFrom(last_lsn);
    std::vector<uint8_t> hidden(points.size(), 0);
    if (hidden_from) {
      for (size_t i = 0; i < points.size(); ++i) hidden[i] = points.step[i] >= *hidden_from;
      if (!include_hidden) KeepShown(points, hidden);
    }
    return points.empty() || visit({points, hidden, ordinal});
  };
  Points points;
  ASSIGN_OR_RETURN(uint64_t chunk, FirstChunk(source, from));
  for (; chunk < source.chunk_count(); ++chunk) {
    ASSIGN_OR_RETURN(const ChunkInfo info, source.ReadChunk(chunk, &points));
    if (!visit_part(points, info.first_ordinal, info.last_lsn)) return absl::OkStatus();
  }
  uint64_t ordinal = source.sealed_points();
  for (const TailPart& part : source.tail()) {
    points = part.points;
    const size_t size = points.size();
    if (!visit_part(points, ordinal, part.last_lsn)) return absl::OkStatus();
    ordinal += size;
  }
  return absl::OkStatus();
}

}  // namespace stepwell::series
