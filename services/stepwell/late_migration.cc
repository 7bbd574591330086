#include "stepwell/late_migration.h"

#include <pthread.h>

#include <algorithm>
#include <chrono>
#include <utility>

#include "absl/strings/str_cat.h"

namespace stepwell {
namespace {

constexpr std::chrono::milliseconds kPauseLeast{100}, kPauseMost{5000};

}  // namespace

LateMigration::LateMigration(catalog::Catalog* catalog, std::string folder, const absl::Status& why,
                             std::function<void(const std::string&)> log)
    : catalog_(catalog), folder_(std::move(folder)), log_(std::move(log)) {
  const std::string told(why.message());
  log_(absl::StrCat("the server waits for PostgreSQL and is not ready before it is there: ", told));
  thread_ = std::thread([this, told] { Loop(told); });
  pthread_setname_np(thread_.native_handle(), "late-migration");
}

LateMigration::~LateMigration() {
  {
    std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_one();
  thread_.join();
}

void LateMigration::Loop(std::string told) {
  auto pause = kPauseLeast;
  std::unique_lock lock(mutex_);
  while (!wake_.wait_for(lock, pause, [this] { return stopping_; })) {
    pause = std::min(2 * pause, kPauseMost);
    lock.unlock();
    const absl::Status done = catalog_->Migrate(folder_);
    if (done.ok()) return log_("PostgreSQL is there");
    // It is away in changing words; what else is wrong is told once.
    std::string now(done.message());
    if (!absl::IsUnavailable(done) && now != told) log_(absl::StrCat("PostgreSQL cannot be used yet: ", now));
    told = std::move(now);
    lock.lock();
  }
}

}  // namespace stepwell
