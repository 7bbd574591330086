#include "store/keys.h"

#include <gtest/gtest.h>

namespace stepwell::store {
namespace {

TEST(Keys, AllOfARunIsOneRangeAndNothingElseIsInIt) {
  const std::string sha(32, '\xff');
  for (uint64_t run : {uint64_t{1}, uint64_t{255}, uint64_t{256}, uint64_t{1} << 40}) {
    const std::string begin = RunBegin(run), end = RunBegin(run + 1);
    for (const std::string& key :
         {RunIdKey(run), ForkKey(run), OriginsKey(run, {~0u, ~0u}), MarkKey(run, ~0u), SeriesKeyOf(run, {~0u, ~0u}),
          StateKey(run, {0, 0}), RewindKey(run, 1, 0), ChunkKey(run, {~0u, ~0u}, ~uint64_t{0}),
          PageKey(run, {0, 0}, 3, 0), BlobHeaderKey(run, sha), BlobPartKey(run, sha, ~uint64_t{0})}) {
      EXPECT_LE(begin, key);
      EXPECT_LT(key, end);
    }
    for (const std::string& key : {HeaderKey(), OutboxKey(1, 2), DirtyKey(run), RunByIdKey("a")}) EXPECT_LT(key, begin);
  }
}

TEST(Keys, ByteOrderIsNumberOrder) {
  EXPECT_LT(JournalKey(255), JournalKey(256));
  EXPECT_LT(ChunkKey(1, {0, 1}, 255), ChunkKey(1, {0, 1}, 256));
  EXPECT_LT(ChunkKey(1, {0, 255}, 9), ChunkKey(1, {0, 256}, 0));
  EXPECT_LT(OutboxKey(1, 9), OutboxKey(2, 0));
}

TEST(Keys, NumbersComeBack) {
  EXPECT_EQ(LsnOfJournalKey(JournalKey(77)), 77u);
  EXPECT_EQ(LsnOfOutboxKey(OutboxKey(78, 1)), 78u);
  EXPECT_EQ(RunOfDirtyKey(DirtyKey(79)), 79u);
  EXPECT_EQ(WriterOfMarkKey(MarkKey(1, 80)), 80u);
  EXPECT_EQ(SeriesOfKey(StateKey(1, {2, 3})), (series::SeriesKey{2, 3}));
  EXPECT_EQ(LsnOfRewindKey(RewindKey(1, 81, 0)), 81u);
  EXPECT_EQ(OffsetOfPartKey(BlobPartKey(1, std::string(32, 'a'), 82)), 82u);
}

}  // namespace
}  // namespace stepwell::store
