#include "ingest/hole_source.h"

namespace stepwell::ingest {

absl::Status HoleSource::FindGood() {
  std::vector<uint64_t> good;
  series::Points points;
  for (uint64_t chunk = 0; chunk < whole_->chunk_count(); ++chunk) {
    const absl::Status status = whole_->ReadChunk(chunk, &points).status();
    if (status.ok()) good.push_back(chunk);
    if (!status.ok() && !absl::IsDataLoss(status)) return status;
    if (!status.ok() && damage_.empty()) damage_ = std::string(status.message());
  }
  good_ = std::move(good);
  return absl::OkStatus();
}

absl::StatusOr<series::ChunkInfo> HoleSource::ReadChunk(uint64_t number, series::Points* points) {
  if (good_) return whole_->ReadChunk((*good_)[number], points);
  absl::StatusOr<series::ChunkInfo> info = whole_->ReadChunk(number, points);
  if (!absl::IsDataLoss(info.status())) return info;
  if (damage_.empty()) damage_ = std::string(info.status().message());
  *points = {};
  return series::ChunkInfo();
}

}  // namespace stepwell::ingest
