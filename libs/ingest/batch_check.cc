#include "ingest/batch_check.h"

#include <algorithm>

#include "base/bytes.h"
#include "base/status_macros.h"
#include "ingest/value_refs.h"

namespace stepwell::ingest {
namespace {

// Warnings that the server itself makes of refusals, for each run: enough to find the cause, no flood.
constexpr uint32_t kWarningsPerRun = 100;

std::string Bytes(uint64_t count, const char* what, uint64_t limit) {
  return std::string(what) + " has " + std::to_string(count) + " bytes; the limit is " + std::to_string(limit);
}

bool SameSeries(const v1::SeriesInfo& a, const v1::SeriesInfo& b) {
  return a.tag() == b.tag() && a.kind() == b.kind() && a.plugin() == b.plugin();
}

size_t InfoBytes(const v1::SeriesInfo& info) {
  return info.plugin().size() + info.content().size() + info.display_name().size() + info.description().size() +
         info.value_type().size();
}

std::string Printable(std::string_view tag) {
  std::string out;
  for (char c : tag.substr(0, 100)) out.push_back(c >= ' ' && c != 0x7f ? c : '?');
  return out;
}

}  // namespace

void BatchCheck::Refuse(AcceptedBatch& batch, uint32_t series, std::string_view tag, const std::string& reason,
                        uint64_t points) const {
  v1::Refusal& refusal = batch.refusals.emplace_back();
  refusal.set_seq(batch.seq);
  refusal.set_series(series);
  refusal.set_reason(reason);
  refusal.set_points(points);
  {
    std::lock_guard lock(batch.run->mutex);
    if (++batch.run->warnings_made > kWarningsPerRun) return;
  }
  v1::Note note;
  v1::Warning* warning = note.mutable_warning();
  warning->set_source("server");
  warning->set_offset(-1);
  warning->set_tag(tag.data(), tag.size());
  warning->set_reason(reason);
  warning->set_count(std::max<uint64_t>(points, 1));
  batch.notes.push_back(note.SerializeAsString());
}

absl::StatusOr<std::unique_ptr<AcceptedBatch>> BatchCheck::Accept(std::shared_ptr<Run> run, Writer* writer,
                                                                  std::string raw,
                                                                  std::unique_ptr<ParsedBatch> parsed) const {
  auto batch = std::make_unique<AcceptedBatch>();
  const v1::Batch& message = *parsed->batch;
  batch->run = std::move(run);
  batch->writer = writer;
  batch->seq = message.seq();
  batch->bytes = raw.size();
  batch->raw = std::move(raw);
  batch->parsed = std::move(parsed);
  if (message.position().size() > limits_.position_bytes) {
    return absl::InvalidArgumentError("batch " + std::to_string(message.seq()) + ": " +
                                      Bytes(message.position().size(), "the position", limits_.position_bytes));
  }
  absl::Status status = TakeDefines(*batch);
  const bool adds = !batch->defined.empty() || message.notes_size() > 0;
  if (status.ok() && adds && backlog_) status = backlog_->Room();
  if (status.ok()) status = TakeBlobs(*batch);
  if (status.ok()) status = TakeColumns(*batch);
  if (!status.ok()) {
    Undo(*batch);
    return status;
  }
  TakeNotes(*batch);
  return batch;
}

void BatchCheck::Undo(AcceptedBatch& batch) {
  {
    std::lock_guard lock(batch.run->blob_mutex);
    batch.run->blobs.Forget();
  }
  std::lock_guard lock(batch.run->mutex);
  for (OpenSeries* series : batch.defined) batch.run->Undefine(series);
  batch.defined.clear();
}

absl::Status BatchCheck::TakeDefines(AcceptedBatch& batch) const {
  for (const v1::Define& define : batch.parsed->batch->define()) {
    const v1::SeriesInfo& info = define.info();
    const series::SeriesKey key{batch.writer->number, define.series()};
    std::string reason;
    {
      std::lock_guard lock(batch.run->mutex);
      if (OpenSeries* known = batch.run->Find(key)) {
        if (SameSeries(known->info, info)) continue;
        return absl::InvalidArgumentError("batch " + std::to_string(batch.seq) + " defines series " +
                                          std::to_string(key.series) + " as \"" + Printable(info.tag()) +
                                          "\"; it is \"" + Printable(known->info.tag()) +
                                          "\" already: a number means one series for the writer's whole life");
      }
      if (info.tag().size() > limits_.tag_bytes) {
        reason = Bytes(info.tag().size(), "the tag", limits_.tag_bytes) + " (--max-tag)";
      } else if (InfoBytes(info) > limits_.info_bytes) {
        reason = Bytes(InfoBytes(info), "the series' metadata", limits_.info_bytes);
      } else if (info.kind() == v1::KIND_UNSPECIFIED || !v1::Kind_IsValid(info.kind())) {
        reason = "the series has no kind that this server knows (" + std::to_string(info.kind()) + ")";
      } else if (batch.run->series_count() >= limits_.series_per_run || key.series >= limits_.series_per_run) {
        reason = "the run has " + std::to_string(limits_.series_per_run) +
                 " series, which is the limit (--max-series-per-run)";
      } else if (!batch.run->series_memory().HasRoom()) {
        reason = batch.run->series_memory().Reason();
      } else {
        batch.defined.push_back(batch.run->Define(key, info));
      }
    }
    if (!reason.empty()) Refuse(batch, key.series, info.tag().substr(0, limits_.tag_bytes), reason, 0);
  }
  // As they will be read from the store: lists keep their order over a restart.
  std::sort(batch.defined.begin(), batch.defined.end(),
            [](const OpenSeries* a, const OpenSeries* b) { return a->key.series < b->key.series; });
  return absl::OkStatus();
}

absl::Status BatchCheck::TakeBlobs(AcceptedBatch& batch) const {
  v1::Batch& message = *batch.parsed->batch;
  if (message.blobs_size() == 0) return absl::OkStatus();
  {
    std::lock_guard lock(batch.run->blob_mutex);
    for (const v1::BlobPart& part : message.blobs()) {
      absl::Status status = batch.run->blobs.Take(store_, batch.run->number, part, limits_, batch.blobs);
      if (status.ok()) continue;
      if (!absl::IsInvalidArgument(status)) return status;
      Refuse(batch, 0, "", std::string(status.message()), 0);
    }
  }
  // The journal keeps the batch without them.
  message.clear_blobs();
  batch.raw = message.SerializeAsString();
  return absl::OkStatus();
}

absl::Status BatchCheck::CheckBlobs(AcceptedBatch& batch, const v1::Column& column, std::string* reason) const {
  for (const v1::Value& value : column.values()) {
    for (const v1::BlobRef* blob : BlobsOf(value)) {
      std::lock_guard lock(batch.run->blob_mutex);
      ASSIGN_OR_RETURN(bool complete, batch.run->blobs.Complete(store_, batch.run->number, blob->sha256()));
      if (complete) continue;
      *reason = "names blob " + ToHex(std::string_view(blob->sha256()).substr(0, 8)) + "…, which is not here whole";
      return absl::OkStatus();
    }
  }
  return absl::OkStatus();
}

absl::Status BatchCheck::TakeColumns(AcceptedBatch& batch) const {
  const v1::Batch& message = *batch.parsed->batch;
  batch.columns.resize(static_cast<size_t>(message.columns_size()));
  {
    std::lock_guard lock(batch.run->mutex);
    for (size_t i = 0; i < batch.columns.size(); ++i) {
      const uint32_t number = message.columns(static_cast<int>(i)).series();
      batch.columns[i] = batch.run->Find({batch.writer->number, number});
    }
  }
  for (size_t i = 0; i < batch.columns.size(); ++i) {
    const v1::Column& column = message.columns(static_cast<int>(i));
    const uint64_t size = static_cast<uint64_t>(std::max(column.scalars_size(), column.values_size()));
    OpenSeries* series = batch.columns[i];
    std::string reason;
    if (!series) {
      reason = "series " + std::to_string(column.series()) + " was not defined, or its definition was refused";
    } else if (size == 0) {
      batch.columns[i] = nullptr;  // nothing in it
      continue;
    } else if (batch.parsed->PointsOf(column).size == 0) {
      reason = "the column and its axis do not have the same number of points";
    } else if (series->scalar() != (column.scalars_size() > 0)) {
      reason = series->scalar() ? "a series of scalars cannot take other values"
                                : "a series of other values cannot take scalars";
    } else if (batch.points + size > limits_.points_per_batch) {
      reason = "the batch has more than " + std::to_string(limits_.points_per_batch) + " points";
    } else {
      for (const v1::Value& value : column.values()) {
        if (value.ByteSizeLong() <= limits_.inline_bytes) continue;
        reason = Bytes(value.ByteSizeLong(), "a value", limits_.inline_bytes) + ": its bytes belong into a blob";
      }
      if (reason.empty()) RETURN_IF_ERROR(CheckBlobs(batch, column, &reason));
    }
    if (reason.empty()) {
      batch.points += size;
      continue;
    }
    batch.columns[i] = nullptr;
    batch.refused_columns.push_back(static_cast<uint32_t>(i));
    Refuse(batch, column.series(), series ? series->info.tag() : std::string(), reason, size);
  }
  return absl::OkStatus();
}

void BatchCheck::TakeNotes(AcceptedBatch& batch) const {
  for (const v1::Note& note : batch.parsed->batch->notes()) {
    std::string reason;
    if (note.has_param()) {
      const v1::Param& param = note.param();
      const uint64_t size = param.key().size() + param.json().size();
      if (size > limits_.param_bytes) reason = Bytes(size, "a parameter", limits_.param_bytes);
    } else if (note.has_label()) {
      const uint64_t size = std::max(note.label().key().size(), note.label().value().size());
      if (size > limits_.label_bytes) reason = Bytes(size, "a label", limits_.label_bytes);
    } else if (note.note_case() == v1::Note::kText && note.text().size() > limits_.note_bytes) {
      reason = Bytes(note.text().size(), "the note", limits_.note_bytes);
    } else if (note.note_case() == v1::Note::NOTE_NOT_SET) {
      continue;
    }
    if (reason.empty()) {
      batch.notes.push_back(note.SerializeAsString());
    } else {
      Refuse(batch, 0, "", reason, 0);
    }
  }
}

}  // namespace stepwell::ingest
