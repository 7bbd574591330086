// The reading side: lists of series, points for charts and tables, blobs. Messages in and out are those of
// proto/stepwell/v1/reader.proto; who asks has been decided before.
//
// Thread safety: all methods may be called from any thread.
#pragma once

#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "ingest/chunk_source.h"
#include "ingest/damage.h"
#include "ingest/run_table.h"
#include "stepwell/v1/reader.pb.h"

namespace stepwell::ingest {

class Reader {
 public:
  // What bytes are, by their first bytes: "image/png".
  using Sniff = std::function<std::string_view(std::string_view)>;

  // `damage` is told what cannot be read; nullptr: nobody is.
  Reader(const store::Store* store, RunTable* table, Sniff sniff, Damage* damage = nullptr)
      : store_(store), table_(table), sniff_(std::move(sniff)), damage_(damage) {}

  absl::Status ListSeries(const v1::ListSeriesRequest& request, v1::ListSeriesReply* reply);
  absl::Status ListWriters(const v1::ListWritersRequest& request, v1::ListWritersReply* reply);
  // Fills `reply` (its index apart) for one of the request's series. Errors of one series are in the reply. What is
  // damaged of a series is left out of its answer, which says so.
  void ReadSeries(const v1::ReadSeriesRequest& request, const v1::SeriesSelector& selector, v1::ReadSeriesReply* reply);
  // The same for chosen points of a series of any kind but scalars.
  void ReadValues(const v1::ReadValuesRequest& request, const v1::SeriesSelector& selector, v1::ReadValuesReply* reply);
  // `send` returns false to stop. DATA_LOSS, after all that can be read was sent: not all can.
  absl::Status ReadPoints(const v1::ReadPointsRequest& request,
                          const std::function<bool(const v1::ReadPointsReply&)>& send);
  absl::Status ReadBlob(const v1::ReadBlobRequest& request, const std::function<bool(const v1::ReadBlobReply&)>& send);

  // Finds anew what a rewind made stale of a series' statistics. They stay stale if the series changes all the while,
  // or is being sealed for longer than 2 ms × `attempts`.
  absl::Status Refresh(Run& run, OpenSeries* series, int attempts);

 private:
  // The run under whose keys the blob is: itself, or if it is a fork perhaps one before it.
  absl::StatusOr<uint64_t> HomeOf(uint64_t run, const std::string& sha256) const;

  struct Line {
    std::vector<std::unique_ptr<ChunkSource>> sources;  // in the order of their first points
    std::vector<series::Rewind> rewinds;
    bool scalar = true;
    double first_wall = 0;  // of the first point of the line
    uint64_t revision = 0;  // another when a point or a rewind has come
  };
  // `with_zero`: first_wall is needed.
  absl::StatusOr<Line> Open(const v1::SeriesSelector& selector, bool with_zero);

  // Calls `read` with the line's sources, and if there is damage again with what is good of them.
  absl::Status ReadGood(const Line& line, const std::function<absl::Status(std::span<series::Source* const>)>& read,
                        std::string* damage);
  absl::StatusOr<std::optional<series::Summary>> SummarizeGood(ChunkSource& source,
                                                               const std::vector<series::Rewind>& rewinds);
  void Found(const std::string& damage);

  const store::Store* const store_;
  RunTable* const table_;
  const Sniff sniff_;
  Damage* const damage_;
};

}  // namespace stepwell::ingest
