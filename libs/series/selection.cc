#include "series/selection.h"

#include <algorithm>
#include <string>

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

Selection::Fate Selection::FateOf(const Block& block) {
  const Summary& s = *block.summary;
  if (!include_hidden_) {
    switch (readers_[block.source].hiding().Of(block.first_lsn, block.last_lsn, s)) {
      case Hiding::Verdict::kHidden:
        return Fate::kNothing;
      case Hiding::Verdict::kMixed:
        return Fate::kPart;
      case Hiding::Verdict::kVisible:
        break;
    }
  }
  const uint32_t unplaced = axis_.Unplaced(s);
  if (unplaced == s.count || axis_.Low(s) > axis_.to() || axis_.High(s) < axis_.from()) {
    unplaced_ += unplaced;
    return Fate::kNothing;
  }
  const bool inside = axis_.Low(s) >= axis_.from() && axis_.High(s) <= axis_.to();
  return inside && unplaced == 0 ? Fate::kWhole : Fate::kPart;
}

absl::Status Selection::Admit(const Block& block) {
  switch (FateOf(block)) {
    case Fate::kNothing:
      return absl::OkStatus();
    case Fate::kWhole:
      blocks_.push_back(block);
      return absl::OkStatus();
    case Fate::kPart:
      break;
  }
  if (block.has_points()) return Pick(block);
  std::vector<Block> children;
  RETURN_IF_ERROR(readers_[block.source].Children(block, &children));
  for (const Block& child : children) RETURN_IF_ERROR(Admit(child));
  return absl::OkStatus();
}

absl::Status Selection::Pick(const Block& block) {
  ASSIGN_OR_RETURN(const PointsView view, readers_[block.source].View(block));
  const Points& points = *view.points;
  Picked picked;
  picked.hidden_from = view.hidden_from;
  for (size_t i = view.from; i < view.to; ++i) {
    if (!include_hidden_ && view.Hidden(i)) continue;
    if (!axis_.Placed(points, i)) {
      ++unplaced_;
      continue;
    }
    const int64_t key = axis_.Key(points, i);
    if (key < axis_.from() || key > axis_.to()) continue;
    picked.points.step.push_back(points.step[i]);
    picked.points.wall.push_back(points.wall[i]);
    if (!points.value.empty()) picked.points.value.push_back(points.value[i]);
    if (!points.payload.empty()) picked.points.payload.push_back(points.payload[i]);
    picked.order.push_back(view.OrderOf(i));
  }
  if (picked.points.empty()) return absl::OkStatus();
  picked.summary = Summarize(picked.points, 0, picked.points.size());
  Block out = block;
  out.level = Block::kPicked;
  out.number = picked_.size();
  out.index = 0;
  out.order = picked.order[0];
  picked_.push_back(std::move(picked));
  out.summary = &picked_.back().summary;
  blocks_.push_back(out);
  return absl::OkStatus();
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
