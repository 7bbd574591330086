#include "series/selection.h"

#include <algorithm>
#include <cmath>
#include <string>
#include <utility>

#include "base/status_macros.h"

namespace stepwell::series {

absl::Status Selection::Select(std::span<Source* const> sources, std::span<const Rewind> rewinds) {
  constexpr size_t kMaxSources = size_t{1} << (64 - kOrdinalBits);
  if (sources.size() > kMaxSources) {
    return absl::InvalidArgumentError("query: " + std::to_string(sources.size()) +
                                      " writers of one tag; the limit is " + std::to_string(kMaxSources) +
                                      "; ask for fewer at a time");
  }
  std::vector<Block> cover;
  for (Source* source : sources) {
    BlockReader& reader = readers_.emplace_back(*source, static_cast<uint32_t>(readers_.size()), rewinds);
    cover.clear();
    RETURN_IF_ERROR(reader.Cover(&cover));
    for (const Block& block : cover) RETURN_IF_ERROR(Admit(block));
  }
  return absl::OkStatus();
}

bool Selection::has_payloads() const {
  return std::any_of(readers_.begin(), readers_.end(), [](const BlockReader& reader) { return reader.has_payloads(); });
}

std::map<uint32_t, Selection::Layer> Selection::TakeStretches() {
  std::map<uint32_t, Layer> stretches = std::move(layers_);
  stretches.erase(Hiding::kStands);
  stretches.erase(Hiding::kNeverHere);
  return stretches;
}

std::optional<uint32_t> Selection::LayerOf(const Block& block) const {
  if (hidden_ == Hidden::kIncluded) return Hiding::kStands;
  const Hiding& hiding = readers_[block.source].hiding();
  if (hidden_ == Hidden::kApart) return hiding.FateOf(block.first_lsn, block.last_lsn, *block.summary);
  switch (hiding.Of(block.first_lsn, block.last_lsn, *block.summary)) {
    case Hiding::Verdict::kHidden:
      return Hiding::kNeverHere;
    case Hiding::Verdict::kMixed:
      return std::nullopt;
    case Hiding::Verdict::kVisible:
      break;
  }
  return Hiding::kStands;
}

uint32_t Selection::LayerOf(const Block& block, int64_t step) const {
  if (hidden_ == Hidden::kIncluded) return Hiding::kStands;
  const uint32_t fate = readers_[block.source].hiding().FateOf(block.last_lsn, step);
  return hidden_ == Hidden::kApart || fate == Hiding::kStands ? fate : Hiding::kNeverHere;
}

bool Selection::AdmitAsOne(const Block& block, uint32_t layer) {
  if (layer == Hiding::kNeverHere) return true;
  const Summary& s = *block.summary;
  Layer& into = layers_[layer];
  into.last_wall = std::fmax(into.last_wall, s.max_wall);
  const uint32_t unplaced = axis_.Unplaced(s);
  if (unplaced == s.count || axis_.Low(s) > axis_.to() || axis_.High(s) < axis_.from()) {
    into.unplaced += unplaced;
    return true;
  }
  if (unplaced > 0 || axis_.Low(s) < axis_.from() || axis_.High(s) > axis_.to()) return false;
  into.blocks.push_back(block);
  return true;
}

absl::Status Selection::Admit(const Block& block) {
  if (const std::optional<uint32_t> layer = LayerOf(block); layer && AdmitAsOne(block, *layer)) return absl::OkStatus();
  if (block.has_points()) return Pick(block);
  std::vector<Block> children;
  RETURN_IF_ERROR(readers_[block.source].Children(block, &children));
  for (const Block& child : children) RETURN_IF_ERROR(Admit(child));
  return absl::OkStatus();
}

absl::Status Selection::Pick(const Block& block) {
  ASSIGN_OR_RETURN(const PointsView view, readers_[block.source].View(block));
  const Points& points = *view.points;
  std::map<uint32_t, Picked> picked;
  for (size_t i = view.from; i < view.to; ++i) {
    const uint32_t layer = LayerOf(block, points.step[i]);
    if (layer == Hiding::kNeverHere) continue;
    Layer& into = layers_[layer];
    if (std::isfinite(points.wall[i])) into.last_wall = std::fmax(into.last_wall, points.wall[i]);
    if (!axis_.Placed(points, i)) {
      ++into.unplaced;
      continue;
    }
    const int64_t key = axis_.Key(points, i);
    if (key < axis_.from() || key > axis_.to()) continue;
    Picked& one = picked[layer];
    one.hidden_from = view.hidden_from;
    one.points.step.push_back(points.step[i]);
    one.points.wall.push_back(points.wall[i]);
    if (!points.value.empty()) one.points.value.push_back(points.value[i]);
    if (!points.payload.empty()) one.points.payload.push_back(points.payload[i]);
    one.order.push_back(view.OrderOf(i));
  }
  for (auto& [layer, one] : picked) KeepPicked(block, layer, std::move(one));
  return absl::OkStatus();
}

void Selection::KeepPicked(const Block& of, uint32_t layer, Picked picked) {
  picked.summary = Summarize(picked.points, 0, picked.points.size());
  Block out = of;
  out.level = Block::kPicked;
  out.number = picked_.size();
  out.index = 0;
  out.order = picked.order[0];
  picked_.push_back(std::move(picked));
  out.summary = &picked_.back().summary;
  layers_[layer].blocks.push_back(out);
}

absl::Status Selection::Refine(const Block& block, int level, std::vector<Block>* out) {
  if (block.level <= level) {
    out->push_back(block);
    return absl::OkStatus();
  }
  std::vector<Block> children;
  RETURN_IF_ERROR(readers_[block.source].Children(block, &children));
  for (const Block& child : children) RETURN_IF_ERROR(Refine(child, level, out));
  return absl::OkStatus();
}

absl::StatusOr<PointsView> Selection::View(const Block& block) {
  if (block.level != Block::kPicked) return readers_[block.source].View(block);
  const Picked& picked = picked_[block.number];
  PointsView view;
  view.points = &picked.points;
  view.to = picked.points.size();
  view.orders = picked.order.data();
  view.hidden_from = picked.hidden_from;
  return view;
}

}  // namespace stepwell::series
