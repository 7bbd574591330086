#include "series/hiding.h"

#include <algorithm>

namespace stepwell::series {

Hiding::Hiding(std::span<const Rewind> rewinds, uint32_t writer) {
  for (const Rewind& rewind : rewinds) {
    if (rewind.spared_writer != writer) entries_.push_back({rewind.lsn, rewind.step, rewind.step});
  }
  std::stable_sort(entries_.begin(), entries_.end(), [](const Entry& a, const Entry& b) { return a.lsn < b.lsn; });
  for (size_t i = entries_.size(); i-- > 1;)
    entries_[i - 1].lowest = std::min(entries_[i - 1].lowest, entries_[i].lowest);
}

std::optional<int64_t> Hiding::HiddenFrom(uint64_t lsn) const {
  auto after =
      std::upper_bound(entries_.begin(), entries_.end(), lsn, [](uint64_t at, const Entry& e) { return at < e.lsn; });
  return after == entries_.end() ? std::nullopt : std::optional(after->lowest);
}

std::optional<int64_t> Hiding::HiddenFromWithin(uint64_t first_lsn, uint64_t last_lsn) const {
  std::optional<int64_t> lowest;
  auto it = std::upper_bound(entries_.begin(), entries_.end(), first_lsn,
                             [](uint64_t at, const Entry& e) { return at < e.lsn; });
  for (; it != entries_.end() && it->lsn <= last_lsn; ++it) lowest = lowest ? std::min(*lowest, it->step) : it->step;
  return lowest;
}

Hiding::Verdict Hiding::Of(uint64_t first_lsn, uint64_t last_lsn, const Summary& summary) const {
  if (entries_.empty()) return Verdict::kVisible;
  const std::optional<int64_t> from = HiddenFrom(last_lsn);
  if (from && summary.min_step >= *from) return Verdict::kHidden;
  if (from && summary.max_step >= *from) return Verdict::kMixed;
  const std::optional<int64_t> within = HiddenFromWithin(first_lsn, last_lsn);
  return within && summary.max_step >= *within ? Verdict::kMixed : Verdict::kVisible;
}

}  // namespace stepwell::series
