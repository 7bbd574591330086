// What a run writes into its spool.
#include "stepwell/run.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <filesystem>
#include <limits>
#include <optional>
#include <thread>

#include "client/keeper.h"
#include "client/settings.h"
#include "client/testing.h"

namespace stepwell {
namespace {

using client::Variable;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Pair;
using testing::SizeIs;

class RunTest : public client::SpoolTest {};

TEST_F(RunTest, ScalarsAreKeptBitForBitBesideTheirTypes) {
  const double odd = std::bit_cast<double>(0x7ff0000000000001);  // a signalling NaN
  {
    Run run(Options());
    run.Log({{"d", odd}, {"f", 0.1f}, {"i", -3}, {"u", 7u}, {"b", true}}, std::numeric_limits<int64_t>::min(), 1.5);
    run.Log({{"d", -0.0}}, 9, INFINITY);
  }
  const client::Spool spool = Read();
  ASSERT_THAT(spool.points, SizeIs(6));
  std::vector<std::string> types;
  for (const client::Point& point : spool.points) types.push_back(point.info.value_type());
  EXPECT_THAT(types, ElementsAre("float64", "float32", "int64", "uint64", "bool", "float64"));
  EXPECT_EQ(std::bit_cast<uint64_t>(spool.points[0].scalar), 0x7ff0000000000001u);
  EXPECT_EQ(spool.points[1].scalar, static_cast<double>(0.1f));
  EXPECT_EQ(spool.points[2].scalar, -3);
  EXPECT_EQ(spool.points[0].step, std::numeric_limits<int64_t>::min());
  EXPECT_TRUE(std::signbit(spool.points[5].scalar));
  EXPECT_EQ(spool.points[5].wall, INFINITY);
  EXPECT_THAT(spool.statuses, ElementsAre("running", "finished"));
}

TEST_F(RunTest, StepsCountUpFromTheLastOneAndMayGoBack) {
  {
    Run run(Options());
    for (const std::optional<int64_t> step : {std::optional<int64_t>(), {}, {10}, {}, {3}, {}})
      run.Log({{"a", 1}}, step);
    run.Log("t", Text("x"));
    EXPECT_EQ(run.step(), 6);
  }
  std::vector<int64_t> steps;
  for (const client::Point& point : Read().points) steps.push_back(point.step);
  EXPECT_THAT(steps, ElementsAre(0, 1, 10, 11, 3, 4, 5));
}

TEST_F(RunTest, NanIsKeptAndToldOnce) {
  {
    Run run(Options());
    for (int step = 0; step < 4; ++step) run.Log({{"loss", step % 2 == 0 ? 0.5 : NAN}, {"lr", -INFINITY}}, step);
    run.Log({{"other", NAN}});
  }
  EXPECT_THAT(Read().points, SizeIs(9));
  EXPECT_THAT(warnings_, ElementsAre("\"loss\" is NaN at step 1; it is kept, and so are those that follow"));
}

TEST_F(RunTest, AStepThatGoesBackIsKeptAndToldOnce) {
  {
    Run run(Options());
    for (const int step : {9, 9, 3, 4, 2}) {
      run.Log({{"a", 1}}, step);
      run.Log({{"epoch", 1}, {"lr", 1}}, 0);  // of other names
    }
  }
  EXPECT_THAT(Read().points, SizeIs(15));
  EXPECT_THAT(warnings_,
              ElementsAre("step 3 comes after step 9; it is kept. rewind_to takes back what is behind a step"));
}

TEST_F(RunTest, AfterARewindStepsGoOnAndNoneGoesBack) {
  {
    Run run(Options());
    run.Log({{"a", 1}}, 9);
    run.Rewind(3);
    run.Log({{"a", 1}});
    EXPECT_THAT(warnings_, IsEmpty());
    run.Log({{"a", 1}}, 2);
  }
  EXPECT_THAT(warnings_, ElementsAre(HasSubstr("step 2 comes after step 3")));
}

TEST_F(RunTest, AtTheLastStepThatThereIsWhatIsLoggedWithoutOneStays) {
  constexpr int64_t kLast = std::numeric_limits<int64_t>::max();
  {
    Run run(Options());
    run.Log({{"a", 1}}, kLast);
    EXPECT_THAT(warnings_, IsEmpty());
    run.Log({{"a", 2}});
    run.Log({{"a", 3}});
    EXPECT_EQ(run.step(), kLast);
  }
  std::vector<int64_t> steps;
  for (const client::Point& point : Read().points) steps.push_back(point.step);
  EXPECT_THAT(steps, ElementsAre(kLast, kLast, kLast));
  EXPECT_THAT(warnings_, ElementsAre(HasSubstr("no step beyond 9223372036854775807")));
}

TEST_F(RunTest, MetadataIsToldInTheOrderOfTheCalls) {
  RunOptions options = Options();
  options.labels = {{"team", "vision"}};
  options.group = "g";
  options.job_type = "train";
  options.note = "first";
  options.rewind_to = 50;
  {
    Run run(options);
    EXPECT_EQ(run.step(), 50);
    run.Label("team", "audio");
    run.DefineMetric("val/loss", "epoch", "min");
    run.Note("second");
    run.Rewind(20);
    EXPECT_EQ(run.step(), 20);
  }
  const client::Spool spool = Read();
  EXPECT_THAT(spool.labels,
              ElementsAre(Pair("team", "vision"), Pair("group", "g"), Pair("job_type", "train"), Pair("team", "audio"),
                          Pair("stepwell.metric/val/loss", R"({"step_metric": "epoch", "summary": "min"})")));
  EXPECT_EQ(spool.note, "second");
  EXPECT_THAT(spool.rewinds, ElementsAre(50, 20));
}

TEST_F(RunTest, NamesThatCannotBeAreToldOnceAndTheRestOfTheCallIsKept) {
  {
    Run run(Options());
    const std::string most(16 << 10, 'x'), more(most + "x");
    for (int i = 0; i < 3; ++i) run.Log({{"", 1}, {"good", 2}, {more, 3}, {most, 4}, {"good", 5}});
  }
  const client::Spool spool = Read();
  ASSERT_THAT(spool.points, SizeIs(6));
  EXPECT_EQ(spool.points[0].scalar, 5);
  EXPECT_EQ(spool.points[1].scalar, 4);
  EXPECT_THAT(warnings_, ElementsAre(HasSubstr("not empty"), HasSubstr("16384 bytes"), HasSubstr("twice")));
}

TEST_F(RunTest, ACallThatPointsToNoValuesIsTold) {
  {
    Run run(Options());
    run.Log(nullptr, 3);
    run.Log(nullptr, 0);
  }
  EXPECT_THAT(Read().points, IsEmpty());
  EXPECT_THAT(warnings_, ElementsAre("\"a call of Log\" is left out: it points to no values"));
}

TEST_F(RunTest, AStrictRunThrowsWhatElseIsAWarning) {
  RunOptions options = Options();
  options.strict = true;
  Run run(options);
  EXPECT_THROW(run.Log({{"", 1}}), Error);
  EXPECT_THROW(run.Log("a", Histogram(std::vector<double>{})), Error);
  run.Log({{"a", 1}}, 7);
  EXPECT_THROW(run.Log({{"a", NAN}, {"b", 1}}), Error);  // once it is kept
  EXPECT_THROW(run.Log({{"a", 1}}, 6), Error);
  EXPECT_EQ(run.step(), 7);
  run.Finish();
  EXPECT_THROW(run.Log({{"a", 1}}), Error);
  EXPECT_THAT(Read().points, SizeIs(4));
}

TEST_F(RunTest, TheEndIsTold) {
  { Run run(Options()); }
  EXPECT_THAT(Read().statuses, ElementsAre("running", "finished"));
  try {
    Run run(Options());
    throw std::runtime_error("a training that fails");
  } catch (const std::runtime_error&) {
  }
  EXPECT_THAT(Read().statuses, ElementsAre("running", "failed"));
  {
    Run run(Options());
    run.Finish("killed");
    run.Log({{"a", 1}});
    EXPECT_THAT(warnings_, ElementsAre(HasSubstr("the run is finished")));
  }
  EXPECT_THAT(Read().statuses, ElementsAre("running", "killed"));
  EXPECT_THAT(Read().points, IsEmpty());
}

TEST_F(RunTest, ARunThatIsMovedIsTheSameRun) {
  {
    Run run(Options());
    run.Log({{"a", 1}});
    Run moved(std::move(run));
    moved.Log({{"a", 2}});
  }
  EXPECT_THAT(Folders(), SizeIs(1));
  EXPECT_THAT(Read().points, SizeIs(2));
  EXPECT_THAT(Read().statuses, ElementsAre("running", "finished"));
}

TEST_F(RunTest, ADisabledRunWritesNothingAndAModeThatThereIsNotIsRefused) {
  RunOptions options = Options();
  options.mode = "disabled";
  {
    Run run(options);
    run.Log({{"a", 1}});
    run.LogParams({{"b", 2}});
  }
  EXPECT_THAT(Folders(), IsEmpty());
  options.mode = "on-line";
  EXPECT_THROW(Run{options}, std::invalid_argument);
}

TEST_F(RunTest, TheEnvironmentSaysWhatTheOptionsDoNot) {
  const Variable mode("STEPWELL_MODE", "offline"), dir("STEPWELL_DIR", root_), server("STEPWELL_SERVER", "there:1"),
      rank("RANK", "3");
  RunOptions options;
  options.id = "shared";
  options.experiment = "e \"x\"";
  { Run run(options); }
  const client::Spool spool = Read();
  EXPECT_EQ(client::JsonMember(spool.about, "mode"), "offline");
  EXPECT_EQ(client::JsonMember(spool.about, "server"), "there:1");
  EXPECT_EQ(client::JsonMember(spool.about, "run"), "shared");
  EXPECT_EQ(client::JsonMember(spool.about, "format"), "1");
  EXPECT_EQ(client::JsonMember(spool.about, "primary"), "false");  // rank 3 of a run that others log to
  EXPECT_EQ("<root>/" + std::string(client::JsonMember(spool.about, "spool")),
            "<root>/" + std::filesystem::path(Folders()[0]).filename().string());
  EXPECT_THAT(spool.statuses, IsEmpty());
}

// Read() reads each segment by itself.
TEST_F(RunTest, EachSegmentTellsWhatItsRecordsNeed) {
  const Variable most("STEPWELL_SPOOL_MAX", "32k");  // segments of 4,096 bytes
  {
    Run run(Options());
    for (int step = 0; step < 200; ++step) {
      run.Log({{"a", 0.5 * step}, {"b", step}}, step);
      if (step % 3 == 0) run.Log({{"b", step}}, step);
      if (step % 20 == 0) run.Log("t", Text("x"), step);
    }
  }
  EXPECT_GT(spool::Segments(Folders()[0]).size(), 2u);
  EXPECT_THAT(Read().points, SizeIs(200 * 2 + 67 + 10));
}

TEST_F(RunTest, ThreadsLogSafely) {
  const Variable most("STEPWELL_SPOOL_MAX", "4m");  // several segments
  constexpr int kThreads = 4, kCalls = 3000;
  {
    Run run(Options());
    std::vector<std::thread> threads;
    threads.reserve(kThreads);
    for (int thread = 0; thread < kThreads; ++thread) {
      threads.emplace_back([&run, thread] {
        for (int step = 0; step < kCalls; ++step) {
          const std::string mine = std::to_string(thread), group = std::to_string(step % 7);
          run.Log({{mine, step}, {"all/" + group, step}}, step);
        }
      });
    }
    for (std::thread& thread : threads) thread.join();
  }
  EXPECT_GT(spool::Segments(Folders()[0]).size(), 1u);
  std::map<std::string, std::vector<double>> found;
  for (const client::Point& point : Read().points) found[point.info.tag()].push_back(point.scalar);
  for (int thread = 0; thread < kThreads; ++thread) {
    const std::vector<double>& values = found[std::to_string(thread)];
    ASSERT_EQ(values.size(), static_cast<size_t>(kCalls));
    for (int step = 0; step < kCalls; ++step) ASSERT_EQ(values[static_cast<size_t>(step)], step);
  }
}

TEST(JsonMember, ReadsTheTopLevelOnly) {
  const std::string_view json = R"({"a": {"b": 1}, "c\"b": "b", "list": [{"b": 2}, "b"], "b" : "x y", "n":-3})";
  EXPECT_EQ(client::JsonMember(json, "b"), "x y");
  EXPECT_EQ(client::JsonMember(json, "n"), "-3");
  EXPECT_EQ(client::JsonMember(json, "z"), "");
  EXPECT_EQ(client::JsonMember(R"({"b": "cut)", "b"), "");
  EXPECT_EQ(client::JsonMember(R"({"b)", "b"), "");
  EXPECT_EQ(client::JsonMember("", "b"), "");
}

TEST(Settings, SizesMayHaveUnits) {
  EXPECT_EQ(client::ParseSize("1000"), 1000u);
  EXPECT_EQ(client::ParseSize("10GiB"), 10ull << 30);
  EXPECT_EQ(client::ParseSize(" 500 MB "), 500ull << 20);
  EXPECT_EQ(client::ParseSize("1.5k"), 1536u);
  for (const char* bad : {"", "k", "-1", "10 parsecs", "nan"}) EXPECT_EQ(client::ParseSize(bad), 0u) << bad;
}

}  // namespace
}  // namespace stepwell
