#include "ingest/catalog_flusher.h"

#include <pthread.h>

#include <algorithm>
#include <utility>

#include "base/clock.h"
#include "base/status_macros.h"
#include "ingest/catalog_rows.h"
#include "ingest/reader.h"
#include "store/keys.h"
#include "store/records.h"

namespace stepwell::ingest {
namespace {

using std::chrono::steady_clock;
using store::Family;

constexpr std::chrono::milliseconds kFirst{300};      // from a run's new series to the lists
constexpr std::chrono::milliseconds kInterval{5000};  // while it changes
constexpr std::chrono::seconds kSyncPatience{30};
constexpr std::chrono::milliseconds kRetryLeast{200}, kRetryMost{5000};
constexpr size_t kNotesAtOnce = 500;
constexpr size_t kRowsAtOnce = 1000;
constexpr int kRefreshAttempts = 2500;  // for a seal of 5 s: nobody looks at a chart meanwhile
// 5,000 rows a second: PostgreSQL took 55,000 updates a second with indexes; it is there for people first.
constexpr std::chrono::microseconds kPausePerRow{200};

}  // namespace

CatalogFlusher::CatalogFlusher(store::Store* store, RunBook* book, RunTable* table, Reader* reader,
                               Committer* committer, Metrics* metrics, CatalogBacklog* backlog,
                               std::function<void(const std::string&)> log)
    : store_(store),
      book_(book),
      table_(table),
      reader_(reader),
      committer_(committer),
      metrics_(metrics),
      backlog_(backlog),
      log_(std::move(log)),
      outbox_from_(store::OutboxBegin()) {}

absl::Status CatalogFlusher::CountOutbox() {
  return store_->Scan(Family::kMeta, store::OutboxBegin(), store::OutboxEnd(),
                      [&](std::string_view, std::string_view value) {
                        if (auto record = store::DecodeOutboxNote(value); record.ok()) backlog_->AddNote(record->note);
                        return true;
                      });
}

absl::Status CatalogFlusher::Start() {
  RETURN_IF_ERROR(CountOutbox());
  std::vector<uint64_t> dirty;
  RETURN_IF_ERROR(
      store_->Scan(Family::kMeta, store::DirtyBegin(), store::DirtyEnd(), [&](std::string_view key, std::string_view) {
        dirty.push_back(store::RunOfDirtyKey(key));
        return true;
      }));
  for (uint64_t number : dirty) {
    absl::StatusOr<std::shared_ptr<Run>> run = table_->Get(number);
    if (!run.ok()) continue;  // deleted meanwhile
    Adopt(*run);
  }
  thread_ = std::thread([this] { Loop(); });
  pthread_setname_np(thread_.native_handle(), "catalog");
  return absl::OkStatus();
}

void CatalogFlusher::Stop() {
  {
    std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_all();
  if (thread_.joinable()) thread_.join();
  std::vector<Waiter> waiters;  // now also those that the thread had in hand
  {
    std::lock_guard lock(mutex_);
    waiters.swap(waiters_);
  }
  for (Waiter& waiter : waiters) waiter.done(absl::UnavailableError("the server is stopping"));
}

void CatalogFlusher::Adopt(const std::shared_ptr<Run>& run) {
  {
    std::lock_guard lock(run->mutex);
    run->listed_dirty = true;
    run->flush_queued = true;
    for (OpenSeries* series : run->admitted()) {
      run->MarkDirty(series);
      series->told = false;  // perhaps it is: the store does not know
      backlog_->AddSeries(*series);
    }
  }
  Queue(run, steady_clock::now());
  {
    std::lock_guard lock(mutex_);
    poked_ = true;
  }
  wake_.notify_one();
}

// Inherited series are sealed never again, which is when states are written else.
void CatalogFlusher::KeepStates(const Run& run, const std::vector<OpenSeries*>& told) {
  if (!run.fork) return;
  store::WriteSet changes;
  std::lock_guard lock(run.mutex);  // nothing is written of a run that is purged
  for (const OpenSeries* series : told) {
    if (series->key.writer >= run.fork->writers || series->state.stale || run.purged) continue;
    changes.Put(Family::kMeta, store::StateKey(run.number, series->key), store::Encode(series->state));
  }
  // If it fails they are found anew.
  if (!changes.empty()) store_->Write(changes, /*sync=*/false).IgnoreError();
}

void CatalogFlusher::Queue(const std::shared_ptr<Run>& run, Time due) {
  std::lock_guard lock(mutex_);
  auto [it, fresh] = due_.try_emplace(run->number, run, due);
  if (!fresh) it->second.second = std::min(it->second.second, due);
}

void CatalogFlusher::OnCommitted(const std::shared_ptr<const AcceptedBatch>& batch) {
  for (const std::string& note : batch->notes) backlog_->AddNote(note);
  for (const OpenSeries* series : batch->defined) backlog_->AddSeries(*series);
  bool queue = false;
  {
    std::lock_guard lock(batch->run->mutex);
    queue = !batch->run->flush_queued || !batch->defined.empty();
    batch->run->flush_queued = true;
  }
  if (queue) Queue(batch->run, steady_clock::now() + kFirst);
  if (!queue && batch->notes.empty()) return;
  {
    std::lock_guard lock(mutex_);
    if (!batch->notes.empty()) notes_ = true;
    poked_ = true;
  }
  wake_.notify_one();
}

void CatalogFlusher::Sync(std::shared_ptr<Run> run, std::function<void(const absl::Status&)> done) {
  Waiter waiter{std::move(run), committer_->committed_lsn(), steady_clock::now() + kSyncPatience, std::move(done)};
  {
    std::lock_guard lock(mutex_);
    if (!stopping_) {
      waiters_.push_back(std::move(waiter));
      poked_ = true;
      wake_.notify_one();
      return;
    }
  }
  waiter.done(absl::UnavailableError("the server is stopping"));
}

absl::Status CatalogFlusher::ApplyNotes(const std::vector<catalog::RunNote>& notes) {
  absl::Status status = book_->ApplyNotes(notes);
  if (status.ok() || absl::IsUnavailable(status)) return status;
  // One of them does not fit: the others must not wait for it.
  for (const catalog::RunNote& note : notes) {
    status = book_->ApplyNotes({&note, 1});
    if (absl::IsUnavailable(status)) return status;
    if (!status.ok()) {
      log_("a note of run number " + std::to_string(note.run_number) +
           " was left out: " + std::string(status.message()));
    }
  }
  return absl::OkStatus();
}

absl::Status CatalogFlusher::PutRows(const std::vector<catalog::SeriesRow>& rows) {
  absl::Status status = book_->PutSeries(rows);
  if (status.ok() || absl::IsUnavailable(status)) return status;
  for (const catalog::SeriesRow& row : rows) {
    status = book_->PutSeries({&row, 1});
    if (absl::IsUnavailable(status)) return status;
    if (!status.ok()) {
      log_("series " + std::to_string(row.series) + " of writer " + std::to_string(row.writer_number) +
           " of run number " + std::to_string(row.run_number) +
           " was left out of the lists: " + std::string(status.message()));
    }
  }
  return absl::OkStatus();
}

absl::Status CatalogFlusher::FlushNotes() {
  while (true) {
    std::vector<catalog::RunNote> notes;
    std::vector<std::string> counted;
    store::WriteSet told;
    std::string last;
    RETURN_IF_ERROR(store_->Scan(Family::kMeta, outbox_from_, store::OutboxEnd(),
                                 [&](std::string_view key, std::string_view value) {
                                   last = key;
                                   told.Delete(Family::kMeta, last);
                                   auto record = store::DecodeOutboxNote(value);
                                   v1::Note note;
                                   if (record.ok() && note.ParseFromString(record->note)) {
                                     notes.push_back(ToRunNote(record->run, note));
                                   }
                                   if (record.ok()) counted.emplace_back(record->note);
                                   return told.changes().size() < kNotesAtOnce;
                                 }));
    if (told.empty()) return absl::OkStatus();
    if (!notes.empty()) RETURN_IF_ERROR(ApplyNotes(notes));
    RETURN_IF_ERROR(store_->Write(told, /*sync=*/false));
    for (const std::string& note : counted) backlog_->TellNote(note);
    outbox_from_ = last;
    outbox_from_.push_back('\0');
  }
}

absl::Status CatalogFlusher::FlushRun(const std::shared_ptr<Run>& run, bool urgent) {
  std::vector<OpenSeries*> changed;
  {
    std::lock_guard lock(run->mutex);
    changed.swap(run->dirty_series);
    for (OpenSeries* series : changed) series->listed_dirty = false;
  }
  size_t done = 0;
  absl::Status status;
  while (done < changed.size()) {
    const size_t end = std::min(changed.size(), done + kRowsAtOnce);
    std::vector<OpenSeries*> readable, told;
    for (size_t i = done; i < end; ++i) {
      absl::Status refreshed = reader_->Refresh(*run, changed[i], kRefreshAttempts);
      if (refreshed.ok()) {
        readable.push_back(changed[i]);
      } else {  // a damaged chunk: its row stays as it was, the others must not wait for it
        told.push_back(changed[i]);
        log_("the statistics of a series of run number " + std::to_string(run->number) +
             " could not be found anew: " + std::string(refreshed.message()));
      }
    }
    std::vector<catalog::SeriesRow> rows;
    {
      std::lock_guard lock(run->mutex);
      for (OpenSeries* series : readable) {
        if (series->state.stale) {
          run->MarkDirty(series);  // its row stays as it was until the next look
        } else {
          rows.push_back(ToRow(run->number, *series, series->Total(run->rewinds)));
          told.push_back(series);
        }
      }
    }
    if (!rows.empty()) status = PutRows(rows);
    if (!status.ok()) break;
    KeepStates(*run, told);
    {
      std::lock_guard lock(run->mutex);
      for (OpenSeries* series : told) {
        if (!std::exchange(series->told, true)) backlog_->TellSeries(*series);
      }
    }
    done = end;
    std::unique_lock lock(mutex_);
    if (!urgent) wake_.wait_for(lock, kPausePerRow * rows.size(), [this] { return stopping_ || !waiters_.empty(); });
    if (stopping_) break;
  }
  if (done < changed.size()) {
    std::lock_guard lock(run->mutex);
    for (size_t i = done; i < changed.size(); ++i) run->MarkDirty(changed[i]);
    if (status.ok()) status = absl::UnavailableError("the server is stopping");
  }
  return status;
}

void CatalogFlusher::EndRun(const std::shared_ptr<Run>& run) {
  std::lock_guard lock(run->mutex);
  if (!run->dirty_series.empty() || run->committing > 0) {
    Queue(run, steady_clock::now() + kInterval);
    return;
  }
  store::WriteSet told;
  told.Delete(Family::kMeta, store::DirtyKey(run->number));
  if (store_->Write(told, /*sync=*/false).ok()) run->listed_dirty = false;
  run->flush_queued = false;
}

absl::Status CatalogFlusher::FlushDue(Time now, std::vector<Waiter>& waiters) {
  std::vector<std::pair<std::shared_ptr<Run>, bool>> runs;
  {
    std::lock_guard lock(mutex_);
    for (const Waiter& waiter : waiters) {
      due_.erase(waiter.run->number);
      runs.emplace_back(waiter.run, true);
    }
    Time oldest = now;
    for (auto it = due_.begin(); it != due_.end();) {
      oldest = std::min(oldest, it->second.second);
      if (it->second.second > now) {
        ++it;
        continue;
      }
      runs.emplace_back(it->second.first, false);
      it = due_.erase(it);
    }
    if (trouble_.ok()) {
      behind_since_ = oldest;
      metrics_->flush_lag.Set(std::chrono::duration<double>(now - oldest).count());
    }
  }
  absl::Status status;
  for (const auto& [run, urgent] : runs) {
    absl::Status flushed = status.ok() ? FlushRun(run, urgent) : status;
    if (flushed.ok()) {
      EndRun(run);
    } else {
      status = flushed;
      Queue(run, now);
    }
  }
  return status;
}

// Says it once, and keeps the lag while it lasts.
void CatalogFlusher::TellTrouble(const absl::Status& status) {
  const Time now = steady_clock::now();
  if (!status.ok()) {
    if (trouble_.ok()) {
      log_("the catalog is away, lists wait: " + std::string(status.message()));
      behind_since_ = std::min(now, behind_since_);
      backlog_->SetBehindSince(Clock::System().WallSeconds() -
                               std::chrono::duration<double>(now - behind_since_).count());
    }
    metrics_->flush_lag.Set(std::chrono::duration<double>(now - behind_since_).count());
  } else if (!trouble_.ok()) {
    log_("the catalog is back");
    backlog_->SetBehindSince(0);
    metrics_->flush_lag.Set(0);
  }
  trouble_ = status;
}

void CatalogFlusher::Loop() {
  std::chrono::milliseconds pause = kRetryLeast;
  std::unique_lock lock(mutex_);
  while (!stopping_) {
    Time next = steady_clock::now() + std::chrono::seconds(1);
    for (const auto& [number, entry] : due_) next = std::min(next, entry.second);
    if (!trouble_.ok()) next = steady_clock::now() + pause;
    wake_.wait_until(lock, next, [&] { return stopping_ || (poked_ && trouble_.ok()); });
    if (stopping_) break;
    poked_ = false;
    std::vector<Waiter> waiters = std::exchange(waiters_, {});
    // Who waits was acknowledged, perhaps before OnCommitted was called.
    const bool notes = std::exchange(notes_, false) || !waiters.empty();
    lock.unlock();
    if (trouble_.ok()) behind_since_ = steady_clock::now();
    absl::Status status = notes ? FlushNotes() : absl::OkStatus();
    if (status.ok()) status = FlushDue(steady_clock::now(), waiters);
    const Time now = steady_clock::now();
    std::vector<Waiter> left;
    for (Waiter& waiter : waiters) {
      if (status.ok()) {
        waiter.done(status);
      } else if (now >= waiter.deadline) {
        waiter.done(
            absl::UnavailableError("lists could not be brought up to date in 30 s: " + std::string(status.message())));
      } else {
        left.push_back(std::move(waiter));
      }
    }
    TellTrouble(status);
    pause = status.ok() ? kRetryLeast : std::min(pause * 2, kRetryMost);
    lock.lock();
    if (!status.ok()) notes_ = notes_ || notes;
    for (Waiter& waiter : left) waiters_.push_back(std::move(waiter));
  }
}

}  // namespace stepwell::ingest
