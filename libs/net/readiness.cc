#include "net/readiness.h"

#include <pthread.h>

#include <algorithm>
#include <utility>

#include "base/clock.h"

namespace stepwell::net {

using std::chrono::steady_clock;

Readiness::Readiness(std::vector<Part> parts, prometheus::Registry& registry, Times times)
    : times_(times),
      gauge_(prometheus::BuildGauge()
                 .Name("stepwell_ready")
                 .Help("1 if this process can do its work.")
                 .Register(registry)
                 .Add({})),
      states_(parts.size()) {
  std::unique_lock lock(mutex_);
  for (size_t i = 0; i < parts.size(); ++i) {
    states_[i].part = std::move(parts[i]);
    states_[i].since = Clock::System().WallSeconds();
    Look(states_[i], lock);
  }
  for (State& state : states_) {
    state.thread = std::thread([this, &state] { Loop(state); });
    pthread_setname_np(state.thread.native_handle(), "readiness");
  }
}

Readiness::~Readiness() {
  {
    std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_all();
  for (State& state : states_) state.thread.join();
}

void Readiness::Look(State& state, std::unique_lock<std::mutex>& lock) {
  const uint64_t number = ++state.begun;
  state.began = steady_clock::now();
  lock.unlock();
  absl::Status found = state.part.look();
  lock.lock();
  state.done = number;
  if (found.ok() != state.status.ok()) state.since = Clock::System().WallSeconds();
  state.status = std::move(found);
  gauge_.Set(Ready() ? 1 : 0);
  looked_.notify_all();
}

void Readiness::Loop(State& state) {
  std::unique_lock lock(mutex_);
  uint64_t answered = asked_;
  while (true) {
    wake_.wait_for(lock, times_.interval, [&] { return stopping_ || asked_ != answered; });
    if (stopping_) return;
    answered = asked_;
    Look(state, lock);
  }
}

absl::Status Readiness::StatusOf(const State& state) const {
  const auto waited = steady_clock::now() - state.began;
  if (state.begun == state.done || waited < times_.patience || !state.status.ok()) return state.status;
  return absl::UnavailableError(
      "no answer for " + std::to_string(std::chrono::duration_cast<std::chrono::seconds>(waited).count()) + " s");
}

bool Readiness::Ready() const {
  return std::all_of(states_.begin(), states_.end(),
                     [this](const State& state) { return !state.part.needed || StatusOf(state).ok(); });
}

Response Readiness::Answer() {
  std::unique_lock lock(mutex_);
  std::vector<uint64_t> wanted;
  for (const State& state : states_) wanted.push_back(state.begun + 1);
  ++asked_;
  wake_.notify_all();
  looked_.wait_for(lock, times_.wait, [&] {
    for (size_t i = 0; i < states_.size(); ++i) {
      if (states_[i].done < wanted[i]) return false;
    }
    return true;
  });
  Response response;
  const bool ready = Ready();
  response.status = ready ? 200 : 503;
  JsonWriter json(response.body);
  json.Object().Key("ready").Bool(ready).Key("parts").Object();
  for (const State& state : states_) {
    const absl::Status status = StatusOf(state);
    json.Key(state.part.name).Object().Key("ready").Bool(status.ok()).Key("since").Double(state.since);
    if (!status.ok()) json.Key("reason").String(std::string(status.message()));
    if (state.part.details) state.part.details(json);
    json.End();
  }
  json.End().End();
  return response;
}

}  // namespace stepwell::net
