#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <limits>

#include "base/bytes.h"
#include "base/clock.h"
#include "base/crc32c.h"
#include "base/files.h"
#include "base/ids.h"

namespace stepwell {
namespace {

TEST(Crc32c, GivesTheKnownValues) {
  EXPECT_EQ(Crc32c("123456789"), 0xe3069283u);  // RFC 3720's check value
  EXPECT_EQ(MaskCrc(Crc32c("\x1a\x11"
                           "CRC test, one two")),
            0x5794d08au);  // as TFRecord stores it
  EXPECT_EQ(Crc32cExtend(Crc32c("1234"), "56789"), Crc32c("123456789"));
}

TEST(Bytes, NumbersComeBack) {
  std::string out;
  PutVarint(out, 0);
  PutVarint(out, std::numeric_limits<uint64_t>::max());
  PutLe32(out, 7);
  PutDouble(out, -0.0);
  PutBytes(out, "abc");
  ByteReader in(out);
  EXPECT_EQ(in.Varint(), 0u);
  EXPECT_EQ(in.Varint(), std::numeric_limits<uint64_t>::max());
  EXPECT_EQ(in.Le32(), 7u);
  EXPECT_TRUE(std::signbit(in.Double()));
  EXPECT_EQ(in.Bytes(), "abc");
  EXPECT_TRUE(in.ok());
  EXPECT_TRUE(in.done());
}

TEST(Bytes, ReadingPastTheEndIsAnErrorAndStaysOne) {
  ByteReader in(
      "\x05"
      "ab");
  EXPECT_EQ(in.Bytes(), "");
  EXPECT_FALSE(in.ok());
  EXPECT_EQ(in.Byte(), 0);
  EXPECT_FALSE(in.ok());
}

TEST(Bytes, BigEndianSortsLikeNumbers) {
  std::string a, b;
  PutBe64(a, 255);
  PutBe64(b, 256);
  EXPECT_LT(a, b);
  EXPECT_EQ(GetBe64(b), 256u);
}

TEST(Bytes, ZigZagCoversInt64) {
  for (int64_t v :
       {std::numeric_limits<int64_t>::min(), int64_t{-1}, int64_t{0}, std::numeric_limits<int64_t>::max()}) {
    EXPECT_EQ(UnZigZag(ZigZag(v)), v);
  }
}

TEST(Ids, UlidsSortByTimeAndDiffer) {
  ManualClock clock;
  std::string a = NewUlid(clock);
  std::string same = NewUlid(clock);
  clock.Advance(std::chrono::milliseconds(1));
  std::string b = NewUlid(clock);
  EXPECT_EQ(a.size(), 26u);
  EXPECT_NE(a, same);
  EXPECT_LT(a, b);
  EXPECT_TRUE(IsValidId(a));
  EXPECT_FALSE(IsValidId(".."));
  EXPECT_FALSE(IsValidId("a/b"));
}

TEST(Clock, TimesAreRfc3339WithMicroseconds) {
  EXPECT_EQ(FormatTime(0), "1970-01-01T00:00:00.000000Z");
  EXPECT_EQ(FormatTime(1700000000.25), "2023-11-14T22:13:20.250000Z");
  EXPECT_EQ(FormatTime(-0.5), "1969-12-31T23:59:59.500000Z");
}

TEST(Files, AWholeFileTakesTheOldOnesPlaceAndLeavesNothingBeside) {
  std::string folder = testing::TempDir() + "/files-XXXXXX";
  ASSERT_NE(mkdtemp(folder.data()), nullptr);
  const std::string path = folder + "/ports.json";
  ASSERT_TRUE(WriteWhole(path, "a longer first text").ok());
  ASSERT_TRUE(WriteWhole(path, "second").ok());
  std::ifstream file(path);
  EXPECT_EQ(std::string(std::istreambuf_iterator<char>(file), {}), "second");
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(folder), {}), 1);
  const absl::Status refused = WriteWhole(folder + "/none/ports.json", "x");
  EXPECT_EQ(refused.code(), absl::StatusCode::kNotFound);
  EXPECT_NE(refused.message().find("none/ports.json"), absl::string_view::npos);
  std::filesystem::remove_all(folder);
}

}  // namespace
}  // namespace stepwell
