#include "ingest/catalog_backlog.h"

#include <algorithm>

namespace stepwell::ingest {
namespace {

constexpr int64_t kNoteCost = 64;     // key and value of the outbox around a note's own bytes
constexpr int64_t kSeriesCost = 256;  // an open series without its texts

uint64_t Shown(const std::atomic<int64_t>& value) { return static_cast<uint64_t>(std::max<int64_t>(value.load(), 0)); }

}  // namespace

CatalogBacklog::CatalogBacklog(uint64_t limit, Metrics* metrics) : limit_(limit), metrics_(metrics) {
  metrics_->backlog_limit.Set(static_cast<double>(limit_));
}

int64_t CatalogBacklog::NoteBytes(const std::string& note) { return kNoteCost + static_cast<int64_t>(note.size()); }

int64_t CatalogBacklog::SeriesBytes(const OpenSeries& series) {
  const v1::SeriesInfo& info = series.info;
  return kSeriesCost + static_cast<int64_t>(info.tag().size() + info.plugin().size() + info.content().size() +
                                            info.display_name().size() + info.description().size());
}

void CatalogBacklog::Change(std::atomic<int64_t>& count, int64_t by, int64_t bytes) {
  count += by;
  bytes_ += bytes;
  metrics_->backlog_notes.Set(static_cast<double>(Shown(notes_)));
  metrics_->backlog_series.Set(static_cast<double>(Shown(series_)));
  metrics_->backlog_bytes.Set(static_cast<double>(Shown(bytes_)));
}

uint64_t CatalogBacklog::bytes() const { return Shown(bytes_); }

absl::Status CatalogBacklog::Room() const {
  if (bytes() < limit_) return absl::OkStatus();
  return absl::ResourceExhaustedError(
      "PostgreSQL is behind by " + std::to_string(bytes()) + " bytes of names and notes; the limit is " +
      std::to_string(limit_) +
      " (--catalog-backlog): points of known series are taken, the others when it has caught up");
}

void CatalogBacklog::Write(JsonWriter& json) const {
  json.Key("notes").Uint(Shown(notes_)).Key("series").Uint(Shown(series_));
  json.Key("bytes").Uint(bytes()).Key("limit").Uint(limit_).Key("since");
  const double since = behind_since_.load();
  since > 0 ? json.Double(since) : json.Null();
}

}  // namespace stepwell::ingest
