#include "ingest/rewinds.h"

#include <algorithm>

namespace stepwell::ingest {
namespace {

// The first rewind that has a number above `lsn`.
auto After(const std::vector<series::Rewind>& all, uint64_t lsn) {
  return std::upper_bound(all.begin(), all.end(), lsn,
                          [](uint64_t value, const series::Rewind& rewind) { return value < rewind.lsn; });
}

}  // namespace

bool Rewinds::CutsBetween(uint64_t before, uint64_t after) const {
  if (all_.empty()) return false;
  auto next = After(all_, before);
  return next != all_.end() && next->lsn <= after;
}

std::optional<int64_t> Rewinds::HiddenFrom(uint64_t lsn, uint32_t writer) const {
  std::optional<int64_t> least;
  for (auto it = After(all_, lsn); it != all_.end(); ++it) {
    if (it->spared_writer == writer) continue;
    if (!least || it->step < *least) least = it->step;
  }
  return least;
}

}  // namespace stepwell::ingest
