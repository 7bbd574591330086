// The bytes of chunks and pages that were ever written stay readable: tests/data/golden/series holds one file for each
// shape of each format version, made from the points below.
//
// A new version: add a case with a new name (chunk-v2-...), run this test with STEPWELL_WRITE_GOLDEN=1, which writes
// the files that are missing and changes none, and check them in. The cases of older versions stay; those that are no
// longer written get `.written = false` and are only read.
#include <gtest/gtest.h>
#include <zstd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>
#include <limits>

#include "series/chunk.h"
#include "series/summary.h"
#include "series/testing.h"

namespace stepwell::series {
namespace {

// The version of libzstd that wrote the files: another one may compress to other bytes that read the same.
constexpr unsigned kZstdVersion = 10504;

std::filesystem::path Folder() {
  const char* source = std::getenv("STEPWELL_SOURCE");
  return std::filesystem::path(source ? source : ".") / "tests/data/golden/series";
}

std::string ReadGolden(const std::string& name, const std::string& written) {
  const std::filesystem::path path = Folder() / (name + ".bin");
  if (!std::filesystem::exists(path) && std::getenv("STEPWELL_WRITE_GOLDEN")) {
    std::filesystem::create_directories(Folder());
    std::ofstream(path, std::ios::binary) << written;
  }
  std::ifstream file(path, std::ios::binary);
  EXPECT_TRUE(file.is_open()) << path;
  return std::string(std::istreambuf_iterator<char>(file), {});
}

// No random numbers of a library and no libm here: these points are the same on every machine and for ever.
Points Curve(size_t n) {
  Points points;
  uint32_t state = 12345;
  for (size_t i = 0; i < n; ++i) {
    state = state * 1664525 + 1013904223;
    points.step.push_back(static_cast<int64_t>(i) * 5);
    points.wall.push_back(1.7e9 + static_cast<double>(i) * 0.125 + static_cast<double>(state >> 16) * 0x1p-24);
    points.value.push_back(static_cast<double>(static_cast<float>(state >> 8) * 0x1p-24f));
  }
  return points;
}

Points Nasty() {
  constexpr double kInf = std::numeric_limits<double>::infinity();
  Points points;
  points.step = {
      std::numeric_limits<int64_t>::max(), std::numeric_limits<int64_t>::min(), 0, (int64_t{1} << 53) + 1, -1, -1};
  points.wall = {0.0, -0.0, kInf, std::bit_cast<double>(0x7FF8000000000001u), 5e-324, 1.7e9};
  points.value = {std::bit_cast<double>(0xFFF4000000000abcu), -0.0, -kInf, 1e308, 4.9e-324, 0.1};
  return points;
}

Points Texts() {
  Points points;
  for (int i = 0; i < 60; ++i) {
    points.step.push_back(i * i);
    points.wall.push_back(1.7e9 + i);
    points.payload.push_back("step " + std::to_string(i * i) + std::string(static_cast<size_t>(i % 3), '\0'));
  }
  return points;
}

struct ChunkCase {
  std::string name;
  ChunkInfo info;
  Points points;
  bool written = true;
};

Points LeaderPoints() { return Curve(1024); }

std::vector<ChunkCase> ChunkCases() {
  auto info = [](uint32_t count, bool scalar) {
    return ChunkInfo{.first_ordinal = 2048,
                     .count = count,
                     .first_lsn = 1000,
                     .last_lsn = 1300,
                     .final = count == 1024,
                     .scalar = scalar,
                     .leader = {}};
  };
  Points few = Curve(1024), follower = LeaderPoints();
  for (size_t i = 0; i < few.size(); ++i) {
    few.value[i] = static_cast<double>(i * 7 % 128) / 128;
    follower.wall[i] += 3e-6;
    follower.value[i] = 0.5;
  }
  ChunkInfo led = info(1024, true);
  led.leader = SeriesKey{2, 40};
  return {{"chunk-v1-curve", info(1024, true), LeaderPoints()},
          {"chunk-v1-few-values", info(1024, true), few},
          {"chunk-v1-follower", led, follower},
          {"chunk-v1-one-point", info(1, true), Curve(1)},
          {"chunk-v1-nasty", info(6, true), Nasty()},
          {"chunk-v1-texts", info(60, false), Texts()}};
}

struct PageCase {
  std::string name;
  SummaryPage page;
  bool written = true;
};

std::vector<PageCase> PageCases() {
  SummaryPage page;
  page.first_chunk = 16;
  page.chunks = kChunksPerPage;
  page.first_lsn = 1000;
  page.last_lsn = 1300;
  page.first_ordinal = 16384;
  page.summaries = SummarizeBlocks(Curve(kChunksPerPage * kChunkPoints));
  SummaryPage nasty = page;
  nasty.summaries = SummarizeBlocks(Nasty());
  return {{"page-v1-curve", page}, {"page-v1-nasty", nasty}};
}

TEST(Golden, ChunksOfEveryVersionAreRead) {
  const Points leader = LeaderPoints();
  for (const ChunkCase& c : ChunkCases()) {
    SCOPED_TRACE(c.name);
    const Points* led_by = c.info.leader ? &leader : nullptr;
    auto written = EncodeChunk(c.info, c.points, led_by);
    ASSERT_TRUE(written.ok()) << written.status();
    const std::string golden = ReadGolden(c.name, *written);
    auto info = DecodeChunkInfo(golden);
    ASSERT_TRUE(info.ok()) << info.status();
    EXPECT_EQ(info->first_ordinal, c.info.first_ordinal);
    EXPECT_EQ(info->count, c.info.count);
    EXPECT_EQ(info->first_lsn, c.info.first_lsn);
    EXPECT_EQ(info->last_lsn, c.info.last_lsn);
    EXPECT_EQ(info->final, c.info.final);
    EXPECT_EQ(info->scalar, c.info.scalar);
    EXPECT_EQ(info->leader, c.info.leader);
    auto points = DecodeChunk(golden, led_by);
    ASSERT_TRUE(points.ok()) << points.status();
    ExpectSamePoints(*points, c.points);
    if (c.written && ZSTD_versionNumber() == kZstdVersion) {
      EXPECT_EQ(golden, *written);
    }
  }
}

TEST(Golden, PagesOfEveryVersionAreRead) {
  for (const PageCase& c : PageCases()) {
    SCOPED_TRACE(c.name);
    const std::string written = EncodePage(c.page);
    const std::string golden = ReadGolden(c.name, written);
    auto page = DecodePage(golden);
    ASSERT_TRUE(page.ok()) << page.status();
    EXPECT_EQ(page->level, c.page.level);
    EXPECT_EQ(page->first_chunk, c.page.first_chunk);
    EXPECT_EQ(page->chunks, c.page.chunks);
    EXPECT_EQ(page->first_lsn, c.page.first_lsn);
    EXPECT_EQ(page->last_lsn, c.page.last_lsn);
    EXPECT_EQ(page->first_ordinal, c.page.first_ordinal);
    ASSERT_EQ(page->summaries.size(), c.page.summaries.size());
    for (size_t i = 0; i < page->summaries.size(); ++i) ExpectSameSummary(page->summaries[i], c.page.summaries[i]);
    if (c.written && ZSTD_versionNumber() == kZstdVersion) {
      EXPECT_EQ(golden, written);
    }
  }
}

}  // namespace
}  // namespace stepwell::series
