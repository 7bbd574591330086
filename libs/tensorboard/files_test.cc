// Names of files, profiles, and the small checks of text.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "tensorboard/json_check.h"
#include "tensorboard/log_files.h"
#include "tensorboard/profile.h"
#include "tensorboard/testing.h"
#include "tensorboard/utf8.h"

namespace stepwell::tensorboard {
namespace {

using testing::ElementsAre;

TEST(LogFiles, CountByTheirName) {
  EXPECT_EQ(ClassifyLogFile("events.out.tfevents.1700000000.host.1.0"), LogFileKind::kEvents);
  EXPECT_EQ(ClassifyLogFile("events.out.tfevents.1700000000.host.1.0.v2"), LogFileKind::kEvents);
  EXPECT_EQ(ClassifyLogFile("my.tfevents"), LogFileKind::kEvents);
  EXPECT_EQ(ClassifyLogFile("events.out.tfevents.1700000001.host.profile-empty"), LogFileKind::kMarker);
  EXPECT_EQ(ClassifyLogFile("events.out.tfevents.1700000002.host.1.0.gz"), LogFileKind::kPacked);
  EXPECT_EQ(ClassifyLogFile("model.ckpt-2.index"), LogFileKind::kOther);
}

TEST(LogFiles, NumbersInNamesCompareAsNumbers) {
  std::vector<std::string> names = {"host.1.10", "host.1.9", "host.1.09", "host.1", "host.12.0", "a", "host.1.9.v2"};
  std::sort(names.begin(), names.end(), NaturalLess);
  EXPECT_THAT(names, ElementsAre("a", "host.1", "host.1.09", "host.1.9", "host.1.9.v2", "host.1.10", "host.12.0"));
}

TEST(LogFiles, NaturalOrderIsStrictAndTotal) {
  const std::vector<std::string> names = {"",    "0",   "00",   "1",   "01", "a1",
                                          "a01", "a1b", "a01b", "a10", "a9", "99999999999999999999999"};
  for (const std::string& a : names) {
    EXPECT_FALSE(NaturalLess(a, a));
    for (const std::string& b : names) {
      EXPECT_EQ(NaturalLess(a, b) || NaturalLess(b, a), a != b) << a << " " << b;
    }
  }
}

TEST(Profiles, AreFilesOfTheRunByteForByte) {
  const auto files = ListProfiles((DataFolder() / "cases/41-profile-and-foreign-files/logdir/train").string());
  ASSERT_TRUE(files.ok());
  ASSERT_EQ(files->size(), 3u);
  EXPECT_EQ((*files)[0].path, "plugins/profile/2023_11_14_22_13_20/host.overview_page.pb");
  const auto profile = ReadProfile((*files)[2]);
  ASSERT_TRUE(profile.ok());
  EXPECT_EQ(profile->value.bytes().format(), "xplane");
  EXPECT_EQ(profile->bytes.size(), 1024u);
  EXPECT_EQ(profile->sha256, Sha256(profile->bytes));
  EXPECT_EQ(profile->series.kind(), v1::KIND_PROFILE);
  EXPECT_EQ(profile->series.tag(), profile->value.bytes().name());
}

TEST(Profiles, ThereAreNoneInARunWithoutThem) {
  const TempFolder folder;
  EXPECT_TRUE(ListProfiles(folder.path())->empty());
  EXPECT_TRUE(ListProfiles(folder / "none")->empty());
}

TEST(Profiles, LinksOutOfTheRunAreNotFollowed) {
  const TempFolder folder;
  folder.Write("secret", "secret");
  folder.Write("run/plugins/profile/s/real.xplane.pb", "x");
  std::filesystem::create_symlink(folder / "secret", folder / "run/plugins/profile/s/link.xplane.pb");
  EXPECT_EQ(ListProfiles(folder / "run")->size(), 1u);
}

TEST(Utf8, WhatIsNotUtf8IsReplacedAsInBrowsers) {
  EXPECT_EQ(CleanUtf8("perte_\xe9"), "perte_\ufffd");
  EXPECT_EQ(CleanUtf8("\xe6\x90"), "\ufffd");                  // a character that was cut: one sign
  EXPECT_EQ(CleanUtf8("\xc0\xaf"), "\ufffd\ufffd");            // overlong
  EXPECT_EQ(CleanUtf8("\xed\xa0\x80"), "\ufffd\ufffd\ufffd");  // a surrogate
  EXPECT_EQ(CleanUtf8("\xf4\x90\x80\x80"), "\ufffd\ufffd\ufffd\ufffd");
  EXPECT_EQ(CleanUtf8("\u640d\u5931 \U0001f525"), "\u640d\u5931 \U0001f525");
}

TEST(JsonCheck, TakesJsonAndPythonsNumbers) {
  for (const char* text :
       {"{}", "[]", " {\"a\": [1, -2.5e+3, \"x\\\"y\", true, null]} ", "NaN", "[Infinity, -Infinity]", "\"\""}) {
    EXPECT_TRUE(IsJson(text)) << text;
  }
}

TEST(JsonCheck, RefusesWhatIsCutOrNone) {
  for (const char* text :
       {"", "{", "[1,", "[1,]", "{\"a\"}", "{\"a\": }", "\"open", "tru", "1 2", "{'a': 1}", "-", "1.", "\"a\\"}) {
    EXPECT_FALSE(IsJson(text)) << text;
  }
  EXPECT_FALSE(IsJson(std::string(100'000, '[')));
}

}  // namespace
}  // namespace stepwell::tensorboard
