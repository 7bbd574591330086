// A run as the write path has it in memory: its writers with their marks, the dictionary of series, rewinds, blobs
// under way. Loaded from the store when somebody asks for it (run_table.h), dropped when nobody does.
//
// Thread safety: `mutex` guards all fields but the constants. Lock order: Writer::accepting, then Run::blob_mutex, then
// Run::mutex; under Run::mutex nothing else of ingest is locked and nothing waits for a disk.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "ingest/blob_intake.h"
#include "ingest/open_series.h"
#include "ingest/rewinds.h"
#include "ingest/series_memory.h"
#include "store/store.h"

namespace stepwell::ingest {

// Who is told when batches of a writer are durable: a Push stream. Called without locks held; must not block.
class AckSink {
 public:
  virtual ~AckSink() = default;
  virtual void OnDurable(uint64_t seq, std::vector<v1::Refusal> refused) = 0;
  // Nothing more will be acknowledged: the stream should end with this.
  virtual void OnFailure(const absl::Status& status) = 0;
};

struct Writer {
  explicit Writer(uint32_t n) : number(n) {}
  const uint32_t number;
  std::mutex accepting;       // one batch of a writer is looked at at a time
  uint64_t accepted_seq = 0;  // guarded by `accepting`: the highest that the committer was given

  // Guarded by Run::mutex:
  store::Mark mark;                 // as on disk
  std::vector<OpenSeries*> series;  // by number; nullptr: not defined. Some may not be committed yet
  std::vector<std::weak_ptr<AckSink>> sinks;
};

class Run {
 public:
  // `memory` counts its series. Shared: a stream may hold its run longer than the table lives.
  Run(uint64_t n, std::shared_ptr<SeriesMemory> memory) : number(n), memory_(std::move(memory)) {}
  ~Run() { memory_->Give(series_bytes_); }
  Run(const Run&) = delete;
  Run& operator=(const Run&) = delete;

  // What the store knows. NOT_FOUND if it knows nothing of the run.
  static absl::StatusOr<std::shared_ptr<Run>> Load(const store::Store& store, uint64_t number,
                                                   std::shared_ptr<SeriesMemory> memory);

  const uint64_t number;
  mutable std::mutex mutex;
  std::string id;
  bool deleted = false;  // in the trash: nothing is taken
  uint64_t opens = 0;    // how often OpenRun let somebody in: what was asked of the catalog before is out of date
  bool purged = false;   // its points go: nothing is taken or written ever again
  std::optional<store::Fork> fork;  // constant since it was loaded
  Rewinds rewinds;

  std::mutex blob_mutex;
  BlobIntake blobs;  // guarded by blob_mutex

  // For the catalog (catalog_flusher.h).
  bool listed_dirty = false;  // the store has the run's dirty key
  bool flush_queued = false;  // the flusher has the run in its list
  uint32_t committing = 0;    // batches that the committer has in hand
  std::vector<OpenSeries*> dirty_series;
  uint32_t warnings_made = 0;  // of the server's own, since the run was loaded
  bool seal_queued = false;

  // All below REQUIRE mutex.
  Writer& WriterOf(uint32_t writer_number);
  Writer* FindWriter(uint32_t writer_number);
  OpenSeries* Find(series::SeriesKey key);
  // A new series, known to its writer at once, and to readers when Admit was called.
  OpenSeries* Define(series::SeriesKey key, v1::SeriesInfo info);
  void Undefine(OpenSeries* series);
  void Admit(OpenSeries* series, uint64_t lsn);
  void AddRewind(const series::Rewind& rewind);
  // The catalog must be told of the series anew.
  void MarkDirty(OpenSeries* series);

  size_t series_count() const { return all_.size(); }
  const SeriesMemory& series_memory() const { return *memory_; }
  // In order of first appearance: (define_lsn, writer, number).
  const std::vector<OpenSeries*>& admitted() const { return admitted_; }
  // Series of this tag, all kinds and writers.
  std::vector<OpenSeries*> WithTag(std::string_view tag) const;
  const std::map<uint32_t, std::unique_ptr<Writer>>& writers() const { return writers_; }

 private:
  struct Hash {
    using is_transparent = void;
    size_t operator()(std::string_view text) const { return std::hash<std::string_view>()(text); }
  };

  const std::shared_ptr<SeriesMemory> memory_;
  uint64_t series_bytes_ = 0;  // of `memory_`
  std::map<uint32_t, std::unique_ptr<Writer>> writers_;
  std::unordered_map<OpenSeries*, std::unique_ptr<OpenSeries>> all_;
  std::vector<OpenSeries*> admitted_;
  // Keys are tags inside the series, which live as long as the run.
  std::unordered_multimap<std::string_view, OpenSeries*, Hash, std::equal_to<>> by_tag_;
};

}  // namespace stepwell::ingest
