#include "series/hiding.h"

#include <algorithm>

namespace stepwell::series {

Hiding::Hiding(std::span<const Rewind> rewinds, uint32_t writer) {
  for (size_t i = 0; i < rewinds.size(); ++i) {
    const Rewind& rewind = rewinds[i];
    if (rewind.spared_writer == writer) continue;
    Entry& entry = entries_.emplace_back(Entry{rewind.lsn, rewind.step, static_cast<uint32_t>(i), rewind.step, {}, 0});
    if (rewind.is_fork) entry.left = rewind.step;
  }
  std::stable_sort(entries_.begin(), entries_.end(), [](const Entry& a, const Entry& b) { return a.lsn < b.lsn; });
  for (size_t i = entries_.size(); i-- > 0;) {
    Entry& entry = entries_[i];
    entry.next_lower = i + 1;
    if (i + 1 == entries_.size()) continue;
    const Entry& later = entries_[i + 1];
    entry.lowest = std::min(entry.lowest, later.lowest);
    if (later.left && (!entry.left || *later.left < *entry.left)) entry.left = later.left;
    while (entry.next_lower < entries_.size() && entries_[entry.next_lower].step >= entry.step)
      entry.next_lower = entries_[entry.next_lower].next_lower;
  }
}

size_t Hiding::After(uint64_t lsn) const {
  const auto after =
      std::upper_bound(entries_.begin(), entries_.end(), lsn, [](uint64_t at, const Entry& e) { return at < e.lsn; });
  return static_cast<size_t>(after - entries_.begin());
}

std::optional<int64_t> Hiding::HiddenFrom(uint64_t lsn) const {
  const size_t after = After(lsn);
  return after == entries_.size() ? std::nullopt : std::optional(entries_[after].lowest);
}

std::optional<int64_t> Hiding::HiddenFromWithin(uint64_t first_lsn, uint64_t last_lsn) const {
  std::optional<int64_t> lowest;
  for (size_t i = After(first_lsn); i < entries_.size() && entries_[i].lsn <= last_lsn; ++i)
    lowest = lowest ? std::min(*lowest, entries_[i].step) : entries_[i].step;
  return lowest;
}

uint32_t Hiding::FateFrom(size_t entry, int64_t step) const {
  if (entry == entries_.size() || step < entries_[entry].lowest) return kStands;
  if (entries_[entry].left && step >= *entries_[entry].left) return kNeverHere;
  while (entries_[entry].step > step) entry = entries_[entry].next_lower;
  return entries_[entry].place;
}

uint32_t Hiding::FateOf(uint64_t lsn, int64_t step) const { return FateFrom(After(lsn), step); }

std::optional<uint32_t> Hiding::FateOf(uint64_t first_lsn, uint64_t last_lsn, const Summary& summary) const {
  const size_t after = After(last_lsn);
  // From the lowest step up it is: none, the latest rewind, earlier ones, the fork. What is one at both ends is one.
  const uint32_t fate = FateFrom(after, summary.min_step);
  if (FateFrom(after, summary.max_step) != fate) return std::nullopt;
  if (fate == kNeverHere) return fate;
  const std::optional<int64_t> within = HiddenFromWithin(first_lsn, last_lsn);
  return within && summary.max_step >= *within ? std::nullopt : std::optional(fate);
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
