#include "store/records.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <sstream>

#include "base/bytes.h"
#include "store/keys.h"

namespace stepwell::store {
namespace {

JournalRecord SomeRecord() {
  JournalRecord record;
  record.run = 300;
  record.writer = 2;
  record.seq = 70'000;
  record.refused_columns = {1, 5};
  record.batch = "the batch";
  return record;
}

SeriesState SomeState() {
  SeriesState state;
  state.sealed_points = 2500;
  state.chunks = 3;
  state.open_points = 452;
  state.first_lsn = 7;
  state.last_lsn = 900;
  state.last_lsn_points = 12;
  state.rewinds_seen = 800;
  state.stale = true;
  series::Points points;
  points.step = {-1, 5};
  points.wall = {1e9, 1e9 + 1};
  points.value = {0.5, -2};
  state.visible = series::Summarize(points, 0, 2);
  return state;
}

Fork SomeFork() { return {300, -5, 70'000, 3, {300, 2}}; }

// One line a key or record: what docs/formats/store.md says, as bytes that never change.
std::string Golden() {
  std::ostringstream out;
  out << "journal key " << ToHex(JournalKey(300)) << "\n"
      << "chunk key " << ToHex(ChunkKey(300, {2, 9}, 4)) << "\n"
      << "page key " << ToHex(PageKey(300, {2, 9}, 1, 4)) << "\n"
      << "mark key " << ToHex(MarkKey(300, 2)) << "\n"
      << "outbox key " << ToHex(OutboxKey(300, 1)) << "\n"
      << "part key " << ToHex(BlobPartKey(300, std::string(32, '\xab'), 1 << 20)) << "\n"
      << "header " << ToHex(Encode(Header{1, 300})) << "\n"
      << "journal " << ToHex(Encode(SomeRecord())) << "\n"
      << "mark " << ToHex(Encode(Mark{3, 300, "here"})) << "\n"
      << "state " << ToHex(Encode(SomeState())) << "\n"
      << "entry " << ToHex(Encode(SeriesEntry{300, "info"})) << "\n"
      << "blob " << ToHex(Encode(BlobHeader{300, 200})) << "\n"
      << "note " << ToHex(Encode(OutboxNote{300, "note"})) << "\n"
      << "rewind " << ToHex(Encode(series::Rewind{5, -300, 2})) << "\n"
      << "fork " << ToHex(Encode(SomeFork())) << "\n"
      << "origins " << ToHex(Encode(std::vector<Origin>{{300, 4, 3500, 70}, {301, 1, 9, 71}})) << "\n";
  return out.str();
}

TEST(Records, BytesAreThoseOfTheGoldenFile) {
  const char* source = std::getenv("STEPWELL_SOURCE");
  ASSERT_NE(source, nullptr) << "run it with ctest";
  std::ifstream file(std::string(source) + "/tests/data/golden/store/version-1.txt");
  std::stringstream golden;
  golden << file.rdbuf();
  EXPECT_EQ(Golden(), golden.str()) << "a layout changed: give it a new version byte and a golden file of its own";
}

TEST(Records, ComeBack) {
  auto record = DecodeJournalRecord(Encode(SomeRecord()));
  ASSERT_TRUE(record.ok());
  EXPECT_EQ(record->refused_columns, SomeRecord().refused_columns);
  EXPECT_EQ(record->seq, 70'000u);
  const std::string bytes = Encode(SomeState());
  auto state = DecodeSeriesState(bytes);
  ASSERT_TRUE(state.ok());
  EXPECT_EQ(Encode(*state), bytes);
  EXPECT_EQ(state->visible->min.value, -2);
  auto rewind = DecodeRewind(9, Encode(series::Rewind{9, -300, 0}));
  ASSERT_TRUE(rewind.ok());
  EXPECT_EQ(rewind->spared_writer, 0u);
  EXPECT_EQ(rewind->step, -300);
  auto fork = DecodeFork(Encode(SomeFork()));
  ASSERT_TRUE(fork.ok());
  EXPECT_EQ(fork->homes, SomeFork().homes);
  EXPECT_EQ(fork->step, -5);
}

TEST(Records, CutBytesAreDataLoss) {
  const std::string bytes = Encode(SomeState());
  for (size_t size = 0; size < bytes.size(); ++size) {
    EXPECT_EQ(DecodeSeriesState(bytes.substr(0, size)).status().code(), absl::StatusCode::kDataLoss) << size;
  }
  EXPECT_EQ(DecodeMark("\x02").status().code(), absl::StatusCode::kDataLoss);
}

}  // namespace
}  // namespace stepwell::store
