#include "ingest/reader.h"

#include <re2/re2.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <map>
#include <thread>

#include "base/bytes.h"
#include "base/status_macros.h"
#include "ingest/hole_source.h"
#include "ingest/series_reply.h"
#include "store/keys.h"
#include "store/records.h"

namespace stepwell::ingest {
namespace {

using store::Family;

constexpr uint32_t kMostItems = 10'000;
// A reply of points or of a blob: well below gRPC's 4 MiB a message.
constexpr size_t kReplyPoints = 32'768;
constexpr size_t kReplyBytes = size_t{1} << 20;
// Statistics are found beside a sealer that goes on: a series is sealed once a batch at the most, in some milliseconds.
constexpr int kRefreshAttempts = 20;
constexpr std::chrono::milliseconds kSealPause{2};
// Makes one number of several, large and odd so that they do not add up to the same.
constexpr uint64_t kRevisionFactor = 0x9E3779B97F4A7C15;

void ToStats(const OpenSeries& series, const std::optional<series::Summary>& total, v1::SeriesStats* out) {
  out->set_first_lsn(series.first_lsn() > 0 ? series.first_lsn() : series.define_lsn);
  out->set_hidden(series.points() - (total ? total->count : 0));
  if (!total) return;
  out->set_count(total->count);
  out->set_first_step(total->first.step);
  out->set_last_step(total->last.step);
  out->set_min_step(total->min_step);
  out->set_max_step(total->max_step);
  out->set_first_wall(total->first.wall);
  out->set_last_wall(total->last.wall);
  if (!series.scalar()) return;
  out->set_last(total->last.value);
  out->set_has_finite(total->finite() > 0);
  if (total->finite() > 0) {
    out->set_min(total->min.value);
    out->set_max(total->max.value);
  }
  out->set_nan(total->nan);
  out->set_pos_inf(total->pos_inf);
  out->set_neg_inf(total->neg_inf);
}

std::string CursorOf(const OpenSeries& series) {
  std::string out;
  PutBe64(out, series.define_lsn);
  PutBe32(out, series.key.writer);
  PutBe32(out, series.key.series);
  return out;
}

}  // namespace

void Reader::Found(const std::string& damage) {
  if (damage_ && !damage.empty()) damage_->Found(damage);
}

absl::Status Reader::ReadGood(const Line& line,
                              const std::function<absl::Status(std::span<series::Source* const>)>& read,
                              std::string* damage) {
  std::vector<series::Source*> sources;
  for (const auto& source : line.sources) sources.push_back(source.get());
  absl::Status whole = read(sources);
  if (!absl::IsDataLoss(whole)) return whole;
  std::vector<std::unique_ptr<HoleSource>> good;
  sources.clear();
  for (const auto& source : line.sources) {
    good.push_back(std::make_unique<HoleSource>(source.get()));
    RETURN_IF_ERROR(good.back()->FindGood());
    sources.push_back(good.back().get());
    Found(good.back()->damage());
    if (damage->empty()) *damage = good.back()->damage();
  }
  return read(sources);
}

absl::StatusOr<std::optional<series::Summary>> Reader::SummarizeGood(ChunkSource& source,
                                                                     const std::vector<series::Rewind>& rewinds) {
  auto visible = series::SummarizeVisible(source, rewinds);
  if (!absl::IsDataLoss(visible.status())) return visible;
  HoleSource good(&source);
  RETURN_IF_ERROR(good.FindGood());
  Found(good.damage());
  return series::SummarizeVisible(good, rewinds);
}

absl::Status Reader::Refresh(Run& run, OpenSeries* series, int attempts) {
  for (int attempt = 0; attempt < attempts; ++attempt) {
    std::unique_ptr<ChunkSource> source;
    std::vector<series::Rewind> rewinds;
    uint64_t points = 0;  // not chunks: one that is not full is written again, fuller
    {
      std::lock_guard lock(run.mutex);
      if (!series->state.stale) return absl::OkStatus();
      points = series->state.sealed_points;
      source = std::make_unique<ChunkSource>(std::make_shared<ChunkReader>(store_, run.number), *series,
                                             /*with_tail=*/false);
      rewinds = run.rewinds.all();
    }
    ASSIGN_OR_RETURN(std::optional<series::Summary> visible, SummarizeGood(*source, rewinds));
    std::unique_lock lock(run.mutex);
    if (series->sealing) {  // it began with the stale statistics, and will put them back with what it adds
      lock.unlock();
      std::this_thread::sleep_for(kSealPause);
    } else if (series->state.sealed_points == points && run.rewinds.all().size() == rewinds.size()) {
      series->state.visible = visible;
      series->state.stale = false;
      series->state.rewinds_seen = run.rewinds.last_lsn();
      series->ForgetTotal();
      return absl::OkStatus();
    }
  }
  return absl::OkStatus();  // it changes all the time
}

absl::Status Reader::ListSeries(const v1::ListSeriesRequest& request, v1::ListSeriesReply* reply) {
  absl::StatusOr<std::shared_ptr<Run>> found = table_->Get(request.run_number());
  if (absl::IsNotFound(found.status())) return absl::OkStatus();  // opened, and nothing logged
  if (!found.ok()) return found.status();
  Run& run = **found;
  std::unique_ptr<RE2> match;
  if (!request.match().empty()) {
    RE2::Options options(RE2::Latin1);  // tags are bytes
    options.set_log_errors(false);
    match = std::make_unique<RE2>(request.match(), options);
    if (!match->ok()) return absl::InvalidArgumentError("match is not a regular expression of RE2: " + match->error());
  }
  const uint32_t limit = request.limit() == 0 ? kMostItems : std::min(request.limit(), kMostItems);
  std::vector<OpenSeries*> chosen;
  {
    std::lock_guard lock(run.mutex);
    const auto& all = run.admitted();
    auto it = all.begin();
    if (request.cursor().size() == 16) {
      const uint64_t lsn = GetBe64(request.cursor());
      it = std::partition_point(all.begin(), all.end(), [&](const OpenSeries* s) { return s->define_lsn < lsn; });
      while (it != all.end() && (*it)->define_lsn == lsn && CursorOf(**it) != request.cursor()) ++it;
      if (it != all.end() && CursorOf(**it) == request.cursor()) ++it;
    }
    for (; it != all.end(); ++it) {
      const v1::SeriesInfo& info = (*it)->info;
      if (request.kind() != v1::KIND_UNSPECIFIED && info.kind() != request.kind()) continue;
      if (!info.tag().starts_with(request.prefix())) continue;
      if (match && !RE2::PartialMatch(info.tag(), *match)) continue;
      if (chosen.size() == limit) {
        reply->set_next(CursorOf(*chosen.back()));
        break;
      }
      chosen.push_back(*it);
    }
  }
  for (OpenSeries* series : chosen) RETURN_IF_ERROR(Refresh(run, series, kRefreshAttempts));
  std::lock_guard lock(run.mutex);
  for (OpenSeries* series : chosen) {
    v1::SeriesItem* item = reply->add_items();
    *item->mutable_info() = series->info;
    item->set_writer_number(series->key.writer);
    item->set_series(series->key.series);
    ToStats(*series, series->Total(run.rewinds), item->mutable_stats());
  }
  return absl::OkStatus();
}

absl::Status Reader::ListWriters(const v1::ListWritersRequest& request, v1::ListWritersReply* reply) {
  absl::StatusOr<std::shared_ptr<Run>> found = table_->Get(request.run_number());
  if (absl::IsNotFound(found.status())) return absl::OkStatus();  // opened, and nothing logged
  if (!found.ok()) return found.status();
  Run& run = **found;
  std::map<uint32_t, v1::WriterStats> writers;
  std::lock_guard lock(run.mutex);
  for (OpenSeries* series : run.admitted()) {
    v1::WriterStats& stats = writers[series->key.writer];
    stats.set_points(stats.points() + series->points());
    const std::optional<series::Summary>& total = series->Total(run.rewinds);
    if (!total || !std::isfinite(total->first.wall) || !std::isfinite(total->last.wall)) continue;
    const bool had = stats.has_walls();
    stats.set_first_wall(had ? std::min(stats.first_wall(), total->first.wall) : total->first.wall);
    stats.set_last_wall(had ? std::max(stats.last_wall(), total->last.wall) : total->last.wall);
    stats.set_has_walls(true);
  }
  for (auto& [number, stats] : writers) {
    stats.set_writer_number(number);
    *reply->add_writers() = std::move(stats);
  }
  return absl::OkStatus();
}

absl::StatusOr<Reader::Line> Reader::Open(const v1::SeriesSelector& selector, bool with_zero) {
  const v1::Kind kind = selector.kind() == v1::KIND_UNSPECIFIED ? v1::KIND_SCALAR : selector.kind();
  ASSIGN_OR_RETURN(std::shared_ptr<Run> run, table_->Get(selector.run_number()));
  auto reader = std::make_shared<ChunkReader>(store_, run->number);
  std::vector<OpenSeries*> chosen;
  Line line;
  {
    std::lock_guard lock(run->mutex);
    for (OpenSeries* series : run->WithTag(selector.tag())) {
      if (series->info.kind() != kind) continue;
      if (selector.one_writer() && series->key.writer != selector.writer_number()) continue;
      chosen.push_back(series);
    }
  }
  if (chosen.empty()) return absl::NotFoundError("the run has no such series");
  if (with_zero) {
    for (OpenSeries* series : chosen) RETURN_IF_ERROR(Refresh(*run, series, kRefreshAttempts));
  }
  std::lock_guard lock(run->mutex);
  std::sort(chosen.begin(), chosen.end(), [](const OpenSeries* a, const OpenSeries* b) {
    auto order = [](const OpenSeries* s) {
      return std::make_tuple(s->first_lsn() > 0 ? s->first_lsn() : s->define_lsn, s->key.writer, s->key.series);
    };
    return order(a) < order(b);
  });
  line.scalar = kind == v1::KIND_SCALAR;
  bool placed = false;
  for (OpenSeries* series : chosen) {
    line.sources.push_back(std::make_unique<ChunkSource>(reader, *series));
    if (placed || series->state.stale) continue;
    const std::optional<series::Summary>& total = series->Total(run->rewinds);
    if (total && std::isfinite(total->first.wall)) {
      line.first_wall = total->first.wall;
      placed = true;
    }
  }
  line.rewinds = run->rewinds.all();
  // Points and rewinds become more, never less, and each counts in a place of its own.
  for (const OpenSeries* series : chosen) line.revision = line.revision * kRevisionFactor + series->points();
  line.revision = line.revision * kRevisionFactor + run->rewinds.last_lsn();
  return line;
}

void Reader::ReadSeries(const v1::ReadSeriesRequest& request, const v1::SeriesSelector& selector,
                        v1::ReadSeriesReply* reply) {
  absl::Status status;
  absl::StatusOr<Line> line = Open(selector, request.x() == v1::AXIS_RELATIVE);
  if (line.ok() && !line->scalar) {
    status = absl::InvalidArgumentError("only scalars have charts of points; read this kind with ReadPoints");
  } else if (line.ok() && line->revision == selector.known_revision() && line->revision != 0) {
    reply->set_revision(line->revision);
    reply->set_unchanged(true);
  } else if (line.ok()) {
    const series::QuerySpec spec = ToSpec(request, line->first_wall);
    reply->set_revision(line->revision);
    for (const auto& source : line->sources) reply->add_writers(source->key().writer);
    const auto query = [&](std::span<series::Source* const> sources) -> absl::Status {
      ASSIGN_OR_RETURN(const series::Answer answer, series::Query(sources, line->rewinds, spec));
      ToReply(answer, reply);
      return absl::OkStatus();
    };
    status = ReadGood(*line, query, reply->mutable_damage());
  } else {
    status = line.status();
  }
  if (status.ok()) return;
  reply->set_code(static_cast<uint32_t>(status.raw_code()));
  reply->set_error(std::string(status.message()));
}

absl::Status Reader::ReadPoints(const v1::ReadPointsRequest& request,
                                const std::function<bool(const v1::ReadPointsReply&)>& send) {
  ASSIGN_OR_RETURN(Line line, Open(request.series(), /*with_zero=*/false));
  std::string damage;
  for (const auto& source : line.sources) {
    bool go_on = true;
    HoleSource good(source.get());
    absl::Status status = series::ForEachPart(
        good, line.rewinds, request.include_hidden(), request.from_point(), [&](const series::Part& part) {
          const series::Points& points = part.points;
          for (size_t from = 0; go_on && from < points.size();) {
            v1::ReadPointsReply reply;
            reply.set_writer_number(source->key().writer);
            reply.set_first_point(part.ordinal + from);
            size_t to = from;
            for (size_t bytes = 0; to < points.size() && to - from < kReplyPoints && bytes < kReplyBytes; ++to) {
              if (points.payload.empty()) continue;
              bytes += points.payload[to].size();
              if (!reply.add_values()->ParseFromString(points.payload[to])) reply.mutable_values()->rbegin()->Clear();
            }
            ToColumns(points, part.hidden, reply.mutable_points(), from, to);
            go_on = send(reply);
            from = to;
          }
          return go_on;
        });
    RETURN_IF_ERROR(status);
    Found(good.damage());
    if (damage.empty()) damage = good.damage();
    if (!go_on) return absl::CancelledError("the reader left");
  }
  return damage.empty() ? absl::OkStatus() : absl::DataLossError(damage + "; what can be read of the series was sent");
}

absl::StatusOr<uint64_t> Reader::HomeOf(uint64_t run, const std::string& sha256) const {
  std::vector<uint64_t> homes{run};
  ASSIGN_OR_RETURN(auto forked, store_->Get(Family::kMeta, store::ForkKey(run)));
  if (forked) {
    ASSIGN_OR_RETURN(const store::Fork fork, store::DecodeFork(*forked));
    homes.insert(homes.end(), fork.homes.begin(), fork.homes.end());
  }
  for (uint64_t home : homes) {
    ASSIGN_OR_RETURN(auto found, store_->Get(Family::kBlobs, store::BlobHeaderKey(home, sha256)));
    if (!found) continue;
    ASSIGN_OR_RETURN(const store::BlobHeader header, store::DecodeBlobHeader(*found));
    if (header.received == header.size) return home;
  }
  return absl::NotFoundError("the run has no such blob");
}

absl::Status Reader::ReadBlob(const v1::ReadBlobRequest& request,
                              const std::function<bool(const v1::ReadBlobReply&)>& send) {
  const std::string& sha256 = request.sha256();
  if (sha256.size() != 32) return absl::InvalidArgumentError("a blob's name has 32 bytes");
  ASSIGN_OR_RETURN(const uint64_t run, HomeOf(request.run_number(), sha256));
  ASSIGN_OR_RETURN(auto found, store_->Get(Family::kBlobs, store::BlobHeaderKey(run, sha256)));
  if (!found) return absl::NotFoundError("the blob was deleted just now");
  ASSIGN_OR_RETURN(store::BlobHeader header, store::DecodeBlobHeader(*found));
  if (request.offset() > header.size) {
    return absl::OutOfRangeError("the blob has " + std::to_string(header.size) + " bytes");
  }
  const uint64_t from = request.offset();
  const uint64_t to = request.has_length() ? from + std::min(request.length(), header.size - from) : header.size;
  v1::ReadBlobReply first;
  first.set_size(header.size);
  bool go_on = true;
  bool begun = false;
  RETURN_IF_ERROR(store_->Scan(Family::kBlobs, store::BlobPartKey(run, sha256, 0), store::BlobPartsEnd(run, sha256),
                               [&](std::string_view key, std::string_view data) {
                                 const uint64_t offset = store::OffsetOfPartKey(key);
                                 if (offset == 0) first.set_type(std::string(sniff_(data)));
                                 if (offset >= to && begun) return false;
                                 if (offset + data.size() <= from || offset >= to) return true;
                                 const uint64_t begin = std::max(from, offset) - offset;
                                 data = data.substr(begin, std::min(to, offset + data.size()) - offset - begin);
                                 v1::ReadBlobReply reply;
                                 if (!begun) reply = first;
                                 begun = true;
                                 reply.set_data(data.data(), data.size());
                                 go_on = send(reply);
                                 return go_on;
                               }));
  if (!begun) go_on = send(first);
  return go_on ? absl::OkStatus() : absl::CancelledError("the reader left");
}

}  // namespace stepwell::ingest
