#include "ingest/fork_maker.h"

#include <algorithm>

#include "base/bytes.h"
#include "base/status_macros.h"
#include "ingest/seal_job.h"
#include "store/keys.h"
#include "store/records.h"

namespace stepwell::ingest {
namespace {

using store::Family;

// Whose keys the chunks in `state` lie under.
std::vector<store::Origin> OriginsOf(uint64_t parent, const OpenSeries& series, const store::SeriesState& state) {
  std::vector<store::Origin> origins = series.origins;
  uint64_t chunks = 0, points = 0;
  for (const store::Origin& origin : origins) chunks += origin.chunks, points += origin.points;
  if (chunks < state.chunks) {
    origins.push_back({parent, state.chunks - chunks, state.sealed_points - points, state.last_lsn});
  }
  return origins;
}

// Each rewind of the parent under the child's keys, so that the child needs nothing of the parent but chunks and blobs.
void PutRewinds(uint64_t child, const Rewinds& rewinds, store::WriteSet& changes) {
  uint64_t lsn = 0;
  uint32_t index = 0;
  for (const series::Rewind& rewind : rewinds.all()) {
    index = rewind.lsn == lsn ? index + 1 : 0;
    lsn = rewind.lsn;
    changes.Put(Family::kMeta, store::RewindKey(child, lsn, index), store::Encode(rewind));
  }
}

}  // namespace

absl::StatusOr<ForkMaker::Made> ForkMaker::Make(std::span<const catalog::ForkRef> forks) {
  if (absl::StatusOr<std::shared_ptr<Run>> run = table_->Get(forks.back().run); run.ok()) {
    return Made{false, (*run)->fork ? (*run)->fork->writers : 0};
  }
  std::lock_guard making(making_);
  Made made;
  for (const catalog::ForkRef& ref : forks) {
    ASSIGN_OR_RETURN(made, MakeOne(ref));
  }
  return made;
}

absl::StatusOr<ForkMaker::Made> ForkMaker::MakeOne(const catalog::ForkRef& ref) {
  absl::StatusOr<std::shared_ptr<Run>> child = table_->Get(ref.run);
  if (child.ok()) return Made{false, (*child)->fork ? (*child)->fork->writers : 0};
  if (!absl::IsNotFound(child.status())) return child.status();
  absl::StatusOr<std::shared_ptr<Run>> found = table_->Get(ref.parent);
  if (!found.ok() && !absl::IsNotFound(found.status())) return found.status();
  const std::shared_ptr<Run> parent = found.ok() ? *found : nullptr;
  Moment moment;
  if (parent) {  // else it has no point yet
    RETURN_IF_ERROR(sealer_->SealAllOf(parent));
    moment = Look(parent);
  } else {
    moment.lsn = committer_->committed_lsn() + 1;
  }
  // Writers of the parent that were opened after the catalog had made the run take numbers that it gave to the run's.
  if (moment.writers > ref.writers) {
    ASSIGN_OR_RETURN(moment.writers, book_->WidenFork(ref.run, moment.writers));
  } else {
    moment.writers = ref.writers;
  }
  const uint32_t writers = moment.writers;
  RETURN_IF_ERROR(Write(ref, parent, std::move(moment)));
  return Made{true, writers};
}

ForkMaker::Moment ForkMaker::Look(const std::shared_ptr<Run>& parent) {
  Moment moment;
  std::lock_guard lock(parent->mutex);
  moment.rewinds = parent->rewinds;
  uint64_t last = std::max(committer_->committed_lsn(), parent->rewinds.last_lsn());
  for (const OpenSeries* series : parent->admitted()) {
    Heir& heir = moment.heirs.emplace_back(Heir{series, series->define_lsn, series->state, series->tail()});
    heir.state.open_points = 0;  // whether the parent fills its last chunk or not: the child has what is in it now
    last = std::max({last, heir.define_lsn, heir.state.last_lsn});
    if (!heir.tail.empty()) last = std::max(last, heir.tail.back().part.last_lsn);
    moment.writers = std::max(moment.writers, series->key.writer + 1);
  }
  moment.lsn = last + 1;
  return moment;
}

// Seals what came since the parent's tails were sealed, as a run of the child's number would.
absl::Status ForkMaker::PutTails(const catalog::ForkRef& ref, Moment& moment, store::WriteSet& changes) {
  Run scratch(ref.run, memory_);
  scratch.rewinds = moment.rewinds;
  ChunkReader reader(store_, ref.run);
  Leaders leaders;
  for (Heir& heir : moment.heirs) {
    if (heir.tail.empty()) continue;
    std::unique_ptr<SealJob> job;
    {
      std::lock_guard lock(scratch.mutex);
      OpenSeries* series = scratch.Define(heir.series->key, heir.series->info);
      series->Inherit(heir.state, std::move(heir.tail));
      job = SealJob::Begin(scratch, series, /*all=*/true);
    }
    RETURN_IF_ERROR(job->Encode(reader, leaders, changes));
  }
  return absl::OkStatus();
}

absl::Status ForkMaker::Write(const catalog::ForkRef& ref, const std::shared_ptr<Run>& parent, Moment moment) {
  store::Fork fork{ref.parent, ref.step, moment.lsn, moment.writers, {ref.parent}};
  if (parent && parent->fork) {
    fork.homes.insert(fork.homes.end(), parent->fork->homes.begin(), parent->fork->homes.end());
  }
  store::WriteSet changes;
  std::string number;
  PutBe64(number, ref.run);
  changes.Put(Family::kMeta, store::RunIdKey(ref.run), ref.id);
  changes.Put(Family::kMeta, store::RunByIdKey(ref.id), number);
  changes.Put(Family::kMeta, store::ForkKey(ref.run), store::Encode(fork));
  changes.Put(Family::kMeta, store::DirtyKey(ref.run), "");
  PutRewinds(ref.run, moment.rewinds, changes);
  for (const Heir& heir : moment.heirs) {
    const series::SeriesKey key = heir.series->key;
    changes.Put(Family::kMeta, store::SeriesKeyOf(ref.run, key),
                store::Encode(store::SeriesEntry{heir.define_lsn, heir.series->info.SerializeAsString()}));
    changes.Put(Family::kMeta, store::OriginsKey(ref.run, key),
                store::Encode(OriginsOf(ref.parent, *heir.series, heir.state)));
    changes.Put(Family::kMeta, store::StateKey(ref.run, key), store::Encode(heir.state));
  }
  // After the states: those of series with open tails are put once more, with what was in them.
  RETURN_IF_ERROR(PutTails(ref, moment, changes));
  return store_->Write(changes, /*sync=*/true);
}

}  // namespace stepwell::ingest
