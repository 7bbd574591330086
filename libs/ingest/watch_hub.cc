#include "ingest/watch_hub.h"

#include <algorithm>
#include <unordered_map>

namespace stepwell::ingest {
namespace {

// What one reply gathers before it ends: bounds its size and how long the hub's mutex is not asked again.
constexpr size_t kBytesPerReply = size_t{2} << 20;
constexpr uint64_t kPointsPerReply = 100'000;

// One reply in the making; of a series that had points in several batches it has one item.
class Gathering {
 public:
  explicit Gathering(v1::WatchReply* reply) : reply_(reply) {}

  void Add(const AcceptedBatch& batch) {
    const v1::Batch& message = *batch.parsed->batch;
    for (const v1::Rewind& rewind : message.rewinds()) {
      v1::WatchRewind* out = reply_->add_rewinds();
      out->set_run_number(batch.run->number);
      out->set_step(rewind.step());
    }
    for (size_t i = 0; i < batch.columns.size(); ++i) {
      if (!batch.columns[i]) continue;
      v1::PointColumns* out = PointsOf(batch.run->number, *batch.columns[i]);
      const ColumnPoints points = batch.parsed->PointsOf(message.columns(static_cast<int>(i)));
      out->mutable_step()->Add(points.steps, points.steps + points.size);
      out->mutable_wall()->Add(points.walls, points.walls + points.size);
      if (points.scalars) out->mutable_value()->Add(points.scalars, points.scalars + points.size);
    }
  }

 private:
  v1::PointColumns* PointsOf(uint64_t run, const OpenSeries& series) {  // its key and info are constant
    v1::WatchPoints*& out = of_[&series];
    if (!out) {
      out = reply_->add_points();
      out->set_run_number(run);
      out->set_writer_number(series.key.writer);
      out->set_tag(series.info.tag());
      out->set_kind(series.info.kind());
    }
    return out->mutable_points();
  }

  v1::WatchReply* const reply_;
  std::unordered_map<const OpenSeries*, v1::WatchPoints*> of_;
};

// A parsed batch takes about twice its bytes.
size_t Cost(const AcceptedBatch& batch) { return 2 * batch.bytes + 512; }

}  // namespace

void WatchHub::OnCommitted(const std::shared_ptr<const AcceptedBatch>& batch) {
  Batches dropped;
  {
    std::lock_guard lock(mutex_);
    newest_ = batch->lsn;
    ring_.push_back({batch, std::chrono::steady_clock::now()});
    bytes_ += Cost(*batch);
    while (bytes_ > budget_ && !ring_.empty()) Drop(&dropped);
    if (level_) level_->Set(static_cast<double>(bytes_));
  }
  wake_.notify_all();
}

void WatchHub::Drop(Batches* dropped) {
  Kept& front = ring_.front();
  bytes_ -= Cost(*front.batch);
  oldest_ = front.batch->lsn;
  dropped->push_back(std::move(front.batch));
  ring_.pop_front();
}

void WatchHub::Forget(std::chrono::steady_clock::time_point before) {
  Batches dropped;
  std::lock_guard lock(mutex_);
  while (!ring_.empty() && ring_.front().came < before) Drop(&dropped);
  if (level_) level_->Set(static_cast<double>(bytes_));
}

void WatchHub::Stop() {
  {
    std::lock_guard lock(mutex_);
    stopped_ = true;
  }
  wake_.notify_all();
}

bool WatchHub::stopped() const {
  std::lock_guard lock(mutex_);
  return stopped_;
}

uint64_t WatchHub::newest() const {
  std::lock_guard lock(mutex_);
  return newest_;
}

bool WatchHub::Next(const std::unordered_set<uint64_t>& runs, uint64_t* after, std::chrono::milliseconds wait,
                    v1::WatchReply* reply) {
  Batches found;
  {
    std::unique_lock lock(mutex_);
    const bool some = wake_.wait_for(lock, wait, [&] { return stopped_ || newest_ > *after || *after < oldest_; });
    if (!some || stopped_) return false;
    if (*after < oldest_) {
      reply->set_skipped(true);
      *after = oldest_;
    }
    auto it = std::upper_bound(ring_.begin(), ring_.end(), *after,
                               [](uint64_t lsn, const Kept& kept) { return lsn < kept.batch->lsn; });
    uint64_t points = 0;
    size_t bytes = 0;
    for (; it != ring_.end() && bytes < kBytesPerReply && points < kPointsPerReply; ++it) {
      const std::shared_ptr<const AcceptedBatch>& batch = it->batch;
      *after = batch->lsn;
      if (!runs.contains(batch->run->number)) continue;
      points += batch->points;
      bytes += batch->bytes;
      found.push_back(batch);
    }
  }
  Gathering gathering(reply);
  for (const auto& batch : found) gathering.Add(*batch);
  reply->set_lsn(*after);
  return true;
}

}  // namespace stepwell::ingest
