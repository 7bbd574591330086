#include "catalog/metrics.h"

#include <utility>

namespace stepwell::catalog {
namespace {

prometheus::Gauge& Level(prometheus::Registry& registry, const char* name, const char* help) {
  return prometheus::BuildGauge().Name(name).Help(help).Register(registry).Add({});
}

prometheus::Family<prometheus::Counter>& Counts(prometheus::Registry& registry, const char* name, const char* help) {
  return prometheus::BuildCounter().Name(name).Help(help).Register(registry);
}

prometheus::Histogram::BucketBoundaries Buckets() {
  prometheus::Histogram::BucketBoundaries bounds;
  for (double bound = 0.001; bound < 40; bound *= 2) bounds.push_back(bound);  // 1 ms to 32 s
  return bounds;
}

}  // namespace

Metrics::Metrics(std::shared_ptr<prometheus::Registry> registry)
    : registry_(registry ? std::move(registry) : std::make_shared<prometheus::Registry>()),
      duration_(prometheus::BuildHistogram()
                    .Name("stepwell_catalog_query_duration_seconds")
                    .Help("Calls of the catalog, tries again and waiting for a connection included.")
                    .Register(*registry_)),
      errors_(Counts(*registry_, "stepwell_catalog_errors_total", "Calls that the database failed, by reason.")),
      retries_(Counts(*registry_, "stepwell_catalog_retries_total", "Transactions that were run again, by state.")),
      pool_in_use_(Level(*registry_, "stepwell_catalog_pool_in_use", "Database connections that a call has.")),
      pool_waiting_(Level(*registry_, "stepwell_catalog_pool_waiting", "Calls that wait for a database connection.")),
      schema_version_(Level(*registry_, "stepwell_catalog_schema_version", "Version of the database's tables.")) {}

void Metrics::Answered(const char* op, double seconds) {
  static const prometheus::Histogram::BucketBoundaries bounds = Buckets();
  duration_.Add({{"op", op}}, bounds).Observe(seconds);
}

void Metrics::Failed(const char* reason) { errors_.Add({{"reason", reason}}).Increment(); }

void Metrics::Retried(const std::string& sqlstate) {
  retries_.Add({{"sqlstate", sqlstate.empty() ? "none" : sqlstate}}).Increment();
}

}  // namespace stepwell::catalog
