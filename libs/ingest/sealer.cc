#include "ingest/sealer.h"

#include <pthread.h>

#include <algorithm>

#include "base/status_macros.h"
#include "ingest/seal_job.h"
#include "store/keys.h"
#include "store/records.h"

namespace stepwell::ingest {
namespace {

using std::chrono::steady_clock;
using store::Family;

// Copies of tails that are encoded together, and what is written at once.
constexpr size_t kGroupPoints = 512 * series::kChunkPoints;
// A store's log below this is left alone. Above, it goes once a minute, or at once when all that it has is in chunks.
constexpr uint64_t kLogBytes = uint64_t{4} << 20;
constexpr std::chrono::seconds kLogPause{60};
// While the disk is low: what is sealed earlier than this makes chunks too small.
constexpr std::chrono::seconds kHurryAge{5};

}  // namespace

Sealer::Sealer(store::Store* store, RunTable* table, Committer* committer, Metrics* metrics, SealOptions options,
               std::function<void(const std::string&)> log)
    : store_(store), table_(table), committer_(committer), metrics_(metrics), options_(options), log_(std::move(log)) {}

void Sealer::Start() {
  thread_ = std::thread([this] { Loop(); });
  pthread_setname_np(thread_.native_handle(), "sealer");
}

void Sealer::Stop() {
  {
    std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_all();
  if (thread_.joinable()) thread_.join();
}

void Sealer::OnCommitted(const std::shared_ptr<const AcceptedBatch>& batch) {
  if ((tail_bytes_ += batch->bytes) > options_.memory) {
    std::lock_guard lock(mutex_);
    pressed_ = true;
    wake_.notify_one();
  }
  {
    std::lock_guard lock(batch->run->mutex);
    if (batch->run->seal_queued) return;
    const bool full = std::any_of(batch->columns.begin(), batch->columns.end(), [&](const OpenSeries* series) {
      return series && series->tail_points() + series->state.open_points >= options_.points;
    });
    if (!full) return;
    batch->run->seal_queued = true;
  }
  std::lock_guard lock(mutex_);
  ready_.push_back(batch->run);
  wake_.notify_one();
}

absl::Status Sealer::SealGroup(Run& run, const std::vector<OpenSeries*>& group, Cause cause, ChunkReader& reader,
                               Leaders& leaders) {
  std::vector<std::unique_ptr<SealJob>> jobs;
  {
    std::lock_guard lock(run.mutex);
    for (OpenSeries* series : group) {
      if (!series->sealing && series->tail_points() > 0)
        jobs.push_back(SealJob::Begin(run, series, cause != Cause::kFull));
    }
  }
  store::WriteSet changes;
  absl::Status status;
  uint64_t bytes = 0;
  for (const auto& job : jobs) {
    if (!status.ok()) break;
    status = job->Encode(reader, leaders, changes);
    bytes += job->chunk_bytes();
  }
  // No sync: until the journal is trimmed, it has the points too.
  if (status.ok()) status = store_->Write(changes, /*sync=*/false);
  {
    std::lock_guard lock(run.mutex);
    for (const auto& job : jobs) job->Finish(run, status.ok());
  }
  metrics_->chunk_bytes.Increment(static_cast<double>(bytes));
  prometheus::Counter& seals = cause == Cause::kFull  ? metrics_->seals_full
                               : cause == Cause::kAge ? metrics_->seals_age
                                                      : metrics_->seals_memory;
  if (status.ok()) seals.Increment(static_cast<double>(jobs.size()));
  return status;
}

absl::Status Sealer::SealRun(const std::shared_ptr<Run>& run, Cause cause, steady_clock::time_point before) {
  std::lock_guard work(work_);
  std::vector<std::pair<OpenSeries*, size_t>> chosen;
  {
    std::lock_guard lock(run->mutex);
    run->seal_queued = false;
    if (run->purged) return absl::OkStatus();
    for (OpenSeries* series : run->admitted()) {
      const size_t points = series->tail_points();
      if (points == 0 || series->sealing) continue;
      const bool take =
          cause == Cause::kFull ? points + series->state.open_points >= options_.points : series->oldest <= before;
      if (take) chosen.emplace_back(series, points);
    }
  }
  ChunkReader reader(store_, run->number);
  Leaders leaders;
  std::vector<OpenSeries*> group;
  size_t points = 0;
  for (size_t i = 0; i < chosen.size(); ++i) {
    group.push_back(chosen[i].first);
    points += chosen[i].second;
    if (points < kGroupPoints && i + 1 < chosen.size()) continue;
    RETURN_IF_ERROR(SealGroup(*run, group, cause, reader, leaders));
    group.clear();
    points = 0;
  }
  return absl::OkStatus();
}

absl::Status Sealer::SealOld(bool all) {
  const auto now = steady_clock::now();
  const auto age = hurry_ ? std::min<std::chrono::milliseconds>(options_.age, kHurryAge) : options_.age;
  for (const std::shared_ptr<Run>& run : table_->Loaded()) {
    RETURN_IF_ERROR(SealRun(run, Cause::kAge, all ? now : now - age));
  }
  return absl::OkStatus();
}

void Sealer::Count() {
  uint64_t bytes = 0, tails = 0;
  for (const std::shared_ptr<Run>& run : table_->Loaded()) {
    std::lock_guard lock(run->mutex);
    for (const OpenSeries* series : run->admitted()) {
      bytes += series->tail_bytes();
      tails += series->tail_points() > 0 ? 1 : 0;
    }
  }
  tail_bytes_ = bytes;
  metrics_->tail_bytes.Set(static_cast<double>(bytes));
  metrics_->tails_open.Set(static_cast<double>(tails));
  metrics_->journal_bytes.Set(static_cast<double>(store_->FamilyBytes(Family::kJournal)));
  const store::CacheUse cache = store_->Cache();
  if (cache.hits < cache_.hits || cache.misses < cache_.misses) cache_ = {};  // it was opened again
  metrics_->cache_bytes.Set(static_cast<double>(cache.bytes));
  metrics_->cache_hits.Increment(static_cast<double>(cache.hits - cache_.hits));
  metrics_->cache_misses.Increment(static_cast<double>(cache.misses - cache_.misses));
  cache_ = cache;
  if (absl::StatusOr<store::DiskSpace> space = store_->Space(); space.ok()) {
    metrics_->disk_free.Set(static_cast<double>(space->free_bytes));
    metrics_->disk_size.Set(static_cast<double>(space->size_bytes));
  }
}

// The age that is too old is halved until enough has gone.
absl::Status Sealer::RelieveMemory() {
  auto age = options_.age / 2;
  while (tail_bytes_ > options_.memory) {
    for (const std::shared_ptr<Run>& run : table_->Loaded()) {
      RETURN_IF_ERROR(SealRun(run, Cause::kMemory, steady_clock::now() - age));
    }
    Count();
    if (age.count() == 0) break;
    age /= 2;
  }
  return absl::OkStatus();
}

absl::Status Sealer::TrimJournal() {
  std::lock_guard work(work_);
  // Whatever is committed later than this look has a higher number.
  uint64_t oldest = committer_->committed_lsn() + 1;
  for (const std::shared_ptr<Run>& run : table_->Loaded()) {
    std::lock_guard lock(run->mutex);
    for (const OpenSeries* series : run->admitted()) {
      if (series->tail_points() > 0) oldest = std::min(oldest, series->tail_lsn());
    }
  }
  // Again, as files of the journal may have come into a place where they can be taken since.
  if (oldest <= trimmed_) return store_->TrimJournal(trimmed_);
  // What was sealed reaches the disk with this write, before the journal's records go.
  store::WriteSet changes;
  changes.Put(Family::kMeta, store::HeaderKey(), store::Encode(store::Header{store::kFormatVersion, oldest}));
  RETURN_IF_ERROR(store_->Write(changes, /*sync=*/true));
  trimmed_ = oldest;
  RETURN_IF_ERROR(store_->TrimJournal(oldest));
  return ShrinkLog(/*idle=*/oldest > committer_->committed_lsn());
}

// The store's log has each journal record once more, and chunks too, until the tree has what is newer.
absl::Status Sealer::ShrinkLog(bool idle) {
  const auto now = steady_clock::now();
  if (!idle && now - log_shrunk_ < (hurry_ ? kHurryAge : kLogPause)) return absl::OkStatus();
  if (store_->LogBytes() < kLogBytes) return absl::OkStatus();
  log_shrunk_ = now;
  return store_->Flush();
}

void Sealer::Loop() {
  auto next = steady_clock::now() + options_.tick;
  bool told = false;
  std::unique_lock lock(mutex_);
  while (!stopping_) {
    wake_.wait_until(lock, next, [this] { return stopping_ || pressed_ || !ready_.empty(); });
    if (stopping_) return;
    std::deque<std::shared_ptr<Run>> ready = std::exchange(ready_, {});
    const bool pressed = std::exchange(pressed_, false);
    lock.unlock();
    absl::Status status;
    for (const std::shared_ptr<Run>& run : ready) {
      absl::Status sealed = SealRun(run, Cause::kFull, {});
      if (!sealed.ok()) status = sealed;
    }
    if (pressed && steady_clock::now() < next) {
      Count();
      if (status.ok()) status = RelieveMemory();
    }
    if (steady_clock::now() >= next) {
      if (status.ok()) status = SealOld(/*all=*/false);
      Count();
      if (status.ok()) status = RelieveMemory();
      if (status.ok()) status = TrimJournal();
      table_->Sweep();
      next = steady_clock::now() + options_.tick;
    }
    if (!status.ok() && !told)
      log_("points could not be sealed and stay in the journal: " + std::string(status.message()));
    told = !status.ok();
    lock.lock();
  }
}

}  // namespace stepwell::ingest
