// How much of what clients sent may be in memory before it is on disk. A stream that finds the budget spent does not
// read on: HTTP/2's windows close, and the client's spool grows instead. A stream that was waiting for a message when
// the budget was spent still gets that one, so the budget is exceeded by a batch a stream at most.
//
// Thread safety: all methods may be called from any thread.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <vector>

#include "prometheus/gauge.h"

namespace stepwell::ingest {

class ByteBudget {
 public:
  // Told to try again when there may be room.
  class Waiter {
   public:
    virtual ~Waiter() = default;
    virtual void OnRoom() = 0;
  };

  // `tails`: bytes that sealing has not freed yet; above `limit` nothing is read either. `stream`: of batches of one
  // stream that are not acknowledged.
  ByteBudget(uint64_t limit, uint64_t stream, std::function<uint64_t()> tails, prometheus::Gauge* level)
      : limit_(limit), stream_(stream), tails_(std::move(tails)), level_(level) {}

  // What a batch takes: as it came, as a message, and in the write that makes it durable.
  static uint64_t CostOf(uint64_t batch_bytes) { return 3 * batch_bytes; }

  uint64_t stream() const { return stream_; }
  bool HasRoom() const { return used_.load() < limit_ / 2 && tails_() < limit_; }
  void Take(uint64_t bytes) { level_->Set(static_cast<double>(used_ += bytes)); }
  void Give(uint64_t bytes) { level_->Set(static_cast<double>(used_ -= bytes)); }

  void Wait(std::weak_ptr<Waiter> waiter) {
    std::lock_guard lock(mutex_);
    waiting_.push_back(std::move(waiter));
  }
  // Called now and then (a stream whose own batches are all acknowledged has no other wake-up).
  void Wake() {
    if (!HasRoom()) return;
    std::vector<std::weak_ptr<Waiter>> waiting;
    {
      std::lock_guard lock(mutex_);
      waiting.swap(waiting_);
    }
    for (const auto& waiter : waiting) {
      if (auto alive = waiter.lock()) alive->OnRoom();
    }
  }

 private:
  const uint64_t limit_;
  const uint64_t stream_;
  const std::function<uint64_t()> tails_;
  prometheus::Gauge* const level_;
  std::atomic<uint64_t> used_{0};
  std::mutex mutex_;
  std::vector<std::weak_ptr<Waiter>> waiting_;  // guarded by mutex_
};

}  // namespace stepwell::ingest
