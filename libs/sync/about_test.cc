#include "sync/about.h"

#include <cstdlib>
#include <fstream>

#include "gtest/gtest.h"
#include "sync/credentials.h"
#include "sync/testing.h"

namespace stepwell::sync {
namespace {

constexpr char kId[] = "01ARZ3NDEKTSV4RRFFQ69G5FA1";

TEST(AboutTest, ReadsWhatClientsWrite) {
  const auto about = ParseAbout(
      R"({"format": 1, "spool": "x", "server": "a:1", "workspace": "", "experiment": "caf\u00e9", "run": "", "name": "n",
          "writer": "w", "client": "c", "mode": "offline", "primary": false, "must_exist": true, "host": "h", "pid": 7, "new": [1]})");
  ASSERT_TRUE(about.ok()) << about.status();
  EXPECT_EQ(about->server, "a:1");
  EXPECT_EQ(about->experiment, "café");
  EXPECT_TRUE(about->offline);
  EXPECT_FALSE(about->primary);
  EXPECT_TRUE(about->must_exist);
}

TEST(AboutTest, WhatIsNoneIsSaid) {
  for (const char* text : {"", "[]", "{}", "{\"format\": \"1\"}", "{\"format\": 0}", "{\"format\": 1", "nul"})
    EXPECT_EQ(ParseAbout(text).status().code(), absl::StatusCode::kInvalidArgument) << text;
  EXPECT_EQ(ParseAbout("{\"format\": 2}").status().code(), absl::StatusCode::kUnimplemented);
  TestRoot root;
  EXPECT_TRUE(absl::IsNotFound(ReadAbout(root.path()).status()));
}

TEST(AboutTest, AStatusIsReadAsItWasWritten) {
  TestRoot root;
  EXPECT_EQ(ReadState(root.path()), State{});
  State state;
  state.acknowledged = {3, 1ull << 40};
  state.refused = 2;
  state.deleted = true;
  state.missing = true;
  state.error = "a \"quoted\"\n line";
  state.fork_refused = "there is no such run";
  state.run = "r";
  ASSERT_TRUE(WriteState(root.path(), state).ok());
  EXPECT_EQ(ReadState(root.path()), state);
}

TEST(AboutTest, AnOfflineWriterIsGivenToALivingUploader) {
  TestRoot root;
  TestWriter writer(root.path(), kId, "a:1", ", \"mode\": \"offline\", \"host\": \"h\"");
  ASSERT_TRUE(MakeOnline(writer.folder(), "b:2").ok());
  const auto about = ReadAbout(writer.folder());
  ASSERT_TRUE(about.ok());
  EXPECT_FALSE(about->offline);
  EXPECT_EQ(about->server, "b:2");
  EXPECT_EQ(WritersIn(root.path()), std::vector<std::string>{kId});
  RemoveWriter(root.path(), kId);
  EXPECT_TRUE(WritersIn(root.path()).empty());
}

TEST(AboutTest, AForkWaitsForWhatItsParentHadWhenItBegan) {
  TestRoot root;
  TestWriter parent(root.path(), kId, "a:1", "");
  const auto about = ParseAbout(
      R"({"format": 1, "fork": {"run": "p", "step": -3, "after": {"01ARZ3NDEKTSV4RRFFQ69G5FA1": [2, 100], "..": [9, 9]}}})");
  ASSERT_TRUE(about.ok() && about->fork) << about.status();
  EXPECT_EQ(about->fork->run, "p");
  EXPECT_EQ(about->fork->step, -3);
  EXPECT_EQ(about->fork->after.size(), 1u);
  const auto unsent = [&](spool::Position acknowledged, bool fenced = false) {
    State state;
    state.acknowledged = acknowledged;
    state.fenced = fenced;
    EXPECT_TRUE(WriteState(parent.folder(), state).ok());
    return !UnsentParent(root.path(), *about->fork).empty();
  };
  EXPECT_TRUE(unsent({0, 0}));
  EXPECT_TRUE(unsent({1, 5000}));
  EXPECT_TRUE(unsent({2, 99}));
  EXPECT_FALSE(unsent({2, 100}));
  EXPECT_FALSE(unsent({3, 8}));
  EXPECT_FALSE(unsent({0, 0}, /*fenced=*/true)) << "it will never be sent";
  EXPECT_TRUE(unsent({0, 0}));
  RemoveWriter(root.path(), kId);
  EXPECT_EQ(UnsentParent(root.path(), *about->fork), "") << "sent";
}

TEST(CredentialsTest, ATokenIsOfTheServerOrItsHost) {
  TestRoot root;
  const std::string path = root.path() + "/credentials.json";
  // NOLINTBEGIN(concurrency-mt-unsafe): this program has one thread
  setenv("STEPWELL_CREDENTIALS", path.c_str(), 1);
  unsetenv("STEPWELL_TOKEN");
  EXPECT_EQ(TokenFor("a:1"), "");
  AppendTo(path, R"({"version": 1, "servers": {"a:1": {"token": "one"}, "b:1": {"token": "two"},
                     "b:2": {"token": "three"}, "c": {}}})");
  EXPECT_EQ(TokenFor("grpcs://A:1/"), "one");
  EXPECT_EQ(TokenFor("a:9"), "one");
  EXPECT_EQ(TokenFor("b:2"), "three");
  EXPECT_EQ(TokenFor("b:9"), "");  // which?
  EXPECT_EQ(TokenFor("c"), "");
  setenv("STEPWELL_TOKEN", "mine", 1);
  EXPECT_EQ(TokenFor("b:9"), "mine");
  unsetenv("STEPWELL_TOKEN");
  unsetenv("STEPWELL_CREDENTIALS");
  // NOLINTEND(concurrency-mt-unsafe)
  EXPECT_EQ(ServerKey("https://Tracker.example"), "tracker.example:443");
  EXPECT_EQ(ServerKey("[::1]:7008"), "[::1]:7008");
}

}  // namespace
}  // namespace stepwell::sync
