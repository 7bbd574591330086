#include "net/readiness.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <future>

namespace stepwell::net {
namespace {

using testing::HasSubstr;

double Gauge(prometheus::Registry& registry) { return registry.Collect().at(0).metric.at(0).gauge.value; }

TEST(Readiness, SaysWhichPartIsAwayAndWhatWaits) {
  prometheus::Registry registry;
  std::atomic<bool> away{false};
  const auto catalog = [&] { return away ? absl::UnavailableError("gone") : absl::OkStatus(); };
  Readiness readiness(
      {{"catalog", true, catalog},
       {"ingest", true, [] { return absl::OkStatus(); }, [](JsonWriter& json) { json.Key("waiting").Int(7); }}},
      registry);
  EXPECT_EQ(readiness.Answer().status, 200);
  EXPECT_EQ(Gauge(registry), 1);
  away = true;
  const Response response = readiness.Answer();
  EXPECT_EQ(response.status, 503);
  EXPECT_THAT(response.body, HasSubstr(R"("catalog":{"ready":false,"since":)"));
  EXPECT_THAT(response.body, HasSubstr(R"("reason":"gone")"));
  EXPECT_THAT(response.body, HasSubstr(R"("waiting":7)"));
  EXPECT_EQ(Gauge(registry), 0);
}

TEST(Readiness, APartThatIsNotNeededIsToldAndChangesNothing) {
  prometheus::Registry registry;
  Readiness readiness({{"catalog", false, [] { return absl::UnavailableError("gone"); }}}, registry);
  const Response response = readiness.Answer();
  EXPECT_EQ(response.status, 200);
  EXPECT_THAT(response.body, HasSubstr(R"("ready":true,"parts":{"catalog":{"ready":false)"));
}

// Nobody asks: the gauge follows all the same.
TEST(Readiness, TheGaugeIsKeptUpToDate) {
  prometheus::Registry registry;
  std::atomic<bool> away{false};
  std::atomic<int> looks{0};
  std::promise<void> looked;
  const auto catalog = [&] {
    if (!away) return absl::OkStatus();
    if (++looks == 2) looked.set_value();  // the first one has set the gauge
    return absl::UnavailableError("gone");
  };
  Readiness readiness({{"catalog", true, catalog}}, registry, {.interval = std::chrono::milliseconds(1)});
  away = true;
  looked.get_future().wait();
  EXPECT_EQ(Gauge(registry), 0);
}

TEST(Readiness, APartThatHangsHoldsUpNobody) {
  prometheus::Registry registry;
  std::atomic<int> looks{0};
  std::promise<void> leave;
  std::shared_future<void> left = leave.get_future().share();
  const auto hanging = [&] {
    if (++looks > 1) left.wait();
    return absl::OkStatus();
  };
  {
    using std::chrono::milliseconds;
    Readiness readiness({{"catalog", true, hanging}}, registry,
                        {.interval = milliseconds(1), .wait = milliseconds(1), .patience = milliseconds(0)});
    while (looks < 2) std::this_thread::yield();
    const Response response = readiness.Answer();
    EXPECT_EQ(response.status, 503);
    EXPECT_THAT(response.body, HasSubstr("no answer for 0 s"));
    leave.set_value();
  }
}

}  // namespace
}  // namespace stepwell::net
