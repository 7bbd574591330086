#include "ingest/chunk_source.h"

#include <algorithm>

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
  RETURN_IF_ERROR(ReadChunk(key, number, points.get(), Columns::kAxis).status());
  std::lock_guard lock(mutex_);
  if (leaders_.size() >= kLeaders) leaders_.erase(leaders_.begin());
  leaders_.insert_or_assign({key, number}, points);
  return points;
}

absl::StatusOr<series::ChunkInfo> ChunkReader::ReadChunk(series::SeriesKey key, uint64_t number, series::Points* points,
                                                         Columns columns) {
  const auto bytes = store_->Get(Family::kData, store::ChunkKey(run_, key, number));
  if (!bytes.ok()) return Named(bytes.status(), key, number, run_);
  if (!*bytes) return Named(absl::DataLossError("is not in the store"), key, number, run_);
  absl::StatusOr<series::ChunkInfo> info = series::DecodeChunkInfo(**bytes);
  if (!info.ok()) return Named(info.status(), key, number, run_);
  std::shared_ptr<const series::Points> leader;
  if (info->leader) {
    if (*info->leader == key) return Named(absl::DataLossError("leads itself"), key, number, run_);
    auto found = Leader(*info->leader, number);
    if (!found.ok()) return Named(found.status(), key, number, run_);
    leader = *std::move(found);
  }
  absl::StatusOr<series::Points> decoded =
      columns == Columns::kAll ? series::DecodeChunk(**bytes, leader.get()) : series::DecodeAxis(**bytes, leader.get());
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

ChunkReader* ChunkReader::Of(uint64_t run) {
  if (run == run_) return this;
  std::lock_guard lock(mutex_);
  std::unique_ptr<ChunkReader>& other = others_[run];
  if (!other) other = std::make_unique<ChunkReader>(store_, run);
  return other.get();
}

ChunkSource::ChunkSource(std::shared_ptr<ChunkReader> reader, const OpenSeries& series, bool with_tail)
    : reader_(std::move(reader)), key_(series.key), chunks_(series.state.chunks) {
  uint64_t chunks = 0, points = 0;
  for (const store::Origin& origin : series.origins) {
    chunks += origin.chunks;
    points += origin.points;
    stretches_.push_back({reader_->Of(origin.run), chunks, points, origin.last_lsn});
  }
  if (chunks < chunks_) {
    stretches_.push_back({reader_.get(), chunks_, series.state.sealed_points, series.state.last_lsn});
  }
  if (!with_tail) return;
  for (const OpenPart& open : series.tail()) tail_.push_back(open.part);
}

absl::StatusOr<series::ChunkInfo> ChunkSource::Read(uint64_t number, series::Points* points,
                                                    ChunkReader::Columns columns) {
  const Stretch& at = *std::find_if(stretches_.begin(), stretches_.end(),
                                    [&](const Stretch& stretch) { return number < stretch.chunks; });
  ASSIGN_OR_RETURN(series::ChunkInfo info, at.reader->ReadChunk(key_, number, points, columns));
  // All but the last were final at our moment, and nothing becomes less.
  const bool last = number + 1 == at.chunks;
  if (last ? info.first_ordinal + info.count < at.points : !info.final) {
    return absl::DataLossError(Name(key_, number) + " is older than the store says");
  }
  if (info.first_ordinal + info.count > at.points) {  // written again, fuller, after our moment
    info.count = static_cast<uint32_t>(at.points - info.first_ordinal);
    info.last_lsn = at.last_lsn;
    info.final = false;
    Truncate(*points, info.count);
  }
  return info;
}

absl::StatusOr<std::optional<series::SummaryPage>> ChunkSource::ReadPage(uint8_t level, uint64_t number) {
  if (stretches_.empty() || (number + 1) * series::ChunksPerPage(level) > stretches_[0].chunks) return std::nullopt;
  auto read = stretches_[0].reader->ReadPage(key_, level, number);
  if (absl::IsDataLoss(read.status())) return std::nullopt;  // the chunks say the same
  ASSIGN_OR_RETURN(auto page, std::move(read));
  if (!page) return std::nullopt;
  uint64_t end = page->first_ordinal;
  for (const series::Summary& summary : page->summaries) end += summary.count;
  if (end > stretches_[0].points) return std::nullopt;
  return page;
}

}  // namespace stepwell::ingest
