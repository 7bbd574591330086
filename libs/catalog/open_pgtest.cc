#include <sys/stat.h>

#include <chrono>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <thread>
#include <vector>

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
    auto started = PrivatePostgres::Start(options);
    ASSERT_TRUE(started.ok()) << started.status();
    postgres_ = *std::move(started);
    options_.url = postgres_->url();
  }
  void TearDown() override {
    Signal(SIGCONT);
    postgres_.reset();
    std::filesystem::remove_all(root_);
  }

  static std::string Migrations() {
    const char* source = std::getenv("STEPWELL_SOURCE");  // NOLINT(concurrency-mt-unsafe): nothing here sets it
    return std::string(source == nullptr ? "." : source) + "/migrations";
  }
  // To all of PostgreSQL.
  void Signal(int number) {
    for (const auto& entry : std::filesystem::directory_iterator("/proc")) {
      std::error_code error;
      const auto folder = std::filesystem::read_symlink(entry.path() / "cwd", error);
      if (!error && folder == root_ + "/postgres/cluster") kill(std::stoi(entry.path().filename()), number);
    }
  }

  std::string root_;
  std::unique_ptr<PrivatePostgres> postgres_;
  Options options_;
};

// A killed PostgreSQL is started again after a second, and then it recovers.
TEST_F(OpenTest, ADatabaseThatIsAwayIsUsedWhenItIsBack) {
  auto catalog = *Catalog::Open(options_);
  ASSERT_TRUE(catalog->Migrate(Migrations()).ok());
  const int killed = postgres_->pid();
  ASSERT_EQ(kill(killed, SIGKILL), 0);
  while (postgres_->pid() == killed) std::this_thread::yield();
  auto early = *Catalog::Open(options_);
  EXPECT_TRUE(absl::IsUnavailable(early->Check())) << early->Check();
  while (absl::IsUnavailable(early->Check())) std::this_thread::yield();
  EXPECT_TRUE(early->FindWorkspace("default").ok()) << early->FindWorkspace("default").status();
}

// Calls hang in a server that is stopped; the end of calls is not waited for by the one that came after it.
TEST_F(OpenTest, WhoStopsWaitsForNoCall) {
  auto catalog = *Catalog::Open(options_);
  ASSERT_TRUE(catalog->Migrate(Migrations()).ok());
  ASSERT_TRUE(catalog->FindWorkspace("default").ok());
  Signal(SIGSTOP);
  std::vector<std::thread> callers;
  for (int i = 0; i < 2 * kPool; ++i) {
    callers.emplace_back(
        [&] { EXPECT_TRUE(absl::IsUnavailable(catalog->FindWorkspace("default").status())) << "it hangs"; });
  }
  callers.emplace_back([&] { EXPECT_TRUE(absl::IsUnavailable(catalog->Migrate(Migrations()))); });
  catalog->EndCalls(std::chrono::milliseconds(10));
  for (std::thread& caller : callers) caller.join();
  EXPECT_TRUE(absl::IsUnavailable(catalog->Check()));
  Signal(SIGCONT);
  EXPECT_TRUE(absl::IsUnavailable(catalog->Check())) << "for good";
}

}  // namespace
}  // namespace stepwell::catalog
