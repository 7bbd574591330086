#include "ingest/ingest.h"

#include <pthread.h>

#include <algorithm>
#include <future>
#include <limits>
#include <unordered_map>

#include "base/status_macros.h"
#include "store/keys.h"
#include "store/records.h"

namespace stepwell::ingest {
namespace {

using std::chrono::steady_clock;
using store::Family;

constexpr size_t kLookupsAtOnce = 200;
constexpr size_t kReplayBytes = 4 << 20;  // of the journal, in memory at once
constexpr int kItemsPerReply = 1000;
// Behind a damaged journal record, so many numbers are tried before the rest is given up.
constexpr uint64_t kReplaySkips = 100'000;
// After damage, nobody knows which numbers were given: new ones begin so far behind those that can be seen.
constexpr uint64_t kLsnLeap = uint64_t{1} << 32;

// How often deleted runs are looked for: their space is back within minutes, and a short time in the trash is kept.
std::chrono::seconds PurgeLook(std::chrono::seconds trash) {
  return std::clamp(trash / 4, std::chrono::seconds(1), std::chrono::seconds(60));
}

}  // namespace

Ingest::Ingest(store::Store* store, RunBook* book, Metrics* metrics, IngestOptions options)
    : store_(store),
      book_(book),
      metrics_(metrics),
      options_(std::move(options)),
      series_memory_(std::make_shared<SeriesMemory>(options_.series_memory, metrics->Share(metrics->series_bytes))),
      table_(store, series_memory_),
      disk_([store] { return store->Space(); }, metrics, options_.disk, options_.log),
      damage_(&metrics->corruptions, options_.log),
      reader_(store, &table_, options_.sniff, &damage_),
      backlog_(options_.catalog_backlog, metrics),
      check_(*store, options_.limits, &backlog_) {}

absl::StatusOr<std::unique_ptr<Ingest>> Ingest::Start(store::Store* store, RunBook* book, Metrics* metrics,
                                                      IngestOptions options) {
  std::unique_ptr<Ingest> ingest(new Ingest(store, book, metrics, std::move(options)));
  const IngestOptions& settings = ingest->options_;
  const auto start = steady_clock::now();
  uint64_t next_lsn = 1;
  RETURN_IF_ERROR(ingest->Replay(&next_lsn));
  metrics->replay_seconds.Set(std::chrono::duration<double>(steady_clock::now() - start).count());
  ingest->committer_ =
      std::make_unique<Committer>(store, metrics, settings.commit_window, next_lsn, settings.heal_pause);
  ingest->hub_ = std::make_unique<WatchHub>(next_lsn - 1, settings.live_ring, &metrics->live_ring);
  ingest->sealer_ =
      std::make_unique<Sealer>(store, &ingest->table_, ingest->committer_.get(), metrics, settings.seal, settings.log);
  ingest->flusher_ =
      std::make_unique<CatalogFlusher>(store, book, &ingest->table_, &ingest->reader_, ingest->committer_.get(),
                                       metrics, &ingest->backlog_, settings.log);
  ingest->forks_ = std::make_unique<ForkMaker>(store, book, &ingest->table_, ingest->sealer_.get(),
                                               ingest->committer_.get(), ingest->series_memory_);
  ingest->committer_->AddObserver(ingest->sealer_.get());
  ingest->committer_->AddObserver(ingest->flusher_.get());
  ingest->committer_->AddObserver(ingest->hub_.get());
  ingest->LookAtDisk();
  ingest->committer_->Start();
  ingest->sealer_->Start();
  RETURN_IF_ERROR(ingest->flusher_->Start());
  ingest->heartbeats_ = std::make_unique<Heartbeats>(book, settings.heartbeat / 4);
  ingest->care_ = std::thread([raw = ingest.get()] { raw->CareLoop(); });
  pthread_setname_np(ingest->care_.native_handle(), "care");
  return ingest;
}

void Ingest::Stop() {
  {
    std::lock_guard lock(care_mutex_);
    stopping_ = true;
    purge_stop_ = true;
  }
  care_wake_.notify_all();
  if (care_.joinable()) care_.join();
  if (hub_) hub_->Stop();
  if (committer_) committer_->Stop();
  if (sealer_) sealer_->Stop();
  if (flusher_) flusher_->Stop();
  if (heartbeats_) heartbeats_->Stop();
}

absl::Status Ingest::ReplayRecord(uint64_t lsn, std::string_view bytes) {
  ASSIGN_OR_RETURN(store::JournalRecord record, store::DecodeJournalRecord(bytes));
  absl::StatusOr<std::shared_ptr<Run>> found = table_.Get(record.run);
  if (absl::IsNotFound(found.status())) return absl::OkStatus();  // purged meanwhile
  if (!found.ok()) {
    return absl::Status(found.status().code(),
                        "run number " + std::to_string(record.run) + ": " + std::string(found.status().message()));
  }
  std::unique_ptr<ParsedBatch> parsed = ParsedBatch::Parse(record.batch);
  if (!parsed) return absl::DataLossError("journal record " + std::to_string(lsn) + " cannot be read");
  Run& run = **found;
  std::lock_guard lock(run.mutex);
  std::unordered_map<OpenSeries*, uint64_t> skipped;  // points of this batch that are in chunks, by series
  for (int i = 0; i < parsed->batch->columns_size(); ++i) {
    if (std::binary_search(record.refused_columns.begin(), record.refused_columns.end(), static_cast<uint32_t>(i)))
      continue;
    const v1::Column& column = parsed->batch->columns(i);
    OpenSeries* series = run.Find({record.writer, column.series()});
    if (!series || lsn < series->state.last_lsn) continue;
    const ColumnPoints points = parsed->PointsOf(column);
    size_t skip = 0;
    if (lsn == series->state.last_lsn) {
      auto [it, fresh] = skipped.try_emplace(series, series->state.last_lsn_points);
      skip = std::min<uint64_t>(points.size, it->second);
      it->second -= skip;
    }
    if (series->tail_points() == 0) series->oldest = steady_clock::now();
    series->ForgetTotal();
    series->Append(points, lsn, run.rewinds, skip);
  }
  return absl::OkStatus();
}

absl::Status Ingest::Replay(uint64_t* next_lsn) {
  ASSIGN_OR_RETURN(auto found, store_->Get(Family::kMeta, store::HeaderKey()));
  store::Header header;
  if (found) {
    ASSIGN_OR_RETURN(header, store::DecodeHeader(*found));
  }
  *next_lsn = header.trimmed;
  TellStoreDamage();
  bool damaged = told_damage_ > 0;
  uint64_t from = header.trimmed;
  for (uint64_t skips = 0; skips < kReplaySkips; ++skips) {
    const uint64_t before = *next_lsn;
    absl::Status status = ReplayFrom(from, next_lsn, &damaged);
    if (status.ok()) break;
    if (!absl::IsDataLoss(status)) return status;
    damaged = true;
    damage_.Found("a part of the journal: " + std::string(status.message()));
    if (*next_lsn > before) skips = 0;
    from = std::max(*next_lsn, from) + 1;
  }
  if (damaged) *next_lsn = std::max(*next_lsn, from) + kLsnLeap;
  return absl::OkStatus();
}

// Takes what can be read from this number on; DATA_LOSS: the store cannot read on.
absl::Status Ingest::ReplayFrom(uint64_t from, uint64_t* next_lsn, bool* damaged) {
  for (;;) {
    // Copied first: replaying a record asks the store, which must not be asked from within its Scan.
    std::vector<std::pair<uint64_t, std::string>> records;
    size_t bytes = 0;
    absl::Status scanned =
        store_->Scan(Family::kJournal, store::JournalKey(from), store::JournalKey(std::numeric_limits<uint64_t>::max()),
                     [&](std::string_view key, std::string_view value) {
                       records.emplace_back(store::LsnOfJournalKey(key), value);
                       bytes += value.size();
                       return bytes < kReplayBytes;
                     });
    for (const auto& [lsn, value] : records) {
      *next_lsn = lsn + 1;
      const absl::Status status = ReplayRecord(lsn, value);
      if (absl::IsDataLoss(status)) {
        *damaged = true;
        damage_.Found(std::string(status.message()));
      } else {
        RETURN_IF_ERROR(status);
      }
    }
    if (!scanned.ok() || bytes < kReplayBytes) return scanned;
    from = *next_lsn;
  }
}

void Ingest::TellStoreDamage() {
  const std::vector<std::string> found = store_->damage();
  for (; told_damage_ < found.size(); ++told_damage_) damage_.Found(found[told_damage_]);
}

void Ingest::LookAtDisk() {
  disk_.Look();
  sealer_->Hurry(disk_.low());
}

absl::StatusOr<std::unique_ptr<Session>> Ingest::OpenSession(const v1::Hello& hello, std::weak_ptr<AckSink> sink) {
  return Session::Open(&table_, committer_.get(), &check_, metrics_, hello, std::move(sink));
}

absl::Status Ingest::DescribeSeries(const v1::DescribeSeriesRequest& request,
                                    const std::function<bool(const v1::DescribeSeriesReply&)>& send) {
  ASSIGN_OR_RETURN(std::shared_ptr<Run> run, table_.GetById(request.run_id()));
  std::vector<OpenSeries*> chosen;  // series live as long as the run, and what is told of them is constant
  {
    std::lock_guard lock(run->mutex);
    for (OpenSeries* series : run->admitted()) {
      if (request.all_writers() || series->key.writer == request.writer_number()) chosen.push_back(series);
    }
  }
  v1::DescribeSeriesReply reply;
  for (size_t i = 0; i < chosen.size(); ++i) {
    v1::DescribeSeriesReply::Item* item = reply.add_items();
    item->set_series(chosen[i]->key.series);
    item->set_writer_number(chosen[i]->key.writer);
    *item->mutable_info() = chosen[i]->info;
    if (reply.items_size() < kItemsPerReply && i + 1 < chosen.size() && reply.ByteSizeLong() < (1u << 20)) continue;
    if (!send(reply)) return absl::CancelledError("the client left");
    reply.Clear();
  }
  return absl::OkStatus();
}

void Ingest::SyncRun(const std::string& run_id, std::function<void(const absl::Status&)> done) {
  absl::StatusOr<std::shared_ptr<Run>> run = table_.GetById(run_id);
  if (!run.ok()) return done(run.status());
  flusher_->Sync(*run, std::move(done));
}

// Runs that were deleted while somebody writes to them: their streams end within seconds.
void Ingest::FindDeleted() {
  size_t looked = 0;
  std::vector<std::shared_ptr<Run>> runs = table_.Loaded();
  std::sort(runs.begin(), runs.end(), [](const auto& a, const auto& b) { return a->number < b->number; });
  // Where the last round ended.
  auto from =
      std::partition_point(runs.begin(), runs.end(), [&](const auto& run) { return run->number <= last_looked_; });
  std::rotate(runs.begin(), from, runs.end());
  for (const std::shared_ptr<Run>& run : runs) {
    uint64_t opens = 0;
    {
      std::lock_guard lock(run->mutex);
      opens = run->opens;
      const bool writing = std::any_of(run->writers().begin(), run->writers().end(), [](const auto& writer) {
        return std::any_of(writer.second->sinks.begin(), writer.second->sinks.end(),
                           [](const auto& sink) { return !sink.expired(); });
      });
      if (!writing || run->deleted) continue;
    }
    if (++looked > kLookupsAtOnce) return;
    last_looked_ = run->number;
    absl::StatusOr<auth::RunRef> found = book_->FindRunByNumber(run->number);
    const bool deleted = found.ok() ? found->deleted : absl::IsNotFound(found.status());
    if (!found.ok() && !deleted) return;  // the catalog is away
    if (!deleted) continue;
    EndStreams(*run, Refuse(*run, /*purged=*/false, opens));
  }
}

void Ingest::EndStreams(const Run& run, const std::vector<std::shared_ptr<AckSink>>& sinks) {
  for (const auto& sink : sinks) {
    sink->OnFailure(absl::FailedPreconditionError("run \"" + run.id + "\" was deleted: restore it to write on"));
  }
}

std::vector<std::shared_ptr<AckSink>> Ingest::Refuse(Run& run, bool purged, std::optional<uint64_t> opens) {
  std::vector<std::shared_ptr<AckSink>> sinks;
  std::lock_guard lock(run.mutex);
  if (opens && run.opens != *opens) return sinks;
  run.deleted = true;
  run.purged = run.purged || purged;
  for (const auto& [number, writer] : run.writers()) {
    for (const auto& sink : writer->sinks) {
      if (auto alive = sink.lock()) sinks.push_back(std::move(alive));
    }
  }
  return sinks;
}

// When this returns OK, nothing writes below the run's keys any more: neither a batch that was accepted before, nor a
// seal under way.
absl::Status Ingest::Quiet(uint64_t number) {
  absl::StatusOr<std::shared_ptr<Run>> found = table_.Get(number);
  if (!found.ok()) return absl::OkStatus();  // gone already, or damaged: then nobody could open it either
  const std::shared_ptr<Run> run = *std::move(found);
  EndStreams(*run, Refuse(*run, /*purged=*/true));
  std::vector<Writer*> writers;
  {
    std::lock_guard lock(run->mutex);
    for (const auto& [writer_number, writer] : run->writers()) writers.push_back(writer.get());
  }
  for (Writer* writer : writers) {
    std::lock_guard accepting(writer->accepting);  // who was looking at a batch has enqueued it
  }
  if (!writers.empty()) {
    std::promise<absl::Status> committed;
    committer_->Enqueue(Extra{run, writers[0], [&](const absl::Status& status) { committed.set_value(status); }});
    RETURN_IF_ERROR(committed.get_future().get());
  }
  sealer_->AwaitIdle();
  return absl::OkStatus();
}

absl::Status Ingest::PurgeRuns(const std::vector<uint64_t>& runs) {
  for (uint64_t number : runs) RETURN_IF_ERROR(Quiet(number));
  RETURN_IF_ERROR(store_->PurgeRuns(runs, &purge_stop_));
  for (uint64_t number : runs) {
    table_.Remove(number);
    RETURN_IF_ERROR(book_->ForgetRun(number));
    metrics_->delete_backlog.Decrement();
  }
  return absl::OkStatus();
}

absl::Status Ingest::Purge() {
  std::lock_guard purging(purging_);
  while (!purge_stop_) {
    ASSIGN_OR_RETURN(std::vector<uint64_t> due, book_->ClaimRunsToPurge(options_.trash));
    metrics_->delete_backlog.Set(static_cast<double>(due.size()));
    if (due.empty()) break;
    RETURN_IF_ERROR(PurgeRuns(due));
  }
  return absl::OkStatus();
}

void Ingest::CareLoop() {
  auto next_purge = steady_clock::now() + options_.deleted_look;
  std::unique_lock lock(care_mutex_);
  while (!stopping_) {
    care_wake_.wait_for(lock, options_.deleted_look, [this] { return stopping_; });
    if (stopping_) return;
    lock.unlock();
    TellStoreDamage();
    FindDeleted();
    // Runs that nobody writes are held by their last batches.
    if (!series_memory_->HasRoom()) hub_->Forget(steady_clock::now() - options_.live_least);
    if (steady_clock::now() >= next_purge) {
      absl::Status purged = Purge();
      if (!purged.ok() && !absl::IsUnavailable(purged) && !absl::IsCancelled(purged))
        options_.log("deleted runs could not be purged yet: " + std::string(purged.message()));
      next_purge = steady_clock::now() + PurgeLook(options_.trash);
    }
    lock.lock();
  }
}

}  // namespace stepwell::ingest
