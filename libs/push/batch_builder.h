// Collects points into one batch: a column for each series, shared axes where steps and wall times agree.
//
// The caller looks at full() between points and takes the batch; a rewind must be the first thing in a batch (it takes
// effect before the batch's columns), so the caller takes what was collected before it adds one.
//
// Thread safety: none; one owner.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "stepwell/v1/ingest.pb.h"

namespace stepwell::push {

// A batch beyond either is full. Well below the limits of the protocol (4 MiB a message, 100,000 points), because a
// server holds whole batches, and a batch is what is sent again after a break.
inline constexpr size_t kBatchBytes = 1 << 20;
inline constexpr size_t kBatchPoints = 50'000;

class BatchBuilder {
 public:
  BatchBuilder();

  void Define(uint32_t series, const v1::SeriesInfo& info);
  void Scalar(uint32_t series, int64_t step, double wall, double value);
  void Value(uint32_t series, int64_t step, double wall, v1::Value&& value);
  // Parts of at most `part_bytes`. REQUIRES: the blob fits into a message beside what is here already.
  void Blob(std::string_view sha256, std::string_view bytes, size_t part_bytes);
  void BlobPart(std::string_view sha256, uint64_t size, uint64_t offset, std::string_view data);
  void Rewind(int64_t step, bool spare_own);
  v1::Note* AddNote();

  bool empty() const { return bytes_ == 0; }
  bool has_points() const { return points_ > 0; }
  bool full() const { return bytes_ >= kBatchBytes || points_ >= kBatchPoints; }
  size_t bytes() const { return bytes_; }  // about what it will take on the wire
  size_t points() const { return points_; }

  // The batch without its number and position; the builder is empty afterwards.
  std::unique_ptr<v1::PushRequest> Take();

 private:
  // Where the points of a series go in the present batch.
  struct Slot {
    uint64_t batch = 0;  // which batch `column` and `axis` belong to
    v1::Column* column = nullptr;
    v1::Axis* axis = nullptr;
    uint64_t last_step = 0;
  };
  Slot& Place(uint32_t series, int64_t step, double wall);
  void ShareAxes();

  std::unique_ptr<v1::PushRequest> request_;
  v1::Batch* batch_ = nullptr;
  std::vector<Slot> slots_;  // by series
  uint64_t number_ = 0;      // of the present batch
  size_t bytes_ = 0;
  size_t points_ = 0;
};

}  // namespace stepwell::push
