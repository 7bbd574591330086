#include "catalog/stall_watch.h"

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

namespace stepwell::catalog {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;

struct Pair {
  Pair() { EXPECT_EQ(socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0); }
  ~Pair() {
    close(ends[0]);
    close(ends[1]);
  }
  int ends[2];
};

TEST(StallWatch, WhoWaitsTooLongReadsTheEnd) {
  StallWatch watch;
  Pair calm, stalled;
  StallWatch::Guard first(&watch, calm.ends[0]);
  first.Expect(hours(1));
  StallWatch::Guard second(&watch, stalled.ends[0]);
  second.Expect(milliseconds(1));
  char byte;
  EXPECT_EQ(read(stalled.ends[0], &byte, 1), 0) << "the server says nothing, and the wait ends";
  EXPECT_TRUE(second.expired());
  EXPECT_FALSE(first.expired());
  ASSERT_EQ(write(calm.ends[1], "x", 1), 1);
  EXPECT_EQ(read(calm.ends[0], &byte, 1), 1) << "the other connection lives";
}

TEST(StallWatch, WhatIsNotWatchedAnyMoreIsLeftAlone) {
  StallWatch watch;
  Pair left, stalled;
  {
    StallWatch::Guard guard(&watch, left.ends[0]);
    guard.Expect(hours(1));
  }
  StallWatch::Guard guard(&watch, stalled.ends[0]);
  guard.Expect(milliseconds(1));
  char byte;
  EXPECT_EQ(read(stalled.ends[0], &byte, 1), 0);
  ASSERT_EQ(write(left.ends[1], "x", 1), 1);
  EXPECT_EQ(read(left.ends[0], &byte, 1), 1);
}

TEST(StallWatch, TheEndOfAllEndsThoseThatWaitAndThoseThatCome) {
  StallWatch watch;
  Pair waiting, late;
  StallWatch::Guard first(&watch, waiting.ends[0]);
  first.Expect(hours(1));
  watch.EndAt(std::chrono::steady_clock::now() + milliseconds(1));
  char byte;
  EXPECT_EQ(read(waiting.ends[0], &byte, 1), 0);
  StallWatch::Guard second(&watch, late.ends[0]);
  second.Expect(hours(1));
  EXPECT_EQ(read(late.ends[0], &byte, 1), 0);
  EXPECT_TRUE(first.expired());
  EXPECT_TRUE(second.expired());
}

}  // namespace
}  // namespace stepwell::catalog
