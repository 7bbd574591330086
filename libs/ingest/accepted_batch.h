// A batch that was looked at and is ready to be committed: what of it counts, and what must be written.
//
// Thread safety: one owner at a time; constant once it is committed.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "ingest/run.h"
#include "stepwell/v1/ingest.pb.h"
#include "store/store.h"

namespace stepwell::ingest {

// An axis as columns use it.
struct AxisPoints {
  std::vector<int64_t> steps;
  const double* walls = nullptr;
};

// A batch's message with decoded axes: what replaying the journal needs as well.
struct ParsedBatch {
  google::protobuf::Arena arena;
  v1::Batch* batch = nullptr;  // in the arena
  std::vector<AxisPoints> axes;

  // nullptr if the bytes are not a Batch.
  static std::unique_ptr<ParsedBatch> Parse(std::string_view bytes);
  // The points of a column, or those that are there of both: a column that does not fit its axis gives size 0.
  ColumnPoints PointsOf(const v1::Column& column) const;
};

struct AcceptedBatch {
  std::shared_ptr<Run> run;
  Writer* writer = nullptr;
  uint64_t epoch = 0;
  uint64_t seq = 0;
  uint64_t lsn = 0;  // given by the committer
  std::string raw;   // what the journal keeps
  std::unique_ptr<ParsedBatch> parsed;
  std::vector<OpenSeries*> columns;       // by index of the batch's columns; nullptr: refused
  std::vector<uint32_t> refused_columns;  // ascending
  std::vector<v1::Refusal> refusals;
  std::vector<OpenSeries*> defined;  // new series, in order
  std::vector<std::string> notes;    // stepwell.v1.Note, ours behind those of the batch
  store::WriteSet blobs;
  uint64_t points = 0;
  size_t bytes = 0;  // as it came
};

}  // namespace stepwell::ingest
