// Where the read path gets points: ingest's Reader service seen as an interface, so that answers are made, and tested,
// without gRPC. The messages of proto/stepwell/v1/reader.proto are used as plain values: they are what there is to say.
//
// Thread safety: all methods may be called from any thread; callbacks run on the caller's thread.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "auth/granted.h"
#include "stepwell/v1/reader.pb.h"

namespace stepwell::query {

using GrantedRun = auth::Granted<auth::RunRef>;

// A tag of a run; of one writer, or of all as one line.
struct SeriesKey {
  GrantedRun run;
  std::string tag;
  v1::Kind kind = v1::KIND_UNSPECIFIED;  // unspecified: scalar
  std::optional<uint32_t> writer;
  uint64_t known_revision = 0;  // a line that still has it is not read: its reply is `unchanged`
};

// Inclusive at both ends; for x = step the int64 is meant, else the float64 in seconds.
struct Bound {
  int64_t step = 0;
  double seconds = 0;
};
struct ReadSpec {
  v1::XAxis x = v1::AXIS_STEP;
  std::optional<Bound> from, to;
  uint32_t columns = 0;  // 0: all points
  bool include_hidden = false;
  bool include_rewound = false;
  uint64_t max_points = 0;  // 0: no limit
};

// Of series of other kinds than scalars.
struct ValuesSpec {
  v1::XAxis x = v1::AXIS_STEP;
  std::optional<Bound> at;        // nullopt: the last point
  bool before = false;            // the last point up to `at`, not the nearest
  std::optional<Bound> from, to;  // what `steps` and `spread` look at
  uint64_t steps = 0;             // at the most; 0: none
  uint64_t spread = 0;            // at the most
  uint64_t max_bytes = 0;         // of the values of one series
};

// News of runs. Read waits; false: the stream has ended. Cancel (from any thread) ends it.
class NewsStream {
 public:
  virtual ~NewsStream() = default;
  virtual bool Read(v1::WatchReply* reply) = 0;
  virtual void Cancel() = 0;
};

class SeriesReader {
 public:
  virtual ~SeriesReader() = default;
  virtual absl::StatusOr<v1::ListSeriesReply> ListSeries(const GrantedRun& run, v1::ListSeriesRequest request) = 0;
  virtual absl::StatusOr<v1::ListWritersReply> ListWriters(const GrantedRun& run) = 0;
  // One call of `visit` for each series in the order asked. An error of `visit` ends the call and is returned.
  virtual absl::Status ReadSeries(std::span<const SeriesKey> series, const ReadSpec& spec,
                                  const std::function<absl::Status(const v1::ReadSeriesReply&)>& visit) = 0;
  // The same for chosen points.
  virtual absl::Status ReadValues(std::span<const SeriesKey> series, const ValuesSpec& spec,
                                  const std::function<absl::Status(const v1::ReadValuesReply&)>& visit) = 0;
  // Without the first `from` points of each writer's series, hidden ones counted.
  virtual absl::Status ReadPoints(const SeriesKey& series, bool include_hidden, uint64_t from,
                                  const std::function<absl::Status(const v1::ReadPointsReply&)>& visit) = 0;
  // `visit` gets the size and type in its first call. NOT_FOUND if the run has no such blob. `length`: nullopt for the
  // rest.
  virtual absl::Status ReadBlob(const GrantedRun& run, std::string_view sha256, uint64_t offset,
                                std::optional<uint64_t> length,
                                const std::function<absl::Status(const v1::ReadBlobReply&)>& visit) = 0;
  // Everything after journal number `from` (0: from now on).
  virtual std::unique_ptr<NewsStream> Watch(std::span<const GrantedRun> runs, uint64_t from) = 0;
  // OK if the other side answers.
  virtual absl::Status Check() = 0;
};

}  // namespace stepwell::query
