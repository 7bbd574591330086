#include "ingest/series_memory.h"

#include <gtest/gtest.h>

#include <unistd.h>

#include <fstream>
#include <string>
#include <thread>

#include "ingest/ingest_testing.h"

namespace stepwell::ingest {
namespace {

constexpr uint64_t kRoom = 8;  // series

v1::SeriesInfo Scalar(const std::string& tag) {
  v1::SeriesInfo info;
  info.set_tag(tag);
  info.set_kind(v1::KIND_SCALAR);
  return info;
}

std::string TagOf(uint64_t number) { return "tag " + std::to_string(100 + number); }

class SeriesMemoryTest : public testing::Test, protected IngestHost {
 protected:
  SeriesMemoryTest() {
    options_.series_memory = kRoom * SeriesMemory::CostOf(Scalar(TagOf(0)));
    options_.seal.tick = std::chrono::milliseconds(1);
    options_.seal.age = std::chrono::seconds(0);
    options_.deleted_look = std::chrono::milliseconds(1);
    options_.live_least = std::chrono::milliseconds(0);
    EXPECT_TRUE(TryStart().ok());
  }

  // One batch that defines series `number` and has a point of it; why it was refused, or "".
  std::string Refusal(Client& client, uint64_t seq, uint64_t number) {
    const v1::Batch batch = Scalars(seq, static_cast<uint32_t>(number), TagOf(number), static_cast<int64_t>(seq), 1);
    EXPECT_TRUE(client.session->Push(batch.SerializeAsString()).ok());
    EXPECT_TRUE(client.sink->Await(seq).ok());
    for (const v1::Refusal& refusal : client.sink->refusals()) {
      if (refusal.seq() == seq) return refusal.reason();
    }
    return "";
  }
  double Bytes() const { return metrics_->series_bytes.Value(); }
};

TEST_F(SeriesMemoryTest, NewSeriesBeyondTheBudgetAreRefusedAndKnownOnesGoOn) {
  Client client = *TryJoin("a", "w");
  uint64_t seq = 0;
  for (uint64_t number = 0; number < kRoom; ++number) EXPECT_EQ(Refusal(client, ++seq, number), "");
  EXPECT_EQ(Bytes(), static_cast<double>(options_.series_memory));
  EXPECT_NE(Refusal(client, ++seq, kRoom).find("--series-memory"), std::string::npos);
  Client other = *TryJoin("b", "w");
  EXPECT_NE(Refusal(other, 1, 0).find("--series-memory"), std::string::npos) << "the budget is of all runs";
  EXPECT_EQ(Refusal(client, ++seq, 0), "") << "a known series";
  EXPECT_EQ(Bytes(), static_cast<double>(options_.series_memory));
}

TEST_F(SeriesMemoryTest, WhatTheStoreKnowsIsLoadedBeyondTheBudget) {
  {
    Client client = *TryJoin("a", "w");
    for (uint64_t number = 0; number < kRoom; ++number) EXPECT_EQ(Refusal(client, number + 1, number), "");
  }
  Stop();
  options_.series_memory = 1;
  ASSERT_TRUE(TryStart().ok());
  Client client = *TryJoin("a", "w");
  EXPECT_EQ(Refusal(client, kRoom + 1, 0), "");
  EXPECT_NE(Refusal(client, kRoom + 2, kRoom), "");
}

TEST_F(SeriesMemoryTest, ARunThatNobodyWritesGivesItsPlaceToOthers) {
  {
    Client client = *TryJoin("a", "w");
    for (uint64_t number = 0; number < kRoom; ++number) EXPECT_EQ(Refusal(client, number + 1, number), "");
  }
  while (Bytes() > 0) std::this_thread::yield();
  Client other = *TryJoin("b", "w");
  EXPECT_EQ(Refusal(other, 1, 0), "");
}

using WrittenRun = Run;  // in a test, Run is the test itself

uint64_t Resident() {
  std::ifstream statm("/proc/self/statm");
  uint64_t size = 0, resident = 0;
  statm >> size >> resident;
  return resident * static_cast<uint64_t>(sysconf(_SC_PAGESIZE));
}

TEST(SeriesMemoryCostTest, IsNotBelowWhatTheKernelSees) {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
  GTEST_SKIP() << "sanitizers take memory of their own";
#endif
  constexpr uint32_t kSeries = 100'000;
  Metrics metrics(nullptr);
  auto memory = std::make_shared<SeriesMemory>(uint64_t{1} << 40, metrics.Share(metrics.series_bytes));
  WrittenRun run(1, memory);
  const int64_t step = 1;
  const double wall = 1, value = 1;
  const ColumnPoints point{.steps = &step, .walls = &wall, .scalars = &value, .values = nullptr, .size = 1};
  const uint64_t before = Resident();
  for (uint32_t number = 0; number < kSeries; ++number) {
    v1::SeriesInfo info = Scalar("layers/attention/weights/" + std::to_string(1'000'000 + number));
    info.set_plugin("scalars");
    info.set_value_type("float32");
    OpenSeries* series = run.Define({0, number}, std::move(info));
    run.Admit(series, 1);
    series->Append(point, 1, run.rewinds);
  }
  const uint64_t grown = Resident() - before;
  const auto counted = static_cast<uint64_t>(metrics.series_bytes.Value());
  EXPECT_LE(grown, counted) << grown / kSeries << " bytes a series";
  EXPECT_LE(counted, 2 * grown) << counted / kSeries << " bytes a series are counted, it takes " << grown / kSeries;
}

}  // namespace
}  // namespace stepwell::ingest
