#include "upload/uploader.h"

#include <filesystem>
#include <map>
#include <mutex>
#include <set>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "upload/names.h"
#include "upload/work_pool.h"

namespace stepwell::upload {
namespace {

std::string LastName(const std::string& path) {
  std::error_code ignored;
  std::filesystem::path full = std::filesystem::absolute(path, ignored).lexically_normal();
  if (full.filename().empty()) {
    full = full.parent_path();
  }
  return PrintableName(full.filename().string());
}

// DATA_LOSS means that the server went back: the run is read again from where it is now.
constexpr int kTries = 3;
// Runs whose end is told at the same time. That is nearly all waiting: for a sync of the store and of the catalog.
constexpr int kFinishers = 8;

absl::Status AdvanceRun(RunUpload& run, const RunFolder& folder) {
  absl::Status status;
  for (int i = 0; i < kTries; ++i) {
    status = run.Advance(folder);
    if (status.code() != absl::StatusCode::kDataLoss) {
      break;
    }
  }
  return status;
}

// How the upload as a whole goes.
class Outcome {
 public:
  explicit Outcome(Report* report) : report_(report) {}

  // False: it has ended, the rest is left.
  bool going() {
    std::lock_guard lock(mutex_);
    return ended_.ok();
  }
  void Take(const absl::Status& status) {
    std::lock_guard lock(mutex_);
    if (status.code() == absl::StatusCode::kUnavailable || status.code() == absl::StatusCode::kCancelled) {
      ended_ = ended_.ok() ? status : ended_;
    } else if (!status.ok()) {
      report_->Fail(std::string(status.message()));
    }
  }
  absl::Status ended() {
    std::lock_guard lock(mutex_);
    return ended_;
  }

 private:
  Report* const report_;
  std::mutex mutex_;
  absl::Status ended_;
};

}  // namespace

Found FindRuns(const std::vector<std::string>& log_directories) {
  Found found;
  std::set<std::string> names;
  for (const std::string& root : log_directories) {
    LogTree tree = ScanLogTree(root);
    for (RunFolder& folder : tree.runs) {
      if (!names.insert(folder.name).second) {
        folder.name = folder.name == "." ? LastName(root) : absl::StrCat(LastName(root), "/", folder.name);
        for (const std::string base = folder.name; !names.insert(folder.name).second;) {
          folder.name += "'";
        }
      }
      for (const LogFile& file : folder.events) {
        found.bytes += file.size;
      }
      found.runs.push_back({root, std::move(folder)});
    }
    for (TreeProblem& problem : tree.problems) {
      found.problems.push_back({root, std::move(problem)});
    }
    found.folders.insert(found.folders.end(), tree.folders.begin(), tree.folders.end());
  }
  return found;
}

const FoundRun* RunForProblem(const Found& found, const FoundProblem& problem) {
  const FoundRun* best = nullptr;
  size_t best_size = 0;
  for (const FoundRun& run : found.runs) {
    bool has_data = false;
    for (const LogFile& file : run.folder.events) {
      has_data = has_data || file.size > 0;
    }
    if (run.root != problem.root || !has_data) {
      continue;
    }
    const std::string& name = run.folder.name;
    const size_t size = name == "." || absl::StartsWith(problem.problem.path, name + "/") ? name.size() : 0;
    if (best == nullptr || size > best_size) {
      best = &run;
      best_size = size;
    }
  }
  return best;
}

absl::Status UploadOnce(UploadContext* context, const Found& found) {
  std::vector<std::unique_ptr<RunUpload>> runs;
  std::map<std::string, RunUpload*> by_path;
  for (const FoundRun& run : found.runs) {
    runs.push_back(std::make_unique<RunUpload>(context, run.root, run.folder.name));
    by_path[run.folder.path] = runs.back().get();
  }
  for (const FoundProblem& problem : found.problems) {
    if (const FoundRun* run = RunForProblem(found, problem)) {
      by_path[run->folder.path]->Note(problem.problem.path, problem.problem.reason);
    } else {
      context->report->Warn({problem.problem.path, "", -1, "", problem.problem.reason, 1});
    }
  }
  Outcome outcome(context->report);
  {
    WorkPool finishers(kFinishers);
    WorkPool readers(context->options.workers);  // ends first: it gives work to the others
    for (size_t i = 0; i < runs.size(); ++i) {
      readers.Add([&, i] {
        if (!outcome.going()) {
          return;
        }
        if (absl::Status status = AdvanceRun(*runs[i], found.runs[i].folder); !status.ok()) {
          runs[i].reset();
          return outcome.Take(status);
        }
        finishers.Add([&, i] {
          outcome.Take(runs[i]->Finish());
          runs[i].reset();
        });
      });
    }
  }
  return outcome.ended();
}

}  // namespace stepwell::upload
