// What the series of the runs in memory take there without their points: names, metadata, state, and the places in
// which points wait to be sealed. Against a budget: beyond it no new series is taken. Series that the store knows are
// loaded all the same when their run is written to or read, and go with it (run_table.h), so points of known series
// are taken however full it is.
//
// Thread safety: all methods may be called from any thread.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>

#include "prometheus/gauge.h"
#include "stepwell/v1/ingest.pb.h"

namespace stepwell::ingest {

class SeriesMemory {
 public:
  // `level`: shared, because runs that streams still hold count down after the server's metrics are gone.
  SeriesMemory(uint64_t limit, std::shared_ptr<prometheus::Gauge> level) : limit_(limit), level_(std::move(level)) {}

  // Bytes of one series, as an estimate that is not below what malloc takes (series_memory_test.cc measures it).
  static uint64_t CostOf(const v1::SeriesInfo& info);

  bool HasRoom() const { return used_.load() < limit_; }
  void Take(uint64_t bytes) {
    used_ += bytes;
    level_->Increment(static_cast<double>(bytes));
  }
  void Give(uint64_t bytes) {
    used_ -= bytes;
    level_->Decrement(static_cast<double>(bytes));
  }
  // Why a new series is not taken, for people.
  std::string Reason() const;

 private:
  const uint64_t limit_;
  const std::shared_ptr<prometheus::Gauge> level_;
  std::atomic<uint64_t> used_{0};
};

}  // namespace stepwell::ingest
