// One Push stream's place in a run: checks epoch and numbers, and hands batches to the committer.
//
//   number <= mark        acknowledged again and dropped
//   number == next        accepted
//   beyond                OUT_OF_RANGE with the mark
//   old epoch             FAILED_PRECONDITION: another process took the writer's place
//
// Thread safety: Push by one thread at a time.
#pragma once

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "ingest/batch_check.h"
#include "ingest/committer.h"
#include "ingest/run_table.h"

namespace stepwell::ingest {

class Session {
 public:
  // `sink` is told of everything that becomes durable for the writer, from now on. The others outlive the session.
  static absl::StatusOr<std::unique_ptr<Session>> Open(RunTable* table, Committer* committer, const BatchCheck* check,
                                                       Metrics* metrics, const v1::Hello& hello,
                                                       std::weak_ptr<AckSink> sink);

  struct Pushed {
    uint64_t seq = 0;
    uint64_t acknowledged = 0;  // > 0: the batch was here already, and this is the mark
  };
  // `bytes`: a stepwell.v1.Batch. An error ends the stream.
  absl::StatusOr<Pushed> Push(std::string bytes);
  const std::shared_ptr<Run>& run() const { return run_; }

 private:
  Session(std::shared_ptr<Run> run, Writer* writer, uint64_t epoch, Committer* committer, const BatchCheck* check,
          Metrics* metrics)
      : run_(std::move(run)), writer_(writer), epoch_(epoch), committer_(committer), check_(check), metrics_(metrics) {}

  const std::shared_ptr<Run> run_;
  Writer* const writer_;
  const uint64_t epoch_;
  Committer* const committer_;
  const BatchCheck* const check_;
  Metrics* const metrics_;
};

}  // namespace stepwell::ingest
