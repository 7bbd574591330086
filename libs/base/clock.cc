#include "base/clock.h"

#include <cmath>
#include <cstdio>
#include <ctime>

namespace stepwell {
namespace {

class SystemClock : public Clock {
 public:
  double WallSeconds() const override {
    return std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch()).count();
  }
  std::chrono::steady_clock::time_point Steady() const override { return std::chrono::steady_clock::now(); }
};

}  // namespace

const Clock& Clock::System() {
  static const SystemClock clock;
  return clock;
}

std::string FormatTime(double wall_seconds) {
  double whole = std::floor(wall_seconds);
  int micros = static_cast<int>(std::lround((wall_seconds - whole) * 1e6));
  if (micros == 1000000) {
    whole += 1;
    micros = 0;
  }
  std::time_t seconds = static_cast<std::time_t>(whole);
  std::tm utc{};
  gmtime_r(&seconds, &utc);
  char date[32];
  std::strftime(date, sizeof date, "%Y-%m-%dT%H:%M:%S", &utc);
  char out[48];
  std::snprintf(out, sizeof out, "%s.%06dZ", date, micros);
  return out;
}

}  // namespace stepwell
