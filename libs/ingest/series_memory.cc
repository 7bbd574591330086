#include "ingest/series_memory.h"

#include "ingest/open_series.h"

namespace stepwell::ingest {
namespace {

// A node in the run's set of series and one in its tags, buckets, two lists of pointers, the six blocks of memory that
// hold a tail's columns: what malloc adds to each, and what vectors have in reserve.
constexpr uint64_t kAround = 400;

uint64_t TextBytes(const std::string& text) { return text.empty() ? 0 : sizeof(std::string) + text.size() + 16; }

}  // namespace

uint64_t SeriesMemory::CostOf(const v1::SeriesInfo& info) {
  return sizeof(OpenSeries) + sizeof(OpenPart) + kAround + TextBytes(info.tag()) + TextBytes(info.plugin()) +
         TextBytes(info.content()) + TextBytes(info.display_name()) + TextBytes(info.description()) +
         TextBytes(info.value_type());
}

std::string SeriesMemory::Reason() const {
  return "the series that are written to take " + std::to_string(used_.load()) + " bytes of memory; the limit is " +
         std::to_string(limit_) + " (--series-memory): points of series that are known are taken, new series when " +
         "other runs have ended";
}

}  // namespace stepwell::ingest
