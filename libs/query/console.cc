#include "query/console.h"

#include <algorithm>

#include "base/status_macros.h"
#include "query/console_log.h"

namespace stepwell::query {

std::shared_ptr<Consoles::Kept> Consoles::Find(uint64_t run) {
  const std::lock_guard lock(mutex_);
  const auto it = std::find_if(kept_.begin(), kept_.end(), [&](const auto& kept) { return kept->run == run; });
  if (it != kept_.end()) {
    kept_.splice(kept_.begin(), kept_, it);
  } else {
    kept_.push_front(std::make_shared<Kept>());
    kept_.front()->run = run;
  }
  return kept_.front();
}

void Consoles::Count(const std::shared_ptr<Kept>& kept, uint64_t bytes) {
  const std::lock_guard lock(mutex_);
  kept->bytes = bytes;
  uint64_t sum = 0;
  for (auto it = kept_.begin(); it != kept_.end();) {
    const bool goes = sum + (*it)->bytes > memory_ && it != kept_.begin();
    if (!goes) sum += (*it)->bytes;
    it = goes ? kept_.erase(it) : std::next(it);
  }
  if (tell_) tell_(sum);
}

absl::StatusOr<ConsolePage> Consoles::Read(SeriesReader& reader, const GrantedRun& run, const ConsoleAsk& ask) {
  const std::shared_ptr<Kept> kept = Find(run->number);
  const std::lock_guard lock(kept->mutex);
  if (!kept->log) kept->log = std::make_unique<ConsoleLog>();
  const absl::Status read = kept->log->Refresh(reader, run, memory_ / 2);
  if (!read.ok()) {
    kept->log.reset();
    Count(kept, 0);
    return read;
  }
  absl::StatusOr<ConsolePage> page = kept->log->Read(ask);
  Count(kept, kept->log->bytes());
  return page;
}

}  // namespace stepwell::query
