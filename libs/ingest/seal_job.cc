#include "ingest/seal_job.h"

#include <algorithm>

#include "base/status_macros.h"
#include "store/keys.h"
#include "store/records.h"

namespace stepwell::ingest {
namespace {

using store::Family;

// Payloads of one chunk: a reader has a whole chunk in memory.
constexpr size_t kChunkBytes = size_t{4} << 20;
// Groups of series with different steps that are sealed together.
constexpr size_t kLeadersPerChunk = 4;

series::Points Slice(const series::Points& points, size_t from, size_t to) {
  auto cut = [&](auto& column, auto& out) {
    if (!column.empty()) {
      out.assign(column.begin() + static_cast<std::ptrdiff_t>(from), column.begin() + static_cast<std::ptrdiff_t>(to));
    }
  };
  series::Points out;
  cut(points.step, out.step);
  cut(points.wall, out.wall);
  cut(points.value, out.value);
  cut(points.payload, out.payload);
  return out;
}

template <typename T>
void Prepend(std::vector<T>& column, const std::vector<T>& before) {
  column.insert(column.begin(), before.begin(), before.end());
}

// The end of the chunk that begins at `from`, and whether it is full.
std::pair<size_t, bool> ChunkEnd(const series::Points& points, size_t from) {
  size_t end = std::min(points.size(), from + series::kChunkPoints);
  if (points.payload.empty()) return {end, end - from == series::kChunkPoints};
  size_t bytes = 0;
  for (size_t i = from; i < end; ++i) {
    bytes += points.payload[i].size();
    if (bytes >= kChunkBytes) return {i + 1, true};
  }
  return {end, end - from == series::kChunkPoints};
}

}  // namespace

const Leaders::Leader* Leaders::Find(uint64_t chunk, const series::Points& points) const {
  auto it = by_chunk_.find(chunk);
  if (it == by_chunk_.end()) return nullptr;
  for (const Leader& leader : it->second) {
    if (leader.points->step == points.step) return &leader;
  }
  return nullptr;
}

void Leaders::Offer(uint64_t chunk, series::SeriesKey key, const series::Points& points) {
  std::vector<Leader>& all = by_chunk_[chunk];
  if (all.size() >= kLeadersPerChunk) return;
  auto axis = std::make_shared<series::Points>();
  axis->step = points.step;
  axis->wall = points.wall;
  all.push_back({key, std::move(axis)});
}

std::unique_ptr<SealJob> SealJob::Begin(const Run& run, OpenSeries* series, bool all) {
  std::unique_ptr<SealJob> job(new SealJob);
  job->run_ = run.number;
  job->series_ = series;
  job->all_ = all;
  job->rewinds_ = run.rewinds;
  job->parts_ = series->tail();
  job->before_ = job->after_ = series->state;
  series->sealing = true;
  return job;
}

// The open chunk's points come first: they and the tail fill the chunk together. A rewind in between closes it.
absl::Status SealJob::JoinOpenChunk(ChunkReader& reader, Leaders& leaders, store::WriteSet& changes) {
  final_before_ = before_.chunks;
  if (before_.open_points == 0) return absl::OkStatus();
  --final_before_;
  series::Points old;
  absl::StatusOr<series::ChunkInfo> read = reader.ReadChunk(series_->key, before_.chunks - 1, &old);
  if (absl::IsDataLoss(read.status())) {  // it stays as it is, and what comes goes into the next
    ++final_before_;
    after_.open_points = 0;
    return absl::OkStatus();
  }
  ASSIGN_OR_RETURN(series::ChunkInfo info, std::move(read));
  --after_.chunks;
  after_.sealed_points -= old.size();
  after_.open_points = 0;
  series::TailPart& first = parts_.front().part;
  if (rewinds_.CutsBetween(info.last_lsn, first.first_lsn)) {
    info.final = true;
    RETURN_IF_ERROR(PutChunk(info, old, leaders, changes));
    return absl::OkStatus();
  }
  old_points_ = old.size();
  first.first_lsn = info.first_lsn;
  Prepend(first.points.step, old.step);
  Prepend(first.points.wall, old.wall);
  Prepend(first.points.value, old.value);
  Prepend(first.points.payload, old.payload);
  for (BatchEnd& batch : parts_.front().batches) batch.end += static_cast<uint32_t>(old_points_);
  return absl::OkStatus();
}

absl::Status SealJob::PutChunk(series::ChunkInfo info, const series::Points& points, Leaders& leaders,
                               store::WriteSet& changes) {
  const uint64_t number = after_.chunks;
  info.first_ordinal = after_.sealed_points;
  info.count = static_cast<uint32_t>(points.size());
  info.scalar = series_->scalar();
  info.leader.reset();
  const Leaders::Leader* leader = info.final ? leaders.Find(number, points) : nullptr;
  if (leader) info.leader = leader->key;
  ASSIGN_OR_RETURN(std::string bytes, series::EncodeChunk(info, points, leader ? leader->points.get() : nullptr));
  if (info.final && !leader) leaders.Offer(number, series_->key, points);
  chunk_bytes_ += bytes.size();
  changes.Put(Family::kData, store::ChunkKey(run_, series_->key, number), std::move(bytes));
  if (info.final) made_[number] = {info, series::SummarizeBlocks(points)};
  after_.sealed_points += points.size();
  after_.open_points = info.final ? 0 : info.count;
  ++after_.chunks;
  return absl::OkStatus();
}

absl::Status SealJob::EncodePart(size_t index, Leaders& leaders, store::WriteSet& changes) {
  const OpenPart& open = parts_[index];
  const series::Points& points = open.part.points;
  const bool last = index + 1 == parts_.size();
  uint64_t first_lsn = open.part.first_lsn;
  size_t from = 0;
  while (from < points.size()) {
    const auto [to, full] = ChunkEnd(points, from);
    const bool final = full || !last;
    if (!final && !all_) break;
    auto batch =
        std::find_if(open.batches.begin(), open.batches.end(), [end = to](const BatchEnd& b) { return b.end >= end; });
    series::ChunkInfo info;
    info.first_lsn = first_lsn;
    info.last_lsn = batch->lsn;
    info.final = final;
    RETURN_IF_ERROR(PutChunk(info, Slice(points, from, to), leaders, changes));
    if (after_.first_lsn == 0) after_.first_lsn = first_lsn;
    // How much of the last batch is in chunks: replaying the journal skips that.
    const size_t first_new = index == 0 ? old_points_ : 0;
    const size_t batch_begin = batch == open.batches.begin() ? first_new : std::prev(batch)->end;
    after_.last_lsn = batch->lsn;
    after_.last_lsn_points = to - batch_begin + (batch->lsn == before_.last_lsn ? before_.last_lsn_points : 0);
    if (batch->end == to) ++batch;
    if (batch != open.batches.end()) first_lsn = batch->lsn;
    from = to;
  }
  SumUp(index, from);
  return absl::OkStatus();
}

void SealJob::SumUp(size_t index, size_t end) {
  const size_t begin = index == 0 ? old_points_ : 0;
  if (end <= begin) return;
  taken_ += end - begin;
  const series::TailPart& part = parts_[index].part;
  const std::optional<int64_t> hidden_from = rewinds_.HiddenFrom(part.last_lsn, series_->key.writer);
  after_.visible = CombineShown(after_.visible, SummarizeShown(part.points, begin, end, hidden_from));
}

absl::StatusOr<SealJob::Made> SealJob::ChunkOf(uint64_t number, ChunkReader& reader) {
  auto it = made_.find(number);
  if (it != made_.end()) return it->second;
  series::Points points;
  ASSIGN_OR_RETURN(series::ChunkInfo info, reader.ReadChunk(series_->key, number, &points));
  return Made{info, series::SummarizeBlocks(points)};
}

absl::StatusOr<series::SummaryPage> SealJob::PageOf(uint8_t level, uint64_t number, ChunkReader& reader) {
  auto it = pages_.find({level, number});
  if (it != pages_.end()) return it->second;
  ASSIGN_OR_RETURN(auto page, reader.ReadPage(series_->key, level, number));
  if (page) return *page;
  return absl::DataLossError("summary page " + std::to_string(number) + " of level " + std::to_string(level) +
                             " is not in the store");
}

absl::StatusOr<series::SummaryPage> SealJob::BasePage(uint64_t number, ChunkReader& reader) {
  series::SummaryPage page;
  page.first_chunk = number * series::kChunksPerPage;
  page.chunks = series::kChunksPerPage;
  for (uint64_t c = page.first_chunk; c < page.first_chunk + page.chunks; ++c) {
    ASSIGN_OR_RETURN(Made chunk, ChunkOf(c, reader));
    if (c == page.first_chunk) {
      page.first_lsn = chunk.info.first_lsn;
      page.first_ordinal = chunk.info.first_ordinal;
    }
    page.last_lsn = chunk.info.last_lsn;
    page.summaries.insert(page.summaries.end(), chunk.blocks.begin(), chunk.blocks.end());
  }
  return page;
}

absl::StatusOr<series::SummaryPage> SealJob::PageAbove(uint8_t level, uint64_t number, ChunkReader& reader) {
  std::vector<series::SummaryPage> below;
  for (uint64_t i = 0; i < series::kPageFanOut; ++i) {
    ASSIGN_OR_RETURN(series::SummaryPage one,
                     PageOf(static_cast<uint8_t>(level - 1), number * series::kPageFanOut + i, reader));
    below.push_back(std::move(one));
  }
  return series::CombinePages(below);
}

absl::Status SealJob::PutPages(ChunkReader& reader, store::WriteSet& changes) {
  const uint64_t final = after_.chunks - (after_.open_points > 0 ? 1 : 0);
  for (uint64_t number = final_before_ / series::kChunksPerPage; (number + 1) * series::kChunksPerPage <= final;
       ++number) {
    // Four pages make one of the next level, as far up as they do.
    uint64_t above = number;
    for (uint8_t level = 0; level == 0 || (above + 1) % series::kPageFanOut == 0; ++level) {
      if (level > 0) above /= series::kPageFanOut;
      absl::StatusOr<series::SummaryPage> page =
          level == 0 ? BasePage(number, reader) : PageAbove(level, above, reader);
      if (absl::IsDataLoss(page.status())) break;  // no page over what is damaged: readers look at the chunks
      RETURN_IF_ERROR(page.status());
      changes.Put(Family::kData, store::PageKey(run_, series_->key, level, above), series::EncodePage(*page));
      pages_[{level, above}] = *std::move(page);
    }
  }
  return absl::OkStatus();
}

absl::Status SealJob::Encode(ChunkReader& reader, Leaders& leaders, store::WriteSet& changes) {
  store::WriteSet mine;
  RETURN_IF_ERROR(JoinOpenChunk(reader, leaders, mine));
  for (size_t i = 0; i < parts_.size(); ++i) RETURN_IF_ERROR(EncodePart(i, leaders, mine));
  if (mine.empty()) {  // not enough for a full chunk
    after_ = before_;
    return absl::OkStatus();
  }
  after_.rewinds_seen = rewinds_.last_lsn();
  RETURN_IF_ERROR(PutPages(reader, mine));
  mine.Put(Family::kMeta, store::StateKey(run_, series_->key), store::Encode(after_));
  changes.Join(std::move(mine));
  return absl::OkStatus();
}

void SealJob::Finish(const Run& run, bool written) {
  series_->sealing = false;
  if (!written) return;
  series_->Drop(taken_);
  series_->state = after_;
  for (size_t i = rewinds_.all().size(); i < run.rewinds.all().size(); ++i) series_->OnRewind(run.rewinds.all()[i]);
}

}  // namespace stepwell::ingest
