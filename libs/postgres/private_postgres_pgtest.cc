#include "postgres/private_postgres.h"

#include <fcntl.h>
#include <libpq-fe.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <thread>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "postgres/cluster_files.h"

namespace stepwell::postgres {
namespace {
namespace fs = std::filesystem;
using testing::HasSubstr;

class PrivatePostgresTest : public testing::Test {
 protected:
  void SetUp() override {
    char name[] = "/tmp/stepwell-pg-XXXXXX";
    ASSERT_NE(mkdtemp(name), nullptr);
    root_ = name;
    ASSERT_EQ(chmod(name, 0711), 0);
  }
  void TearDown() override { fs::remove_all(root_); }

  Options At(const std::string& folder) {
    Options options;
    options.folder = folder;
    options.sync = false;
    return options;
  }
  std::string Folder() const { return root_ + "/postgres"; }

  std::string root_;
};

// The first column of the first row, or what went wrong.
std::string Ask(const std::string& url, const std::string& sql) {
  PGconn* connection = PQconnectdb(url.c_str());
  PGresult* result = PQexec(connection, sql.c_str());
  std::string answer = PQresultStatus(result) == PGRES_TUPLES_OK && PQntuples(result) > 0 ? PQgetvalue(result, 0, 0)
                                                                                          : PQerrorMessage(connection);
  PQclear(result);
  PQfinish(connection);
  return answer;
}

TEST_F(PrivatePostgresTest, StartsAnswersStopsAndKeepsWhatItHad) {
  auto first = PrivatePostgres::Start(At(Folder()));
  ASSERT_TRUE(first.ok()) << first.status();
  EXPECT_TRUE((*first)->running());
  Ask((*first)->url(), "create table kept as select 42 as x");
  EXPECT_TRUE((*first)->Stop().ok());
  EXPECT_FALSE((*first)->running());
  auto second = PrivatePostgres::Start(At(Folder()));
  EXPECT_FALSE(second.ok()) << "the lock is held until the first object is gone";
  first->reset();
  second = PrivatePostgres::Start(At(Folder()));
  ASSERT_TRUE(second.ok()) << second.status();
  EXPECT_EQ(Ask((*second)->url(), "select x from kept"), "42");
}

TEST_F(PrivatePostgresTest, ListensOnAPrivateSocketOnly) {
  auto started = PrivatePostgres::Start(At(Folder()));
  ASSERT_TRUE(started.ok()) << started.status();
  EXPECT_EQ(Ask((*started)->url(), "show listen_addresses"), "");
  struct stat info {};
  ASSERT_EQ(stat((Folder() + "/run").c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777, 0700u);
  EXPECT_EQ(Ask((*started)->url(), "show fsync"), "off") << "asked for by this test";
}

TEST_F(PrivatePostgresTest, WritesToDiskUnlessATestSaysOtherwise) {
  Options options = At(Folder());
  options.sync = true;
  auto started = PrivatePostgres::Start(options);
  ASSERT_TRUE(started.ok()) << started.status();
  EXPECT_EQ(Ask((*started)->url(), "show fsync"), "on");
  EXPECT_EQ(Ask((*started)->url(), "show synchronous_commit"), "on");
  EXPECT_EQ(Ask((*started)->url(), "show data_checksums"), "on");
}

TEST_F(PrivatePostgresTest, ALongFolderGetsItsSocketElsewhere) {
  std::string folder = root_ + "/" + std::string(120, 'x') + "/post gres's";
  auto started = PrivatePostgres::Start(At(folder));
  ASSERT_TRUE(started.ok()) << started.status();
  EXPECT_EQ(Ask((*started)->url(), "select 1"), "1");
  EXPECT_THAT((*started)->url(), HasSubstr("/tmp/stepwell-"));
  std::string socket = Ask((*started)->url(), "select trim('\"' from current_setting('unix_socket_directories'))");
  EXPECT_TRUE(fs::exists(socket));
  started->reset();
  EXPECT_FALSE(fs::exists(socket)) << "a clean stop leaves nothing in /tmp";
}

TEST_F(PrivatePostgresTest, AnOddNameIsFineToo) {
  auto started = PrivatePostgres::Start(At(root_ + "/a b, 'C' \"d\" \\e"));
  ASSERT_TRUE(started.ok()) << started.status();
  EXPECT_EQ(Ask((*started)->url(), "select 1"), "1");
}

TEST_F(PrivatePostgresTest, ASecondInstanceIsToldWhoHasTheFolder) {
  auto first = PrivatePostgres::Start(At(Folder()));
  ASSERT_TRUE(first.ok()) << first.status();
  auto second = PrivatePostgres::Start(At(Folder()));
  EXPECT_EQ(second.status().code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_THAT(std::string(second.status().message()), HasSubstr("pid " + std::to_string(getpid())));
  EXPECT_EQ(Ask((*first)->url(), "select 1"), "1");
}

TEST_F(PrivatePostgresTest, AClusterOfAnotherVersionIsRefusedWithTheWayOut) {
  { ASSERT_TRUE(PrivatePostgres::Start(At(Folder())).ok()); }
  std::ofstream(Folder() + "/cluster/PG_VERSION") << "9\n";
  auto started = PrivatePostgres::Start(At(Folder()));
  EXPECT_EQ(started.status().code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_THAT(std::string(started.status().message()), HasSubstr("was made by PostgreSQL 9"));
  EXPECT_THAT(std::string(started.status().message()), HasSubstr("pg_upgrade"));
}

TEST_F(PrivatePostgresTest, AFolderThatPostgresCannotEnterIsNamed) {
  if (geteuid() != 0) GTEST_SKIP() << "only root runs PostgreSQL as somebody else";
  std::string closed = root_ + "/closed";
  fs::create_directory(closed);
  ASSERT_EQ(chmod(closed.c_str(), 0700), 0);
  auto started = PrivatePostgres::Start(At(closed + "/deeper/postgres"));
  EXPECT_EQ(started.status().code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_THAT(std::string(started.status().message()), HasSubstr("cannot enter \"" + closed + "\""));
}

TEST_F(PrivatePostgresTest, AStalePidFileOfALivingStrangerIsNoObstacle) {
  { ASSERT_TRUE(PrivatePostgres::Start(At(Folder())).ok()); }
  std::ofstream(Folder() + "/cluster/postmaster.pid") << getppid() << "\n"
                                                      << Folder() << "/cluster\n1700000000\n5432\n";
  auto started = PrivatePostgres::Start(At(Folder()));
  ASSERT_TRUE(started.ok()) << started.status();
  EXPECT_EQ(Ask((*started)->url(), "select 1"), "1");
}

TEST_F(PrivatePostgresTest, AnInterruptedInitdbLeavesNothingHalf) {
  fs::create_directories(Folder() + "/cluster.new/base");
  std::ofstream(Folder() + "/cluster.new/PG_VERSION") << "15\n";
  auto started = PrivatePostgres::Start(At(Folder()));
  ASSERT_TRUE(started.ok()) << started.status();
}

// A child process is killed when its initdb is in the middle.
TEST_F(PrivatePostgresTest, AnInitdbThatIsStillAtWorkDoesNotMeetTheNext) {
  pid_t owner = fork();
  if (owner == 0) {
    auto started = PrivatePostgres::Start(At(Folder()));
    for (;;) pause();
  }
  auto begun = [&] {
    std::error_code error;
    for (const auto& entry : fs::directory_iterator(Folder(), error)) {
      if (fs::exists(entry.path() / "postgresql.conf") || entry.path().filename() == "cluster") return true;
    }
    return false;
  };
  while (!begun()) std::this_thread::yield();
  kill(owner, SIGKILL);
  waitpid(owner, nullptr, 0);
  auto started = PrivatePostgres::Start(At(Folder()));
  ASSERT_TRUE(started.ok()) << started.status();
  EXPECT_EQ(Ask((*started)->url(), "select 1"), "1");
  for (const auto& entry : fs::directory_iterator(Folder())) {
    EXPECT_EQ(entry.path().filename().string().find(".new"), std::string::npos) << entry.path();
  }
}

TEST_F(PrivatePostgresTest, WhatAnInterruptedStartStillWritesIsRemovedToo) {
  const fs::path half = fs::path(Folder()) / "cluster.new-1", made = fs::path(Folder()) / "cluster";
  fs::create_directories(half / "base");
  fs::create_directories(made);
  const int folder = open(half.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  ASSERT_GE(folder, 0);
  std::atomic<int> written = 0;
  std::thread orphan([&] {
    for (int i = 0; i < 20'000; ++i) {
      const int file = openat(folder, std::to_string(i).c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
      if (file < 0) break;  // the folder is gone
      close(file);
      ++written;
    }
  });
  while (written < 100) std::this_thread::yield();
  RemoveHalfMade(Folder());
  orphan.join();
  close(folder);
  EXPECT_FALSE(fs::exists(half));
  EXPECT_TRUE(fs::exists(made));
}

TEST_F(PrivatePostgresTest, StartsAgainAfterPostgresWasKilled) {
  auto started = PrivatePostgres::Start(At(Folder()));
  ASSERT_TRUE(started.ok()) << started.status();
  Ask((*started)->url(), "create table kept as select 42 as x");
  Ask((*started)->url(), "checkpoint");
  int before = (*started)->pid();
  kill(before, SIGKILL);
  auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(20);
  while (std::chrono::steady_clock::now() < deadline &&
         ((*started)->pid() == before || Ask((*started)->url(), "select x from kept") != "42")) {
    std::this_thread::yield();
  }
  EXPECT_EQ(Ask((*started)->url(), "select x from kept"), "42");
  EXPECT_NE((*started)->pid(), before);
}

// Holds it, so that PostgreSQL cannot end.
void StopCheckpointer(const std::string& cluster) {
  int held = 0;
  for (pid_t pid : ProcessesIn(cluster)) {
    std::ifstream in("/proc/" + std::to_string(pid) + "/cmdline");
    std::string title;
    std::getline(in, title);
    if (title.find("checkpointer") == std::string::npos) continue;
    EXPECT_EQ(kill(pid, SIGSTOP), 0);
    ++held;
  }
  EXPECT_EQ(held, 1);
}

// A child process runs the cluster and is killed; with it, or not, PostgreSQL itself.
void KillTheOwner(const std::string& folder, bool postgres_too, bool stop_checkpointer = false) {
  int ready[2];
  ASSERT_EQ(pipe2(ready, O_CLOEXEC), 0);
  pid_t owner = fork();
  if (owner == 0) {
    Options options;
    options.folder = folder;
    auto started = PrivatePostgres::Start(options);
    int pid = started.ok() ? (*started)->pid() : -1;
    if (started.ok()) Ask((*started)->url(), "create table if not exists kept as select 42 as x");
    (void)!write(ready[1], &pid, sizeof pid);
    for (;;) pause();
  }
  close(ready[1]);
  int pid = 0;
  ASSERT_EQ(read(ready[0], &pid, sizeof pid), static_cast<ssize_t>(sizeof pid));
  close(ready[0]);
  ASSERT_GT(pid, 0);
  if (postgres_too) kill(pid, SIGKILL);
  if (stop_checkpointer) StopCheckpointer(folder + "/cluster");
  kill(owner, SIGKILL);
  waitpid(owner, nullptr, 0);
}

TEST_F(PrivatePostgresTest, DiesWithItsOwnerAndStartsAgainAtOnce) {
  KillTheOwner(Folder(), /*postgres_too=*/false);
  auto started = PrivatePostgres::Start(At(Folder()));
  ASSERT_TRUE(started.ok()) << started.status();
  EXPECT_EQ(Ask((*started)->url(), "select x from kept"), "42");
  int pid = (*started)->pid();
  started->reset();
  EXPECT_TRUE(ProcessesIn(Folder() + "/cluster").empty());
  EXPECT_NE(kill(pid, 0), 0);
}

// As one does that is told to stop while it recovers: it waits for a checkpointer that does not end.
TEST_F(PrivatePostgresTest, AnOrphanThatDoesNotEndIsKilled) {
  KillTheOwner(Folder(), /*postgres_too=*/false, /*stop_checkpointer=*/true);
  auto started = PrivatePostgres::Start(At(Folder()));
  ASSERT_TRUE(started.ok()) << started.status();
  EXPECT_EQ(Ask((*started)->url(), "select x from kept"), "42");
}

TEST_F(PrivatePostgresTest, SurvivesTheKillingOfEverything) {
  KillTheOwner(Folder(), /*postgres_too=*/true);
  auto started = PrivatePostgres::Start(At(Folder()));
  ASSERT_TRUE(started.ok()) << started.status();
  EXPECT_EQ(Ask((*started)->url(), "select x from kept"), "42");
}

}  // namespace
}  // namespace stepwell::postgres
