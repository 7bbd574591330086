// Whether a process can do its work, part by part: what /readyz answers and the gauge stepwell_ready says. Each part is
// looked at by a thread of its own, now and then by itself and at once when somebody asks, so that a part that hangs
// holds up neither the answer nor the others.
//
// Thread safety: all methods may be called from any thread.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "absl/status/status.h"
#include "base/json.h"
#include "net/http.h"
#include "prometheus/gauge.h"
#include "prometheus/registry.h"

namespace stepwell::net {

class Readiness {
 public:
  struct Part {
    std::string name;
    bool needed = true;                                  // the process is not ready without it
    std::function<absl::Status()> look;                  // may block for a while
    std::function<void(JsonWriter&)> details = nullptr;  // further members of the part's object; must not block
  };
  struct Times {
    std::chrono::milliseconds interval{1000};    // between looks
    std::chrono::milliseconds wait{1000};        // how long an answer waits for looks
    std::chrono::milliseconds patience{10'000};  // a look that takes longer is one that failed
  };

  // Has looked at each part once when it returns.
  Readiness(std::vector<Part> parts, prometheus::Registry& registry) : Readiness(std::move(parts), registry, Times()) {}
  Readiness(std::vector<Part> parts, prometheus::Registry& registry, Times times);
  ~Readiness();

  // 200 or 503 with {"ready": …, "parts": {name: {"ready": …, "since": …, "reason": …, …}}}; looks at all parts first.
  Response Answer();

 private:
  using Time = std::chrono::steady_clock::time_point;
  struct State {
    Part part;
    absl::Status status;
    double since = 0;  // wall time of the last change between ready and not
    uint64_t begun = 0, done = 0;
    Time began{};
    std::thread thread;
  };

  void Loop(State& state);
  void Look(State& state, std::unique_lock<std::mutex>& lock);
  absl::Status StatusOf(const State& state) const;  // REQUIRES mutex_
  bool Ready() const;                               // REQUIRES mutex_

  const Times times_;
  prometheus::Gauge& gauge_;
  std::mutex mutex_;
  std::condition_variable wake_, looked_;
  std::vector<State> states_;  // the vector is constant, its elements are guarded by mutex_
  uint64_t asked_ = 0;         // guarded by mutex_: rises with each answer
  bool stopping_ = false;      // guarded by mutex_
};

}  // namespace stepwell::net
