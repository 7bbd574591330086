#include "stepwell/units.h"

#include "gtest/gtest.h"

namespace stepwell {
namespace {

using std::chrono::milliseconds;

TEST(ParseDuration, ReadsNumbersWithUnits) {
  EXPECT_EQ(*ParseDuration("3ms"), milliseconds(3));
  EXPECT_EQ(*ParseDuration("0.5s"), milliseconds(500));
  EXPECT_EQ(*ParseDuration("5m"), milliseconds(300'000));
  EXPECT_EQ(*ParseDuration("30d"), milliseconds(int64_t{30} * 86'400'000));
}

TEST(ParseDuration, RefusesWhatIsNoDuration) {
  for (const char* text : {"", "5", "ms", "-1s", "5 m", "1e300d", "nan s", "3msx"}) {
    EXPECT_FALSE(ParseDuration(text).ok()) << text;
  }
}

TEST(ParseBytes, ReadsDecimalAndBinaryUnits) {
  EXPECT_EQ(*ParseBytes("1048576"), 1u << 20);
  EXPECT_EQ(*ParseBytes("64MiB"), 64u << 20);
  EXPECT_EQ(*ParseBytes("2GB"), 2'000'000'000u);
  EXPECT_FALSE(ParseBytes("64mib").ok());
  EXPECT_FALSE(ParseBytes("inf").ok());
}

}  // namespace
}  // namespace stepwell
