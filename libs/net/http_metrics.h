// What the server counts about HTTP, named as docs/operations says: labels from closed sets only, never a path, run or
// user.
//
// Thread safety: all methods may be called from any thread.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>

#include "auth/routes.h"

namespace stepwell::net {

// 1 ms × 2ⁿ to 32 s: the buckets of every duration that the project measures.
prometheus::Histogram::BucketBoundaries DurationBuckets();
// All metrics of the registry in Prometheus' text format, and those of the process (cpu, memory, files, start).
std::string MetricsText(prometheus::Registry& registry);

// The `class` label: "query", "list", "blob", "export", "write", "auth", "static".
std::string_view RouteClass(const auth::Route* route);

class HttpMetrics {
 public:
  // `registry` is shared with the other parts of the process and with the page that shows it.
  explicit HttpMetrics(std::shared_ptr<prometheus::Registry> registry);

  void Answered(std::string_view route_class, int status, std::chrono::nanoseconds took);
  void Sent(std::string_view route_class, uint64_t bytes);
  prometheus::Gauge& in_flight() { return in_flight_; }
  prometheus::Gauge& connections() { return connections_; }
  prometheus::Counter& turned_away() { return turned_away_; }
  prometheus::Gauge& memory() { return memory_; }
  prometheus::Gauge& waiting() { return waiting_; }
  prometheus::Counter& cut_off() { return cut_off_; }

 private:
  std::shared_ptr<prometheus::Registry> registry_;
  prometheus::Family<prometheus::Counter>& requests_;
  prometheus::Family<prometheus::Histogram>& durations_;
  prometheus::Family<prometheus::Counter>& bytes_;
  prometheus::Gauge& in_flight_;
  prometheus::Gauge& connections_;
  prometheus::Counter& turned_away_;
  prometheus::Gauge& memory_;
  prometheus::Gauge& waiting_;
  prometheus::Counter& cut_off_;
};

}  // namespace stepwell::net
