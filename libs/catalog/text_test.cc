#include "catalog/text.h"

#include <cmath>
#include <limits>
#include <random>

#include "catalog/json_value.h"
#include "catalog/sql_text.h"
#include "gtest/gtest.h"

namespace stepwell::catalog {
namespace {

bool IsUtf8WithoutNul(std::string_view text) {
  while (!text.empty()) {
    size_t length = Utf8SequenceLength(text);
    if (length == 0 || text[0] == '\0') return false;
    text.remove_prefix(length);
  }
  return true;
}

TEST(TextTest, AnyBytesSurviveAndWhatIsStoredIsUtf8) {
  std::mt19937 random(1);
  for (int i = 0; i < 20000; ++i) {
    std::string bytes;
    for (unsigned n = random() % 9; n > 0; --n) {
      const char odd[] = {
          0, 1, 'x', '0', '1', 'f', static_cast<char>(0xe2), static_cast<char>(0x82), static_cast<char>(0xac)};
      bytes += random() % 2 ? odd[random() % sizeof odd] : static_cast<char>(random());
    }
    std::string text = EncodeText(bytes);
    EXPECT_TRUE(IsUtf8WithoutNul(text));
    EXPECT_EQ(DecodeText(text), bytes);
  }
  EXPECT_EQ(EncodeText("plain \u20ac"), "plain \u20ac");
  EXPECT_EQ(Utf8SequenceLength("\xed\xa0\x80"), 0u) << "a surrogate is no character";
  EXPECT_EQ(Utf8SequenceLength("\xc0\x80"), 0u) << "nor is an overlong NUL";
}

TEST(JsonValueTest, TypesAreToldApartAndTheTextStays) {
  EXPECT_EQ(ReadJsonValue(" 1.0 ").json, "1.0");
  EXPECT_EQ(ReadJsonValue("1").kind, 'n');
  EXPECT_EQ(ReadJsonValue("-1e-3").number, -1e-3);
  EXPECT_TRUE(std::isinf(ReadJsonValue("1e400").number));
  EXPECT_EQ(ReadJsonValue("\"1\"").kind, 's');
  EXPECT_EQ(ReadJsonValue("true").kind, 'b');
  EXPECT_EQ(ReadJsonValue("null").kind, 'z');
  EXPECT_EQ(ReadJsonValue("[1, {\"a\": null}]").kind, 'j');
  EXPECT_EQ(ReadJsonValue("\"a\\u0000\\ud83d\\ude00\\n\"").text, std::string("a\0\xf0\x9f\x98\x80\n", 7));
}

TEST(JsonValueTest, WhatIsNotJsonIsKeptAsAStringOfIt) {
  for (const char* bad : {"", "nul", "NaN", "01", "1.", "+1", "[1,]", "{\"a\"}", "{a:1}", "\"a", "\"\t\"", "1 2", "'a'",
                          "\"\\x\"", "tru"}) {
    JsonValue value = ReadJsonValue(bad);
    EXPECT_EQ(value.kind, 's') << bad;
    EXPECT_EQ(value.text, bad);
    EXPECT_EQ(ReadJsonValue(value.json).text, bad) << "what is stored is JSON";
  }
  EXPECT_EQ(ReadJsonValue(std::string(1000, '[') + std::string(1000, ']')).kind, 's') << "too deep";
}

TEST(SqlTextTest, DoublesReadBackAndTimesStayInRange) {
  EXPECT_EQ(SqlDouble(0.1), "0.1");
  EXPECT_EQ(SqlDouble(-0.0), "-0");
  EXPECT_EQ(SqlDouble(std::nan("")), "NaN");
  EXPECT_EQ(SqlDouble(-std::numeric_limits<double>::infinity()), "-Infinity");
  EXPECT_EQ(SqlTime(1.5), "1970-01-01T00:00:01.500000Z");
  for (double odd : {0.0, std::nan(""), 1e300, -1e300}) EXPECT_EQ(SqlTime(odd), "now");
  EXPECT_EQ(ClampInt64(~uint64_t{0}), std::numeric_limits<int64_t>::max());
  EXPECT_EQ(FromSqlBytes(SqlBytes(std::string("\0\xff", 2))), std::string("\0\xff", 2));
  SqlArray array;
  EXPECT_EQ(array.Finish(), "{}");
  array.Text("a\"b\\");
  array.Null();
  EXPECT_EQ(array.Finish(), "{\"a\\\"b\\\\\",NULL}");
}

}  // namespace
}  // namespace stepwell::catalog
