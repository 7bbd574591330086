#include <sys/stat.h>

#include <chrono>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <thread>

#include "catalog/catalog.h"
#include "gtest/gtest.h"
#include "postgres/private_postgres.h"

namespace stepwell::catalog {
namespace {

using postgres::PrivatePostgres;

class OpenTest : public testing::Test {
 protected:
  void SetUp() override {
    char name[] = "/tmp/stepwell-open-XXXXXX";
    ASSERT_NE(mkdtemp(name), nullptr);
    root_ = name;
    ASSERT_EQ(chmod(name, 0711), 0);
    postgres::Options options;
    options.folder = root_ + "/postgres";
    options.sync = false;
    auto started = PrivatePostgres::Start(options);
    ASSERT_TRUE(started.ok()) << started.status();
    postgres_ = *std::move(started);
    options_.url = postgres_->url();
  }
  void TearDown() override {
    postgres_.reset();
    std::filesystem::remove_all(root_);
  }

  std::string root_;
  std::unique_ptr<PrivatePostgres> postgres_;
  Options options_;
};

// A killed PostgreSQL is started again after a second, and then it recovers.
TEST_F(OpenTest, ADatabaseThatRecoversIsWaitedFor) {
  const int killed = postgres_->pid();
  ASSERT_EQ(kill(killed, SIGKILL), 0);
  while (postgres_->pid() == killed) std::this_thread::yield();
  EXPECT_TRUE(absl::IsUnavailable(Catalog::Open(options_).status())) << "without patience";
  options_.patience = std::chrono::seconds(60);
  const auto opened = Catalog::Open(options_);
  EXPECT_TRUE(opened.ok()) << opened.status();
}

TEST_F(OpenTest, PatienceEnds) {
  ASSERT_TRUE(postgres_->Stop().ok());
  options_.patience = std::chrono::seconds(1);
  EXPECT_TRUE(absl::IsUnavailable(Catalog::Open(options_).status()));
}

}  // namespace
}  // namespace stepwell::catalog
