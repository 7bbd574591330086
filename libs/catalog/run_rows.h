// Reading and writing the rows that hang on a run.
//
// Thread safety: functions without state; they use the caller's transaction.
#pragma once

#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "catalog/database.h"

namespace stepwell::catalog {

// Locks experiments (a set, as a literal) for as long as the transaction lasts, so that names are made by one at a
// time.
void LockExperiments(Transaction& transaction, const std::string& experiments);

// One value of a run's parameter ('p') or label ('l').
struct FieldValue {
  uint64_t run = 0;
  int64_t experiment = 0;
  char space = 'p';
  std::string name;
  std::string value;  // JSON of a parameter; text of a label
};

// Makes the names that an experiment does not have yet; for a transaction of its own, before the runs are locked: two
// transactions that each made half of their names would wait for each other.
void MakeFieldNames(Transaction& transaction, const std::vector<FieldValue>& values);

// Inserts or replaces, and counts the runs of each name. REQUIRES: the names are there; the runs are locked; no (run,
// space, name) twice.
void PutFields(Transaction& transaction, const std::vector<FieldValue>& values);

// Keeps a warning of a run. REQUIRES: the run is locked.
void PutWarning(Transaction& transaction, const RunNote& warning);

// Removes labels, and counts. `runs` and the digests of names `labels` are bigint[] and bytea[] literals of one length.
void RemoveLabels(Transaction& transaction, const std::string& runs, const std::string& labels);

// The runs (a bigint[] literal) joined (1) or left (-1) those that are counted of their parameters and labels, of their
// tags. REQUIRES: the runs are locked.
void CountFields(Transaction& transaction, const std::string& runs, int change);
void CountTags(Transaction& transaction, const std::string& runs, int change);

// What of a run's parts a list shows.
struct Columns {
  bool all_params = true;
  std::vector<std::string> params;   // if not all
  std::vector<std::string> metrics;  // tags
  int64_t first_metrics = 0;         // besides: the first so many scalar tags of each run
};

// The id of the run that `runs r` was forked from, as SQL; null: it is no fork, or what it asked for was refused.
inline constexpr char kForkedFrom[] = "case when r.forked_from is not null then r.fork_of end";

// What is shown of `runs r` and not stored, as SQL.
struct Shown {
  std::string status;    // "disconnected" for a run that is running, was heard of, and is not any more
  std::string duration;  // seconds as float8: until it finished, or it was last heard of, or now; not below 0
};
// `now`: SQL.
Shown ShownOf(std::chrono::milliseconds disconnected_after, const std::string& now = "now()");

// Runs by number with their parts, in the order of `numbers`; numbers that are gone are left out.
std::vector<Run> ReadRuns(Transaction& transaction, const std::vector<int64_t>& numbers, const Columns& columns,
                          const Shown& shown);

}  // namespace stepwell::catalog
