#include "ingest/heartbeats.h"

#include <gtest/gtest.h>

#include "ingest/fakes_testing.h"

namespace stepwell::ingest {
namespace {

using std::chrono::milliseconds;

void AwaitHeard(FakeBook& book, const std::set<uint64_t>& runs) {
  std::unique_lock lock(book.mutex);
  book.changed.wait(lock, [&] { return book.heard == runs; });
}

TEST(HeartbeatsTest, RunsThatAreHeardOfAreTold) {
  FakeBook book;
  Heartbeats heartbeats(&book, milliseconds(1));
  for (uint64_t run : {3, 1, 3}) heartbeats.Heard(run);
  AwaitHeard(book, {1, 3});
}

TEST(HeartbeatsTest, WhatADatabaseThatIsAwayWasNotToldIsForgottenAndTheNextIsTold) {
  FakeBook book;
  book.Away(true);
  Heartbeats heartbeats(&book, milliseconds(1));
  heartbeats.Heard(1);
  book.AwaitTurnedAway(1);
  book.Away(false);
  heartbeats.Heard(2);
  AwaitHeard(book, {2});
}

}  // namespace
}  // namespace stepwell::ingest
