// Uploads against a server in memory that breaks streams, restarts anywhere, and says when a rule is broken.
#include <chrono>
#include <random>
#include <thread>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "push/fake_ingest.h"
#include "upload/follower.h"
#include "upload/log_writer.h"
#include "upload/uploader.h"

namespace stepwell::upload {
namespace {

using std::chrono::milliseconds;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class UploadTest : public testing::Test {
 protected:
  // A process that uploads, with nothing left from the one before.
  absl::Status Upload() {
    push::Stopper stopper;
    return UploadUntil(stopper);
  }
  absl::Status UploadUntil(push::Stopper& stopper) {
    push::RetryPolicy policy;
    policy.first = milliseconds(1);
    policy.longest = milliseconds(5);
    push::Connection connection(server_.address(), policy, &stopper);
    report_ = std::make_unique<Report>(nullptr);
    UploadContext context{&connection, {"", "experiment", false, 2}, report_.get()};
    return UploadOnce(&context, FindRuns({folder_.path()}));
  }

  std::vector<std::pair<int64_t, double>> Points(const std::string& run, const std::string& tag, bool hidden = false) {
    std::vector<std::pair<int64_t, double>> points;
    if (const auto found = service_.Run(run)) {
      for (const push::FakePoint& point : found->points[tag]) {
        if (point.hidden == hidden) {
          points.emplace_back(point.step, point.scalar);
        }
      }
    }
    return points;
  }
  void AppendScalars(const std::string& file, int from, int to) {
    std::string bytes;
    for (int i = from; i < to; ++i) {
      bytes += ScalarEvent("loss", i, static_cast<float>(i));
    }
    folder_.Append(file, bytes);
  }
  void ExpectCount(const std::string& run, size_t n) {
    const auto points = Points(run, "loss");
    ASSERT_EQ(points.size(), n);
    for (size_t i = 0; i < n; ++i) {
      ASSERT_EQ(points[i].first, static_cast<int64_t>(i));
    }
  }

  TestFolder folder_;
  push::FakeIngest service_{7};
  push::FakeServer server_{&service_};
  std::unique_ptr<Report> report_;
};

constexpr char kFile[] = "run/events.out.tfevents.1.host";

TEST_F(UploadTest, RunAgainAddsOnlyWhatIsNew) {
  folder_.Append(kFile, Header());
  AppendScalars(kFile, 0, 10);
  ASSERT_TRUE(Upload().ok());
  ExpectCount("run", 10);
  EXPECT_EQ(report_->totals().points, 10u);
  const size_t batches = service_.batches();
  ASSERT_TRUE(Upload().ok());
  EXPECT_EQ(report_->totals().points, 0u);
  EXPECT_EQ(service_.batches(), batches);
  AppendScalars(kFile, 10, 15);
  ASSERT_TRUE(Upload().ok());
  ExpectCount("run", 15);
  EXPECT_EQ(report_->totals().points, 5u);
  EXPECT_THAT(service_.Run("run")->statuses, ElementsAre("finished", "finished"));
}

TEST_F(UploadTest, AFileWhoseLastPointFillsABatchIsFinishedToo) {
  AppendScalars(kFile, 0, push::kBatchPoints);
  ASSERT_TRUE(Upload().ok());
  EXPECT_THAT(report_->failures(), IsEmpty());
  EXPECT_THAT(service_.Run("run")->statuses, ElementsAre("finished"));
  ASSERT_TRUE(Upload().ok());
  ExpectCount("run", push::kBatchPoints);
  EXPECT_THAT(service_.Run("run")->statuses, ElementsAre("finished"));
}

TEST_F(UploadTest, ATornRecordWaitsWithoutAWarningWhereverItIsCut) {
  const std::string whole = ScalarEvent("loss", 1, 1);
  folder_.Append(kFile, Header() + ScalarEvent("loss", 0, 0));
  for (const char byte : whole) {
    ASSERT_TRUE(Upload().ok());
    ExpectCount("run", 1);
    folder_.Append(kFile, std::string(1, byte));
  }
  ASSERT_TRUE(Upload().ok());
  ExpectCount("run", 2);
  EXPECT_THAT(service_.Run("run")->warnings, IsEmpty());
}

TEST_F(UploadTest, StoppedAnywhereAndBrokenAnywhereNothingIsLostOrDoubled) {
  std::mt19937 random(3);
  for (int file = 0; file < 3; ++file) {
    const std::string name = "run/events.out.tfevents." + std::to_string(file);
    folder_.Append(name, Header(file));
    std::string bytes;
    for (int i = 0; i < 20'000; ++i) {
      bytes += ScalarEvent("loss" + std::to_string(file), i, static_cast<float>(i));
      if (i % 400 == 0) {  // over the limit for a batch together with what is around it
        bytes += ImageEvent("image" + std::to_string(file), i,
                            std::string(random() % 3'000'000, static_cast<char>('a' + i % 20)));
      }
    }
    folder_.Append(name, bytes);
  }
  service_.BreakOneIn(4);
  for (int round = 0;; ++round) {
    ASSERT_LT(round, 500);
    push::Stopper stopper;
    // Later rounds have more time: a slow machine comes to an end too.
    const milliseconds time(20 + random() % 80 + static_cast<unsigned>(round * round / 10));
    std::thread stop([&] { stopper.WaitFor(time), stopper.Stop(); });
    const absl::Status status = UploadUntil(stopper);
    stop.join();
    if (status.ok()) {
      break;
    }
    ASSERT_EQ(status.code(), absl::StatusCode::kCancelled) << status;
  }
  EXPECT_THAT(service_.complaints(), IsEmpty());
  const auto run = service_.Run("run");
  for (int file = 0; file < 3; ++file) {
    const auto& points = run->points["loss" + std::to_string(file)];
    ASSERT_EQ(points.size(), 20'000u);
    for (size_t i = 0; i < points.size(); ++i) {
      ASSERT_EQ(points[i].step, static_cast<int64_t>(i));
    }
    const auto& images = run->points["image" + std::to_string(file)];
    ASSERT_EQ(images.size(), 50u);
    for (const push::FakePoint& image : images) {
      EXPECT_TRUE(run->blobs.contains(image.value.image().items(0).sha256()));
    }
  }
}

TEST_F(UploadTest, ARecordLargerThanAMessageIsSplitAndNeverDoubled) {
  wire::Event event;
  event.set_step(1);
  for (int i = 0; i < 200; ++i) {
    wire::Summary::Value* v = event.mutable_summary()->add_value();
    v->set_tag("t" + std::to_string(i));
    v->mutable_tensor()->set_dtype(1);
    v->mutable_tensor()->set_tensor_content(std::string(40'000, static_cast<char>(i)));
    v->mutable_tensor()->mutable_tensor_shape()->add_dim()->set_size(10'000);
  }
  folder_.Append(kFile, Header() + Record(event.SerializeAsString()));
  service_.BreakOneIn(3);
  for (int round = 0;; ++round) {
    ASSERT_LT(round, 500);
    push::Stopper stopper;
    // Longer each time: on a slow machine (sanitizers) nothing at all is acknowledged within the first few.
    std::thread stop([&] { stopper.WaitFor(milliseconds(10 + round)), stopper.Stop(); });
    const absl::Status status = UploadUntil(stopper);
    stop.join();
    if (status.ok()) {
      break;
    }
  }
  EXPECT_THAT(service_.complaints(), IsEmpty());
  const auto run = service_.Run("run");
  for (int i = 0; i < 200; ++i) {
    EXPECT_EQ(run->points["t" + std::to_string(i)].size(), 1u) << i;
  }
}

TEST_F(UploadTest, ARestartTakesBackWhatEarlierFilesBrought) {
  folder_.Append("run/events.out.tfevents.1", Header(1));
  AppendScalars("run/events.out.tfevents.1", 0, 10);
  folder_.Append("run/events.out.tfevents.2",
                 Header(2) + StartEvent(6) + ScalarEvent("loss", 6, 46) + ScalarEvent("loss", 7, 47));
  ASSERT_TRUE(Upload().ok());
  EXPECT_EQ(Points("run", "loss").size(), 8u);
  EXPECT_THAT(Points("run", "loss", true),
              ElementsAre(std::pair<int64_t, double>(6, 6), std::pair<int64_t, double>(7, 7),
                          std::pair<int64_t, double>(8, 8), std::pair<int64_t, double>(9, 9)));
}

TEST_F(UploadTest, DamageIsToldWithItsPlaceAndTheRestArrives) {
  std::string damaged = ScalarEvent("loss", 3, 3);
  damaged[20] = static_cast<char>(damaged[20] ^ 1);
  const std::string before = Header() + ScalarEvent("loss", 0, 0);
  folder_.Append(kFile, before + damaged + ScalarEvent("loss", 1, 1));
  ASSERT_TRUE(Upload().ok());
  ASSERT_TRUE(Upload().ok());
  ExpectCount("run", 2);
  EXPECT_THAT(service_.Run("run")->warnings, ElementsAre(HasSubstr("events.out.tfevents.1.host|" +
                                                                   std::to_string(before.size()) + "||data checksum")));
}

TEST_F(UploadTest, AFileThatWasReplacedIsAWriterOfItsOwn) {
  folder_.Append(kFile, Header(1));
  AppendScalars(kFile, 0, 10);
  ASSERT_TRUE(Upload().ok());
  folder_.Replace(kFile, Header(2) + ScalarEvent("loss", 10, 10));
  ASSERT_TRUE(Upload().ok());
  ExpectCount("run", 11);
  ASSERT_TRUE(Upload().ok());  // the second generation is known again
  ExpectCount("run", 11);
  const auto run = service_.Run("run");
  ASSERT_EQ(run->writers.size(), 2u);
  EXPECT_EQ(run->writers[1].id, "events.out.tfevents.1.host#2");
  EXPECT_THAT(run->warnings, Contains(HasSubstr("took its place")));
}

TEST_F(UploadTest, AFileThatWasCutIsToldAndKeepsWhatWasTaken) {
  folder_.Append(kFile, Header());
  AppendScalars(kFile, 0, 10);
  ASSERT_TRUE(Upload().ok());
  std::filesystem::resize_file(folder_.path() / kFile, 100);
  ASSERT_TRUE(Upload().ok());
  ExpectCount("run", 10);
  EXPECT_THAT(service_.Run("run")->warnings, ElementsAre(HasSubstr("shorter")));
}

TEST_F(UploadTest, ACopyOfTheLogGoesOnWhereTheFirstWas) {
  folder_.Append(kFile, Header());
  AppendScalars(kFile, 0, 10);
  ASSERT_TRUE(Upload().ok());
  std::filesystem::rename(folder_.path() / "run", folder_.path() / "old");
  std::filesystem::copy(folder_.path() / "old", folder_.path() / "run", std::filesystem::copy_options::recursive);
  std::filesystem::remove_all(folder_.path() / "old");
  AppendScalars(kFile, 10, 12);
  ASSERT_TRUE(Upload().ok());
  ExpectCount("run", 12);
}

TEST_F(UploadTest, ADeletedRunStaysDeletedAndHarmsNoOther) {
  for (const char* run : {"a/events.out.tfevents.1", "b/events.out.tfevents.1"}) {
    folder_.Append(run, Header());
    AppendScalars(run, 0, 3);
  }
  ASSERT_TRUE(Upload().ok());
  service_.DeleteRun("a");
  AppendScalars("a/events.out.tfevents.1", 3, 5);
  AppendScalars("b/events.out.tfevents.1", 3, 5);
  ASSERT_TRUE(Upload().ok());
  EXPECT_THAT(report_->failures(), IsEmpty());
  ExpectCount("a", 3);
  ExpectCount("b", 5);
}

TEST_F(UploadTest, EmptyFilesMakeNoRunAndPackedOnesAreTold) {
  folder_.Append("empty/events.out.tfevents.1", "");
  folder_.Append(kFile, Header() + ScalarEvent("loss", 0, 0));
  folder_.Append("run/events.out.tfevents.2.gz", "x");
  ASSERT_TRUE(Upload().ok());
  ASSERT_TRUE(Upload().ok());
  EXPECT_EQ(service_.Run("empty"), nullptr);
  EXPECT_THAT(service_.Run("run")->warnings, ElementsAre(HasSubstr("events.out.tfevents.2.gz")));
}

// Follows in a thread and waits until something holds; no test waits longer than the deadline.
class FollowTest : public UploadTest {
 protected:
  FollowTest() : report_(nullptr), connection_(server_.address(), Forever(), &stopper_) {
    context_ = {&connection_, {"", "experiment", true, 2}, &report_};
  }
  ~FollowTest() override { StopFollowing(); }

  static push::RetryPolicy Forever() {
    push::RetryPolicy policy;
    policy.first = milliseconds(1);
    policy.longest = milliseconds(20);
    policy.patience_before = policy.patience_after = milliseconds(0);
    return policy;
  }
  void StartFollowing() {
    thread_ = std::thread([this] { Follower(&context_, {folder_.path()}).Run(); });
  }
  void StopFollowing() {
    stopper_.Stop();
    if (thread_.joinable()) {
      thread_.join();
    }
  }
  bool Within(milliseconds time, const std::function<bool()>& holds) {
    const auto end = std::chrono::steady_clock::now() + time;
    while (!holds()) {
      if (std::chrono::steady_clock::now() > end) {
        return false;
      }
      std::this_thread::sleep_for(milliseconds(5));
    }
    return true;
  }
  bool HasPoints(const std::string& run, size_t n) {
    return Within(milliseconds(5000), [&] { return Points(run, "loss").size() == n; });
  }

  push::Stopper stopper_;
  Report report_;
  push::Connection connection_;
  UploadContext context_;
  std::thread thread_;
};

TEST_F(FollowTest, TakesGrowthNewFilesAndNewFolders) {
  folder_.Append(kFile, Header());
  AppendScalars(kFile, 0, 5);
  StartFollowing();
  EXPECT_TRUE(HasPoints("run", 5));
  AppendScalars(kFile, 5, 8);
  EXPECT_TRUE(HasPoints("run", 8));
  AppendScalars("other/deep/events.out.tfevents.1", 0, 2);
  EXPECT_TRUE(HasPoints("other/deep", 2));
  AppendScalars("run/events.out.tfevents.2", 8, 10);
  EXPECT_TRUE(HasPoints("run", 10));
  StopFollowing();
  ExpectCount("run", 10);
}

TEST_F(FollowTest, BrokenStreamsAreNotNoticed) {
  service_.BreakOneIn(2);
  StartFollowing();
  for (int i = 0; i < 30; ++i) {
    AppendScalars(kFile, i, i + 1);
    EXPECT_TRUE(HasPoints("run", static_cast<size_t>(i + 1)));
  }
  ExpectCount("run", 30);
}

TEST_F(FollowTest, AFolderThatIsGoneIsToldOnceAndKept) {
  AppendScalars(kFile, 0, 5);
  StartFollowing();
  EXPECT_TRUE(HasPoints("run", 5));
  std::filesystem::rename(folder_.path() / "run", folder_.path() / "renamed");
  EXPECT_TRUE(HasPoints("renamed", 5));
  EXPECT_TRUE(Within(milliseconds(5000), [&] { return !service_.Run("run")->warnings.empty(); }));
  EXPECT_THAT(service_.Run("run")->warnings, ElementsAre(HasSubstr("source is gone")));
  ExpectCount("run", 5);
}

TEST_F(FollowTest, AFileThatIsReplacedWhileFollowedIsReadFromItsStart) {
  folder_.Append(kFile, Header(1));
  AppendScalars(kFile, 0, 5);
  StartFollowing();
  EXPECT_TRUE(HasPoints("run", 5));
  folder_.Replace(kFile, Header(2) + ScalarEvent("loss", 5, 5));
  EXPECT_TRUE(HasPoints("run", 6));
}

TEST_F(FollowTest, ARunThatAnUploadFinishedRunsAgainWhenItGrows) {
  AppendScalars(kFile, 0, 5);
  ASSERT_TRUE(Upload().ok());
  StartFollowing();
  AppendScalars(kFile, 5, 6);
  EXPECT_TRUE(HasPoints("run", 6));
  EXPECT_TRUE(Within(milliseconds(5000), [&] { return service_.Run("run")->statuses.back() == "running"; }));
}

}  // namespace
}  // namespace stepwell::upload
