// What is summed up of the runs of a group: the columns of a run list, and what groups are ordered by.
//
// Thread safety: values; no shared state.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"

namespace stepwell::catalog {

struct GroupColumns {
  struct Metric {
    std::string tag, attribute;
  };
  std::vector<std::string> params;
  std::vector<Metric> metrics;  // those of one tag beside each other

  void AddParam(std::string_view name);
  void AddMetric(std::string_view tag, std::string_view attribute);
  // Where they stand. REQUIRES: they were added.
  size_t ParamPlace(std::string_view name) const;
  size_t MetricPlace(std::string_view tag, std::string_view attribute) const;
  // The place of the first column of this tag.
  size_t TagPlace(std::string_view tag) const;
};

// params.x; metrics."t".min; metrics."t": last, min and max; a bare name: the parameter, and last, min and max of the
// metric.
absl::StatusOr<GroupColumns> ReadGroupColumns(const std::vector<std::string>& names);

}  // namespace stepwell::catalog
