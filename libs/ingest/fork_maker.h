// Makes a run the fork of another: what the parent has at one moment becomes the first part of the run's history, with
// one write, without copying a point that is in a chunk.
//
// The moment is a place in the journal (R): everything of the parent with a number below it, and nothing else. Names
// and states of the parent's series are written under the child's keys; the chunks stay under the parent's, and the
// child knows how many of them are its own (store::Origin). What the parent had in open tails at R goes into chunks of
// the child. Then the fork hides, as a rewind of the number R would, what has a step at or beyond its own.
//
// Inherited series take no points ever again, so a fork of a fork names the runs of all chunks itself: reading is as
// fast at any depth, and the parent may do what it wants, except be purged (catalog: while a fork of it is there).
//
// Thread safety: all methods may be called from any thread.
#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "ingest/committer.h"
#include "ingest/run_book.h"
#include "ingest/run_table.h"
#include "ingest/sealer.h"
#include "store/store.h"

namespace stepwell::ingest {

class ForkMaker {
 public:
  // All outlive it.
  ForkMaker(store::Store* store, RunBook* book, RunTable* table, Sealer* sealer, Committer* committer,
            std::shared_ptr<SeriesMemory> memory)
      : store_(store), book_(book), table_(table), sealer_(sealer), committer_(committer), memory_(std::move(memory)) {}

  struct Made {
    bool fresh = false;    // by this call
    uint32_t writers = 0;  // writers below are inherited: nobody opens them
  };
  // Makes what is missing of these forks, the eldest first (an earlier process may have been killed before it did);
  // says how it stands about the last one. REQUIRES: !forks.empty().
  absl::StatusOr<Made> Make(std::span<const catalog::ForkRef> forks);

 private:
  struct Heir {
    const OpenSeries* series = nullptr;  // of the parent
    uint64_t define_lsn = 0;
    store::SeriesState state;
    std::vector<OpenPart> tail;
  };
  struct Moment {
    uint64_t lsn = 0;  // above all that the parent had
    uint32_t writers = 0;
    Rewinds rewinds;
    std::vector<Heir> heirs;
  };

  absl::StatusOr<Made> MakeOne(const catalog::ForkRef& ref);
  Moment Look(const std::shared_ptr<Run>& parent);
  absl::Status Write(const catalog::ForkRef& ref, const std::shared_ptr<Run>& parent, Moment moment);
  absl::Status PutTails(const catalog::ForkRef& ref, Moment& moment, store::WriteSet& changes);

  store::Store* const store_;
  RunBook* const book_;
  RunTable* const table_;
  Sealer* const sealer_;
  Committer* const committer_;
  const std::shared_ptr<SeriesMemory> memory_;  // shared with the runs

  std::mutex making_;  // one fork is made at a time
};

}  // namespace stepwell::ingest
