// The read path's SeriesReader over gRPC: ingest's Reader service, in the same process or another one.
//
// Thread safety: all methods may be called from any thread.
#pragma once

#include <chrono>
#include <memory>
#include <string>

#include "grpcpp/grpcpp.h"
#include "query/series_reader.h"

namespace stepwell::query {

// The metadata entry that shows the internal key to ingest.
inline constexpr char kInternalKeyMetadata[] = "stepwell-internal-key";

// `channel` is shared as gRPC's stubs want it. `chart`: how long ReadSeries may take, with what its visitor takes.
std::unique_ptr<SeriesReader> MakeGrpcSeriesReader(std::shared_ptr<grpc::Channel> channel, std::string internal_key,
                                                   std::chrono::milliseconds chart);

}  // namespace stepwell::query
