#include "ingest/session.h"

#include "base/status_macros.h"

namespace stepwell::ingest {
namespace {

absl::Status Fenced(const Run& run, uint64_t epoch, uint64_t now) {
  return absl::FailedPreconditionError("run \"" + run.id + "\": the writer was opened again (epoch " +
                                       std::to_string(now) + ", this stream has " + std::to_string(epoch) +
                                       "): another process has its place");
}

absl::Status Deleted(const Run& run) {
  return absl::FailedPreconditionError("run \"" + run.id + "\" was deleted: restore it to write on");
}

}  // namespace

absl::StatusOr<std::unique_ptr<Session>> Session::Open(RunTable* table, Committer* committer, const BatchCheck* check,
                                                       Metrics* metrics, const v1::Hello& hello,
                                                       std::weak_ptr<AckSink> sink) {
  ASSIGN_OR_RETURN(std::shared_ptr<Run> run, table->GetById(hello.run_id()));
  std::lock_guard lock(run->mutex);
  if (run->deleted) return Deleted(*run);
  const bool inherited = run->fork && hello.writer_number() < run->fork->writers;
  Writer* writer = inherited ? nullptr : run->FindWriter(hello.writer_number());
  if (!writer)
    return absl::FailedPreconditionError("run \"" + run->id + "\" has no writer of this number: call OpenRun first");
  if (writer->mark.epoch != hello.epoch()) return Fenced(*run, hello.epoch(), writer->mark.epoch);
  writer->sinks.push_back(std::move(sink));
  return std::unique_ptr<Session>(new Session(run, writer, hello.epoch(), committer, check, metrics));
}

absl::StatusOr<Session::Pushed> Session::Push(std::string bytes) {
  std::unique_ptr<ParsedBatch> parsed = ParsedBatch::Parse(bytes);
  std::lock_guard accepting(writer_->accepting);
  const uint64_t era = committer_->era();
  if (!parsed) {
    return absl::InvalidArgumentError("batch " + std::to_string(writer_->accepted_seq + 1) +
                                      " is not a message that can be read");
  }
  const uint64_t seq = parsed->batch->seq();
  {
    std::lock_guard lock(run_->mutex);
    if (run_->deleted) return Deleted(*run_);
    if (writer_->mark.epoch != epoch_) return Fenced(*run_, epoch_, writer_->mark.epoch);
    if (seq <= writer_->mark.durable_seq) {
      metrics_->duplicates.Increment();
      return Pushed{seq, writer_->mark.durable_seq};
    }
  }
  if (seq <= writer_->accepted_seq) {  // under way already: its acknowledgement will come
    metrics_->duplicates.Increment();
    return Pushed{seq};
  }
  if (seq != writer_->accepted_seq + 1) {
    metrics_->gaps.Increment();
    return absl::OutOfRangeError("batch " + std::to_string(seq) + " came after " +
                                 std::to_string(writer_->accepted_seq) + ": numbers have no gaps");
  }
  metrics_->wire_bytes.Increment(static_cast<double>(bytes.size()));
  ASSIGN_OR_RETURN(std::unique_ptr<AcceptedBatch> batch,
                   check_->Accept(run_, writer_, std::move(bytes), std::move(parsed)));
  batch->epoch = epoch_;
  absl::Status status = committer_->Enqueue(batch, era);
  if (!status.ok()) {
    BatchCheck::Undo(*batch);
    return status;
  }
  writer_->accepted_seq = seq;
  return Pushed{seq};
}

}  // namespace stepwell::ingest
