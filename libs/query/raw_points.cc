#include "query/raw_points.h"

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"

namespace stepwell::query {
namespace {

constexpr uint64_t kEntryBytes = 256;  // beside points and name

// Relative times are wall times with another zero.
std::string NameOf(const SeriesKey& key, const ReadSpec& spec) {
  return absl::StrCat(key.run->number, key.writer ? absl::StrCat(":", *key.writer) : "",
                      spec.x == v1::AXIS_STEP ? "s" : "w", spec.include_hidden ? "h" : "", "|", key.tag);
}

uint64_t BytesOf(const std::string& name, const RawPoints& points) {
  return kEntryBytes + 2 * name.size() + points.size() * 24;
}

}  // namespace

RawPoints PointsOf(const v1::PointColumns& columns) {
  RawPoints points;
  points.step.assign(columns.step().begin(), columns.step().end());
  points.wall.assign(columns.wall().begin(), columns.wall().end());
  points.value.assign(columns.value().begin(), columns.value().end());
  return points;
}

RawPointsCache::Shared RawPointsCache::Find(const std::string& name) {
  const std::lock_guard lock(mutex_);
  const auto it = by_name_.find(name);
  if (it == by_name_.end()) return nullptr;
  entries_.splice(entries_.begin(), entries_, it->second);
  return it->second->points;
}

void RawPointsCache::Keep(const std::string& name, const Shared& points) {
  const std::lock_guard lock(mutex_);
  const auto drop = [&](std::list<Entry>::iterator entry) {
    bytes_ -= BytesOf(entry->name, *entry->points);
    by_name_.erase(entry->name);
    entries_.erase(entry);
  };
  if (const auto it = by_name_.find(name); it != by_name_.end()) drop(it->second);
  entries_.push_front({name, points});
  by_name_[name] = entries_.begin();
  bytes_ += BytesOf(name, *points);
  while (bytes_ > memory_ && !entries_.empty()) drop(std::prev(entries_.end()));
  if (tell_) tell_(bytes_);
}

absl::StatusOr<std::shared_ptr<const RawPoints>> RawPointsCache::Get(SeriesReader& reader, const SeriesKey& key,
                                                                     const ReadSpec& spec, uint64_t revision) {
  const std::string name = NameOf(key, spec);
  Shared points = Find(name);
  if (points && revision != 0 && points->revision == revision) return points;
  SeriesKey ask = key;
  ask.known_revision = points ? points->revision : 0;
  ReadSpec whole;
  whole.x = spec.x == v1::AXIS_STEP ? v1::AXIS_STEP : v1::AXIS_WALL;
  whole.include_hidden = spec.include_hidden;
  whole.max_points = most_points_ + 1;
  bool keep = true;
  RETURN_IF_ERROR(reader.ReadSeries({&ask, 1}, whole, [&](const v1::ReadSeriesReply& reply) -> absl::Status {
    if (reply.code() != 0) return absl::Status(static_cast<absl::StatusCode>(reply.code()), reply.error());
    if (reply.unchanged()) return absl::OkStatus();
    const bool too_many = reply.truncated() || static_cast<uint64_t>(reply.points().step_size()) > most_points_;
    auto read = std::make_shared<RawPoints>(too_many ? RawPoints() : PointsOf(reply.points()));
    read->too_many = too_many;
    read->revision = reply.revision();
    read->writers.assign(reply.writers().begin(), reply.writers().end());
    keep = reply.damage().empty();  // what cannot be read may be read again later
    points = std::move(read);
    return absl::OkStatus();
  }));
  if (!points) return absl::InternalError("no answer about a series");
  if (keep) Keep(name, points);
  return points;
}

}  // namespace stepwell::query
