// Health and metrics of stepwell-ingest over HTTP, for probes and Prometheus.
//
// Thread safety: Start and Stop by one thread.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "net/readiness.h"
#include "prometheus/registry.h"

namespace stepwell::ingest {

class OpsListener {
 public:
  // `parts` are what /readyz answers and stepwell_ready says.
  static absl::StatusOr<std::unique_ptr<OpsListener>> Start(const std::string& address,
                                                            std::shared_ptr<prometheus::Registry> registry,
                                                            std::vector<net::Readiness::Part> parts);
  virtual ~OpsListener() = default;  // stops
  virtual std::string url() const = 0;
};

}  // namespace stepwell::ingest
