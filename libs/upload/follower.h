// Follows log directories: new folders, new files and growth are uploaded within a second, for as long as it runs. It
// survives what happens to log directories: files that are torn, damaged, cut, replaced or deleted, folders that
// vanish, come back or cannot be read, and a server that is away.
//
// Thread safety: Run is called once, from one thread; the context's stopper ends it. A run is advanced by one worker at
// a time (`busy`), and only then touched by it; mutex_ guards busy and what workers leave behind.
#pragma once

#include <chrono>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "upload/folder_watch.h"
#include "upload/uploader.h"
#include "upload/work_pool.h"

namespace stepwell::upload {

class Follower {
 public:
  Follower(UploadContext* context, std::vector<std::string> log_directories);
  ~Follower();

  // Returns when the stopper stops.
  void Run();

 private:
  using Time = std::chrono::steady_clock::time_point;
  struct Followed {
    std::unique_ptr<RunUpload> run;
    bool busy = false;
    bool told_gone = false;
    int failures = 0;  // in a row
    Time next_try{};   // not before, after a failure
    Time last_change{};
  };

  void Look();
  void StartAdvance(Followed& followed, const RunFolder& folder);
  void Advanced(Followed& followed, const absl::Status& status);
  void TellGone(const Found& found);
  void TellProblems(const Found& found);
  void CloseIdle();
  void TellCaughtUp();

  UploadContext* const context_;
  const std::vector<std::string> log_directories_;
  FolderWatch watch_;
  std::mutex mutex_;
  std::map<std::string, Followed> runs_;     // by the folder's path; entries stay
  std::map<std::string, std::string> told_;  // last message about a run, to say it once
  size_t open_streams_ = 0;                  // about
  bool caught_up_ = false;
  std::unique_ptr<WorkPool> pool_;  // last: its threads end before what they use
};

}  // namespace stepwell::upload
