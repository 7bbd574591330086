// Time, injectable: production code asks a Clock, tests set one.
//
// Thread safety: all methods may be called from any thread.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <string>

namespace stepwell {

class Clock {
 public:
  virtual ~Clock() = default;
  virtual double WallSeconds() const = 0;                            // since the epoch; may jump
  virtual std::chrono::steady_clock::time_point Steady() const = 0;  // never goes back
  static const Clock& System();
};

class ManualClock : public Clock {
 public:
  double WallSeconds() const override { return 1.7e9 + Seconds(); }
  std::chrono::steady_clock::time_point Steady() const override {
    return std::chrono::steady_clock::time_point(std::chrono::nanoseconds(nanos_.load()));
  }
  void Advance(std::chrono::nanoseconds by) { nanos_ += by.count(); }

 private:
  double Seconds() const { return static_cast<double>(nanos_.load()) / 1e9; }
  std::atomic<int64_t> nanos_{0};
};

// RFC 3339 in UTC with microseconds: "2026-01-02T03:04:05.678901Z".
std::string FormatTime(double wall_seconds);

}  // namespace stepwell
