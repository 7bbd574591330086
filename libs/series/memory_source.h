// A series in memory, sealed as a store would: encoded chunks, pages of every level, an open tail. For tests and
// benchmarks.
#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "base/status_macros.h"
#include "series/query.h"

namespace stepwell::series {

class MemorySource : public Source {
 public:
  explicit MemorySource(SeriesKey key) : key_(key) {}

  // Points that came in batches [first_lsn, last_lsn], with no rewind among them: chunks of `chunk_points`, the last of
  // them final only if `final`.
  void Seal(const Points& points, uint64_t first_lsn, uint64_t last_lsn, size_t chunk_points, bool final) {
    for (size_t from = 0; from < points.size(); from += chunk_points) {
      const size_t to = std::min(points.size(), from + chunk_points);
      Points part = Slice(points, from, to);
      ChunkInfo info;
      info.first_ordinal = ordinal_;
      info.count = static_cast<uint32_t>(part.size());
      info.first_lsn = first_lsn;
      info.last_lsn = last_lsn;
      info.final = final || to < points.size() || part.size() == kChunkPoints;
      info.scalar = part.payload.empty();
      chunks_.push_back(EncodeChunk(info, part, nullptr).value());
      if (info.final) AddToPage(info, part);
      ordinal_ += part.size();
    }
  }
  void AddTail(TailPart part) { tail_.push_back(std::move(part)); }
  // As if the page were not written yet, nor those above it.
  void DropPagesFrom(uint64_t chunk) {
    std::erase_if(
        pages_, [&](const auto& entry) { return (entry.first.second + 1) * ChunksPerPage(entry.first.first) > chunk; });
  }
  void DropPage(uint8_t level, uint64_t number) { pages_.erase({level, number}); }
  void BreakChunk(uint64_t number) { chunks_[number][10] ^= 1; }

  uint64_t chunks_read() const { return chunks_read_; }
  uint64_t axes_read() const { return axes_read_; }
  uint64_t pages_read() const { return pages_read_; }
  uint64_t chunk_bytes() const { return Bytes(chunks_); }
  uint64_t page_bytes() const {
    uint64_t sum = 0;
    for (const auto& [place, page] : pages_) sum += page.size();
    return sum;
  }
  bool has_page(uint8_t level, uint64_t number) const { return pages_.contains({level, number}); }

  SeriesKey key() const override { return key_; }
  uint64_t chunk_count() const override { return chunks_.size(); }
  uint64_t sealed_points() const override { return ordinal_; }
  std::span<const TailPart> tail() const override { return tail_; }
  absl::StatusOr<ChunkInfo> ReadChunk(uint64_t number, Points* points) override {
    ++chunks_read_;
    ASSIGN_OR_RETURN(*points, DecodeChunk(chunks_[number], nullptr));
    return DecodeChunkInfo(chunks_[number]);
  }
  absl::StatusOr<ChunkInfo> ReadAxis(uint64_t number, Points* points) override {
    ++axes_read_;
    ASSIGN_OR_RETURN(*points, DecodeAxis(chunks_[number], nullptr));
    return DecodeChunkInfo(chunks_[number]);
  }
  absl::StatusOr<std::optional<SummaryPage>> ReadPage(uint8_t level, uint64_t number) override {
    auto it = pages_.find({level, number});
    if (it == pages_.end()) return std::nullopt;
    ++pages_read_;
    ASSIGN_OR_RETURN(SummaryPage page, DecodePage(it->second));
    return page;
  }

  static Points Slice(const Points& points, size_t from, size_t to) {
    auto slice = [&](const auto& column) {
      using Column = std::decay_t<decltype(column)>;
      return column.empty()
                 ? Column()
                 : Column(column.begin() + static_cast<ptrdiff_t>(from), column.begin() + static_cast<ptrdiff_t>(to));
    };
    return {slice(points.step), slice(points.wall), slice(points.value), slice(points.payload)};
  }

 private:
  static uint64_t Bytes(const std::vector<std::string>& strings) {
    uint64_t sum = 0;
    for (const std::string& s : strings) sum += s.size();
    return sum;
  }

  void AddToPage(const ChunkInfo& info, const Points& points) {
    SummaryPage& page = open_[0];
    if (page.chunks == 0) {
      page.first_chunk = chunks_.size() - 1;
      page.first_lsn = info.first_lsn;
      page.first_ordinal = info.first_ordinal;
    }
    page.last_lsn = info.last_lsn;
    for (const Summary& summary : SummarizeBlocks(points)) page.summaries.push_back(summary);
    if (++page.chunks < kChunksPerPage) return;
    SummaryPage full = std::move(page);
    page = SummaryPage();
    WritePage(std::move(full));
  }
  void WritePage(SummaryPage page) {
    pages_[{page.level, page.first_chunk / ChunksPerPage(page.level)}] = EncodePage(page);
    std::vector<SummaryPage>& four = below_[page.level];
    four.push_back(std::move(page));
    if (four.size() < kPageFanOut) return;
    SummaryPage next = CombinePages(four).value();
    four.clear();
    WritePage(std::move(next));
  }

  const SeriesKey key_;
  uint64_t ordinal_ = 0;
  std::vector<std::string> chunks_;
  std::map<std::pair<uint8_t, uint64_t>, std::string> pages_;
  std::map<uint8_t, SummaryPage> open_;
  std::map<uint8_t, std::vector<SummaryPage>> below_;
  std::vector<TailPart> tail_;
  uint64_t chunks_read_ = 0, axes_read_ = 0, pages_read_ = 0;
};

}  // namespace stepwell::series
