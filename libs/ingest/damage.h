// What was found damaged in the store: each find is counted, and each place is told once.
//
// Thread safety: all methods may be called from any thread.
#pragma once

#include <functional>
#include <mutex>
#include <set>
#include <string>

#include "prometheus/counter.h"

namespace stepwell::ingest {

class Damage {
 public:
  // `count` outlives it.
  Damage(prometheus::Counter* count, std::function<void(const std::string&)> log)
      : count_(count), log_(std::move(log)) {}

  void Found(const std::string& what);

 private:
  prometheus::Counter* const count_;
  const std::function<void(const std::string&)> log_;
  std::mutex mutex_;
  std::set<std::string> told_;  // guarded by mutex_
};

}  // namespace stepwell::ingest
