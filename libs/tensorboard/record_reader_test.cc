#include "tensorboard/record_reader.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <string>
#include <vector>

#include "tensorboard/testing.h"

namespace stepwell::tensorboard {
namespace {

using Outcome = RecordReader::Outcome;
using Tail = RecordReader::Tail;
using testing::ElementsAre;

const std::vector<std::string> kData = {"first", "", std::string(60, 'x'), "the fourth", std::string("\0\1\2", 3)};

std::string AllRecords() {
  std::string file;
  for (const std::string& data : kData) file += Framed(data);
  return file;
}

// Everything that a file has, read to its end.
struct Read {
  std::vector<std::string> records;
  std::vector<uint64_t> offsets;
  std::vector<Damage> damages;
  Tail tail = Tail::kClean;
  uint64_t offset = 0;
};

void ReadOn(RecordReader& reader, Read* read) {
  while (true) {
    switch (reader.Next()) {
      case Outcome::kRecord:
        read->records.emplace_back(reader.record());
        read->offsets.push_back(reader.record_offset());
        break;
      case Outcome::kDamage:
        read->damages.push_back(reader.damage());
        break;
      default:
        read->tail = reader.tail();
        read->offset = reader.offset();
        ASSERT_TRUE(reader.status().ok());
        return;
    }
  }
}

Read ReadAll(const std::string& bytes, uint64_t offset = 0) {
  const TempFolder folder;
  auto reader = RecordReader::Open(folder.Write("f", bytes), offset);
  Read read;
  ReadOn(**reader, &read);
  return read;
}

TEST(RecordReader, GivesEveryRecordWithItsOffset) {
  const Read read = ReadAll(AllRecords());
  EXPECT_EQ(read.records, kData);
  EXPECT_THAT(read.offsets, ElementsAre(0, 21, 37, 113, 139));
  EXPECT_EQ(read.tail, Tail::kClean);
  EXPECT_EQ(read.offset, AllRecords().size());
}

TEST(RecordReader, ReadsWhatTensorFlowWrote) {
  constexpr char kRecord[] =
      "\x3e\x00\x00\x00\x00\x00\x00\x00\xd9\xd2\x40\xe7\x09\x00\x00\xc0"
      "\xc7\xab\xc1\xda\x41\x1a\x0d\x62\x72\x61\x69\x6e\x2e\x45\x76\x65"
      "\x6e\x74\x3a\x32\x52\x24\x0a\x22\x74\x65\x6e\x73\x6f\x72\x66\x6c"
      "\x6f\x77\x2e\x63\x6f\x72\x65\x2e\x75\x74\x69\x6c\x2e\x65\x76\x65"
      "\x6e\x74\x73\x5f\x77\x72\x69\x74\x65\x72\xc5\xe8\x76\xb9";
  const Read read = ReadAll(std::string(kRecord, sizeof(kRecord) - 1));
  ASSERT_EQ(read.records.size(), 1u);
  EXPECT_THAT(read.records[0], testing::HasSubstr("brain.Event:2"));
}

TEST(RecordReader, GoesOnFromAnOffset) {
  const Read read = ReadAll(AllRecords(), 113);
  EXPECT_THAT(read.records, ElementsAre(kData[3], kData[4]));
}

TEST(RecordReader, AFileCutAnywhereIsTornAndGoesOnWhenTheRestComes) {
  const std::string all = AllRecords();
  for (size_t cut = 0; cut <= all.size(); ++cut) {
    const TempFolder folder;
    auto reader = RecordReader::Open(folder.Write("f", all.substr(0, cut)));
    Read read;
    ReadOn(**reader, &read);
    EXPECT_TRUE(read.damages.empty()) << cut;
    EXPECT_EQ(read.tail, read.offset == cut ? Tail::kClean : Tail::kTorn) << cut;
    folder.Append("f", all.substr(cut));
    ReadOn(**reader, &read);
    EXPECT_EQ(read.records, kData) << cut;
    EXPECT_TRUE(read.damages.empty()) << cut;
    EXPECT_EQ(read.tail, Tail::kClean) << cut;
  }
}

TEST(RecordReader, AFileThatGrowsByteByByteGivesEachRecordOnce) {
  const TempFolder folder;
  auto reader = RecordReader::Open(folder.Write("f", ""));
  Read read;
  for (const char byte : AllRecords()) {
    folder.Append("f", std::string(1, byte));
    ReadOn(**reader, &read);
  }
  EXPECT_EQ(read.records, kData);
}

TEST(RecordReader, AFlippedBitCostsItsRecordAndNoOther) {
  const std::string all = AllRecords();
  const std::vector<uint64_t> starts = {0, 21, 37, 113, 139, all.size()};
  for (size_t byte = 0; byte < all.size(); ++byte) {
    for (int bit = 0; bit < 8; ++bit) {
      std::string damaged = all;
      damaged[byte] = static_cast<char>(damaged[byte] ^ 1 << bit);
      const size_t hit = static_cast<size_t>(std::upper_bound(starts.begin(), starts.end(), byte) - starts.begin()) - 1;
      std::vector<std::string> kept = kData;
      kept.erase(kept.begin() + static_cast<long>(hit));
      const Read read = ReadAll(damaged);
      ASSERT_EQ(read.records, kept) << byte << "." << bit;
      const bool in_last_length = hit + 1 == kData.size() && byte - starts[hit] < 12;
      if (in_last_length) {  // nothing follows that would prove the damage
        ASSERT_TRUE(read.damages.empty()) << byte;
        ASSERT_EQ(read.tail, Tail::kDamaged) << byte;
        ASSERT_EQ(read.offset, starts[hit]);
      } else {
        ASSERT_EQ(read.damages.size(), 1u) << byte << "." << bit;
        EXPECT_EQ(read.damages[0].offset, starts[hit]);
        EXPECT_EQ(read.damages[0].skipped, starts[hit + 1] - starts[hit]);
        EXPECT_EQ(read.damages[0].reason,
                  byte - starts[hit] < 12 ? DamageReason::kLengthChecksum : DamageReason::kDataChecksum);
      }
    }
  }
}

TEST(RecordReader, RubbishBetweenRecordsIsSkippedWhole) {
  const std::string rubbish(5000, '\x5a');
  const Read read = ReadAll(Framed("a") + rubbish + Framed("b"));
  EXPECT_THAT(read.records, ElementsAre("a", "b"));
  ASSERT_EQ(read.damages.size(), 1u);
  EXPECT_EQ(read.damages[0].skipped, rubbish.size());
}

TEST(RecordReader, ADamagedTailIsSilentUntilARecordFollowsIt) {
  const TempFolder folder;
  auto reader = RecordReader::Open(folder.Write("f", Framed("a") + std::string(100, '\x5a')));
  Read read;
  ReadOn(**reader, &read);
  EXPECT_EQ(read.tail, Tail::kDamaged);
  EXPECT_EQ(read.offset, Framed("a").size());
  const std::string next = Framed("b");
  folder.Append("f", next.substr(0, 5));
  ReadOn(**reader, &read);
  EXPECT_TRUE(read.damages.empty());
  folder.Append("f", next.substr(5));
  ReadOn(**reader, &read);
  EXPECT_THAT(read.records, ElementsAre("a", "b"));
  EXPECT_EQ(read.damages.size(), 1u);
  EXPECT_EQ(read.damages[0].skipped, 100u);
}

TEST(RecordReader, ARecordThatFollowsDamageAndIsNotWholeYetIsFoundLater) {
  const TempFolder folder;
  const std::string big = Framed(std::string(4000, 'b'));
  auto reader = RecordReader::Open(folder.Write("f", std::string(50, '\x5a') + big.substr(0, 2000)));
  Read read;
  ReadOn(**reader, &read);
  EXPECT_TRUE(read.records.empty());
  folder.Append("f", big.substr(2000));
  ReadOn(**reader, &read);
  EXPECT_EQ(read.records.size(), 1u);
}

TEST(RecordReader, AWriterThatDiedInsideARecordDoesNotHideThoseThatWereAppended) {
  const std::string torn = Framed(std::string(400, 't')).substr(0, 100);
  std::string file = Framed("a") + torn;
  std::vector<std::string> wanted = {"a"};
  for (int i = 0; i < 30; ++i) {
    wanted.push_back("appended " + std::to_string(i));
    file += Framed(wanted.back());
  }
  const Read read = ReadAll(file);
  EXPECT_EQ(read.records, wanted);
  ASSERT_EQ(read.damages.size(), 1u);
  EXPECT_EQ(read.damages[0].skipped, torn.size());
}

TEST(RecordReader, RecordsInsideADamagedRecordAreNotTakenForEvents) {
  std::string outer = Framed("payload that holds " + Framed("a record") + " and more");
  outer[14] ^= 1;
  const Read read = ReadAll(outer + Framed("b"));
  EXPECT_THAT(read.records, ElementsAre("b"));
}

TEST(RecordReader, ALengthBeyondEveryLimitIsDamageAndTakesNoMemory) {
  std::string huge;
  PutLe64(huge, uint64_t{1} << 60);
  PutLe32(huge, MaskCrc(Crc32c(huge)));
  const Read read = ReadAll(Framed("a") + huge + Framed("b"));
  EXPECT_THAT(read.records, ElementsAre("a", "b"));
  ASSERT_EQ(read.damages.size(), 1u);
  EXPECT_EQ(read.damages[0].reason, DamageReason::kImpossibleLength);
}

TEST(RecordReader, ARecordLargerThanTheBufferIsRead) {
  const std::string big(5 << 20, 'B');
  const Read read = ReadAll(Framed("a") + Framed(big) + Framed("c"));
  ASSERT_EQ(read.records.size(), 3u);
  EXPECT_EQ(read.records[1], big);
  EXPECT_EQ(read.records[2], "c");
}

TEST(RecordReader, AFileThatWasCutBelowItsOffsetSaysSo) {
  const TempFolder folder;
  const std::string path = folder.Write("f", AllRecords());
  auto reader = RecordReader::Open(path);
  Read read;
  ReadOn(**reader, &read);
  ASSERT_EQ(truncate(path.c_str(), 30), 0);
  ReadOn(**reader, &read);
  EXPECT_EQ(read.tail, Tail::kTruncated);
}

TEST(RecordReader, AFileInTheSamePlaceIsKnownToBeAnother) {
  const TempFolder folder;
  auto first = RecordReader::Open(folder.Write("f", "x"));
  const auto before = (*first)->Identity();
  folder.Write("g", "y");
  std::filesystem::rename(folder / "g", folder / "f");
  auto second = RecordReader::Open(folder / "f");
  EXPECT_TRUE(before->SameFile(*(*first)->Identity()));
  EXPECT_FALSE(before->SameFile(*(*second)->Identity()));
}

TEST(RecordReader, WhatIsNoRegularFileIsRefused) {
  const TempFolder folder;
  EXPECT_FALSE(RecordReader::Open(folder.path()).ok());
  EXPECT_TRUE(absl::IsNotFound(RecordReader::Open(folder / "none").status()));
  ASSERT_EQ(mkfifo((folder / "pipe").c_str(), 0600), 0);
  EXPECT_FALSE(RecordReader::Open(folder / "pipe").ok());
}

}  // namespace
}  // namespace stepwell::tensorboard
