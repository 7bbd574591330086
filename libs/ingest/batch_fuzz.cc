// Batches of one writer from a stranger, one after the other: each is refused as a whole or taken but for the items
// that it says are refused, and replaying it from the journal finds the same points. Input: u16 length, Batch, again
// and again.
#include <cstdint>
#include <cstdlib>
#include <map>

#include "base/bytes.h"
#include "ingest/batch_check.h"

namespace {

using namespace stepwell;
using store::Family;

// What blobs need of a store, in memory.
class MemoryStore : public store::Store {
 public:
  absl::Status Write(const store::WriteSet& changes, bool) override {
    for (const auto& change : changes.changes()) {
      if (change.op == store::WriteSet::Op::kPut) {
        kept_[static_cast<size_t>(change.family)][change.key] = change.value + change.value_tail;
      } else if (change.op == store::WriteSet::Op::kDelete) {
        kept_[static_cast<size_t>(change.family)].erase(change.key);
      }
    }
    return absl::OkStatus();
  }
  absl::StatusOr<std::optional<std::string>> Get(Family family, std::string_view key) const override {
    const auto& there = kept_[static_cast<size_t>(family)];
    const auto it = there.find(key);
    if (it == there.end()) return std::nullopt;
    return it->second;
  }
  absl::Status Scan(Family family, std::string_view from, std::string_view to,
                    const std::function<bool(std::string_view, std::string_view)>& visit) const override {
    const auto& there = kept_[static_cast<size_t>(family)];
    for (auto it = there.lower_bound(from); it != there.end() && it->first < to; ++it) {
      if (!visit(it->first, it->second)) break;
    }
    return absl::OkStatus();
  }
  absl::Status Sync() override { return absl::OkStatus(); }
  absl::Status TrimJournal(uint64_t) override { return absl::OkStatus(); }
  uint64_t LogBytes() const override { return 0; }
  absl::Status Flush() override { return absl::OkStatus(); }
  absl::Status PurgeRuns(std::span<const uint64_t>, std::atomic<bool>*) override { return absl::OkStatus(); }
  absl::Status Resume() override { return absl::OkStatus(); }
  absl::Status broken() const override { return absl::OkStatus(); }
  std::vector<std::string> damage() const override { return {}; }
  absl::StatusOr<store::DiskSpace> Space() const override { return store::DiskSpace{}; }
  uint64_t FamilyBytes(Family) const override { return 0; }

 private:
  std::map<std::string, std::string, std::less<>> kept_[store::kFamilies];
};

void CheckReplay(const ingest::AcceptedBatch& batch) {
  const auto parsed = ingest::ParsedBatch::Parse(batch.raw);
  if (!parsed || parsed->batch->columns_size() != static_cast<int>(batch.columns.size())) std::abort();
  uint64_t points = 0;
  size_t refused = 0;
  for (size_t i = 0; i < batch.columns.size(); ++i) {
    if (refused < batch.refused_columns.size() && batch.refused_columns[refused] == i) {
      ++refused;
    } else if (batch.columns[i]) {
      points += parsed->PointsOf(parsed->batch->columns(static_cast<int>(i))).size;
    }
  }
  if (points != batch.points || refused != batch.refused_columns.size()) std::abort();
}

void Append(ingest::Run& run, const ingest::AcceptedBatch& batch, uint64_t lsn) {
  for (ingest::OpenSeries* series : batch.defined) run.Admit(series, lsn);
  for (size_t i = 0; i < batch.columns.size(); ++i) {
    if (!batch.columns[i]) continue;
    const auto points = batch.parsed->PointsOf(batch.parsed->batch->columns(static_cast<int>(i)));
    batch.columns[i]->Append(points, lsn, run.rewinds);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  MemoryStore store;
  ingest::Limits limits;
  limits.points_per_batch = 50;
  limits.series_per_run = 20;
  limits.inline_bytes = 200;
  limits.tag_bytes = 40;
  const ingest::BatchCheck check(store, limits);
  static ingest::Metrics metrics(nullptr);
  auto run = std::make_shared<ingest::Run>(
      1, std::make_shared<ingest::SeriesMemory>(ingest::kSeriesMemory, metrics.Share(metrics.series_bytes)));
  ingest::Writer& writer = run->WriterOf(3);
  std::string_view rest(reinterpret_cast<const char*>(data), size);
  for (uint64_t lsn = 1; rest.size() > 2; ++lsn) {
    const size_t length = static_cast<uint8_t>(rest[0]) | static_cast<size_t>(static_cast<uint8_t>(rest[1])) << 8;
    const std::string raw(rest.substr(2, length));
    rest.remove_prefix(std::min(rest.size(), length + 2));
    auto parsed = ingest::ParsedBatch::Parse(raw);
    if (!parsed) continue;
    auto batch = check.Accept(run, &writer, raw, std::move(parsed));
    if (!batch.ok()) continue;
    if ((*batch)->points > limits.points_per_batch) std::abort();
    CheckReplay(**batch);
    if (!store.Write((*batch)->blobs, true).ok()) std::abort();
    Append(*run, **batch, lsn);
  }
  return 0;
}
