#include "upload/run_upload.h"

#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "tensorboard/log_files.h"

namespace stepwell::upload {

bool RunUpload::Changed(const RunFolder& folder) const {
  if (over_) {
    return false;
  }
  if (folder.extras_signature != extras_signature_ || notes_.changed()) {
    return true;
  }
  for (const LogFile& found : folder.events) {
    const auto it = files_.find(found.name);
    if (it == files_.end() ? found.size > 0 : it->second->Changed(found)) {
      return true;
    }
  }
  return false;
}

absl::Status RunUpload::Advance(const RunFolder& folder) {
  if (over_) {
    return absl::OkStatus();
  }
  return Judge(AdvanceAll(folder));
}

absl::Status RunUpload::AdvanceAll(const RunFolder& folder) {
  bool progressed = false;
  for (const LogFile& found : folder.events) {
    std::unique_ptr<EventFile>& file = files_[found.name];
    if (!file) {
      file = std::make_unique<EventFile>(session_.get(), found.name);
    }
    if (!file->Changed(found)) {
      continue;
    }
    RETURN_IF_ERROR(file->Advance(found));
    progressed = file->progressed() || progressed;
    file->ClearProgress();
    if (!context_->options.follow) {
      file->CloseStream();
    }
  }
  for (const LogFile& found : folder.events) {
    if (files_[found.name]->opened()) {
      last_opened_ = found.name;
    }
  }
  progressed_ = progressed_ || progressed;
  if (progressed && context_->options.follow) {
    RETURN_IF_ERROR(TellRunning());
  }
  return AdvanceExtras(folder);
}

absl::Status RunUpload::AdvanceExtras(const RunFolder& folder) {
  if (folder.extras_signature != extras_signature_) {
    for (const std::string& name : folder.packed) {
      notes_.Add(name, std::string(tensorboard::kPackedReason));
    }
    if (folder.has_projector) {
      RETURN_IF_ERROR(PushProjector(*session_, folder, root_));
    }
    if (folder.has_profiles) {
      RETURN_IF_ERROR(PushProfiles(*session_, folder));
    }
    extras_signature_ = folder.extras_signature;
  }
  if (notes_.changed()) {
    RETURN_IF_ERROR(notes_.Push(*session_));
  }
  return absl::OkStatus();
}

// An earlier one-shot upload called the run finished, and here is more.
absl::Status RunUpload::TellRunning() {
  for (auto& [name, file] : files_) {
    if (file->opened() && file->was_finished() && !file->status_seen()) {
      return file->PushStatus("running", false);
    }
  }
  return absl::OkStatus();
}

absl::Status RunUpload::Finish() {
  if (over_ || !session_->opened()) {
    return absl::OkStatus();
  }
  bool status_seen = false;
  for (const auto& [name, file] : files_) {
    status_seen = status_seen || (file->opened() && file->status_seen());
  }
  if (const auto last = files_.find(last_opened_); last != files_.end() && !status_seen) {
    if (progressed_ || !last->second->finished()) {
      RETURN_IF_ERROR(Judge(last->second->PushStatus("finished", true)));
      last->second->CloseStream();
    }
  }
  return over_ ? absl::OkStatus() : context_->connection->SyncRun(session_->run_id());
}

// Decides what an error means for the run: some are its end and no failure, some a reason to begin again.
absl::Status RunUpload::Judge(absl::Status status) {
  if (status.code() == absl::StatusCode::kDataLoss) {
    context_->report->Say(
        absl::StrCat("run ", name(), ": ", std::string(status.message()), "; reading it again from there"));
    StartOver();
    return status;
  }
  if (status.code() == absl::StatusCode::kFailedPrecondition) {
    over_ = true;
    CloseStreams();
    if (absl::StrContains(status.message(), "deleted")) {
      context_->report->Say(absl::StrCat("run ", name(), " is left out: ", std::string(status.message())));
      return absl::OkStatus();
    }
    return absl::FailedPreconditionError(absl::StrCat("run ", name(), ": ", std::string(status.message())));
  }
  if (status.code() == absl::StatusCode::kUnavailable) {
    StartOver();  // whatever was half pushed: the server's marks tell
    return status;
  }
  if (!status.ok() && status.code() != absl::StatusCode::kCancelled) {
    StartOver();
    return absl::Status(status.code(), absl::StrCat("run ", name(), ": ", std::string(status.message())));
  }
  return status;
}

void RunUpload::StartOver() {
  files_.clear();
  extras_signature_.clear();
  session_ = std::make_unique<RunSession>(context_, name());
}

size_t RunUpload::open_streams() const {
  size_t open = 0;
  for (const auto& [name, file] : files_) {
    open += file->stream_open() ? 1 : 0;
  }
  return open;
}

void RunUpload::CloseStreams() {
  for (auto& [name, file] : files_) {
    file->CloseStream();
  }
}

}  // namespace stepwell::upload
