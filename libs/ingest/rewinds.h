// The rewinds of a run, and what they hide.
//
// Thread safety: none; the run's mutex guards it.
#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <vector>

#include "series/query.h"

namespace stepwell::ingest {

class Rewinds {
 public:
  // In order of lsn.
  void Add(const series::Rewind& rewind) { all_.push_back(rewind); }
  const std::vector<series::Rewind>& all() const { return all_; }

  // Is there one between points of batch `before` and points of batch `after`, which came later? Chunks and tails are
  // cut there, also where the rewind hides nothing, so that the rule needs no look at steps.
  bool CutsBetween(uint64_t before, uint64_t after) const;
  // Points of batch `lsn` with a step at or above this are hidden for `writer`; nullopt: none are.
  std::optional<int64_t> HiddenFrom(uint64_t lsn, uint32_t writer) const;
  uint64_t last_lsn() const { return all_.empty() ? 0 : all_.back().lsn; }

 private:
  std::vector<series::Rewind> all_;
};

}  // namespace stepwell::ingest
