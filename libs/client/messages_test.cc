// Each message's bytes are what the generated classes read and write.
#include "client/messages.h"

#include <gtest/gtest.h>

#include <string>

#include "stepwell/v1/ingest.pb.h"
#include "stepwell/v1/value.pb.h"

namespace stepwell::client {
namespace {

v1::Note Read(const std::string& bytes) {
  v1::Note note;
  EXPECT_TRUE(note.ParseFromString(bytes));
  EXPECT_EQ(note.SerializeAsString(), bytes);
  return note;
}

TEST(Messages, NotesAreReadBack) {
  EXPECT_EQ(Read(ParamNote("lr", "0.1")).param().key(), "lr");
  EXPECT_EQ(Read(ParamNote("lr", "0.1")).param().json(), "0.1");
  EXPECT_EQ(Read(LabelNote("team", "vision")).label().value(), "vision");
  EXPECT_EQ(Read(LabelNote("team", "")).label().key(), "team");
  EXPECT_EQ(Read(StatusNote("failed", 1.5)).status().status(), "failed");
  EXPECT_EQ(Read(StatusNote("failed", 1.5)).status().wall(), 1.5);
  EXPECT_EQ(Read(TextNote("# a\nb")).text(), "# a\nb");
  EXPECT_EQ(Read(TextNote("")).note_case(), v1::Note::kText);
}

TEST(Messages, AWarningIsOfTheClientAndHasNoOffset) {
  const v1::Warning warning = Read(WarningNote("why", 300, 2.5)).warning();
  EXPECT_EQ(warning.source(), "client");
  EXPECT_EQ(warning.offset(), -1);
  EXPECT_EQ(warning.reason(), "why");
  EXPECT_EQ(warning.count(), 300u);
  EXPECT_EQ(warning.wall(), 2.5);
}

TEST(Messages, AScalarsSeriesTellsItsType) {
  const std::pair<Scalar::Type, const char*> types[] = {{Scalar::Type::kFloat64, "float64"},
                                                        {Scalar::Type::kFloat32, "float32"},
                                                        {Scalar::Type::kInt64, "int64"},
                                                        {Scalar::Type::kUint64, "uint64"},
                                                        {Scalar::Type::kBool, "bool"}};
  for (const auto& [type, name] : types) {
    v1::SeriesInfo info;
    ASSERT_TRUE(info.ParseFromString(ScalarInfo("a/b", type)));
    EXPECT_EQ(info.tag(), "a/b");
    EXPECT_EQ(info.kind(), v1::KIND_SCALAR);
    EXPECT_EQ(info.plugin(), "scalars");
    EXPECT_EQ(info.value_type(), name);
    EXPECT_EQ(info.SerializeAsString(), ScalarInfo("a/b", type));
  }
}

TEST(Messages, WhatIsNoUtf8BecomesReplacementCharacters) {
  EXPECT_EQ(Utf8("größe"), "größe");
  EXPECT_EQ(Utf8("a\xff"
                 "b\xc3"),
            "a\xEF\xBF\xBD"
            "b\xEF\xBF\xBD");
  EXPECT_EQ(Utf8("\xff\xf0\x9f\x8e\x89"), "\xEF\xBF\xBD\xf0\x9f\x8e\x89");
}

}  // namespace
}  // namespace stepwell::client
