// What the catalog counts, named as docs/operations says. Without a registry it counts for nobody. Labels come from
// closed sets: the catalog's calls, the reasons below, the states that are tried again.
//
// Thread safety: all methods may be called from any thread.
#pragma once

#include <memory>
#include <string>

#include "prometheus/counter.h"
#include "prometheus/gauge.h"
#include "prometheus/histogram.h"
#include "prometheus/registry.h"

namespace stepwell::catalog {

class Metrics {
 public:
  explicit Metrics(std::shared_ptr<prometheus::Registry> registry);

  void Answered(const char* op, double seconds);
  // "away", "slow", "full", "read_only", "retryable" (a conflict that trying again did not end), "internal".
  void Failed(const char* reason);
  // A state of five characters; empty: the connection broke without one.
  void Retried(const std::string& sqlstate);

  prometheus::Gauge& pool_in_use() { return pool_in_use_; }
  prometheus::Gauge& pool_waiting() { return pool_waiting_; }
  prometheus::Gauge& schema_version() { return schema_version_; }

 private:
  const std::shared_ptr<prometheus::Registry> registry_;
  prometheus::Family<prometheus::Histogram>& duration_;
  prometheus::Family<prometheus::Counter>&errors_, &retries_;
  prometheus::Gauge &pool_in_use_, &pool_waiting_, &schema_version_;
};

}  // namespace stepwell::catalog
