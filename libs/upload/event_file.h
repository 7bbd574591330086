// One event file while it is uploaded: one writer of its run. Reads from where the server says that it is to the end of
// what the file holds now, and again when the file has grown.
//
// Nothing is kept open between calls but the writer's place, so thousands of files can be followed; each call proves by
// the position's fingerprint that the path still names the same log. A log that took its place becomes a writer of its
// own
// ("#2"), and nothing of the first one is lost.
//
// Thread safety: none; one owner at a time.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "tensorboard/record_reader.h"
#include "tensorboard/run_converter.h"
#include "upload/log_tree.h"
#include "upload/position.h"
#include "upload/run_session.h"
#include "upload/writer_sink.h"

namespace stepwell::upload {

class EventFile {
 public:
  EventFile(RunSession* session, std::string name) : session_(session), name_(std::move(name)) {}

  // Whether Advance would find something that it has not seen.
  bool Changed(const LogFile& found) const;
  // Pushes all whole records that are there, and waits until they are durable. Errors are those of RunWriter; a file
  // that cannot be read is a warning and no error.
  absl::Status Advance(const LogFile& found);

  bool opened() const { return sink_ != nullptr; }
  bool progressed() const { return progressed_; }
  void ClearProgress() { progressed_ = false; }
  bool status_seen() const { return position_.status_seen; }
  bool finished() const { return position_.finished; }
  // An earlier upload said that the run is finished, and no later word of this file takes it back.
  bool was_finished() const { return was_finished_; }
  // Says the run's status, with the position, so that a later upload knows. REQUIRES: opened().
  absl::Status PushStatus(const std::string& status, bool finished);
  void CloseStream();
  bool stream_open() const { return sink_ && sink_->writer().stream_open(); }

 private:
  class Descriptor;

  absl::StatusOr<bool> Open(int descriptor);
  absl::Status TakeWriter(std::unique_ptr<push::RunWriter> writer, FilePosition position);
  // Whether there is anything to read at the position; opens the next generation of a file that was replaced.
  absl::StatusOr<bool> Check(int descriptor);
  absl::Status Read(const Descriptor& file);
  void Convert(tensorboard::RecordReader& reader, uint64_t skip);
  void TellEnd(const tensorboard::RecordReader& reader);
  void TellDamage(const tensorboard::Damage& damage);
  void CannotRead(int error);
  absl::StatusOr<std::string> EncodePosition(uint64_t items);
  absl::Status Fingerprint();

  RunSession* const session_;
  const std::string name_;
  int generation_ = 1;
  int descriptor_ = -1;  // while Advance runs
  LogFile seen_;         // as it was when last read
  bool failed_ = false;  // could not be read then
  std::unique_ptr<WriterSink> sink_;
  FilePosition position_;
  uint64_t fingerprint_at_ = 0;       // the offset that position_'s fingerprint is of
  tensorboard::FileState state_;      // behind the present record
  tensorboard::FileState committed_;  // behind the record at position_.offset
  bool progressed_ = false;
  bool was_finished_ = false;
};

}  // namespace stepwell::upload
