// Where a converter's calls become a writer's batches.
//
// Exactly once: each batch carries the position behind its last item, an item being a point or a rewind of the present
// record. After a restart the record at the position is converted again and the items that were pushed are left out, so
// a batch may end anywhere, also within a record that is larger than a message. Definitions, blobs and notes are no
// items: to say them again changes nothing.
//
// Thread safety: none; one owner at a time.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_set>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "push/batch_builder.h"
#include "push/run_writer.h"
#include "tensorboard/sink.h"
#include "upload/run_session.h"

namespace stepwell::upload {

class WriterSink final : public tensorboard::Sink {
 public:
  // `position` gives the bytes to store when `items` of the present record are pushed.
  using PositionOf = std::function<absl::StatusOr<std::string>(uint64_t items)>;

  // `source` names the reader in warnings: "event file", "projector", ...
  WriterSink(RunSession* session, std::unique_ptr<push::RunWriter> writer, std::string source, PositionOf position);

  // The record whose items come now; the first `skip` of them are at the server already.
  void BeginRecord(uint64_t skip, std::string_view file, int64_t offset) {
    items_ = 0;
    skip_ = skip;
    file_ = file;
    offset_ = offset;
  }
  void EndRecord() { items_ = skip_ = 0; }

  // The first error of a push; what comes after it is left out.
  const absl::Status& status() const { return status_; }
  // Pushes what is collected.
  absl::Status PushRest();
  // The same, and waits until it is durable.
  absl::Status Flush();
  // Whether points or rewinds came since the last call.
  bool TakeProgress() { return std::exchange(progress_, false); }
  bool status_seen() const { return status_seen_; }
  push::RunWriter& writer() { return *writer_; }

  void AddWarning(std::string_view file, int64_t offset, std::string_view tag, std::string_view reason);
  void AddStatus(std::string_view status, double wall);

  void Series(uint32_t key, const v1::SeriesInfo& info) override;
  void Scalar(uint32_t key, int64_t step, double wall, double value) override;
  void Value(uint32_t key, int64_t step, double wall, v1::Value&& value) override;
  void Blob(std::string_view sha256, std::string_view bytes, std::string_view type) override;
  void SessionStart(int64_t step, bool first_in_file) override;
  void Param(std::string_view key, std::string_view json) override;
  void Status(std::string_view status, double wall) override;
  void Warning(std::string_view tag, std::string_view reason) override;

 private:
  static constexpr uint32_t kNoNumber = UINT32_MAX;

  // True if the item must be left out.
  bool SkipItem() { return items_++ < skip_; }
  uint32_t NumberOf(uint32_t key) {
    return key < numbers_.size() && numbers_[key] != kNoNumber ? numbers_[key] : Define(key);
  }
  uint32_t Define(uint32_t key);
  // Large blobs count too: what was sent of them is only spared after a restart when the position behind them is
  // stored.
  void PushIfFull() {
    if (builder_.full() || large_bytes_ >= push::kBatchBytes) {
      PushBatch();
    }
  }
  void PushBatch();
  void PushBlobs();
  void ReportRefusals();

  RunSession* const session_;
  std::unique_ptr<push::RunWriter> writer_;
  const std::string source_;
  const PositionOf position_;
  push::BatchBuilder builder_;
  push::BatchBuilder blobs_;       // large ones, pushed before the batch that names them, without a position
  std::vector<uint32_t> numbers_;  // of the writer, by the converter's key
  std::vector<uint32_t> keys_;     // the other way
  uint32_t next_number_ = 0;
  uint64_t items_ = 0;
  uint64_t skip_ = 0;
  std::string_view file_;  // the owner's, while a record is converted
  int64_t offset_ = -1;
  std::unordered_set<std::string> sent_blobs_;  // lately
  std::string too_large_;                       // why the next value must be left out; empty: it need not
  uint64_t large_bytes_ = 0;                    // of large blobs, since the last batch
  uint64_t points_ = 0;                         // not yet in the report
  bool progress_ = false;
  bool status_seen_ = false;
  absl::Status status_;
};

}  // namespace stepwell::upload
