#include "upload/event_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "upload/names.h"

namespace stepwell::upload {
namespace {

constexpr uint64_t kReportBytes = 1 << 20;  // how often progress is told
// A file that is replaced more often than this is not a log.
constexpr int kMaxGenerations = 1000;

}  // namespace

class EventFile::Descriptor {
 public:
  // A FIFO that is named like an event file must not block the upload.
  explicit Descriptor(const std::string& path) : fd_(open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK)) {}
  ~Descriptor() {
    if (fd_ >= 0) {
      close(fd_);
    }
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  int get() const { return fd_; }

 private:
  const int fd_;
};

bool EventFile::Changed(const LogFile& found) const {
  if (found.size == 0 && !opened()) {
    return false;  // nothing in it yet
  }
  return failed_ || found.size != seen_.size || found.inode != seen_.inode || found.device != seen_.device ||
         found.changed != seen_.changed;
}

absl::Status EventFile::Advance(const LogFile& found) {
  seen_ = found;
  const Descriptor file(found.path);
  if (file.get() < 0) {
    CannotRead(errno);
    return absl::OkStatus();
  }
  failed_ = false;
  descriptor_ = file.get();
  absl::StatusOr<bool> ready = opened() ? Check(file.get()) : Open(file.get());
  absl::Status status = ready.status();
  if (ready.ok() && *ready) {
    status = Read(file);
  }
  if (status.ok()) {
    status = sink_->Flush();
    if (status.ok()) {
      status = Fingerprint();  // while the file is open: the status may be told later
    }
    progressed_ = sink_->TakeProgress() || progressed_;
  }
  descriptor_ = -1;
  return status;
}

void EventFile::CannotRead(int error) {
  if (error == ENOENT) {
    return;  // gone since the scan
  }
  if (!failed_) {
    session_->context().report->Warn(
        {session_->name(), PrintableName(name_), -1, "", absl::StrCat("cannot be read: ", std::strerror(error)), 1});
  }
  failed_ = true;
}

// The first generation of the file that is this one, or a new one.
absl::StatusOr<bool> EventFile::Open(int descriptor) {
  for (; generation_ <= kMaxGenerations; ++generation_) {
    ASSIGN_OR_RETURN(auto writer, session_->OpenWriter(WriterId(name_, generation_)));
    const std::string stored = writer->opened().position();
    if (stored.empty()) {
      RETURN_IF_ERROR(TakeWriter(std::move(writer), FilePosition{}));
      if (generation_ > 1) {
        sink_->AddWarning(
            name_, -1, "",
            absl::StrCat("another file took its place; it is read as writer ", WriterId(name_, generation_)));
      }
      return true;
    }
    std::optional<FilePosition> position = FilePosition::Decode(stored);
    if (!position) {
      return absl::FailedPreconditionError(absl::StrCat("the position of writer \"", WriterId(name_, generation_),
                                                        "\" in run \"", session_->name(),
                                                        "\" is of a newer program; upload with that one"));
    }
    ASSIGN_OR_RETURN(const FileMatch match, MatchFile(*position, descriptor));
    if (match != FileMatch::kReplaced) {
      session_->context().report->AddKnownBytes(position->offset);
      RETURN_IF_ERROR(TakeWriter(std::move(writer), *std::move(position)));
      return match == FileMatch::kSame ? true : Check(descriptor);
    }
  }
  return absl::FailedPreconditionError(absl::StrCat("file ", PrintableName(name_), " was replaced too often"));
}

absl::Status EventFile::TakeWriter(std::unique_ptr<push::RunWriter> writer, FilePosition position) {
  if (sink_) {
    sink_->writer().CloseStream();
  }
  position_ = std::move(position);
  state_ = committed_ = tensorboard::FileState::Parse(position_.state);
  fingerprint_at_ = position_.offset;
  was_finished_ = position_.finished;
  sink_ = std::make_unique<WriterSink>(session_, std::move(writer), "event file",
                                       [this](uint64_t items) { return EncodePosition(items); });
  return absl::OkStatus();
}

absl::StatusOr<bool> EventFile::Check(int descriptor) {
  ASSIGN_OR_RETURN(const FileMatch match, MatchFile(position_, descriptor));
  switch (match) {
    case FileMatch::kSame:
      return true;
    case FileMatch::kShorter:
      sink_->AddWarning(name_, static_cast<int64_t>(position_.offset), "",
                        "the file is shorter than what was taken from it; it was cut, or is being copied");
      return false;
    case FileMatch::kReplaced:
      ++generation_;
      return Open(descriptor);
  }
  return false;
}

absl::StatusOr<std::string> EventFile::EncodePosition(uint64_t items) {
  position_.items = items;
  position_.state = committed_.Serialize();
  position_.status_seen = position_.status_seen || sink_->status_seen();
  RETURN_IF_ERROR(Fingerprint());
  return position_.Encode();
}

// Only where the reader has come further: not of a file that was cut meanwhile.
absl::Status EventFile::Fingerprint() {
  if (position_.offset != fingerprint_at_) {
    RETURN_IF_ERROR(position_.Fingerprint(descriptor_));
    fingerprint_at_ = position_.offset;
  }
  return absl::OkStatus();
}

absl::Status EventFile::Read(const Descriptor& file) {
  const int copy = fcntl(file.get(), F_DUPFD_CLOEXEC, 0);
  if (copy < 0) {
    CannotRead(errno);
    return absl::OkStatus();
  }
  auto reader = tensorboard::RecordReader::FromDescriptor(copy, position_.offset);
  if (!reader.ok()) {
    session_->context().report->Warn(
        {session_->name(), PrintableName(name_), -1, "", std::string(reader.status().message()), 1});
    return absl::OkStatus();
  }
  uint64_t skip = position_.items;
  uint64_t reported = position_.offset;
  Report& report = *session_->context().report;
  while (sink_->status().ok()) {
    const auto outcome = (*reader)->Next();
    if (outcome == tensorboard::RecordReader::Outcome::kRecord) {
      Convert(**reader, std::exchange(skip, 0));
    } else if (outcome == tensorboard::RecordReader::Outcome::kDamage) {
      TellDamage((*reader)->damage());
      position_.offset = (*reader)->offset();
      skip = 0;
    } else {
      TellEnd(**reader);
      break;
    }
    if (const uint64_t at = (*reader)->offset(); at - reported >= kReportBytes) {
      report.AddBytes(at - std::exchange(reported, at));
    }
  }
  report.AddBytes((*reader)->offset() - reported);
  return sink_->status();
}

void EventFile::Convert(tensorboard::RecordReader& reader, uint64_t skip) {
  position_.finished = false;
  position_.offset = reader.record_offset();
  sink_->BeginRecord(skip, name_, static_cast<int64_t>(reader.record_offset()));
  session_->converter().Convert(reader.record(), state_, *sink_);
  sink_->EndRecord();
  committed_ = state_;
  position_.offset = reader.offset();
  position_.items = 0;
}

void EventFile::TellDamage(const tensorboard::Damage& damage) {
  sink_->AddWarning(name_, static_cast<int64_t>(damage.offset), "",
                    absl::StrCat(std::string(tensorboard::DamageReasonName(damage.reason)), ": ", damage.skipped,
                                 " bytes are skipped"));
}

void EventFile::TellEnd(const tensorboard::RecordReader& reader) {
  const auto offset = static_cast<int64_t>(reader.offset());
  if (!reader.status().ok()) {
    sink_->AddWarning(name_, offset, "", std::string(reader.status().message()));
  } else if (reader.tail() == tensorboard::RecordReader::Tail::kDamaged && !session_->context().options.follow) {
    // A follower waits: the file may be filling up.
    sink_->AddWarning(name_, offset, "", "length checksum: no whole record follows");
  }
}

absl::Status EventFile::PushStatus(const std::string& status, bool finished) {
  position_.finished = finished;
  was_finished_ = finished;
  sink_->AddStatus(status, 0);
  return sink_->Flush();
}

void EventFile::CloseStream() {
  if (sink_) {
    sink_->writer().CloseStream();
  }
}

}  // namespace stepwell::upload
