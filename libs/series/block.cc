#include "series/block.h"

#include <algorithm>
#include <string>

#include "base/status_macros.h"

namespace stepwell::series {

BlockReader::BlockReader(Source& source, uint32_t place, std::span<const Rewind> rewinds)
    : source_(source), place_(place), hiding_(rewinds, source.key().writer) {}

absl::Status BlockReader::Lost(const std::string& what) const {
  const SeriesKey key = source_.key();
  return absl::DataLossError("series " + std::to_string(key.series) + " of writer " + std::to_string(key.writer) +
                             ": " + what);
}

absl::StatusOr<const SummaryPage*> BlockReader::Page(uint8_t level, uint64_t number) {
  auto [it, is_new] = pages_.try_emplace({level, number});
  if (is_new) {
    ASSIGN_OR_RETURN(std::optional<SummaryPage> page, source_.ReadPage(level, number));
    if (page) it->second = std::make_unique<SummaryPage>(*std::move(page));
  }
  return it->second.get();
}

absl::StatusOr<const BlockReader::Chunk*> BlockReader::ReadChunk(uint64_t number) {
  for (const auto& chunk : chunks_) {
    if (chunk->number == number) return chunk.get();
  }
  auto chunk = std::make_unique<Chunk>();
  chunk->number = number;
  ASSIGN_OR_RETURN(chunk->info, source_.ReadChunk(number, &chunk->points));
  if (chunk->points.value.empty()) has_payloads_ = true;
  if (chunks_.size() == kChunksKept) chunks_.pop_front();
  chunks_.push_back(std::move(chunk));
  return chunks_.back().get();
}

absl::StatusOr<const SummaryPage*> BlockReader::LargestPageAt(uint64_t chunk) {
  const uint64_t left = source_.chunk_count() - chunk;
  int level = -1;
  while (ChunksPerPage(static_cast<uint8_t>(level + 1)) <= left &&
         chunk % ChunksPerPage(static_cast<uint8_t>(level + 1)) == 0)
    ++level;
  for (; level >= 0; --level) {
    const uint8_t at = static_cast<uint8_t>(level);
    ASSIGN_OR_RETURN(const SummaryPage* page, Page(at, chunk / ChunksPerPage(at)));
    if (page) return page;
  }
  return nullptr;
}

void BlockReader::AddPointBlocks(const Points& points, Block block, std::vector<Block>* blocks) {
  for (const Summary& summary : SummarizeBlocks(points)) {
    block.summary = &summaries_.emplace_back(summary);
    blocks->push_back(block);
    block.index += summary.count;
    block.order += summary.count;
  }
}

absl::Status BlockReader::Cover(std::vector<Block>* blocks) {
  Block block;
  block.source = place_;
  uint64_t next = static_cast<uint64_t>(place_) << kOrdinalBits;
  for (uint64_t chunk = 0; chunk < source_.chunk_count();) {
    block.order = next;
    ASSIGN_OR_RETURN(const SummaryPage* page, LargestPageAt(chunk));
    if (page) {
      block.level = page->level;
      block.number = chunk / ChunksPerPage(page->level);
      block.first_lsn = page->first_lsn;
      block.last_lsn = page->last_lsn;
      for (block.index = 0; block.index < page->summaries.size(); ++block.index) {
        block.summary = &page->summaries[block.index];
        blocks->push_back(block);
        block.order += block.summary->count;
      }
      next = block.order;
      chunk += ChunksPerPage(page->level);
      continue;
    }
    ASSIGN_OR_RETURN(const Chunk* read, ReadChunk(chunk));
    block.level = Block::kChunk;
    block.number = chunk;
    block.index = 0;
    block.first_lsn = read->info.first_lsn;
    block.last_lsn = read->info.last_lsn;
    AddPointBlocks(read->points, block, blocks);
    next += read->points.size();
    ++chunk;
  }
  block.level = Block::kTail;
  block.number = 0;
  for (const TailPart& part : source_.tail()) {
    if (!part.points.payload.empty()) has_payloads_ = true;
    block.index = 0;
    block.order = next;
    block.first_lsn = part.first_lsn;
    block.last_lsn = part.last_lsn;
    AddPointBlocks(part.points, block, blocks);
    next += part.points.size();
    ++block.number;
  }
  return absl::OkStatus();
}

absl::Status BlockReader::Children(const Block& block, std::vector<Block>* children) {
  if (block.level == 0) return FindPoints(block, children);
  // The finer summaries in a row, over all four pages below; this block has four of them (the last may have fewer).
  Block child = block;
  child.level = block.level - 1;
  const uint8_t level = static_cast<uint8_t>(child.level);
  size_t index = size_t{block.index} * kPageFanOut;
  size_t wanted = kPageFanOut;
  uint64_t count = 0;
  for (uint32_t below = 0; below < kPageFanOut && wanted > 0; ++below) {
    child.number = block.number * kPageFanOut + below;
    ASSIGN_OR_RETURN(const SummaryPage* page, Page(level, child.number));
    if (!page)
      return Lost("page " + std::to_string(child.number) + " of level " + std::to_string(level) + " is missing");
    child.first_lsn = page->first_lsn;
    child.last_lsn = page->last_lsn;
    for (; index < page->summaries.size() && wanted > 0; ++index, --wanted) {
      child.index = static_cast<uint32_t>(index);
      child.summary = &page->summaries[index];
      children->push_back(child);
      child.order += child.summary->count;
      count += child.summary->count;
    }
    index -= std::min(index, page->summaries.size());
  }
  if (count != block.summary->count) {
    return Lost("page " + std::to_string(block.number) + " of level " + std::to_string(block.level) +
                " does not fit the pages below");
  }
  return absl::OkStatus();
}

absl::Status BlockReader::FindPoints(const Block& block, std::vector<Block>* children) {
  ASSIGN_OR_RETURN(const SummaryPage* page, Page(0, block.number));
  uint64_t ordinal = page->first_ordinal;
  for (uint32_t i = 0; i < block.index; ++i) ordinal += page->summaries[i].count;
  // Chunks have at most 1,024 points, so this is the first that can have it; after a rewind chunks may be shorter.
  uint64_t number = page->first_chunk + (ordinal - page->first_ordinal) / kChunkPoints;
  for (; number < page->first_chunk + page->chunks; ++number) {
    ASSIGN_OR_RETURN(const Chunk* chunk, ReadChunk(number));
    const uint64_t first = chunk->info.first_ordinal;
    if (ordinal >= first + chunk->points.size()) continue;
    if (ordinal < first || ordinal + block.summary->count > first + chunk->points.size()) break;
    Block points = block;
    points.level = Block::kChunk;
    points.number = number;
    points.index = static_cast<uint32_t>(ordinal - first);
    points.first_lsn = chunk->info.first_lsn;
    points.last_lsn = chunk->info.last_lsn;
    children->push_back(points);
    return absl::OkStatus();
  }
  return Lost("page " + std::to_string(block.number) + " of level 0 does not fit its chunks");
}

absl::StatusOr<PointsView> BlockReader::View(const Block& block) {
  PointsView view;
  if (block.level == Block::kTail) {
    view.points = &source_.tail()[block.number].points;
  } else {
    ASSIGN_OR_RETURN(const Chunk* chunk, ReadChunk(block.number));
    view.points = &chunk->points;
  }
  view.from = block.index;
  view.to = block.index + block.summary->count;
  view.order = block.order;
  view.hidden_from = hiding_.HiddenFrom(block.last_lsn);
  if (view.to > view.points->size())
    return Lost("chunk " + std::to_string(block.number) + " is shorter than its summaries say");
  const std::optional<int64_t> within = hiding_.HiddenFromWithin(block.first_lsn, block.last_lsn);
  if (within && block.summary->max_step >= *within) {
    return Lost("chunk " + std::to_string(block.number) + " has points from both sides of a rewind");
  }
  return view;
}

}  // namespace stepwell::series
