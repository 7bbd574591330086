// Looks at a batch before it is committed: what cannot be taken is refused item by item, with a reason; the rest
// counts. It also does what later batches of the writer must see at once: defines series and takes blobs in. When the
// batch is not committed after all, Undo takes that back.
//
// Thread safety: one batch of a writer at a time (REQUIRES Writer::accepting); locks the run inside.
#pragma once

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "ingest/accepted_batch.h"
#include "ingest/catalog_backlog.h"
#include "ingest/limits.h"

namespace stepwell::ingest {

class BatchCheck {
 public:
  // All outlive it; without `backlog` everything may wait for the catalog.
  BatchCheck(const store::Store& store, const Limits& limits, const CatalogBacklog* backlog = nullptr)
      : store_(store), limits_(limits), backlog_(backlog) {}

  // INVALID_ARGUMENT ends the stream: the batch as a whole makes no sense (it names its number). RESOURCE_EXHAUSTED: it
  // has new names or notes, and too many wait for the catalog.
  absl::StatusOr<std::unique_ptr<AcceptedBatch>> Accept(std::shared_ptr<Run> run, Writer* writer, std::string raw,
                                                        std::unique_ptr<ParsedBatch> parsed) const;
  static void Undo(AcceptedBatch& batch);

 private:
  absl::Status TakeDefines(AcceptedBatch& batch) const;
  absl::Status TakeBlobs(AcceptedBatch& batch) const;
  absl::Status TakeColumns(AcceptedBatch& batch) const;
  absl::Status CheckBlobs(AcceptedBatch& batch, const v1::Column& column, std::string* reason) const;
  void TakeNotes(AcceptedBatch& batch) const;
  void Refuse(AcceptedBatch& batch, uint32_t series, std::string_view tag, const std::string& reason,
              uint64_t points) const;

  const store::Store& store_;
  const Limits& limits_;
  const CatalogBacklog* const backlog_;
};

}  // namespace stepwell::ingest
