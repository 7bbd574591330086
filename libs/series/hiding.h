// What the rewinds of a run hide of one series. query.h says when a rewind hides a point.
//
// Thread safety: a value; const calls from any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "series/query.h"
#include "series/summary.h"

namespace stepwell::series {

class Hiding {
 public:
  // Those that do not spare `writer`.
  Hiding(std::span<const Rewind> rewinds, uint32_t writer);

  enum class Verdict { kVisible, kHidden, kMixed };
  // Of points whose batches lie in [first_lsn, last_lsn]. kMixed: look more finely.
  Verdict Of(uint64_t first_lsn, uint64_t last_lsn, const Summary& summary) const;

  // Points that came up to `lsn` are hidden from this step on.
  std::optional<int64_t> HiddenFrom(uint64_t lsn) const;
  // The same for rewinds that came after the first of these batches and not after the last.
  std::optional<int64_t> HiddenFromWithin(uint64_t first_lsn, uint64_t last_lsn) const;

  // What became of a point: a rewind's place in the span that was given, namely of the first that hides it, or
  static constexpr uint32_t kStands = UINT32_MAX;      // no rewind hides it
  static constexpr uint32_t kNeverHere = kStands - 1;  // a fork left it with the parent
  uint32_t FateOf(uint64_t lsn, int64_t step) const;
  // Of all points whose batches lie in [first_lsn, last_lsn]; nullopt: they may differ.
  std::optional<uint32_t> FateOf(uint64_t first_lsn, uint64_t last_lsn, const Summary& summary) const;

 private:
  struct Entry {
    uint64_t lsn = 0;
    int64_t step = 0;
    uint32_t place = 0;           // in the span
    int64_t lowest = 0;           // least step of this and all later rewinds
    std::optional<int64_t> left;  // least step that this or a later fork leaves with the parent
    size_t next_lower = 0;        // the next one with a lower step; entries_.size(): there is none
  };
  size_t After(uint64_t lsn) const;  // the first entry that came after this batch
  uint32_t FateFrom(size_t entry, int64_t step) const;

  std::vector<Entry> entries_;  // by lsn
};

}  // namespace stepwell::series
