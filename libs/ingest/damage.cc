#include "ingest/damage.h"

namespace stepwell::ingest {
namespace {

// Places that are remembered. A disk that goes has more, and the first say enough.
constexpr size_t kTold = 1000;

}  // namespace

void Damage::Found(const std::string& what) {
  count_->Increment();
  {
    std::lock_guard lock(mutex_);
    if (told_.size() >= kTold || !told_.insert(what).second) return;
  }
  log_("damaged data was left out: " + what);
}

}  // namespace stepwell::ingest
