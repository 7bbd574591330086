// One run of a log directory while it is uploaded: its event files in their order, each to its end, then what lies
// beside them. The order matters: a restart in a later file takes back points of the earlier ones, so an earlier file's
// points are durable before a later file's first batch is sent.
//
// Status: a file that says how the run ended (hyperparameters plugin) decides. Else a run is "finished" at the end of a
// one-shot upload that brought something, and "running" as soon as a follower finds more.
//
// Thread safety: none; one owner at a time.
#pragma once

#include <map>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "upload/event_file.h"
#include "upload/extras.h"
#include "upload/log_tree.h"
#include "upload/run_session.h"

namespace stepwell::upload {

class RunUpload {
 public:
  // `root`: the log directory. `name`: of the run.
  RunUpload(UploadContext* context, std::string root, std::string name)
      : context_(context), root_(std::move(root)), session_(std::make_unique<RunSession>(context, std::move(name))) {}

  // Whether there is something in the folder that Advance has not seen.
  bool Changed(const RunFolder& folder) const;
  // Uploads what is new. An error that is_over() afterwards has been reported and stays.
  absl::Status Advance(const RunFolder& folder);
  // The end of a one-shot upload: status, and lists are right when this returns.
  absl::Status Finish();

  // Something about the run's surroundings that its readers should know. Pushed by the next Advance.
  void Note(const std::string& file, const std::string& reason) { notes_.Add(file, reason); }

  bool over() const { return over_; }
  bool opened() const { return session_->opened(); }
  const std::string& name() const { return session_->name(); }
  size_t open_streams() const;
  void CloseStreams();

 private:
  absl::Status AdvanceAll(const RunFolder& folder);
  absl::Status AdvanceExtras(const RunFolder& folder);
  absl::Status TellRunning();
  absl::Status Judge(absl::Status status);
  void StartOver();

  UploadContext* const context_;
  const std::string root_;
  std::unique_ptr<RunSession> session_;
  std::map<std::string, std::unique_ptr<EventFile>> files_;  // by name
  std::string last_opened_;                                  // the last file in order that has data
  std::string extras_signature_;
  RunNotes notes_;
  bool progressed_ = false;  // in this process
  bool over_ = false;        // deleted, or taken over by another process
};

}  // namespace stepwell::upload
