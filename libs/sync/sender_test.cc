// Spools to a server that follows the protocol's rules and breaks streams on demand.
#include "sync/sender.h"

#include <chrono>
#include <filesystem>
#include <thread>

#include "gtest/gtest.h"
#include "push/fake_ingest.h"
#include "sync/pass.h"
#include "sync/testing.h"
#include "sync/uploader_lock.h"
#include "sync/watch.h"

namespace stepwell::sync {
namespace {

using std::chrono::milliseconds;

constexpr char kOne[] = "01ARZ3NDEKTSV4RRFFQ69G5FA1", kTwo[] = "01ARZ3NDEKTSV4RRFFQ69G5FA2";

class SenderTest : public testing::Test {
 protected:
  SenderTest() {
    policy_.first = milliseconds(1);
    policy_.longest = milliseconds(5);
    site_.root = root_.path();
    site_.report = &report_;
    site_.is_alive = [this](const std::string& folder) { return folder == alive_; };
    Connect();
  }
  void Connect() {
    servers_ = std::make_unique<Servers>(policy_, &stopper_, nullptr);
    site_.servers = servers_.get();
  }
  TestWriter Writer(const std::string& id, const std::string& more = "") {
    return TestWriter(root_.path(), id, server_.address(), more);
  }
  void Send() { ASSERT_TRUE(SendAll(&site_, {.patience = milliseconds(100)}).ok()); }

  // Rows [0, n) of TestWriter, once and in order.
  void ExpectRows(const std::string& id, int n) {
    const auto run = service_.Run(id);
    ASSERT_NE(run, nullptr);
    std::vector<int64_t> a, b;
    for (const auto& point : run->points["a"]) {
      a.push_back(point.step);
      EXPECT_EQ(point.scalar, static_cast<double>(point.step));
    }
    for (const auto& point : run->points["b"]) b.push_back(point.step);
    std::vector<int64_t> all, even;
    for (int i = 0; i < n; ++i) {
      all.push_back(i);
      if (i % 2 == 0) even.push_back(i);
    }
    EXPECT_EQ(a, all);
    EXPECT_EQ(b, even);
    EXPECT_EQ(service_.complaints(), std::vector<std::string>{});
  }
  bool There(const std::string& id) const { return std::filesystem::exists(root_.path() + "/" + id); }
  std::vector<std::string> Reasons() const {
    std::vector<std::string> found;
    for (const KeptWriter& kept : report_.kept()) found.push_back(kept.reason);
    return found;
  }

  TestRoot root_;
  push::FakeIngest service_;
  push::FakeServer server_{&service_};
  push::Stopper stopper_;
  push::RetryPolicy policy_;
  Report report_{nullptr};
  std::unique_ptr<Servers> servers_;
  Site site_;
  std::string alive_;
};

TEST_F(SenderTest, APassSendsEverythingOnceAndRemovesIt) {
  TestWriter one = Writer(kOne), two = Writer(kTwo, ", \"mode\": \"offline\"");
  one.Define();
  one.Rows(0, 500);
  one.Begin(2);
  one.Define();
  one.Rows(500, 1000);
  one.Add(StatusBody("finished"));
  two.Define();
  two.Rows(0, 100);
  const uint64_t bytes = SpoolBytes(root_.path());
  Send();
  EXPECT_EQ(report_.done_bytes(), bytes - 3 * spool::kMagic.size());
  ExpectRows(kOne, 1000);
  ExpectRows(kTwo, 100);
  EXPECT_FALSE(There(kOne) || There(kTwo));
  EXPECT_EQ(service_.Run(kOne)->statuses, std::vector<std::string>{"finished"});
  EXPECT_EQ(service_.Run(kTwo)->statuses, std::vector<std::string>{"crashed"});
  EXPECT_EQ(report_.sent(), 2u);
  EXPECT_EQ(report_.points(), 1500u + 150u);
  EXPECT_TRUE(report_.kept().empty());
}

TEST_F(SenderTest, AnotherProcessOfARunSaysNothingOfItsEnd) {
  TestWriter one = Writer(kOne, ", \"primary\": false");
  one.Define();
  one.Rows(0, 10);
  Send();
  ExpectRows(kOne, 10);
  EXPECT_TRUE(service_.Run(kOne)->statuses.empty());
}

TEST_F(SenderTest, StreamsThatBreakAnywhereLoseAndDoubleNothing) {
  service_.BreakOneIn(2);
  TestWriter one = Writer(kOne);
  const int kRows = 200;
  for (int segment = 1; segment <= 20; ++segment) {
    if (segment > 1) one.Begin(static_cast<uint32_t>(segment));
    one.Define();
    one.Rows((segment - 1) * kRows, segment * kRows);
    one.Add(RewindBody(1'000'000));  // begins a batch
  }
  Send();
  ExpectRows(kOne, 20 * kRows);
  EXPECT_GT(service_.breaks(), 0u);
  EXPECT_FALSE(There(kOne));
}

TEST_F(SenderTest, ALiveWriterIsSentSoFarAndGoesOnLater) {
  TestWriter one = Writer(kOne, ", \"mode\": \"offline\"");
  one.Define();
  one.Rows(0, 101);
  alive_ = one.folder();
  AppendTo(one.path(), "torn");
  Send();
  ExpectRows(kOne, 101);
  EXPECT_TRUE(There(kOne));
  EXPECT_EQ(report_.live(), 1u);
  const auto size = std::filesystem::file_size(one.path());
  EXPECT_EQ(ReadState(one.folder()).acknowledged, (spool::Position{1, size - 4}));
  std::filesystem::resize_file(one.path(), size - 4);
  one.Rows(101, 300);
  alive_.clear();
  Send();
  ExpectRows(kOne, 300);
  EXPECT_EQ(service_.Run(kOne)->statuses, std::vector<std::string>{"crashed"});
  EXPECT_FALSE(There(kOne));
}

TEST_F(SenderTest, ATornTailAndDamageAreLeftOutAndTold) {
  TestWriter one = Writer(kOne);
  one.Define();
  one.Rows(0, 10);
  AppendTo(one.path(), std::string(20, 'd'));
  one.Begin(2);
  one.Define();
  one.Rows(10, 20);
  AppendTo(one.path(), "torn");
  Send();
  ExpectRows(kOne, 20);
  const auto run = service_.Run(kOne);
  ASSERT_EQ(run->warnings.size(), 2u);
  EXPECT_NE(run->warnings.begin()->find("20 bytes of the client's spool were left out: records were damaged"),
            std::string::npos);
  EXPECT_NE(run->warnings.rbegin()->find("4 bytes of the client's spool were left out: the last call was cut off"),
            std::string::npos);
  EXPECT_FALSE(There(kOne));
}

TEST_F(SenderTest, AnEmptySpoolOfADeadWriterOnlySaysThatItCrashed) {
  TestWriter one = Writer(kOne);
  Send();
  EXPECT_EQ(service_.Run(kOne)->statuses, std::vector<std::string>{"crashed"});
  EXPECT_FALSE(There(kOne));
}

TEST_F(SenderTest, WhatCannotBeSentIsKeptWithItsReason) {
  TestWriter deleted = Writer(kOne), newer = Writer(kTwo, ", \"format\": 2");
  deleted.Define();
  deleted.Rows(0, 10);
  alive_ = deleted.folder();
  Send();
  alive_.clear();
  service_.DeleteRun(kOne);
  Send();
  ASSERT_EQ(Reasons().size(), 3u);
  EXPECT_NE(Reasons()[0].find("is of format 2"), std::string::npos) << Reasons()[0];
  EXPECT_NE(Reasons()[2].find("was deleted"), std::string::npos) << Reasons()[2];
  EXPECT_TRUE(There(kOne) && There(kTwo));
  EXPECT_TRUE(ReadState(deleted.folder()).deleted);
}

TEST_F(SenderTest, AFencedWriterIsNotOpenedAgain) {
  TestWriter one = Writer(kOne);
  one.Define();
  one.Rows(0, 10);
  State state;
  state.fenced = true;
  ASSERT_TRUE(WriteState(one.folder(), state).ok());
  Send();
  EXPECT_EQ(service_.Run(kOne), nullptr);
  ASSERT_EQ(Reasons().size(), 1u);
  EXPECT_EQ(Reasons()[0].find("fenced"), 0u);
}

TEST_F(SenderTest, AServerThatIsAwayIsNamedAndTheSpoolsAreKept) {
  policy_.patience_before = milliseconds(200);
  Connect();
  for (const char* id : {kOne, kTwo}) TestWriter(root_.path(), id, "127.0.0.1:1").Define();
  Send();
  ASSERT_EQ(Reasons().size(), 2u);
  for (const std::string& reason : Reasons()) EXPECT_NE(reason.find("127.0.0.1:1 did not answer"), std::string::npos);
  EXPECT_TRUE(There(kOne) && There(kTwo));
  EXPECT_NE(ReadState(root_.path() + "/" + kOne).error, "");
}

TEST_F(SenderTest, AServerThatIsNamedIsUsedInsteadOfTheWriters) {
  TestWriter one(root_.path(), kOne, "127.0.0.1:1");
  one.Define();
  one.Rows(0, 10);
  site_.server = server_.address();
  Send();
  ExpectRows(kOne, 10);
}

TEST_F(SenderTest, WhatIsLeftOfARemovalGoes) {
  std::filesystem::create_directory(root_.path() + "/" + kOne + ".gone");
  Send();
  EXPECT_FALSE(There(std::string(kOne) + ".gone"));
}

class WatchTest : public SenderTest {
 protected:
  WatchTest() { site_.follow = true; }
  ~WatchTest() override { Stop(); }
  void Start(milliseconds idle = milliseconds(0)) {
    thread_ = std::thread([this, idle] { status_ = Watch(&site_, {.idle = idle}).Run(); });
  }
  void Stop() {
    stopper_.Stop();
    if (thread_.joinable()) thread_.join();
  }
  // Until the server has so many points of "a".
  void Await(const std::string& id, size_t points) {
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(30);
    for (;;) {
      const auto run = service_.Run(id);
      if (run && run->points["a"].size() >= points) return;
      ASSERT_LT(std::chrono::steady_clock::now(), end) << points << " points of " << id << " did not come";
      std::this_thread::sleep_for(milliseconds(2));
    }
  }

  std::thread thread_;
  absl::Status status_;
};

TEST_F(WatchTest, FollowsALiveWriterOverItsSegments) {
  Keep keep(root_.path(), milliseconds(0), 1u << 30);
  site_.keep = &keep;
  TestWriter one = Writer(kOne);
  alive_ = one.folder();
  one.Define();
  one.Rows(0, 10);
  Start();
  Await(kOne, 10);
  one.Rows(10, 20);
  Await(kOne, 20);
  one.Begin(2);
  one.Define();
  one.Rows(20, 30);
  Await(kOne, 30);
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(30);
  while (std::filesystem::exists(one.folder() + "/00000001.seg")) {
    ASSERT_LT(std::chrono::steady_clock::now(), end) << "an acknowledged segment stays";
    std::this_thread::sleep_for(milliseconds(2));
  }
  Stop();
  EXPECT_TRUE(status_.ok());
  ExpectRows(kOne, 30);
  EXPECT_TRUE(service_.Run(kOne)->statuses.empty());
}

TEST_F(WatchTest, EndsByItselfWhenThereIsNothingAndLeavesOfflineWritersAlone) {
  TestWriter one = Writer(kOne), two = Writer(kTwo, ", \"mode\": \"offline\"");
  one.Define();
  one.Rows(0, 10);
  Start(milliseconds(300));
  thread_.join();
  ExpectRows(kOne, 10);
  EXPECT_EQ(service_.Run(kTwo), nullptr);
  EXPECT_TRUE(There(kTwo));
  EXPECT_EQ(report_.sent(), 1u);
}

TEST_F(WatchTest, AServerThatIsAwayDoesNotHoldUpOthers) {
  policy_.patience_before = milliseconds(50);
  Connect();
  for (char last = '2'; last < '7'; ++last)
    TestWriter(root_.path(), std::string(kOne, 25) + last, "127.0.0.1:1").Define();
  TestWriter good(root_.path(), std::string(kOne, 25) + '9', server_.address());
  good.Define();
  good.Rows(0, 10);
  thread_ = std::thread([this] { status_ = Watch(&site_, {.idle = milliseconds(0), .drains = 2}).Run(); });
  Await(good.id(), 10);
}

TEST_F(WatchTest, AServerThatComesBackGetsTheRest) {
  TestWriter one = Writer(kOne);
  alive_ = one.folder();
  one.Define();
  service_.Fill(true);
  one.Rows(0, 10);
  Start();
  service_.AwaitTurnedAway(3);
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(30);
  while (ReadState(one.folder()).error.find("takes nothing now") == std::string::npos) {
    ASSERT_LT(std::chrono::steady_clock::now(), end) << "the error is not told";
    std::this_thread::sleep_for(milliseconds(2));
  }
  service_.Fill(false);
  Await(kOne, 10);
  Stop();
  ExpectRows(kOne, 10);
}

TEST(UploaderLockTest, IsFreeAgainWhenItsOwnerGoes) {
  TestRoot root;
  auto lock = UploaderLock::Take(root.path(), milliseconds(0));
  ASSERT_TRUE(lock.ok() && *lock);
  lock->reset();
  lock = UploaderLock::Take(root.path(), milliseconds(0));
  EXPECT_TRUE(lock.ok() && *lock);
  lock = UploaderLock::Take(root.path() + "/not-there", milliseconds(0));
  EXPECT_FALSE(lock.ok());
}

}  // namespace
}  // namespace stepwell::sync
