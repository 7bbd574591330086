// A filter's tree as a condition of SQL on `runs r`. Names of parameters, labels and tags become numbers beforehand, so
// that the planner sees which ones they are; values become parameters.
//
// Thread safety: values; no shared state.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "catalog/database.h"
#include "catalog/run_rows.h"
#include "query/filter.h"

namespace stepwell::catalog {

// (space, name) → fields.number or tags.number, one for each experiment that has it.
class NameNumbers {
 public:
  void Want(const query::Key& key);
  void Want(const query::Node& filter);
  void Resolve(Transaction& transaction, const std::string& experiments);  // a bigint[] literal

  // " = 17", " in (17, 18)"; empty if no experiment has it.
  std::string Condition(const query::Key& key) const;

 private:
  std::map<std::pair<query::Key::Space, std::string>, std::vector<int64_t>> numbers_;
};

// kProbe: looks into one run after the other, for a filter on few runs. kSets: lets the planner join sets of runs.
enum class FilterPlan { kProbe, kSets };
std::string FilterSql(const query::Node& filter, const NameNumbers& names, FilterPlan plan, const Shown& shown,
                      Params& params);

// The column of a metric's attribute in `table` (an alias of run_tags), null where there is no value to compare.
std::string MetricSql(const std::string& table, const std::string& attribute);

}  // namespace stepwell::catalog
