#include "stepwell/progress.h"

#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "upload/report.h"

namespace stepwell {
namespace {

constexpr std::chrono::milliseconds kBarEvery{250};
constexpr std::chrono::seconds kLineEvery{5};
constexpr std::chrono::seconds kQuiet{2};  // nothing is shown of what takes less
constexpr int kBarWidth = 30;
constexpr char kClearLine[] = "\r\033[K";

}  // namespace

std::string ProgressText(const Progress::State& state, double seconds) {
  const double share = std::min(1.0, static_cast<double>(state.done) / static_cast<double>(state.total));
  const double rate = seconds > 0 ? static_cast<double>(state.done) / seconds : 0;
  std::string text = absl::StrFormat("%3.0f %% · %s/s", 100 * share, upload::HumanBytes(static_cast<uint64_t>(rate)));
  if (rate > 0 && state.total >= state.done) {
    const auto left = static_cast<uint64_t>(static_cast<double>(state.total - state.done) / rate);
    absl::StrAppend(&text, absl::StrFormat(" · %d:%02d left", left / 60, left % 60));
  }
  return text;
}

void Progress::Start(std::function<State()> state) {
  state_ = std::move(state);
  thread_ = std::thread([this] { Run(); });
}

void Progress::Stop() {
  {
    std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_all();
  if (thread_.joinable()) {
    thread_.join();
  }
  if (drawn_) {
    std::fputs(kClearLine, stderr);
    drawn_ = false;
  }
}

void Progress::Say(const std::string& line) {
  std::lock_guard lock(mutex_);
  std::fprintf(stderr, "%s%s\n", drawn_ ? kClearLine : "", line.c_str());
  drawn_ = false;
}

void Progress::Run() {
  const bool terminal = isatty(STDERR_FILENO) == 1;
  const auto start = std::chrono::steady_clock::now();
  std::unique_lock lock(mutex_);
  changed_.wait_for(lock, kQuiet, [this] { return stopping_; });
  while (!stopping_) {
    const State state = state_();
    if (state.total > 0) {
      const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
      const std::string text = ProgressText(state, seconds);
      if (terminal) {
        const auto filled = static_cast<int>(
            kBarWidth * std::min(1.0, static_cast<double>(state.done) / static_cast<double>(state.total)));
        std::fprintf(stderr, "%s[%s%s] %s", kClearLine, std::string(static_cast<size_t>(filled), '=').c_str(),
                     std::string(static_cast<size_t>(kBarWidth - filled), ' ').c_str(), text.c_str());
        drawn_ = true;
      } else {
        std::fprintf(stderr, "%s\n", text.c_str());
      }
      std::fflush(stderr);
    }
    changed_.wait_for(lock, terminal ? std::chrono::duration_cast<std::chrono::milliseconds>(kBarEvery) : kLineEvery,
                      [this] { return stopping_; });
  }
}

}  // namespace stepwell
