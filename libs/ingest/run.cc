#include "ingest/run.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "base/status_macros.h"
#include "store/keys.h"
#include "store/records.h"

namespace stepwell::ingest {
namespace {

using store::Family;
using store::MetaKind;

// Scans one kind of a run's meta and lets `take` decode each; stops at the first error.
absl::Status ScanMeta(const store::Store& store, uint64_t run, MetaKind kind,
                      const std::function<absl::Status(std::string_view, std::string_view)>& take) {
  absl::Status taken;
  RETURN_IF_ERROR(store.Scan(Family::kMeta, store::MetaBegin(run, kind), store::MetaEnd(run, kind),
                             [&](std::string_view key, std::string_view value) {
                               taken = take(key, value);
                               return taken.ok();
                             }));
  return taken;
}

absl::Status LoadWriters(const store::Store& store, Run& run) {
  return ScanMeta(store, run.number, MetaKind::kMark,
                  [&](std::string_view key, std::string_view value) -> absl::Status {
                    ASSIGN_OR_RETURN(store::Mark mark, store::DecodeMark(value));
                    Writer& writer = run.WriterOf(store::WriterOfMarkKey(key));
                    writer.accepted_seq = mark.durable_seq;
                    writer.mark = std::move(mark);
                    return absl::OkStatus();
                  });
}

// The cuts of the forks that the run's parents are; among the run's rewinds they look like rewinds.
absl::StatusOr<std::vector<store::Fork>> ForksOfParents(const store::Store& store, const Run& run) {
  std::vector<store::Fork> forks;
  if (!run.fork) return forks;
  for (const uint64_t home : run.fork->homes) {
    ASSIGN_OR_RETURN(auto found, store.Get(Family::kMeta, store::ForkKey(home)));
    if (!found) continue;
    ASSIGN_OR_RETURN(store::Fork fork, store::DecodeFork(*found));
    forks.push_back(std::move(fork));
  }
  return forks;
}

// The parent's, then the fork, which hides what the parent had beyond its step, then the run's own.
absl::Status LoadRewinds(const store::Store& store, Run& run) {
  ASSIGN_OR_RETURN(const std::vector<store::Fork> forks, ForksOfParents(store, run));
  uint64_t forked = run.fork ? run.fork->lsn : std::numeric_limits<uint64_t>::max();
  auto begin = [&] {
    if (run.fork && forked == run.fork->lsn) {
      run.rewinds.Add({run.fork->lsn, run.fork->step, std::nullopt, /*is_fork=*/true});
    }
    forked = std::numeric_limits<uint64_t>::max();
  };
  RETURN_IF_ERROR(
      ScanMeta(store, run.number, MetaKind::kRewind, [&](std::string_view key, std::string_view value) -> absl::Status {
        ASSIGN_OR_RETURN(series::Rewind rewind, store::DecodeRewind(store::LsnOfRewindKey(key), value));
        if (rewind.lsn >= forked) begin();
        rewind.is_fork = std::any_of(forks.begin(), forks.end(), [&](const store::Fork& fork) {
          return fork.lsn == rewind.lsn && fork.step == rewind.step;
        });
        run.rewinds.Add(rewind);
        return absl::OkStatus();
      }));
  begin();
  return absl::OkStatus();
}

absl::Status LoadFork(const store::Store& store, Run& run) {
  ASSIGN_OR_RETURN(auto found, store.Get(Family::kMeta, store::ForkKey(run.number)));
  if (!found) return absl::OkStatus();
  ASSIGN_OR_RETURN(run.fork, store::DecodeFork(*found));
  return absl::OkStatus();
}

absl::Status LoadOrigins(const store::Store& store, Run& run) {
  if (!run.fork) return absl::OkStatus();
  return ScanMeta(store, run.number, MetaKind::kOrigins,
                  [&](std::string_view key, std::string_view value) -> absl::Status {
                    OpenSeries* series = run.Find(store::SeriesOfKey(key));
                    if (!series) return absl::DataLossError("a series has origins and no dictionary entry");
                    ASSIGN_OR_RETURN(series->origins, store::DecodeOrigins(value));
                    return absl::OkStatus();
                  });
}

struct Entry {
  uint64_t lsn;
  OpenSeries* series;
};

absl::Status LoadSeries(const store::Store& store, Run& run) {
  std::vector<Entry> entries;
  RETURN_IF_ERROR(
      ScanMeta(store, run.number, MetaKind::kSeries, [&](std::string_view key, std::string_view value) -> absl::Status {
        ASSIGN_OR_RETURN(store::SeriesEntry entry, store::DecodeSeriesEntry(value));
        v1::SeriesInfo info;
        if (!info.ParseFromString(entry.info)) return absl::DataLossError("a dictionary entry cannot be read");
        entries.push_back({entry.define_lsn, run.Define(store::SeriesOfKey(key), std::move(info))});
        return absl::OkStatus();
      }));
  // Keys are in order of (writer, number), so a stable sort gives the order of first appearance.
  std::stable_sort(entries.begin(), entries.end(), [](const Entry& a, const Entry& b) { return a.lsn < b.lsn; });
  for (const Entry& entry : entries) {
    run.Admit(entry.series, entry.lsn);
    entry.series->told = true;  // else the flusher, which knows better, has the run in its list
  }
  return absl::OkStatus();
}

absl::Status LoadStates(const store::Store& store, Run& run) {
  return ScanMeta(store, run.number, MetaKind::kState,
                  [&](std::string_view key, std::string_view value) -> absl::Status {
                    OpenSeries* series = run.Find(store::SeriesOfKey(key));
                    if (!series) return absl::DataLossError("a series has chunks and no dictionary entry");
                    ASSIGN_OR_RETURN(series->state, store::DecodeSeriesState(value));
                    const store::SeriesState& state = series->state;
                    for (auto it = run.rewinds.all().rbegin();
                         it != run.rewinds.all().rend() && it->lsn > state.rewinds_seen; ++it) {
                      series->OnRewind(*it);
                    }
                    series->ForgetTotal();
                    return absl::OkStatus();
                  });
}

}  // namespace

absl::StatusOr<std::shared_ptr<Run>> Run::Load(const store::Store& store, uint64_t number,
                                               std::shared_ptr<SeriesMemory> memory) {
  ASSIGN_OR_RETURN(auto id, store.Get(Family::kMeta, store::RunIdKey(number)));
  if (!id) return absl::NotFoundError("run number " + std::to_string(number) + " has no points here");
  auto run = std::make_shared<Run>(number, std::move(memory));
  run->id = *id;
  std::lock_guard lock(run->mutex);
  RETURN_IF_ERROR(LoadWriters(store, *run));
  RETURN_IF_ERROR(LoadFork(store, *run));
  RETURN_IF_ERROR(LoadRewinds(store, *run));
  RETURN_IF_ERROR(LoadSeries(store, *run));
  RETURN_IF_ERROR(LoadOrigins(store, *run));
  RETURN_IF_ERROR(LoadStates(store, *run));
  return run;
}

Writer& Run::WriterOf(uint32_t writer_number) {
  std::unique_ptr<Writer>& writer = writers_[writer_number];
  if (!writer) writer = std::make_unique<Writer>(writer_number);
  return *writer;
}

Writer* Run::FindWriter(uint32_t writer_number) {
  auto it = writers_.find(writer_number);
  return it == writers_.end() ? nullptr : it->second.get();
}

OpenSeries* Run::Find(series::SeriesKey key) {
  Writer* writer = FindWriter(key.writer);
  return writer && key.series < writer->series.size() ? writer->series[key.series] : nullptr;
}

OpenSeries* Run::Define(series::SeriesKey key, v1::SeriesInfo info) {
  auto made = std::make_unique<OpenSeries>(key, std::move(info));
  OpenSeries* series = made.get();
  all_.emplace(series, std::move(made));
  const uint64_t bytes = SeriesMemory::CostOf(series->info);
  series_bytes_ += bytes;
  memory_->Take(bytes);
  Writer& writer = WriterOf(key.writer);
  if (writer.series.size() <= key.series) writer.series.resize(key.series + 1);
  writer.series[key.series] = series;
  return series;
}

void Run::Undefine(OpenSeries* series) {
  WriterOf(series->key.writer).series[series->key.series] = nullptr;
  const uint64_t bytes = SeriesMemory::CostOf(series->info);
  series_bytes_ -= bytes;
  memory_->Give(bytes);
  all_.erase(series);
}

void Run::Admit(OpenSeries* series, uint64_t lsn) {
  series->define_lsn = lsn;
  admitted_.push_back(series);
  by_tag_.emplace(series->info.tag(), series);
}

void Run::AddRewind(const series::Rewind& rewind) {
  rewinds.Add(rewind);
  for (OpenSeries* series : admitted_) {
    if (series->OnRewind(rewind)) MarkDirty(series);
  }
}

void Run::MarkDirty(OpenSeries* series) {
  if (!std::exchange(series->listed_dirty, true)) dirty_series.push_back(series);
}

std::vector<OpenSeries*> Run::WithTag(std::string_view tag) const {
  std::vector<OpenSeries*> found;
  auto [from, to] = by_tag_.equal_range(tag);
  for (auto it = from; it != to; ++it) found.push_back(it->second);
  return found;
}

}  // namespace stepwell::ingest
