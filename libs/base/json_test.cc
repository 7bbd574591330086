#include "base/json.h"

#include <cmath>
#include <cstdlib>
#include <limits>

#include "gtest/gtest.h"

namespace stepwell {
namespace {

std::string Number(double value) {
  std::string out;
  AppendJsonNumber(out, value);
  return out;
}

std::string Quoted(std::string_view text) {
  std::string out;
  AppendJsonString(out, text);
  return out;
}

TEST(Json, NumbersReadBackAsTheyWere) {
  for (double value : {0.1, 1.0 / 3, 5e-324, 1.7976931348623157e308, 0.30000000000000004, 1e22, -123456789.0}) {
    EXPECT_EQ(std::strtod(Number(value).c_str(), nullptr), value) << Number(value);
  }
  EXPECT_EQ(Number(0.1), "0.1");
  EXPECT_EQ(Number(1), "1.0");
}

TEST(Json, WhatIsNoNumberInJsonIsAString) {
  EXPECT_EQ(Number(std::nan("")), "\"NaN\"");
  EXPECT_EQ(Number(std::numeric_limits<double>::infinity()), "\"Infinity\"");
  EXPECT_EQ(Number(-std::numeric_limits<double>::infinity()), "\"-Infinity\"");
}

TEST(Json, MinusZeroKeepsItsSign) { EXPECT_EQ(Number(-0.0), "-0.0"); }

TEST(Json, StringsAreEscapedAndWhatIsNotUtf8IsReplaced) {
  EXPECT_EQ(Quoted("a\"b\\c\n"), "\"a\\\"b\\\\c\\n\"");
  EXPECT_EQ(Quoted(std::string_view("\0x", 2)), "\"\\u0000x\"");
  EXPECT_EQ(Quoted("\xF0\x9F\x98\x80"), "\"\xF0\x9F\x98\x80\"");
  EXPECT_EQ(Quoted("a\xFF"
                   "b"),
            "\"a\xEF\xBF\xBD"
            "b\"");
}

TEST(Json, Utf8KnowsOverlongFormsAndSurrogates) {
  EXPECT_TRUE(IsUtf8("na\xC3\xAFve"));
  EXPECT_FALSE(IsUtf8("\xC0\x80"));
  EXPECT_FALSE(IsUtf8("\xED\xA0\x80"));
  EXPECT_FALSE(IsUtf8("\xF4\x90\x80\x80"));
  EXPECT_FALSE(IsUtf8("\xC3"));
}

TEST(Json, WriterPutsCommasWhereTheyBelong) {
  std::string out;
  JsonWriter json(out);
  json.Object()
      .Key("a")
      .Int(1)
      .Key("b")
      .Array()
      .String("x")
      .Null()
      .Array()
      .End()
      .Object()
      .End()
      .End()
      .Key("c")
      .Bool(true)
      .End();
  EXPECT_EQ(out, R"({"a":1,"b":["x",null,[],{}],"c":true})");
}

TEST(Json, Base64) {
  EXPECT_EQ(Base64(""), "");
  EXPECT_EQ(Base64("f"), "Zg==");
  EXPECT_EQ(Base64("fo"), "Zm8=");
  EXPECT_EQ(Base64("foo"), "Zm9v");
}

}  // namespace
}  // namespace stepwell
