// Where runs are: to another experiment, to the trash and back, with everything that is counted of them.
//
// Names of parameters, labels and tags are an experiment's own: when runs move, every row of theirs that names one gets
// the number that the name has there.
//
// Thread safety: functions without state; they use the caller's transaction.
#pragma once

#include <cstdint>
#include <string>

#include "catalog/database.h"

namespace stepwell::catalog {

// `runs` are bigint[] literals.

// REQUIRES: none of the runs is in the trash (or, all are); their experiments are locked, and they.
void TrashRuns(Transaction& transaction, const std::string& runs, bool deleted);

// Of runs that are not in the trash and not in `experiment`.
// REQUIRES: their experiments and this one are locked, and the runs.
void MoveRuns(Transaction& transaction, const std::string& runs, int64_t experiment);

// The experiment knows the runs by the names that they have now, also when they have got others or are gone from it.
void KeepNames(Transaction& transaction, const std::string& runs);

}  // namespace stepwell::catalog
