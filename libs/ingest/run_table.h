// The runs that are in memory. A run is loaded when it is first asked for, and dropped when nobody holds it, all of it
// is in chunks and the catalog knows.
//
// Thread safety: all methods may be called from any thread. The table's mutex is taken before any run's.
#pragma once

#include <memory>
#include <mutex>
#include <unordered_map>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "ingest/run.h"
#include "store/store.h"

namespace stepwell::ingest {

class RunTable {
 public:
  RunTable(store::Store* store, std::shared_ptr<SeriesMemory> memory) : store_(store), memory_(std::move(memory)) {}

  // NOT_FOUND: nothing of it is in the store.
  absl::StatusOr<std::shared_ptr<Run>> Get(uint64_t number);
  absl::StatusOr<std::shared_ptr<Run>> GetById(std::string_view id);
  // Makes it known if it is not.
  absl::StatusOr<std::shared_ptr<Run>> Make(uint64_t number, const std::string& id);
  std::vector<std::shared_ptr<Run>> Loaded() const;
  void Remove(uint64_t number);
  // Drops what nobody needs.
  void Sweep();

 private:
  store::Store* const store_;
  const std::shared_ptr<SeriesMemory> memory_;  // shared with the runs
  mutable std::mutex mutex_;
  std::unordered_map<uint64_t, std::shared_ptr<Run>> runs_;  // guarded by mutex_
};

}  // namespace stepwell::ingest
