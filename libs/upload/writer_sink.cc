#include "upload/writer_sink.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "upload/names.h"

namespace stepwell::upload {
namespace {

// Larger blobs get batches of their own.
constexpr size_t kSmallBlob = 128 << 10;
// Beyond this the set of blobs that need not be sent again is forgotten.
constexpr size_t kRememberedBlobs = 10'000;
// Used when a server announces none: the protocol's own.
constexpr uint64_t kBlobPart = 1 << 20;
constexpr uint64_t kBlobLimit = 64 << 20;

}  // namespace

WriterSink::WriterSink(RunSession* session, std::unique_ptr<push::RunWriter> writer, std::string source,
                       PositionOf position)
    : session_(session), writer_(std::move(writer)), source_(std::move(source)), position_(std::move(position)) {
  for (const auto& [key, number] : session_->KnownSeries(writer_->opened().writer_number())) {
    numbers_.resize(std::max<size_t>(numbers_.size(), key + 1), kNoNumber);
    keys_.resize(std::max<size_t>(keys_.size(), number + 1), kNoNumber);
    numbers_[key] = number;
    keys_[number] = key;
    next_number_ = std::max(next_number_, number + 1);
  }
}

uint32_t WriterSink::Define(uint32_t key) {
  numbers_.resize(std::max<size_t>(numbers_.size(), key + 1), kNoNumber);
  const uint32_t number = next_number_++;
  numbers_[key] = number;
  keys_.resize(number + 1, kNoNumber);
  keys_[number] = key;
  builder_.Define(number, session_->converter().Info(key));
  session_->context().report->AddSeries(1);
  return number;
}

void WriterSink::Series(uint32_t, const v1::SeriesInfo&) {}  // defined with the first point of each writer

void WriterSink::Scalar(uint32_t key, int64_t step, double wall, double value) {
  if (SkipItem() || !status_.ok()) {
    return;
  }
  builder_.Scalar(NumberOf(key), step, wall, value);
  ++points_;
  progress_ = true;
  PushIfFull();
}

void WriterSink::Value(uint32_t key, int64_t step, double wall, v1::Value&& value) {
  const std::string too_large = std::exchange(too_large_, {});
  if (SkipItem() || !status_.ok()) {
    return;
  }
  if (!too_large.empty()) {
    Warning(session_->converter().Info(key).tag(), too_large);
    return;
  }
  builder_.Value(NumberOf(key), step, wall, std::move(value));
  ++points_;
  progress_ = true;
  PushIfFull();
}

void WriterSink::Blob(std::string_view sha256, std::string_view bytes, std::string_view) {
  const v1::Limits& limits = writer_->limits();
  const uint64_t limit = limits.blob_bytes() > 0 ? limits.blob_bytes() : kBlobLimit;
  if (bytes.size() > limit) {
    too_large_ = absl::StrCat("a value of ", bytes.size(), " bytes; the server's limit is ", limit,
                              " (--max-blob of the server)");
    return;
  }
  if (!status_.ok() || items_ < skip_ || !sent_blobs_.insert(std::string(sha256)).second) {
    return;
  }
  if (sent_blobs_.size() > kRememberedBlobs) {
    sent_blobs_.clear();
  }
  session_->context().report->AddBlobs(1);
  const uint64_t part = std::min(limits.blob_part_bytes() > 0 ? limits.blob_part_bytes() : kBlobPart, kBlobPart);
  if (bytes.size() <= kSmallBlob) {
    builder_.Blob(sha256, bytes, part);
    PushIfFull();
    return;
  }
  for (uint64_t offset = 0; offset < bytes.size() && status_.ok(); offset += part) {
    blobs_.BlobPart(sha256, bytes.size(), offset, bytes.substr(offset, part));
    PushBlobs();
  }
  large_bytes_ += bytes.size();
}

void WriterSink::SessionStart(int64_t step, bool first_in_file) {
  if (items_ < skip_) {
    ++items_;
    return;
  }
  if (!builder_.empty()) {
    PushBatch();  // a rewind takes effect before its batch's columns
  }
  ++items_;
  progress_ = true;
  builder_.Rewind(step, first_in_file);
}

void WriterSink::Param(std::string_view key, std::string_view json) {
  v1::Param* param = builder_.AddNote()->mutable_param();
  param->set_key(PrintableName(key));
  param->set_json(std::string(json));
  PushIfFull();
}

void WriterSink::Status(std::string_view status, double wall) {
  status_seen_ = true;
  AddStatus(status, wall);
}

void WriterSink::AddStatus(std::string_view status, double wall) {
  v1::Status* note = builder_.AddNote()->mutable_status();
  note->set_status(std::string(status));
  note->set_wall(wall);
}

void WriterSink::Warning(std::string_view tag, std::string_view reason) { AddWarning(file_, offset_, tag, reason); }

void WriterSink::AddWarning(std::string_view file, int64_t offset, std::string_view tag, std::string_view reason) {
  v1::Warning* note = builder_.AddNote()->mutable_warning();
  note->set_source(source_);
  note->set_file(PrintableName(file));
  note->set_offset(offset);
  note->set_tag(std::string(tag));
  note->set_reason(PrintableName(reason));
  note->set_count(1);
  session_->context().report->Warn(
      {session_->name(), PrintableName(file), offset, std::string(tag), PrintableName(reason), 1});
}

void WriterSink::PushBatch() {
  large_bytes_ = 0;
  absl::StatusOr<std::string> position = position_(items_);
  if (!position.ok()) {
    status_ = position.status();
  }
  if (!status_.ok()) {
    builder_.Take();
    return;
  }
  auto batch = builder_.Take();
  batch->mutable_batch()->set_position(*std::move(position));
  status_ = writer_->Push(std::move(batch));
}

void WriterSink::PushBlobs() {
  if (blobs_.empty()) {
    return;
  }
  status_ = writer_->Push(blobs_.Take());
}

absl::Status WriterSink::PushRest() {
  if (status_.ok() && !builder_.empty()) {
    PushBatch();
  }
  return status_;
}

absl::Status WriterSink::Flush() {
  if (PushRest().ok()) {
    status_ = writer_->Flush();
  }
  session_->context().report->AddPoints(std::exchange(points_, 0));
  ReportRefusals();
  return status_;
}

void WriterSink::ReportRefusals() {
  for (const v1::Refusal& refusal : writer_->TakeRefusals()) {
    const uint32_t key = refusal.series() < keys_.size() ? keys_[refusal.series()] : kNoNumber;
    const std::string tag = key == kNoNumber ? "" : session_->converter().Info(key).tag();
    session_->context().report->Warn(
        {session_->name(), "", -1, tag, absl::StrCat("refused by the server: ", refusal.reason()), refusal.points()});
  }
}

}  // namespace stepwell::upload
