#include "catalog/run_set.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "base/status_macros.h"
#include "catalog/sql_text.h"

namespace stepwell::catalog {

RunSet::RunSet(const std::vector<Granted<ExperimentRef>>& experiments, Archived archived, bool deleted)
    : archived_(archived), deleted_(deleted) {
  for (const auto& experiment : experiments) experiments_.push_back(experiment->number);
  std::ranges::sort(experiments_);
  experiments_.erase(std::ranges::unique(experiments_).begin(), experiments_.end());
}

absl::Status RunSet::Parse(const std::string& filter) {
  if (filter.find_first_not_of(" \t\r\n") != std::string::npos) {
    ASSIGN_OR_RETURN(filter_, query::ParseFilter(filter));
    names_.Want(*filter_);
  }
  if (archived_ == Archived::kDefault) {
    archived_ = filter_ && query::Mentions(*filter_, "archived") ? Archived::kAny : Archived::kNo;
  }
  return absl::OkStatus();
}

std::string RunSet::Array() const {
  SqlArray array;
  for (int64_t experiment : experiments_) array.Int(experiment);
  return array.Finish();
}

void RunSet::Resolve(Transaction& transaction) { names_.Resolve(transaction, Array()); }

std::string RunSet::Where(Archived archived) const {
  const std::string list = absl::StrJoin(experiments_, ", ");
  return absl::StrCat(" where r.experiment ", experiments_.size() == 1 ? "= " + list : "in (" + list + ")",
                      " and r.deleted_at is ", deleted_ ? "not null and not r.purging" : "null",
                      archived == Archived::kNo    ? " and not r.archived"
                      : archived == Archived::kYes ? " and r.archived"
                                                   : "");
}

std::string RunSet::WhereAll(const Shown& shown, Params& params) const {
  return filter_ ? absl::StrCat(Where(), " and ", Filter(FilterPlan::kSets, shown, params)) : Where();
}

int64_t RunSet::Runs(Transaction& transaction) const {
  return transaction
      .Run("select coalesce(sum(run_count), 0)::bigint from experiments where number = any($1::bigint[])",
           Params(Array()))
      .front()[0]
      .as<int64_t>();
}

int64_t RunSet::Count(Transaction& transaction, const Shown& shown) const {
  // Without a filter, all of them without the archived ones, which have an index.
  const bool kept = !filter_ && !deleted_ && archived_ != Archived::kYes;
  if (kept && archived_ == Archived::kAny) return Runs(transaction);
  Params params;
  const std::string where = kept ? Where(Archived::kYes) : WhereAll(shown, params);
  const auto count = transaction.Run("select count(*) from runs r" + where, params).front()[0].as<int64_t>();
  return kept ? Runs(transaction) - count : count;
}

}  // namespace stepwell::catalog
