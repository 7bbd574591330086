#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <functional>
#include <limits>
#include <random>

#include "codec/doubles.h"
#include "codec/integers.h"
#include "codec/lanes.h"
#include "codec/strings.h"

namespace stepwell::codec {
namespace {

constexpr int64_t kMin = std::numeric_limits<int64_t>::min();
constexpr int64_t kMax = std::numeric_limits<int64_t>::max();

size_t ExpectIntegersComeBack(const std::vector<int64_t>& values) {
  std::string bytes;
  EncodeIntegers(values, bytes);
  std::vector<int64_t> back;
  EXPECT_TRUE(DecodeIntegers(bytes, values.size(), &back).ok());
  EXPECT_EQ(back, values);
  return bytes.size();
}

std::vector<uint64_t> Bits(const std::vector<double>& values) {
  std::vector<uint64_t> bits;
  for (double v : values) bits.push_back(std::bit_cast<uint64_t>(v));
  return bits;
}

size_t ExpectDoublesComeBack(const std::vector<double>& values) {
  std::string bytes;
  EncodeDoubles(values, bytes);
  std::vector<double> back;
  EXPECT_TRUE(DecodeDoubles(bytes, values.size(), {}, &back).ok());
  EXPECT_EQ(Bits(back), Bits(values));
  return bytes.size();
}

TEST(Integers, EveryKindOfColumnComesBack) {
  ExpectIntegersComeBack({});
  ExpectIntegersComeBack({kMin});
  ExpectIntegersComeBack({kMin, kMax});
  ExpectIntegersComeBack({kMax, kMin, 0, -1, 1, kMin, kMax});
  ExpectIntegersComeBack({(int64_t{1} << 53) + 1, (int64_t{1} << 53), (int64_t{1} << 53) + 3});
  std::mt19937_64 random(1);
  for (size_t n : {2, 3, 15, 16, 23, 24, 25, 128, 1023, 1024}) {
    for (int bits : {1, 7, 8, 9, 31, 33, 63, 64}) {
      std::vector<int64_t> noise(n), sum(n), sum_of_sums(n);
      int64_t last = 0;
      for (size_t i = 0; i < n; ++i) {
        noise[i] = static_cast<int64_t>(random() >> (64 - bits));
        sum[i] = last = static_cast<int64_t>(static_cast<uint64_t>(last) + static_cast<uint64_t>(noise[i]));
        sum_of_sums[i] =
            static_cast<int64_t>(static_cast<uint64_t>(i ? sum_of_sums[i - 1] : 0) + static_cast<uint64_t>(sum[i]));
      }
      ExpectIntegersComeBack(noise);
      ExpectIntegersComeBack(sum);
      ExpectIntegersComeBack(sum_of_sums);
    }
  }
}

TEST(Integers, RegularStepsCostNextToNothing) {
  std::vector<int64_t> steps(1024);
  for (size_t i = 0; i < steps.size(); ++i) steps[i] = 1000000 + 50 * static_cast<int64_t>(i);
  EXPECT_LE(ExpectIntegersComeBack(steps), 8u);
  steps[500] += 3;
  EXPECT_LE(ExpectIntegersComeBack(steps), 64u);
}

TEST(Integers, FewDistinctValuesCostTheirIndex) {
  std::mt19937_64 random(2);
  std::vector<int64_t> table(8), values(1024);
  for (int64_t& t : table) t = static_cast<int64_t>(random());
  for (int64_t& v : values) v = table[random() % 8];
  EXPECT_LE(ExpectIntegersComeBack(values), 1024u / 2);
}

TEST(Doubles, NastyValuesComeBackBitForBit) {
  using D = std::numeric_limits<double>;
  using F = std::numeric_limits<float>;
  auto bits = [](uint64_t pattern) { return std::bit_cast<double>(pattern); };
  const std::vector<double> nasty = {0.0,
                                     -0.0,
                                     1.0,
                                     -1.0,
                                     D::denorm_min(),
                                     -D::denorm_min(),
                                     F::denorm_min(),
                                     F::max(),
                                     D::max(),
                                     D::lowest(),
                                     D::infinity(),
                                     -D::infinity(),
                                     D::quiet_NaN(),
                                     bits(0x7FF0000000000001u),
                                     bits(0xFFF8000000000123u),
                                     bits(0x7FF0000020000000u),
                                     0.1,
                                     static_cast<double>(0.1f),
                                     1e300,
                                     9007199254740992.0};
  ExpectDoublesComeBack({});
  ExpectDoublesComeBack(nasty);
  for (double v : nasty) {
    ExpectDoublesComeBack({v});
    ExpectDoublesComeBack(std::vector<double>(100, v));
    EXPECT_EQ(std::bit_cast<uint64_t>(FromOrdered(ToOrdered(v))), std::bit_cast<uint64_t>(v));
    if (auto narrow = ToOrderedFloat(v)) {
      EXPECT_EQ(std::bit_cast<uint64_t>(FromOrderedFloat(*narrow)), std::bit_cast<uint64_t>(v));
    }
  }
  std::mt19937_64 random(3);
  for (size_t n : {2, 7, 31, 200, 1024}) {
    std::vector<double> mixed(n), any(n), floats(n);
    for (size_t i = 0; i < n; ++i) {
      mixed[i] = nasty[random() % nasty.size()];
      any[i] = std::bit_cast<double>(random());
      floats[i] = FromOrderedFloat(static_cast<int32_t>(random()));
    }
    ExpectDoublesComeBack(mixed);
    ExpectDoublesComeBack(any);
    EXPECT_LE(ExpectDoublesComeBack(floats), 4 * n + 16);
  }
}

TEST(Doubles, OrderedPatternsSortLikeNumbers) {
  const double kInOrder[] = {-std::numeric_limits<double>::infinity(), -2, -1e-320, -0.0, 0.0, 1e-320, 1, 2,
                             std::numeric_limits<double>::infinity()};
  for (size_t i = 1; i < std::size(kInOrder); ++i) EXPECT_LT(ToOrdered(kInOrder[i - 1]), ToOrdered(kInOrder[i]));
}

TEST(Doubles, WallTimesBesideALeaderCostABitOrTwo) {
  std::mt19937_64 random(4);
  std::vector<double> leader(1024), walls(1024);
  for (size_t i = 0; i < leader.size(); ++i) {
    leader[i] = 1.7e9 + 0.1 * static_cast<double>(i) + 1e-6 * static_cast<double>(random() % 4000);
    walls[i] = leader[i] + 7 * 3e-6;
  }
  std::string bytes;
  EncodeDoublesAgainst(walls, leader, bytes);
  EXPECT_LE(bytes.size(), 1024u / 4);
  std::vector<double> back;
  ASSERT_TRUE(DecodeDoubles(bytes, walls.size(), leader, &back).ok());
  EXPECT_EQ(Bits(back), Bits(walls));
  EXPECT_EQ(DecodeDoubles(bytes, walls.size(), {}, &back).code(), absl::StatusCode::kDataLoss);
}

TEST(Doubles, AnUnfitLeaderCostsNoMoreThanNone) {
  std::mt19937_64 random(5);
  std::vector<double> leader(512), walls(512);
  for (double& v : leader) v = std::bit_cast<double>(random());
  for (size_t i = 0; i < walls.size(); ++i) walls[i] = static_cast<double>(i);
  std::string alone, against;
  EncodeDoubles(walls, alone);
  EncodeDoublesAgainst(walls, leader, against);
  EXPECT_LE(against.size(), alone.size());
  std::vector<double> back;
  ASSERT_TRUE(DecodeDoubles(against, walls.size(), leader, &back).ok());
  EXPECT_EQ(Bits(back), Bits(walls));
}

TEST(Strings, ComeBackAndSimilarOnesAreSmall) {
  for (const std::vector<std::string>& values : {std::vector<std::string>{},
                                                 {""},
                                                 {"", ""},
                                                 {"a", "", std::string(100000, 'x'), std::string("\0\xFF", 2)},
                                                 std::vector<std::string>(1024, "step **7** of run")}) {
    std::string bytes;
    EncodeStrings(values, bytes);
    std::vector<std::string> back;
    ASSERT_TRUE(DecodeStrings(bytes, values.size(), &back).ok());
    EXPECT_EQ(back, values);
    EXPECT_LE(bytes.size(), 200u);
  }
}

TEST(Strings, ALengthBeyondTheBytesIsRefused) {
  std::string lengths;
  EncodeIntegers(std::vector<int64_t>{int64_t{1} << 40, 1}, lengths);
  for (char encoding : {'\0', '\1'}) {
    std::string bytes(1, encoding);
    PutBytes(bytes, lengths);
    bytes += "abc";
    std::vector<std::string> back;
    EXPECT_EQ(DecodeStrings(bytes, 2, &back).code(), absl::StatusCode::kDataLoss);
  }
}

// Whatever bytes come, a decoder gives a status and `count` values or none.
TEST(Decoders, SurviveCutAndChangedColumns) {
  std::mt19937_64 random(6);
  std::vector<double> values(64);
  for (double& v : values) v = static_cast<double>(random() % 1000) / 7;
  std::string bytes;
  EncodeDoubles(values, bytes);
  std::vector<double> back;
  for (size_t cut = 0; cut < bytes.size(); ++cut) {
    EXPECT_FALSE(DecodeDoubles(std::string_view(bytes).substr(0, cut), values.size(), {}, &back).ok()) << cut;
  }
  EXPECT_FALSE(DecodeDoubles(bytes + "x", values.size(), {}, &back).ok());
  EXPECT_FALSE(DecodeDoubles(bytes, values.size() + 1, {}, &back).ok());
  for (int i = 0; i < 20000; ++i) {
    std::string changed = bytes;
    changed[random() % changed.size()] = static_cast<char>(random());
    if (DecodeDoubles(changed, values.size(), {}, &back).ok()) {
      EXPECT_EQ(back.size(), values.size());
    }
  }
}

}  // namespace
}  // namespace stepwell::codec
