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

 private:
  struct Entry {
    uint64_t lsn = 0;
    int64_t step = 0;
    int64_t lowest = 0;  // least step of this and all later rewinds
  };
  std::vector<Entry> entries_;  // by lsn
};

}  // namespace stepwell::series
