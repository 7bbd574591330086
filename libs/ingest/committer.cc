#include "ingest/committer.h"

#include <pthread.h>

#include <algorithm>

#include "ingest/batch_check.h"
#include "store/keys.h"
#include "store/records.h"

namespace stepwell::ingest {
namespace {

using std::chrono::steady_clock;
using store::Family;

// More than this is not written at once, so that one sync does not hold up acknowledgements for long.
constexpr size_t kCommitBytes = size_t{32} << 20;

double Seconds(steady_clock::time_point from) {
  return std::chrono::duration<double>(steady_clock::now() - from).count();
}

}  // namespace

Committer::Committer(store::Store* store, Metrics* metrics, std::chrono::milliseconds window, uint64_t next_lsn,
                     std::chrono::milliseconds heal_pause)
    : store_(store),
      metrics_(metrics),
      window_(window),
      heal_pause_(heal_pause),
      next_lsn_(next_lsn),
      committed_lsn_(next_lsn - 1) {}

void Committer::Start() {
  thread_ = std::thread([this] { Loop(); });
  pthread_setname_np(thread_.native_handle(), "committer");
}

void Committer::Stop() {
  {
    std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_all();
  if (thread_.joinable()) thread_.join();
}

absl::Status Committer::health() const {
  std::lock_guard lock(mutex_);
  return health_;
}

absl::Status Committer::Enqueue(std::unique_ptr<AcceptedBatch>& batch, uint64_t era) {
  std::lock_guard lock(mutex_);
  if (stopping_) return absl::UnavailableError("the server is stopping: connect again");
  if (!health_.ok()) return health_;
  if (era != era_.load()) return absl::UnavailableError("an earlier batch could not be written: connect again");
  queue_.push_back({std::move(batch), {}});
  wake_.notify_one();
  return absl::OkStatus();
}

void Committer::Enqueue(Extra extra) {
  absl::Status refused;
  {
    std::lock_guard lock(mutex_);
    if (stopping_) {
      refused = absl::UnavailableError("the server is stopping: connect again");
    } else if (!health_.ok()) {
      refused = health_;
    } else {
      queue_.push_back({nullptr, std::move(extra)});
      wake_.notify_one();
      return;
    }
  }
  extra.done(refused);
}

void Committer::Loop() {
  steady_clock::time_point last = steady_clock::now() - window_;
  std::unique_lock lock(mutex_);
  while (true) {
    while (queue_.empty() && !stopping_) {
      if (health_.ok()) {
        const absl::Status broken = store_->broken();  // by a write of somebody else: the sealer's, a new run's
        if (!broken.ok()) TurnBad(broken);
      }
      wake_.wait_for(lock, heal_pause_);
      if (stopping_ || health_.ok()) continue;
      lock.unlock();
      const bool healed = Heal();
      lock.lock();
      if (healed) health_ = absl::OkStatus();
    }
    if (queue_.empty()) return;
    // Under load, gather; after a pause, go at once.
    if (!stopping_) wake_.wait_until(lock, last + window_, [this] { return stopping_; });
    std::deque<Item> items;
    for (size_t bytes = 0; !queue_.empty() && bytes < kCommitBytes; queue_.pop_front()) {
      if (queue_.front().batch) bytes += queue_.front().batch->bytes;
      items.push_back(std::move(queue_.front()));
    }
    lock.unlock();
    last = steady_clock::now();
    Commit(std::move(items));
    lock.lock();
  }
}

void Committer::TurnBad(const absl::Status& status) {
  health_ = status;
  metrics_->background_errors.Increment();
}

void Committer::TakeBack(const AcceptedBatch& batch) {
  const uint64_t run = batch.run->number;
  take_back_.Delete(Family::kJournal, store::JournalKey(batch.lsn));
  for (const OpenSeries* series : batch.defined) {
    take_back_.Delete(Family::kMeta, store::SeriesKeyOf(run, series->key));
  }
  for (int i = 0; i < batch.parsed->batch->rewinds_size(); ++i) {
    take_back_.Delete(Family::kMeta, store::RewindKey(run, batch.lsn, static_cast<uint32_t>(i)));
  }
  for (size_t i = 0; i < batch.notes.size(); ++i) {
    take_back_.Delete(Family::kMeta, store::OutboxKey(batch.lsn, static_cast<uint32_t>(i)));
  }
}

bool Committer::Heal() {
  if (!store_->Resume().ok()) return false;
  store::WriteSet changes = take_back_;
  for (const auto& [run, writer] : marks_back_) {
    std::lock_guard lock(run->mutex);
    changes.Put(Family::kMeta, store::MarkKey(run->number, writer->number), store::Encode(writer->mark));
  }
  if (!store_->Write(changes, /*sync=*/true).ok()) return false;
  take_back_ = {};
  marks_back_.clear();
  return true;
}

Committer::NewMark& Committer::MarkOf(NewMarks& marks, Run& run, Writer* writer) {
  auto [it, fresh] = marks.try_emplace(writer);
  if (fresh) it->second = {&run, writer->mark};
  return it->second;
}

void Committer::PutMarks(NewMarks& marks, store::WriteSet& changes) {
  for (auto& [writer, entry] : marks) {
    std::lock_guard lock(entry.run->mutex);
    entry.mark.epoch = writer->mark.epoch;  // it may have risen since; never write an old one over it
    changes.Put(Family::kMeta, store::MarkKey(entry.run->number, writer->number), store::Encode(entry.mark));
  }
}

void Committer::Prepare(AcceptedBatch& batch, store::WriteSet& changes, NewMarks& marks) {
  Run& run = *batch.run;
  batch.lsn = next_lsn_++;
  store::JournalRecord record;
  record.run = run.number;
  record.writer = batch.writer->number;
  record.seq = batch.seq;
  record.refused_columns = batch.refused_columns;
  metrics_->journal_bytes_written.Increment(static_cast<double>(batch.raw.size()));
  changes.Put(Family::kJournal, store::JournalKey(batch.lsn), store::EncodeJournalPrefix(record), std::move(batch.raw));
  for (OpenSeries* series : batch.defined) {
    changes.Put(Family::kMeta, store::SeriesKeyOf(run.number, series->key),
                store::Encode(store::SeriesEntry{batch.lsn, series->info.SerializeAsString()}));
  }
  const v1::Batch& message = *batch.parsed->batch;
  for (int i = 0; i < message.rewinds_size(); ++i) {
    series::Rewind rewind{batch.lsn, message.rewinds(i).step(), std::nullopt};
    if (message.rewinds(i).spare_own()) rewind.spared_writer = batch.writer->number;
    changes.Put(Family::kMeta, store::RewindKey(run.number, batch.lsn, static_cast<uint32_t>(i)),
                store::Encode(rewind));
  }
  for (size_t i = 0; i < batch.notes.size(); ++i) {
    changes.Put(Family::kMeta, store::OutboxKey(batch.lsn, static_cast<uint32_t>(i)),
                store::Encode(store::OutboxNote{run.number, batch.notes[i]}));
  }
  changes.Join(std::move(batch.blobs));
  std::lock_guard lock(run.mutex);
  NewMark& entry = MarkOf(marks, run, batch.writer);
  entry.mark.durable_seq = batch.seq;
  if (!message.position().empty()) entry.mark.position = message.position();
  ++run.committing;
  if (!run.listed_dirty) {
    run.listed_dirty = true;
    changes.Put(Family::kMeta, store::DirtyKey(run.number), "");
  }
}

void Committer::Apply(AcceptedBatch& batch) {
  Run& run = *batch.run;
  const v1::Batch& message = *batch.parsed->batch;
  const auto now = steady_clock::now();
  uint64_t scalars = 0;
  std::lock_guard lock(run.mutex);
  --run.committing;
  for (OpenSeries* series : batch.defined) {
    run.Admit(series, batch.lsn);
    run.MarkDirty(series);
  }
  for (const v1::Rewind& rewind : message.rewinds()) {
    series::Rewind added{batch.lsn, rewind.step(), std::nullopt};
    if (rewind.spare_own()) added.spared_writer = batch.writer->number;
    run.AddRewind(added);
  }
  for (size_t i = 0; i < batch.columns.size(); ++i) {
    OpenSeries* series = batch.columns[i];
    if (!series) continue;
    if (series->tail_points() == 0) series->oldest = now;
    const ColumnPoints points = batch.parsed->PointsOf(message.columns(static_cast<int>(i)));
    series->Append(points, batch.lsn, run.rewinds);
    if (points.scalars) scalars += points.size;
    run.MarkDirty(series);
  }
  batch.writer->mark.durable_seq = batch.seq;
  if (!message.position().empty()) batch.writer->mark.position = message.position();
  metrics_->scalar_points.Increment(static_cast<double>(scalars));
  metrics_->other_points.Increment(static_cast<double>(batch.points - scalars));
}

void Committer::Commit(std::deque<Item> items) {
  const auto start = steady_clock::now();
  store::WriteSet changes;
  NewMarks marks;
  for (Item& item : items) {
    if (item.batch) {
      Prepare(*item.batch, changes, marks);
    } else {
      std::lock_guard lock(item.extra.run->mutex);
      MarkOf(marks, *item.extra.run, item.extra.writer);
    }
  }
  PutMarks(marks, changes);
  absl::Status status = store_->Write(changes, /*sync=*/true);
  metrics_->commit_seconds.Observe(Seconds(start));
  if (!status.ok()) {
    Fail(std::move(items), status);
    return;
  }
  std::vector<std::shared_ptr<AcceptedBatch>> batches;
  for (Item& item : items) {
    if (!item.batch) continue;
    Apply(*item.batch);
    batches.push_back(std::move(item.batch));
  }
  metrics_->batches_taken.Increment(static_cast<double>(batches.size()));
  committed_lsn_ = next_lsn_ - 1;
  for (Item& item : items) {
    if (item.extra.done) item.extra.done(absl::OkStatus());
  }
  Acknowledge(batches);
  for (const std::shared_ptr<AcceptedBatch>& batch : batches) {
    for (CommitObserver* observer : observers_) observer->OnCommitted(batch);
  }
}

void Committer::Acknowledge(const std::vector<std::shared_ptr<AcceptedBatch>>& batches) {
  // One acknowledgement a writer: the highest number, with the refusals of all.
  struct Ack {
    Run* run;
    uint64_t seq = 0;
    std::vector<v1::Refusal> refused;
  };
  std::unordered_map<Writer*, Ack> acks;
  for (const std::shared_ptr<AcceptedBatch>& batch : batches) {
    Ack& ack = acks[batch->writer];
    ack.run = batch->run.get();
    ack.seq = batch->seq;
    for (v1::Refusal& refusal : batch->refusals) ack.refused.push_back(std::move(refusal));
  }
  for (auto& [writer, ack] : acks) {
    std::vector<std::shared_ptr<AckSink>> sinks;
    {
      std::lock_guard lock(ack.run->mutex);
      std::erase_if(writer->sinks, [](const auto& sink) { return sink.expired(); });
      for (const auto& sink : writer->sinks) {
        if (auto alive = sink.lock()) sinks.push_back(std::move(alive));
      }
    }
    metrics_->refused.Increment(static_cast<double>(ack.refused.size()));
    for (const auto& sink : sinks) sink->OnDurable(ack.seq, ack.refused);
  }
}

void Committer::Fail(std::deque<Item> items, const absl::Status& status) {
  {
    std::lock_guard lock(mutex_);
    TurnBad(status);
    ++era_;  // what was looked at before is not taken any more
    for (Item& item : queue_) items.push_back(std::move(item));
    queue_.clear();
  }
  std::set<std::pair<std::shared_ptr<Run>, Writer*>> writers;
  for (auto it = items.rbegin(); it != items.rend(); ++it) {  // newest first: a later one may build on an earlier
    if (!it->batch) {
      marks_back_.insert({it->extra.run, it->extra.writer});
      it->extra.done(status);
      continue;
    }
    metrics_->batches_failed.Increment();
    if (it->batch->lsn > 0) {
      TakeBack(*it->batch);
      marks_back_.insert({it->batch->run, it->batch->writer});
      std::lock_guard lock(it->batch->run->mutex);
      --it->batch->run->committing;
    }
    {
      // Whoever looks at the writer's next batch may use the series that are taken back.
      std::lock_guard accepting(it->batch->writer->accepting);
      BatchCheck::Undo(*it->batch);
    }
    writers.insert({it->batch->run, it->batch->writer});
  }
  for (const auto& [run, writer] : writers) {
    std::vector<std::shared_ptr<AckSink>> sinks;
    {
      std::lock_guard accepting(writer->accepting);
      std::lock_guard lock(run->mutex);
      writer->accepted_seq = writer->mark.durable_seq;
      run->listed_dirty = false;  // written again with the next batch, if need be
      for (const auto& sink : writer->sinks) {
        if (auto alive = sink.lock()) sinks.push_back(std::move(alive));
      }
    }
    for (const auto& sink : sinks) sink->OnFailure(status);
  }
}

}  // namespace stepwell::ingest
