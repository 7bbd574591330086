// What an answer of series has beside its points or columns: the smoothed curve, and x by another tag.
//
// Both are computed on whole series, so that a zoom shows the same curve. Where a series has more points than are
// computed on, or has changed while it was read, they come from columns, and are marked as approximate.
//
// Thread safety: values and pure functions of their arguments.
#pragma once

#include <optional>
#include <vector>

#include "absl/status/statusor.h"
#include "query/raw_points.h"
#include "query/series_query.h"

namespace stepwell::query {

struct Computed {
  // One number for each point, or for each column (of its last finite value; NaN: it has none).
  std::optional<std::vector<double>> smoothed, x;
  bool approximate = false;
  // With an x_tag: of each stretch that a rewind hid. They have no smoothed curve.
  std::vector<Computed> x_of_rewound;
};

// Both: `reply` is the answer about series `key` under `spec`.
absl::Status AddSmoothed(SeriesReader& reader, RawPointsCache& raw, const SeriesKey& key, const ReadSpec& spec,
                         const Smoothing& smoothing, const v1::ReadSeriesReply& reply, Computed* computed);
absl::Status AddX(SeriesReader& reader, RawPointsCache& raw, const SeriesKey& key, const ReadSpec& spec,
                  const std::string& x_tag, const v1::ReadSeriesReply& reply, Computed* computed);
// x of stretches by what the same rewinds hid of `x_tag`: at the same steps where both come as points, else the last
// one before, which is approximate.
absl::Status AddXOfRewound(SeriesReader& reader, const SeriesKey& key, const ReadSpec& spec, const std::string& x_tag,
                           const v1::ReadSeriesReply& reply, Computed* computed);

// The smoothed curve of `line` at the rows of an answer about it; nullopt: the answer is about other points.
std::optional<std::vector<double>> SmoothLine(const ReadSpec& spec, const Smoothing& smoothing, const RawPoints& line,
                                              const v1::ReadSeriesReply& reply);

}  // namespace stepwell::query
