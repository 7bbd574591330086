// The handlers of the REST routes, by noun: thin adapters from a request to a call and from a result to JSON.
//
// Thread safety: handlers run on many threads at once; what they share is in Services.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include <prometheus/counter.h>
#include <prometheus/registry.h>

#include "absl/status/status.h"
#include "base/json.h"
#include "catalog/catalog.h"
#include "net/http.h"
#include "net/router.h"
#include "query/console.h"
#include "query/finder.h"
#include "query/live_hub.h"
#include "query/raw_points.h"
#include "query/series_reader.h"
#include "query/static_files.h"

namespace stepwell::query {

// What handlers use; it outlives them.
struct Services {
  catalog::Catalog& catalog;
  Finder& finder;
  SeriesReader& reader;
  LiveHub& live;
  const StaticFiles& files;
  std::shared_ptr<prometheus::Registry> registry;  // of the process
  std::string version, http, grpc, openapi;        // openapi: the document itself
  std::function<absl::Status()> healthy;           // event loops tick
  std::function<net::Response()> readyz;
  std::function<void(const v1::ReadSeriesReply&)> count_series;
  uint64_t query_memory = uint64_t{256} << 20;  // bytes of one answer of series
  Consoles& consoles;
  RawPointsCache& raw_points;
  std::chrono::milliseconds query_timeout{30'000};
};

absl::Status AddExperimentRoutes(net::Router& router, Services& services);
absl::Status AddRunRoutes(net::Router& router, Services& services);
absl::Status AddRunPageRoutes(net::Router& router, Services& services);   // console, files, writers
absl::Status AddRunTableRoutes(net::Router& router, Services& services);  // groups, keys, values
absl::Status AddRunEditRoutes(net::Router& router, Services& services);   // many runs at once
absl::Status AddSeriesRoutes(net::Router& router, Services& services);    // series, series:query, values:query, points
absl::Status AddBlobRoutes(net::Router& router, Services& services);
absl::Status AddViewRoutes(net::Router& router, Services& services);
absl::Status AddNamedViewRoutes(net::Router& router, Services& services);
absl::Status AddLiveRoutes(net::Router& router, Services& services);
absl::Status AddServerRoutes(net::Router& router, Services& services);  // server, openapi, files
absl::Status AddHealthRoutes(net::Router& router, Services& services);  // health, readiness, metrics

// {"items": […], "next": cursor or null}, with "total" where it was counted. `write` writes all items into the open
// array.
net::Response ListAnswer(const std::function<void(JsonWriter&)>& write, std::string_view next,
                         std::optional<int64_t> total = std::nullopt);

}  // namespace stepwell::query
