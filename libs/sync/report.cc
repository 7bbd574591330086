#include "sync/report.h"

#include <utility>

#include "absl/strings/str_cat.h"

namespace stepwell::sync {
namespace {

// Warnings of one command that are remembered; a service may live for years.
constexpr size_t kMostWarnings = 10'000;

}  // namespace

void Report::AddKept(KeptWriter kept) {
  Say(absl::StrCat(kept.folder, kept.run.empty() ? "" : " (run " + kept.run + ")", ": kept: ", kept.reason));
  std::lock_guard lock(mutex_);
  kept_.push_back(std::move(kept));
}

void Report::Warn(const SyncWarning& warning) {
  {
    std::lock_guard lock(mutex_);
    if (warnings_.size() >= kMostWarnings || !warnings_.insert(warning).second) return;
  }
  Say(absl::StrCat("warning: run ", warning.run, ": ", warning.reason,
                   warning.count > 1 ? absl::StrCat(" (", warning.count, " times)") : ""));
}

std::vector<KeptWriter> Report::kept() const {
  std::lock_guard lock(mutex_);
  return kept_;
}

std::vector<SyncWarning> Report::warnings() const {
  std::lock_guard lock(mutex_);
  return {warnings_.begin(), warnings_.end()};
}

std::string RunOf(const About& about) {
  return absl::StrCat(about.experiment, "/", about.name.empty() ? about.run : about.name);
}

}  // namespace stepwell::sync
