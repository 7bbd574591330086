#include "catalog/group_columns.h"

#include <algorithm>

#include "absl/strings/match.h"
#include "base/status_macros.h"
#include "query/filter.h"

namespace stepwell::catalog {
namespace {

void AddUsual(GroupColumns& columns, std::string_view tag) {
  for (const std::string_view attribute : {"last", "min", "max"}) columns.AddMetric(tag, attribute);
}

}  // namespace

void GroupColumns::AddParam(std::string_view name) {
  if (std::ranges::find(params, name) == params.end()) params.emplace_back(name);
}

void GroupColumns::AddMetric(std::string_view tag, std::string_view attribute) {
  auto place = metrics.end();
  for (auto it = metrics.begin(); it != metrics.end(); ++it) {
    if (it->tag != tag) continue;
    if (it->attribute == attribute) return;
    place = it + 1;
  }
  metrics.insert(place, {std::string(tag), std::string(attribute)});
}

size_t GroupColumns::ParamPlace(std::string_view name) const {
  return static_cast<size_t>(std::ranges::find(params, name) - params.begin());
}

size_t GroupColumns::MetricPlace(std::string_view tag, std::string_view attribute) const {
  const auto is = [&](const Metric& metric) { return metric.tag == tag && metric.attribute == attribute; };
  return static_cast<size_t>(std::ranges::find_if(metrics, is) - metrics.begin());
}

size_t GroupColumns::TagPlace(std::string_view tag) const {
  return static_cast<size_t>(std::ranges::find(metrics, tag, &Metric::tag) - metrics.begin());
}

absl::StatusOr<GroupColumns> ReadGroupColumns(const std::vector<std::string>& names) {
  GroupColumns columns;
  for (const std::string& name : names) {
    if (!absl::StartsWith(name, "params.") && !absl::StartsWith(name, "metrics.") &&
        !absl::StartsWith(name, "labels.")) {
      columns.AddParam(name);
      AddUsual(columns, name);
      continue;
    }
    ASSIGN_OR_RETURN(const std::vector<query::OrderKey> keys, query::ParseOrder(name));
    for (const query::OrderKey& order : keys) {
      const query::Key& key = order.key;
      if (key.space == query::Key::Space::kParam) columns.AddParam(key.name);
      if (key.space != query::Key::Space::kMetric) continue;
      key.attribute_given ? columns.AddMetric(key.name, key.attribute) : AddUsual(columns, key.name);
    }
  }
  return columns;
}

}  // namespace stepwell::catalog
