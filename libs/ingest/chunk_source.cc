#include "ingest/chunk_source.h"

#include "base/status_macros.h"
#include "store/keys.h"

namespace stepwell::ingest {
namespace {

using store::Family;

// Axes kept for followers: a query of all tags of a run walks chunk numbers in step, so few are needed at a time.
constexpr size_t kLeaders = 64;

void Truncate(series::Points& points, size_t count) {
  points.step.resize(count);
  points.wall.resize(count);
  if (!points.value.empty()) points.value.resize(count);
  if (!points.payload.empty()) points.payload.resize(count);
}

std::string Name(series::SeriesKey key, uint64_t number) {
  return "chunk " + std::to_string(number) + " of series " + std::to_string(key.series) + " of writer " +
         std::to_string(key.writer);
}

absl::Status Named(const absl::Status& error, series::SeriesKey key, uint64_t number, uint64_t run) {
  return absl::Status(
      error.code(), Name(key, number) + " of run number " + std::to_string(run) + ": " + std::string(error.message()));
}

}  // namespace

absl::StatusOr<std::shared_ptr<const series::Points>> ChunkReader::Leader(series::SeriesKey key, uint64_t number) {
  {
    std::lock_guard lock(mutex_);
    auto it = leaders_.find({key, number});
    if (it != leaders_.end()) return it->second;
  }
  auto points = std::make_shared<series::Points>();
  RETURN_IF_ERROR(ReadChunk(key, number, points.get()).status());
  std::lock_guard lock(mutex_);
  if (leaders_.size() >= kLeaders) leaders_.erase(leaders_.begin());
  leaders_.insert_or_assign({key, number}, points);
  return points;
}

absl::StatusOr<series::ChunkInfo> ChunkReader::ReadChunk(series::SeriesKey key, uint64_t number,
                                                         series::Points* points) {
  const auto bytes = store_->Get(Family::kData, store::ChunkKey(run_, key, number));
  if (!bytes.ok()) return Named(bytes.status(), key, number, run_);
  if (!*bytes) return Named(absl::DataLossError("is not in the store"), key, number, run_);
  const absl::StatusOr<series::ChunkInfo> info = series::DecodeChunkInfo(**bytes);
  if (!info.ok()) return Named(info.status(), key, number, run_);
  std::shared_ptr<const series::Points> leader;
  if (info->leader) {
    if (*info->leader == key) return Named(absl::DataLossError("leads itself"), key, number, run_);
    auto found = Leader(*info->leader, number);
    if (!found.ok()) return Named(found.status(), key, number, run_);
    leader = *std::move(found);
  }
  absl::StatusOr<series::Points> decoded = series::DecodeChunk(**bytes, leader.get());
  if (!decoded.ok()) return Named(decoded.status(), key, number, run_);
  *points = *std::move(decoded);
  return info;
}

absl::StatusOr<std::optional<series::SummaryPage>> ChunkReader::ReadPage(series::SeriesKey key, uint8_t level,
                                                                         uint64_t number) const {
  ASSIGN_OR_RETURN(auto bytes, store_->Get(Family::kData, store::PageKey(run_, key, level, number)));
  if (!bytes) return std::nullopt;
  ASSIGN_OR_RETURN(series::SummaryPage page, series::DecodePage(*bytes));
  return page;
}

ChunkSource::ChunkSource(std::shared_ptr<ChunkReader> reader, const OpenSeries& series, bool with_tail)
    : reader_(std::move(reader)),
      key_(series.key),
      chunks_(series.state.chunks),
      sealed_points_(series.state.sealed_points),
      last_lsn_(series.state.last_lsn) {
  if (!with_tail) return;
  for (const OpenPart& open : series.tail()) tail_.push_back(open.part);
}

absl::StatusOr<series::ChunkInfo> ChunkSource::ReadChunk(uint64_t number, series::Points* points) {
  ASSIGN_OR_RETURN(series::ChunkInfo info, reader_->ReadChunk(key_, number, points));
  // All but the last were final at our moment, and nothing becomes less.
  const bool last = number + 1 == chunks_;
  if (last ? info.first_ordinal + info.count < sealed_points_ : !info.final) {
    return absl::DataLossError(Name(key_, number) + " is older than the store says");
  }
  if (info.first_ordinal + info.count > sealed_points_) {  // written again, fuller, after our moment
    info.count = static_cast<uint32_t>(sealed_points_ - info.first_ordinal);
    info.last_lsn = last_lsn_;
    info.final = false;
    Truncate(*points, info.count);
  }
  return info;
}

absl::StatusOr<std::optional<series::SummaryPage>> ChunkSource::ReadPage(uint8_t level, uint64_t number) {
  if ((number + 1) * series::ChunksPerPage(level) > chunks_) return std::nullopt;
  auto read = reader_->ReadPage(key_, level, number);
  if (absl::IsDataLoss(read.status())) return std::nullopt;  // the chunks say the same
  ASSIGN_OR_RETURN(auto page, std::move(read));
  if (!page) return std::nullopt;
  uint64_t end = page->first_ordinal;
  for (const series::Summary& summary : page->summaries) end += summary.count;
  if (end > sealed_points_) return std::nullopt;
  return page;
}

}  // namespace stepwell::ingest
