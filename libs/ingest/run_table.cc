#include "ingest/run_table.h"

#include <algorithm>

#include "base/bytes.h"
#include "base/status_macros.h"
#include "store/keys.h"

namespace stepwell::ingest {

using store::Family;

absl::StatusOr<std::shared_ptr<Run>> RunTable::Get(uint64_t number) {
  std::lock_guard lock(mutex_);
  auto it = runs_.find(number);
  if (it != runs_.end()) return it->second;
  ASSIGN_OR_RETURN(std::shared_ptr<Run> run, Run::Load(*store_, number, memory_));
  runs_.emplace(number, run);
  return run;
}

absl::StatusOr<std::shared_ptr<Run>> RunTable::GetById(std::string_view id) {
  ASSIGN_OR_RETURN(auto number, store_->Get(Family::kMeta, store::RunByIdKey(id)));
  if (!number || number->size() != 8) return absl::NotFoundError("no run \"" + std::string(id) + "\" was opened here");
  return Get(GetBe64(*number));
}

absl::StatusOr<std::shared_ptr<Run>> RunTable::Make(uint64_t number, const std::string& id) {
  absl::StatusOr<std::shared_ptr<Run>> known = Get(number);
  if (known.ok() || !absl::IsNotFound(known.status())) return known;
  store::WriteSet changes;
  std::string value;
  PutBe64(value, number);
  changes.Put(Family::kMeta, store::RunIdKey(number), id);
  changes.Put(Family::kMeta, store::RunByIdKey(id), value);
  RETURN_IF_ERROR(store_->Write(changes, /*sync=*/false));  // durable with the mark that follows
  return Get(number);
}

std::vector<std::shared_ptr<Run>> RunTable::Loaded() const {
  std::lock_guard lock(mutex_);
  std::vector<std::shared_ptr<Run>> out;
  out.reserve(runs_.size());
  for (const auto& [number, run] : runs_) out.push_back(run);
  return out;
}

void RunTable::Remove(uint64_t number) {
  std::lock_guard lock(mutex_);
  runs_.erase(number);
}

void RunTable::Sweep() {
  std::lock_guard lock(mutex_);
  std::erase_if(runs_, [](const auto& entry) {
    if (entry.second.use_count() > 1) return false;  // nobody can take it meanwhile: they come through the table
    std::lock_guard run_lock(entry.second->mutex);
    if (entry.second->listed_dirty || entry.second->committing > 0) return false;
    const auto& series = entry.second->admitted();
    return std::none_of(series.begin(), series.end(), [](const OpenSeries* one) { return one->tail_points() > 0; });
  });
}

}  // namespace stepwell::ingest
