// A series as the write path has it in memory: what it is, what of it is in chunks (state), and its open tail: the
// points that are in the journal only. Points enter at the end (Append) and leave at the front when they are sealed
// (Drop).
//
// Thread safety: none; the mutex of its run guards everything but the constants. `sealing` says that the sealer works
// on a copy of the front: the tail only grows at its end meanwhile.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "ingest/rewinds.h"
#include "series/query.h"
#include "series/summary.h"
#include "stepwell/v1/ingest.pb.h"
#include "store/records.h"

namespace stepwell::ingest {

// Points of a tail part with an index below `end` came with batch `lsn` or an earlier one.
struct BatchEnd {
  uint64_t lsn = 0;
  uint32_t end = 0;
};

// Points between two rewinds.
struct OpenPart {
  series::TailPart part;
  std::vector<BatchEnd> batches;
};

// A column of a batch, ready to be appended: n steps and walls, and n scalars or n values.
struct ColumnPoints {
  const int64_t* steps = nullptr;
  const double* walls = nullptr;
  const double* scalars = nullptr;                                        // scalars, or
  const google::protobuf::RepeatedPtrField<v1::Value>* values = nullptr;  // other kinds
  size_t size = 0;
};

class OpenSeries {
 public:
  OpenSeries(series::SeriesKey key, v1::SeriesInfo info);

  const series::SeriesKey key;
  const v1::SeriesInfo info;
  bool scalar() const { return info.kind() == v1::KIND_SCALAR; }

  uint64_t define_lsn = 0;  // 0: not committed yet
  store::SeriesState state;
  std::vector<store::Origin> origins;  // of an inherited series: whose its first chunks are. Nothing is appended to it
  bool sealing = false;
  bool listed_dirty = false;                     // the catalog must be told
  bool told = false;                             // the catalog has a row of it
  std::chrono::steady_clock::time_point oldest;  // when the first point of the tail came; meaningless if there is none

  const std::vector<OpenPart>& tail() const { return tail_; }
  size_t tail_points() const { return tail_points_; }
  size_t tail_bytes() const { return tail_bytes_; }
  // Of the first point in the tail. REQUIRES: tail_points() > 0.
  uint64_t tail_lsn() const { return tail_.front().batches.front().lsn; }
  uint64_t points() const { return state.sealed_points + tail_points_; }
  // Of the first point of all; 0: no point has come.
  uint64_t first_lsn() const;

  // Appends points [skip, size) of the column; REQUIRES: lsn is not below those before.
  void Append(const ColumnPoints& column, uint64_t lsn, const Rewinds& rewinds, size_t skip = 0);
  // The first `count` points of the tail are in chunks now. REQUIRES: count <= tail_points().
  void Drop(size_t count);
  // What another series was at one moment: its state, and the points that are not in chunks.
  void Inherit(const store::SeriesState& from, std::vector<OpenPart> tail);
  // A rewind was added to the run; whether Total may be another now.
  bool OnRewind(const series::Rewind& rewind);

  // Visible points summed up; nullopt: none. Too much while state.stale.
  const std::optional<series::Summary>& Total(const Rewinds& rewinds);
  void ForgetTotal() { total_known_ = false; }

 private:
  OpenPart& PartFor(uint64_t lsn, const Rewinds& rewinds);

  std::vector<OpenPart> tail_;
  size_t tail_points_ = 0;
  size_t tail_bytes_ = 0;
  bool total_known_ = true;
  std::optional<series::Summary> total_;
};

// The visible ones of points [from, to) of a part summed up, where points with step >= `hidden_from` are hidden.
std::optional<series::Summary> SummarizeShown(const series::Points& points, size_t from, size_t to,
                                              std::optional<int64_t> hidden_from);
std::optional<series::Summary> CombineShown(const std::optional<series::Summary>& a,
                                            const std::optional<series::Summary>& b);
// Approximate bytes of points [from, to) in memory.
size_t PointBytes(const series::Points& points, size_t from, size_t to);

}  // namespace stepwell::ingest
