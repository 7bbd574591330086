#include "upload/names.h"

#include "gtest/gtest.h"

namespace stepwell::upload {
namespace {

TEST(PrintableName, KeepsUtf8AndWritesOtherBytesOut) {
  EXPECT_EQ(PrintableName("läuft/\xe6\x97\xa5\xf0\x9f\x98\x80 <b>"), "läuft/\xe6\x97\xa5\xf0\x9f\x98\x80 <b>");
  EXPECT_EQ(PrintableName("a\xff"
                          "b"),
            "a\\xffb");
  EXPECT_EQ(PrintableName("\xc3"), "\\xc3");
  EXPECT_EQ(PrintableName("\xed\xa0\x80"), "\\xed\\xa0\\x80");  // a surrogate
  EXPECT_EQ(PrintableName("\xc0\xaf"), "\\xc0\\xaf");           // overlong
}

TEST(WriterId, IsAtMost255BytesAndStaysDifferent) {
  EXPECT_EQ(WriterId("events.1"), "events.1");
  EXPECT_EQ(WriterId("events.1", 2), "events.1#2");
  const std::string a = WriterId(std::string(254, '\xff') + "a");
  const std::string b = WriterId(std::string(254, '\xff') + "b");
  EXPECT_LE(a.size(), 255u);
  EXPECT_NE(a, b);
  EXPECT_EQ(PrintableName(WriterId(std::string(200, 'a') + std::string("\xc3\xa4\xc3\xa4") + std::string(200, 'b')))
                .find("\\x"),
            std::string::npos);
}

TEST(RunId, DependsOnEveryPart) {
  EXPECT_EQ(RunId("w", "e", "r"), RunId("w", "e", "r"));
  EXPECT_NE(RunId("w", "e", "r"), RunId("we", "", "r"));
  EXPECT_NE(RunId("w", "e", "r"), RunId("w", "e", "s"));
}

}  // namespace
}  // namespace stepwell::upload
