// The runs that a query is about, as SQL on `runs r`: those of some experiments, in the trash or not, archived or not,
// that match a filter. Parse before a connection is taken, then Resolve within the transaction.
//
// Thread safety: none; for one thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "catalog/catalog.h"
#include "catalog/database.h"
#include "catalog/filter_sql.h"
#include "query/filter.h"

namespace stepwell::catalog {

class RunSet {
 public:
  RunSet(const std::vector<Granted<ExperimentRef>>& experiments, Archived archived, bool deleted);

  absl::Status Parse(const std::string& filter);
  // Names whose numbers are needed besides the filter's.
  void Want(const query::Key& key) { names_.Want(key); }
  void Resolve(Transaction& transaction);

  bool empty() const { return experiments_.empty(); }  // no experiments
  bool filtered() const { return filter_.has_value(); }
  Archived archived() const { return archived_; }  // never kDefault
  const NameNumbers& names() const { return names_; }

  // " where r.experiment = 1 and ...", all but the filter.
  std::string Where() const { return Where(archived_); }
  // The filter's condition. REQUIRES: filtered().
  std::string Filter(FilterPlan plan, const Shown& shown, Params& params) const {
    return FilterSql(*filter_, names_, plan, shown, params);
  }
  // Where(), and the filter if there is one.
  std::string WhereAll(const Shown& shown, Params& params) const;

  // Runs of the experiments that are not in the trash.
  int64_t Runs(Transaction& transaction) const;
  int64_t Count(Transaction& transaction, const Shown& shown) const;

 private:
  std::string Where(Archived archived) const;
  std::string Array() const;

  std::vector<int64_t> experiments_;  // sorted, each once
  Archived archived_;
  const bool deleted_;
  std::optional<query::Node> filter_;
  NameNumbers names_;
};

}  // namespace stepwell::catalog
