#include "series/chunk.h"

#include <gtest/gtest.h>

#include <cmath>

#include "base/bytes.h"
#include "base/crc32c.h"
#include "series/testing.h"

namespace stepwell::series {
namespace {

ChunkInfo InfoFor(const Points& points) {
  ChunkInfo info;
  info.first_ordinal = 5000;
  info.count = static_cast<uint32_t>(points.size());
  info.first_lsn = 70;
  info.last_lsn = 700;
  info.final = points.size() == kChunkPoints;
  info.scalar = points.payload.empty();
  return info;
}

std::string Encoded(const ChunkInfo& info, const Points& points, const Points* leader = nullptr) {
  auto bytes = EncodeChunk(info, points, leader);
  EXPECT_TRUE(bytes.ok()) << bytes.status();
  return bytes.value_or("");
}

TEST(Chunk, ScalarsComeBack) {
  for (size_t n : {1, 2, 3, 100, 1023, 1024}) {
    const Points points = MakeCurve(n, n);
    const std::string bytes = Encoded(InfoFor(points), points);
    auto back = DecodeChunk(bytes, nullptr);
    ASSERT_TRUE(back.ok()) << back.status();
    ExpectSamePoints(*back, points);
    auto info = DecodeChunkInfo(bytes);
    ASSERT_TRUE(info.ok());
    EXPECT_EQ(info->first_ordinal, 5000u);
    EXPECT_EQ(info->count, n);
    EXPECT_EQ(info->first_lsn, 70u);
    EXPECT_EQ(info->last_lsn, 700u);
    EXPECT_EQ(info->final, n == 1024);
    EXPECT_TRUE(info->scalar);
    EXPECT_FALSE(info->leader.has_value());
  }
}

TEST(Chunk, PayloadsComeBack) {
  Points points;
  for (int i = 0; i < 300; ++i) {
    points.step.push_back(i);
    points.wall.push_back(i * 0.5);
    points.payload.push_back(i % 7 ? "payload " + std::to_string(i) : std::string(i, '\0'));
  }
  const std::string bytes = Encoded(InfoFor(points), points);
  EXPECT_LT(bytes.size(), 300u * 8);
  auto back = DecodeChunk(bytes, nullptr);
  ASSERT_TRUE(back.ok()) << back.status();
  ExpectSamePoints(*back, points);
  EXPECT_FALSE(DecodeChunkInfo(bytes)->scalar);
}

TEST(Chunk, AFollowerKeepsOnlyWhatDiffersFromItsLeader) {
  const Points leader = MakeCurve(1024, 1);
  Points points = leader;
  for (size_t i = 0; i < points.size(); ++i) {
    points.wall[i] += 9e-6;
    points.value[i] = 0.125;
  }
  ChunkInfo info = InfoFor(points);
  info.leader = SeriesKey{3, 4};
  const std::string bytes = Encoded(info, points, &leader);
  EXPECT_LT(bytes.size(), 1024u / 4);
  EXPECT_EQ(DecodeChunkInfo(bytes)->leader, (SeriesKey{3, 4}));
  auto back = DecodeChunk(bytes, &leader);
  ASSERT_TRUE(back.ok()) << back.status();
  ExpectSamePoints(*back, points);

  const Points shorter = MakeCurve(1000, 1);
  EXPECT_EQ(DecodeChunk(bytes, &shorter).status().code(), absl::StatusCode::kDataLoss);
  EXPECT_EQ(DecodeChunk(bytes, nullptr).status().code(), absl::StatusCode::kInvalidArgument);
  points.step[7] += 1;
  EXPECT_EQ(EncodeChunk(info, points, &leader).status().code(), absl::StatusCode::kInvalidArgument);
}

TEST(Chunk, WhatIsNoChunkIsNotEncoded) {
  EXPECT_FALSE(EncodeChunk(InfoFor({}), {}, nullptr).ok());
  const Points long_one = MakeCurve(1025, 1);
  EXPECT_FALSE(EncodeChunk(InfoFor(long_one), long_one, nullptr).ok());
  Points uneven = MakeCurve(10, 1);
  uneven.wall.pop_back();
  EXPECT_FALSE(EncodeChunk(InfoFor(uneven), uneven, nullptr).ok());
}

TEST(Chunk, EveryFlippedBitIsNoticed) {
  const Points points = MakeCurve(200, 2);
  const std::string bytes = Encoded(InfoFor(points), points);
  for (size_t bit = 0; bit < 8 * bytes.size(); ++bit) {
    std::string broken = bytes;
    broken[bit / 8] = static_cast<char>(broken[bit / 8] ^ (1 << bit % 8));
    ASSERT_EQ(DecodeChunk(broken, nullptr).status().code(), absl::StatusCode::kDataLoss) << bit;
    ASSERT_EQ(DecodeChunkInfo(broken).status().code(), absl::StatusCode::kDataLoss) << bit;
  }
  for (size_t size = 0; size < bytes.size(); ++size) {
    ASSERT_EQ(DecodeChunk(std::string_view(bytes).substr(0, size), nullptr).status().code(),
              absl::StatusCode::kDataLoss)
        << size;
  }
}

// A broken writer could put a right checksum over wrong bytes: the layout is checked as well.
TEST(Chunk, AWrongLayoutUnderARightChecksumNeverHurts) {
  const Points points = MakeCurve(200, 3);
  const std::string bytes = Encoded(InfoFor(points), points);
  std::mt19937_64 random(1);
  for (int i = 0; i < 20000; ++i) {
    std::string changed = bytes.substr(0, bytes.size() - 4);
    changed[random() % (i % 2 ? 40 : changed.size())] = static_cast<char>(random());
    PutLe32(changed, Crc32c(changed));
    auto back = DecodeChunk(changed, nullptr);
    if (!back.ok()) continue;
    ASSERT_EQ(back->wall.size(), back->step.size());
    ASSERT_EQ(back->value.size() + back->payload.size(), back->step.size());
  }
}

TEST(Chunk, ANewerFormatIsNamed) {
  const Points points = MakeCurve(3, 3);
  std::string bytes = Encoded(InfoFor(points), points);
  bytes.resize(bytes.size() - 4);
  bytes[0] = 9;
  PutLe32(bytes, Crc32c(bytes));
  EXPECT_NE(DecodeChunk(bytes, nullptr).status().message().find("version 9"), std::string::npos);
}

}  // namespace
}  // namespace stepwell::series
