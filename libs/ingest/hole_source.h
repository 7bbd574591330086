// A series of which chunks are damaged: what can be read of it, as if the rest had never been.
//
// Thread safety: one call at a time.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "series/query.h"

namespace stepwell::ingest {

class HoleSource : public series::Source {
 public:
  // `whole` outlives it. A chunk that is damaged reads as one without points.
  explicit HoleSource(series::Source* whole) : whole_(whole) {}
  // Reads all chunks to find the good ones; from then on it has those alone, and no summaries.
  absl::Status FindGood();

  // The first damage that was met, the place named; empty: none.
  const std::string& damage() const { return damage_; }

  series::SeriesKey key() const override { return whole_->key(); }
  uint64_t chunk_count() const override { return good_ ? good_->size() : whole_->chunk_count(); }
  uint64_t sealed_points() const override { return whole_->sealed_points(); }
  absl::StatusOr<series::ChunkInfo> ReadChunk(uint64_t number, series::Points* points) override;
  // REQUIRES: FindGood was called.
  absl::StatusOr<series::ChunkInfo> ReadAxis(uint64_t number, series::Points* points) override {
    return whole_->ReadAxis((*good_)[number], points);
  }
  absl::StatusOr<std::optional<series::SummaryPage>> ReadPage(uint8_t, uint64_t) override { return std::nullopt; }
  std::span<const series::TailPart> tail() const override { return whole_->tail(); }

 private:
  series::Source* const whole_;
  std::optional<std::vector<uint64_t>> good_;
  std::string damage_;
};

}  // namespace stepwell::ingest
