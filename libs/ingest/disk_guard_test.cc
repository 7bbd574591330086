#include "ingest/disk_guard.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <vector>

namespace stepwell::ingest {
namespace {

constexpr uint64_t kMiB = uint64_t{1} << 20;
constexpr uint64_t kGiB = uint64_t{1} << 30;

class DiskGuardTest : public testing::Test {
 protected:
  DiskGuardTest() {
    std::string name = testing::TempDir() + "/disk-XXXXXX";
    folder_ = mkdtemp(name.data());
    options_.low = 100 * kMiB;
    options_.stop = 50 * kMiB;
    options_.ballast = 1 * kMiB;
    options_.ballast_file = folder_ + "/ballast";
  }
  ~DiskGuardTest() override { std::filesystem::remove_all(folder_); }

  DiskGuard Guard() {
    return DiskGuard([this] { return space_; }, &metrics_, options_,
                     [this](const auto& line) { log_.push_back(line); });
  }
  void Free(DiskGuard& guard, uint64_t bytes) {
    space_.free_bytes = bytes;
    guard.Look();
  }
  bool Ballast() const { return std::filesystem::exists(options_.ballast_file); }

  std::string folder_;
  DiskOptions options_;
  store::DiskSpace space_{kGiB, kGiB};
  Metrics metrics_{nullptr};
  std::vector<std::string> log_;
};

TEST_F(DiskGuardTest, ADiskWithSpaceIsLeftAlone) {
  DiskGuard guard = Guard();
  guard.Look();
  EXPECT_FALSE(guard.low());
  EXPECT_TRUE(guard.health().ok());
  EXPECT_FALSE(Ballast());
  EXPECT_TRUE(log_.empty());
}

TEST_F(DiskGuardTest, LowWarnsOnceAndHoldsBallast) {
  DiskGuard guard = Guard();
  Free(guard, 90 * kMiB);
  Free(guard, 89 * kMiB);
  EXPECT_TRUE(guard.low());
  EXPECT_TRUE(guard.health().ok());
  EXPECT_TRUE(Ballast());
  ASSERT_EQ(log_.size(), 1u);
  EXPECT_NE(log_[0].find("--disk-low"), std::string::npos);
}

TEST_F(DiskGuardTest, UnderStopNothingIsTakenUntilThereIsSpaceAgain) {
  DiskGuard guard = Guard();
  Free(guard, 49 * kMiB);
  EXPECT_EQ(guard.health().code(), absl::StatusCode::kResourceExhausted);
  EXPECT_EQ(metrics_.disk_stopped.Value(), 1);
  Free(guard, 52 * kMiB);  // within a tenth of the mark: as it was
  EXPECT_FALSE(guard.health().ok());
  Free(guard, 60 * kMiB);
  EXPECT_TRUE(guard.health().ok());
  EXPECT_TRUE(guard.low());
  EXPECT_EQ(metrics_.disk_stopped.Value(), 0);
  Free(guard, kGiB);
  EXPECT_FALSE(guard.low());
  EXPECT_FALSE(Ballast());
}

TEST_F(DiskGuardTest, AFullDiskGetsTheBallastsRoom) {
  DiskGuard guard = Guard();
  Free(guard, 49 * kMiB);
  ASSERT_TRUE(Ballast());
  Free(guard, kMiB / 8);
  EXPECT_FALSE(Ballast());
  EXPECT_FALSE(guard.health().ok());
  Free(guard, 49 * kMiB);
  EXPECT_TRUE(Ballast());
}

TEST_F(DiskGuardTest, BallastOfAnEarlierProcessIsKnown) {
  {
    DiskGuard guard = Guard();
    Free(guard, 90 * kMiB);
  }
  DiskGuard guard = Guard();
  Free(guard, kGiB);
  EXPECT_FALSE(Ballast());
}

TEST_F(DiskGuardTest, WithoutSettingsTheSmallerOfShareAndSizeHolds) {
  options_.low = options_.stop = options_.ballast = std::nullopt;
  options_.ballast_file.clear();
  DiskGuard guard = Guard();
  space_.size_bytes = 10 * kGiB;  // 10 % is the smaller
  Free(guard, kGiB + kMiB);
  EXPECT_FALSE(guard.low());
  Free(guard, kGiB - kMiB);
  EXPECT_TRUE(guard.low());
  EXPECT_TRUE(guard.health().ok());
  Free(guard, kGiB / 2 - kMiB);
  EXPECT_FALSE(guard.health().ok());
  space_.size_bytes = 1000 * kGiB;  // 5 GiB is the smaller
  Free(guard, 6 * kGiB);
  EXPECT_TRUE(guard.health().ok());
}

TEST_F(DiskGuardTest, NoneOfItIsWantedWithZeros) {
  options_.low = options_.stop = options_.ballast = 0;
  DiskGuard guard = Guard();
  Free(guard, 0);
  EXPECT_FALSE(guard.low());
  EXPECT_TRUE(guard.health().ok());
  EXPECT_FALSE(Ballast());
}

}  // namespace
}  // namespace stepwell::ingest
