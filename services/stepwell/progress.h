// How far a long command is: a bar on a terminal (percent, rate, time left), else a plain line every few seconds. And
// lines for people, which do not tear the bar.
//
// Thread safety: all methods may be called from any thread.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <functional>
#include <mutex>
#include <string>
#include <thread>

namespace stepwell {

class Progress {
 public:
  struct State {
    uint64_t done = 0;
    uint64_t total = 0;  // 0: not known, no bar
  };

  Progress() = default;
  ~Progress() { Stop(); }
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  // Shows `state` (bytes) until Stop.
  void Start(std::function<State()> state);
  void Stop();
  // A line on stderr.
  void Say(const std::string& line);

 private:
  void Run();

  std::mutex mutex_;
  std::condition_variable changed_;
  std::function<State()> state_;
  bool stopping_ = false;
  bool drawn_ = false;  // a bar stands on the terminal's last line
  std::thread thread_;
};

// "12 % · 34.5 MB/s · 1:05 left".
std::string ProgressText(const Progress::State& state, double seconds);

}  // namespace stepwell
