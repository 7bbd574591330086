// Health and metrics of stepwell-ingest over HTTP, for probes and Prometheus.
//
// Thread safety: Start and Stop by one thread.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "prometheus/registry.h"

namespace stepwell::ingest {

class OpsListener {
 public:
  // `ready` is asked for /readyz.
  static absl::StatusOr<std::unique_ptr<OpsListener>> Start(const std::string& address,
                                                            std::shared_ptr<prometheus::Registry> registry,
                                                            std::function<absl::Status()> ready);
  virtual ~OpsListener() = default;  // stops
  virtual std::string url() const = 0;
};

}  // namespace stepwell::ingest
