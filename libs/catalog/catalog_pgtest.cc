#include <set>
#include <thread>

#include "catalog/catalog_test_base.h"
#include "catalog/postgres_catalog.h"

namespace stepwell::catalog {
namespace {

using absl::StatusCode;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Pair;

std::string Message(const absl::Status& status) { return std::string(status.message()); }

TEST_F(CatalogTest, TheProgramKnowsTheNewestMigration) {
  EXPECT_TRUE(catalog_->Check().ok()) << catalog_->Check();
  EXPECT_TRUE(catalog_->Migrate(Migrations()).ok()) << "again changes nothing";
}

TEST_F(CatalogTest, MigrationsThatStartTogetherApplyEachFileOnce) {
  options_.url = postgres::FreshDatabase();
  auto fresh = *Catalog::Open(options_);
  EXPECT_EQ(fresh->Check().code(), StatusCode::kFailedPrecondition);
  const absl::Status early = fresh->FindRun("a").status();
  EXPECT_EQ(early.code(), StatusCode::kUnavailable) << "who writes keeps it until the tables are there";
  EXPECT_THAT(Message(early), HasSubstr("stepwell migrate"));
  std::vector<std::thread> threads;
  threads.reserve(4);
  for (int i = 0; i < 4; ++i) threads.emplace_back([&] { EXPECT_TRUE(fresh->Migrate(Migrations()).ok()); });
  for (std::thread& thread : threads) thread.join();
  EXPECT_TRUE(fresh->Check().ok());
  EXPECT_EQ(fresh->FindRun("a").status().code(), StatusCode::kNotFound);
}

TEST_F(CatalogTest, ManyWritersThatOpenOneNewRunGetOneRunAndAPlaceEach) {
  for (const char* id : {"shared", ""}) {
    std::vector<absl::StatusOr<OpenedRun>> opened(32, absl::UnknownError(""));
    std::vector<std::thread> threads;
    threads.reserve(32);
    for (int i = 0; i < 32; ++i) {
      threads.emplace_back([&, i] { opened[i] = Open("many", id, "together", "rank " + std::to_string(i)); });
    }
    for (std::thread& thread : threads) thread.join();
    std::set<uint64_t> runs;
    std::set<uint32_t> writers;
    int created = 0;
    for (const auto& one : opened) {
      ASSERT_TRUE(one.ok()) << one.status();
      runs.insert(one->run.number);
      writers.insert(one->writer_number);
      created += one->created;
      EXPECT_EQ(one->epoch, 1u);
    }
    EXPECT_EQ(runs.size(), 1u);
    EXPECT_EQ(writers.size(), 32u);
    EXPECT_EQ(*writers.rbegin(), 31u);
    EXPECT_LE(created, 1);
    ASSERT_TRUE(catalog_->DeleteRun(Grant(opened[0]->run)).ok());
    ASSERT_TRUE(catalog_->ForgetRun(opened[0]->run.number).ok());
  }
}

TEST_F(CatalogTest, TheSameWriterKeepsItsNumberAndFencesItsOlderSelf) {
  auto first = Open("e", "r", "", "w");
  auto other = Open("e", "r", "", "v");
  auto again = Open("e", "r", "", "w");
  ASSERT_TRUE(again.ok()) << again.status();
  EXPECT_TRUE(first->created);
  EXPECT_FALSE(again->created);
  EXPECT_EQ(first->writer_number, 0u);
  EXPECT_EQ(other->writer_number, 1u);
  EXPECT_EQ(again->writer_number, 0u);
  EXPECT_EQ(again->epoch, first->epoch + 1);
}

TEST_F(CatalogTest, ADeletedRunIsNotOpenedAndIsNotMadeAgainUnderItsName) {
  ASSERT_TRUE(Open("e", "r", "by id").ok());
  auto named = Open("e", "", "by name");
  ASSERT_TRUE(catalog_->DeleteRun(Run("r")).ok());
  ASSERT_TRUE(catalog_->DeleteRun(Grant(named->run)).ok());
  EXPECT_THAT(Message(Open("e", "r").status()), HasSubstr("was deleted"));
  EXPECT_EQ(Open("e", "r").status().code(), StatusCode::kFailedPrecondition);
  EXPECT_THAT(Message(Open("e", "", "by name").status()), HasSubstr("restore it or upload under another name"));
  ASSERT_TRUE(catalog_->RestoreRun(Grant(named->run)).ok());
  auto back = Open("e", "", "by name");
  ASSERT_TRUE(back.ok()) << back.status();
  EXPECT_EQ(back->run.number, named->run.number);
  EXPECT_EQ(back->epoch, named->epoch + 2) << "deleting fenced the writer, opening once more";
}

TEST_F(CatalogTest, ARunWithoutANameIsNewEachTimeAndCalledByItsId) {
  auto first = Open("e", ""), second = Open("e", "");
  ASSERT_TRUE(first.ok() && second.ok());
  EXPECT_NE(first->run.number, second->run.number);
  EXPECT_EQ(catalog_->GetRun(Grant(first->run))->name, first->run.id);
}

TEST_F(CatalogTest, OfWrongOpeningsItSaysWhatIsWrong) {
  EXPECT_EQ(Open("", "r").status().code(), StatusCode::kInvalidArgument);
  EXPECT_EQ(Open("e", "a/b").status().code(), StatusCode::kInvalidArgument);
  EXPECT_EQ(Open("e", "r", "", "").status().code(), StatusCode::kInvalidArgument);
  EXPECT_EQ(Open("e", "r", "", std::string(256, 'w')).status().code(), StatusCode::kInvalidArgument);
  ASSERT_TRUE(Open("e", "taken").ok());
  auto stranger = Grant(WorkspaceRef{workspace_->operator*().number + 1, "other"});
  EXPECT_EQ(catalog_->OpenRun(stranger, {"e", "taken", "", "w", "", false, {}}).status().code(), StatusCode::kNotFound);
}

TEST_F(CatalogTest, AnOpeningOfWhatMustExistMakesNothing) {
  OpenSpec spec{"e", "r", "", "w", "", true, {}};
  EXPECT_EQ(catalog_->OpenRun(*workspace_, spec).status().code(), StatusCode::kNotFound);
  OpenSpec named{"e", "", "by name", "w", "", true, {}};
  EXPECT_EQ(catalog_->OpenRun(*workspace_, named).status().code(), StatusCode::kNotFound);
  EXPECT_THAT(catalog_->ListExperiments(*workspace_, 10, "")->items, IsEmpty());
  ASSERT_TRUE(Open("e", "r", "by name").ok());
  EXPECT_EQ(catalog_->OpenRun(*workspace_, {"e", "", "other", "w", "", true, {}}).status().code(),
            StatusCode::kNotFound);
  for (const OpenSpec& one : {spec, named}) {
    auto opened = catalog_->OpenRun(*workspace_, one);
    ASSERT_TRUE(opened.ok()) << opened.status();
    EXPECT_EQ(opened->run.id, "r");
    EXPECT_FALSE(opened->created);
  }
}

TEST_F(CatalogTest, ARunThatWasHeardOfAndIsNotAnyMoreIsDisconnectedUntilItIsAgain) {
  auto impatient_options = options_;
  impatient_options.disconnected_after = std::chrono::milliseconds(0);
  auto impatient = *Catalog::Open(impatient_options);
  const uint64_t heard = Open("e", "heard")->run.number, ended = Open("e", "ended")->run.number;
  Make("e", "silent");  // an upload of event files: nobody says anything
  const std::vector<uint64_t> runs = {heard, ended, 1'000'000};
  ASSERT_TRUE(catalog_->RunsHeard(runs).ok()) << catalog_->RunsHeard(runs);
  RunNote end;
  end.run_number = ended;
  end.kind = RunNote::Kind::kStatus;
  end.value = "finished";
  ASSERT_TRUE(catalog_->ApplyNotes({&end, 1}).ok());

  EXPECT_EQ(catalog_->GetRun(Run("heard"))->status, "running");
  EXPECT_EQ(impatient->GetRun(Run("heard"))->status, "disconnected");
  EXPECT_EQ(impatient->GetRun(Run("ended"))->status, "finished");
  EXPECT_EQ(impatient->GetRun(Run("silent"))->status, "running");
  const std::pair<const char*, std::vector<std::string>> cases[] = {
      {"status = 'disconnected'", {"heard"}},
      {"status = 'running'", {"silent"}},
      {"status in ('disconnected', 'finished')", {"ended", "heard"}},
      {"status != 'disconnected'", {"ended", "silent"}},
      {"status ~ '^dis' or status = 'running'", {"heard", "silent"}},
      {"not status = 'disconnected'", {"ended", "silent"}},
  };
  for (const auto& [filter, ids] : cases) {
    RunQuery query;
    query.experiments.push_back(ExperimentOf("heard"));
    query.filter = filter;
    query.order = "name";
    std::vector<std::string> found;
    const auto page = impatient->ListRuns(query);
    ASSERT_TRUE(page.ok()) << filter << ": " << page.status();
    for (const auto& run : page->items) found.push_back(run.id);
    EXPECT_EQ(found, ids) << filter;
  }

  const double before = impatient->GetRun(Run("heard"))->updated;
  ASSERT_TRUE(catalog_->RunsHeard({&heard, 1}).ok());
  EXPECT_EQ(catalog_->GetRun(Run("heard"))->updated, before) << "nothing that is shown has changed";
  ASSERT_TRUE(impatient->RunsHeard({&heard, 1}).ok());
  EXPECT_GT(catalog_->GetRun(Run("heard"))->updated, before) << "live pages hear of it";
}

TEST_F(CatalogTest, AnyBytesInNamesParametersAndLabelsComeBack) {
  constexpr char kOdd[] = "nul\0 one\x01 broken\xff \xe2\x82\xac \\ \" ' {";
  const std::string odd(kOdd, sizeof kOdd - 1);
  auto run = Open(odd, "r", odd, odd);
  ASSERT_TRUE(run.ok()) << run.status();
  uint64_t n = run->run.number;
  RunNote text;
  text.run_number = n;
  text.kind = RunNote::Kind::kText;
  text.value = odd;
  std::vector<RunNote> notes = {Param(n, odd, "\"a\\u0000b\""), Label(n, odd, odd), text,
                                Param(n, std::string(5000, 'k'), "1")};
  ASSERT_TRUE(catalog_->ApplyNotes(notes).ok()) << catalog_->ApplyNotes(notes);
  auto found = catalog_->GetRun(Run("r"));
  ASSERT_TRUE(found.ok()) << found.status();
  EXPECT_EQ(found->name, odd);
  EXPECT_EQ(found->note, odd);
  EXPECT_EQ(found->params[odd], "\"a\\u0000b\"");
  EXPECT_EQ(found->labels[odd], odd);
  EXPECT_EQ(catalog_->ListExperiments(*workspace_, 10, "")->items[0].name, odd);
}

TEST_F(CatalogTest, ParametersKeepTheirJsonAndTheLastOneHolds) {
  uint64_t n = Open("e", "r")->run.number;
  std::vector<RunNote> notes = {
      Param(n, "a", "0"),        Param(n, "a", "1.0"),      Param(n, "b", "true"),
      Param(n, "c", "\"true\""), Param(n, "d", "null"),     Param(n, "e", "{\"x\": [1, 2]}"),
      Param(n, "f", "1e400"),    Param(n, "g", "not json"), Param(n, "h", "12345678901234567890")};
  ASSERT_TRUE(catalog_->ApplyNotes(notes).ok());
  ASSERT_TRUE(catalog_->ApplyNotes(notes).ok());
  EXPECT_THAT(catalog_->GetRun(Run("r"))->params,
              ElementsAre(Pair("a", "1.0"), Pair("b", "true"), Pair("c", "\"true\""), Pair("d", "null"),
                          Pair("e", "{\"x\": [1, 2]}"), Pair("f", "1e400"), Pair("g", "\"not json\""),
                          Pair("h", "12345678901234567890")));
}

TEST_F(CatalogTest, StatusMovesAndAnEndWithoutATimeStaysAtItsFirstMoment) {
  uint64_t n = Open("e", "r")->run.number;
  EXPECT_EQ(catalog_->GetRun(Run("r"))->status, "running");
  RunNote status;
  status.run_number = n;
  status.kind = RunNote::Kind::kStatus;
  status.value = "finished";
  ASSERT_TRUE(catalog_->ApplyNotes({&status, 1}).ok());
  auto first = catalog_->GetRun(Run("r"));
  EXPECT_EQ(first->status, "finished");
  ASSERT_TRUE(first->finished.has_value());
  ASSERT_TRUE(catalog_->ApplyNotes({&status, 1}).ok());
  EXPECT_EQ(catalog_->GetRun(Run("r"))->finished, first->finished);
  status.value = "failed";
  status.wall = 1700000000.25;
  ASSERT_TRUE(catalog_->ApplyNotes({&status, 1}).ok());
  EXPECT_EQ(catalog_->GetRun(Run("r"))->finished, 1700000000.25);
  status.wall = 1e300;
  status.value = "crashed";
  ASSERT_TRUE(catalog_->ApplyNotes({&status, 1}).ok()) << "an impossible time is the time of hearing";
  status.value = "running";
  ASSERT_TRUE(catalog_->ApplyNotes({&status, 1}).ok());
  EXPECT_FALSE(catalog_->GetRun(Run("r"))->finished.has_value());
}

TEST_F(CatalogTest, NewParametersBeyondTheLimitAreLeftOutWithAWarning) {
  options_.params_per_run = 3;
  auto limited = Catalog::Open(options_);
  ASSERT_TRUE(limited.ok());
  const uint64_t n = Open("e", "r")->run.number;
  std::vector<RunNote> notes = {Param(n, "a", "1"), Label(n, "a", "x")};
  ASSERT_TRUE((*limited)->ApplyNotes(notes).ok());
  notes = {Param(n, "a", "2"), Param(n, "b", "3"), Param(n, "c", "4")};
  ASSERT_TRUE((*limited)->ApplyNotes(notes).ok());
  notes = {Param(n, "b", "5"), Param(n, "e", "6")};
  ASSERT_TRUE((*limited)->ApplyNotes(notes).ok());

  auto run = catalog_->GetRun(Run("r"));
  ASSERT_TRUE(run.ok());
  EXPECT_THAT(run->params, testing::UnorderedElementsAre(testing::Pair("a", "2"), testing::Pair("b", "5")));
  EXPECT_THAT(run->labels, testing::UnorderedElementsAre(testing::Pair("a", "x")));
  auto warnings = catalog_->ListWarnings(Run("r"), 10, "");
  ASSERT_EQ(warnings->items.size(), 1u);
  EXPECT_EQ(warnings->items[0].count, 1u);
  EXPECT_THAT(warnings->items[0].reason, testing::HasSubstr("--max-params"));
}

TEST_F(CatalogTest, AWarningIsKeptOnceWithTheLargestCount) {
  uint64_t n = Open("e", "r")->run.number;
  RunNote warning;
  warning.run_number = n;
  warning.kind = RunNote::Kind::kWarning;
  warning.source = "event file";
  warning.file = "a\xff";
  warning.tag = std::string("t\0", 2);
  warning.reason = "too long";
  warning.offset = 12;
  warning.wall = 1700000000.5;
  for (uint64_t count : {3, 7, 5}) {
    warning.count = count;
    ASSERT_TRUE(catalog_->ApplyNotes({&warning, 1}).ok());
  }
  warning.offset = 13;
  ASSERT_TRUE(catalog_->ApplyNotes({&warning, 1}).ok());
  auto page = catalog_->ListWarnings(Run("r"), 1, "");
  ASSERT_TRUE(page.ok()) << page.status();
  ASSERT_EQ(page->items.size(), 1u);
  EXPECT_EQ(page->items[0].count, 7u);
  EXPECT_EQ(page->items[0].file, warning.file);
  EXPECT_EQ(page->items[0].tag, warning.tag);
  EXPECT_EQ(page->items[0].time, 1700000000.5);
  auto rest = catalog_->ListWarnings(Run("r"), 1, page->next);
  EXPECT_EQ(rest->items[0].offset, 13);
  EXPECT_EQ(rest->next, "");
}

TEST_F(CatalogTest, WritersOfOneTagAreMerged) {
  uint64_t n = Open("e", "r")->run.number;
  const double nan = std::nan("");
  std::vector<SeriesRow> rows = {Scalar(n, 0, 0, "loss", 3, 1, 9, 10, 5), Scalar(n, 1, 4, "loss", 2, 0.5, 4, 20, 7),
                                 Scalar(n, 0, 1, "broken", nan, nan, nan, 3, 3),
                                 Scalar(999, 0, 0, "loss", 1, 1, 1, 1, 1)};
  ASSERT_TRUE(catalog_->PutSeries(rows).ok()) << catalog_->PutSeries(rows);
  ASSERT_TRUE(catalog_->PutSeries(rows).ok());
  auto run = catalog_->GetRun(Run("r"));
  ASSERT_EQ(run->summary.size(), 2u);
  const Metric& loss = run->summary["loss"];
  EXPECT_EQ(loss.last, 2);
  EXPECT_EQ(loss.min, 0.5);
  EXPECT_EQ(loss.max, 9);
  EXPECT_EQ(loss.last_step, 20);
  EXPECT_EQ(loss.count, 12u);
  EXPECT_TRUE(std::isnan(run->summary["broken"].min));
  EXPECT_TRUE(std::isnan(run->summary["broken"].last));
}

TEST_F(CatalogTest, TagsAreListedInTheOrderOfFirstAppearanceWithTheirRuns) {
  uint64_t a = Open("e", "a")->run.number, b = Open("e", "b")->run.number;
  const std::string longest(16384, '\xfe');
  std::vector<SeriesRow> rows = {Scalar(a, 0, 0, "z", 1, 1, 1, 1, 1), Scalar(a, 0, 1, longest, 1, 1, 1, 1, 1),
                                 Scalar(a, 0, 2, "a", 1, 1, 1, 1, 1), Scalar(b, 0, 0, "z", 1, 1, 1, 1, 1)};
  rows[2].kind = 3;
  ASSERT_TRUE(catalog_->PutSeries(rows).ok()) << catalog_->PutSeries(rows);
  auto experiment = ExperimentOf("a");
  auto tags = catalog_->ListTags(experiment, 0, 2, "");
  ASSERT_TRUE(tags.ok()) << tags.status();
  EXPECT_EQ(tags->items[0].tag, "z");
  EXPECT_EQ(tags->items[0].runs, 2);
  EXPECT_EQ(tags->items[1].tag, longest);
  auto rest = catalog_->ListTags(experiment, 0, 2, tags->next);
  ASSERT_EQ(rest->items.size(), 1u);
  EXPECT_EQ(rest->items[0].kind, 3);
  ASSERT_TRUE(catalog_->DeleteRun(Run("a")).ok());
  EXPECT_EQ(catalog_->ListTags(experiment, 0, 10, "")->items.size(), 1u) << "the trash is not counted";
  ASSERT_TRUE(catalog_->RestoreRun(Run("a")).ok());
  EXPECT_EQ(catalog_->ListTags(experiment, 3, 10, "")->items.size(), 1u);
}

TEST_F(CatalogTest, RunsThatShareTagsAndParametersAreWrittenAtOnceWithoutLoss) {
  constexpr int kThreads = 8, kTags = 40;
  std::vector<uint64_t> runs;
  runs.reserve(kThreads);
  for (int i = 0; i < kThreads; ++i) runs.push_back(Open("e", "r" + std::to_string(i))->run.number);
  std::vector<std::thread> threads;
  threads.reserve(kThreads);
  for (int i = 0; i < kThreads; ++i) {
    threads.emplace_back([&, i] {
      std::vector<SeriesRow> rows;
      std::vector<RunNote> notes;
      for (uint32_t t = 0; t < kTags; ++t) {
        // Each its own order, and two runs a call: what deadlocks are made of.
        std::string tag = std::to_string((t * 7 + static_cast<uint32_t>(i) * 13) % kTags);
        for (uint64_t run : {runs[i], runs[(i + 1) % kThreads]}) {
          rows.push_back(Scalar(run, static_cast<uint32_t>(i), t, tag, 1, 1, 1, 1, 1));
          notes.push_back(Param(run, tag, std::to_string(i)));
        }
      }
      for (int round = 0; round < 3; ++round) {
        EXPECT_TRUE(catalog_->PutSeries(rows).ok());
        EXPECT_TRUE(catalog_->ApplyNotes(notes).ok());
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  auto tags = catalog_->ListTags(ExperimentOf("r0"), 0, 100, "");
  ASSERT_TRUE(tags.ok());
  EXPECT_EQ(tags->items.size(), static_cast<size_t>(kTags));
  for (const TagRow& tag : tags->items) EXPECT_EQ(tag.runs, kThreads);
  auto run = catalog_->GetRun(Run("r3"));
  EXPECT_EQ(run->params.size(), static_cast<size_t>(kTags));
  EXPECT_EQ(run->summary["5"].count, 2u) << "of two writers";
}

TEST_F(CatalogTest, ConnectionsThatBreakInThePoolAreMadeAgain) {
  Make("e", "a");
  pqxx::connection other(options_.url);
  pqxx::nontransaction(other).exec(
      "select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> "
      "pg_backend_pid()");
  EXPECT_TRUE(catalog_->FindRun("a").ok()) << catalog_->FindRun("a").status();
}

TEST_F(CatalogTest, CallsShareTheConnectionsThatPostgresGives) {
  pqxx::connection admin(options_.url);
  pqxx::nontransaction setup(admin);
  setup.exec("drop role if exists scarce");
  setup.exec("create role scarce login connection limit 2");
  setup.exec("grant pg_read_all_data to scarce");
  Options scarce = options_;
  scarce.url += " user=scarce";
  scarce.pool_wait = std::chrono::seconds(60);
  auto catalog = Catalog::Open(scarce);
  ASSERT_TRUE(catalog.ok()) << catalog.status();
  std::vector<std::thread> threads;
  threads.reserve(8);
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([&] {
      for (int call = 0; call < 20; ++call) {
        auto found = (*catalog)->FindWorkspace("default");
        EXPECT_TRUE(found.ok()) << found.status();
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
}

TEST_F(CatalogTest, WhoWaitsTooLongForALockIsToldToTryAgain) {
  Make("e", "a");
  uint64_t number = catalog_->FindRun("a")->number;
  options_.lock_timeout = std::chrono::milliseconds(50);
  auto hasty = *Catalog::Open(options_);
  pqxx::connection other(options_.url);
  pqxx::work work(other);
  work.exec("select from runs for update");
  RunNote note = Param(number, "x", "1");
  EXPECT_EQ(hasty->ApplyNotes({&note, 1}).code(), StatusCode::kUnavailable);
  work.abort();
  EXPECT_TRUE(hasty->ApplyNotes({&note, 1}).ok());
}

TEST_F(CatalogTest, TheTrashIsApartAndIsForgottenAfterItsTime) {
  Make("e", "a");
  Make("e", "b");
  RunQuery query;
  query.experiments.push_back(ExperimentOf("a"));
  RunQuery trash = query;
  trash.deleted = true;
  ASSERT_TRUE(catalog_->DeleteRun(Run("a")).ok());
  EXPECT_THAT(Ids(query), ElementsAre("b"));
  EXPECT_THAT(Ids(trash), ElementsAre("a"));
  EXPECT_EQ(catalog_->ListExperiments(*workspace_, 10, "")->items[0].run_count, 1);
  uint64_t number = catalog_->FindRun("a")->number;
  EXPECT_THAT(*catalog_->ClaimRunsToPurge(std::chrono::hours(1)), IsEmpty());
  EXPECT_THAT(*catalog_->ClaimRunsToPurge(std::chrono::seconds(0)), ElementsAre(number));
  EXPECT_THAT(*catalog_->ClaimRunsToPurge(std::chrono::hours(1)), ElementsAre(number)) << "a claim stays";
  EXPECT_THAT(Ids(trash), IsEmpty());
  EXPECT_EQ(catalog_->RestoreRun(Run("a")).code(), StatusCode::kFailedPrecondition);
  EXPECT_EQ(catalog_->ForgetRun(catalog_->FindRun("b")->number).code(), StatusCode::kFailedPrecondition);
  ASSERT_TRUE(catalog_->ForgetRun(number).ok());
  EXPECT_EQ(catalog_->FindRun("a").status().code(), StatusCode::kNotFound);
  EXPECT_TRUE(catalog_->ForgetRun(number).ok()) << "again changes nothing";
}

TEST_F(CatalogTest, ARunIsEditedAndADeletedOneIsNot) {
  Make("e", "a");
  RunEdit edit;
  edit.name = "new";
  edit.note = "text";
  edit.status = "killed";
  edit.labels = {{"team", "vision"}, {"gone", "x"}};
  ASSERT_TRUE(catalog_->EditRun(Run("a"), edit).ok());
  edit = {};
  edit.labels = {{"gone", std::nullopt}};
  auto run = catalog_->EditRun(Run("a"), edit);
  ASSERT_TRUE(run.ok()) << run.status();
  EXPECT_EQ(run->name, "new");
  EXPECT_EQ(run->note, "text");
  EXPECT_EQ(run->status, "killed");
  EXPECT_TRUE(run->finished.has_value());
  EXPECT_THAT(run->labels, ElementsAre(Pair("team", "vision")));
  edit.status = "odd";
  EXPECT_EQ(catalog_->EditRun(Run("a"), edit).status().code(), StatusCode::kInvalidArgument);
  ASSERT_TRUE(catalog_->DeleteRun(Run("a")).ok());
  EXPECT_EQ(catalog_->EditRun(Run("a"), {}).status().code(), StatusCode::kFailedPrecondition);
}

TEST_F(CatalogTest, WhatChangedIsToldInOrderOfChange) {
  uint64_t a = Open("e", "a")->run.number;
  Make("e", "b");
  double since = catalog_->GetRun(Run("b"))->updated;
  auto experiment = ExperimentOf("a");
  EXPECT_THAT(*catalog_->ChangedRuns(experiment, since, 10), IsEmpty());
  RunNote note = Param(a, "x", "1");
  ASSERT_TRUE(catalog_->ApplyNotes({&note, 1}).ok());
  ASSERT_TRUE(catalog_->DeleteRun(Run("b")).ok());
  auto changed = catalog_->ChangedRuns(experiment, since, 10);
  ASSERT_EQ(changed->size(), 2u);
  EXPECT_EQ((*changed)[0].id, "a");
  EXPECT_EQ((*changed)[0].params["x"], "1");
  EXPECT_TRUE((*changed)[1].deleted);
}

TEST_F(CatalogTest, ColourSlotsFollowTheOrderOfBirth) {
  for (int i = 0; i < 14; ++i) {
    std::string id = "r" + std::to_string(i);
    Make("e", id);
    EXPECT_EQ(catalog_->GetRun(Run(id))->color_slot, i % 12);
  }
}

TEST_F(CatalogTest, ViewsAreNamedByTheirContentAndStayInTheirWorkspace) {
  auto first = catalog_->PutView(*workspace_, "{\"a\": \"\\u0000\"}");
  ASSERT_TRUE(first.ok()) << first.status();
  EXPECT_EQ(*catalog_->PutView(*workspace_, "{\"a\": \"\\u0000\"}"), *first);
  EXPECT_NE(*catalog_->PutView(*workspace_, "{}"), *first);
  EXPECT_EQ(*catalog_->GetView(*workspace_, *first), "{\"a\": \"\\u0000\"}");
  EXPECT_EQ(catalog_->GetView(Grant(WorkspaceRef{77, "other"}), *first).status().code(), StatusCode::kNotFound);
  EXPECT_EQ(catalog_->PutView(*workspace_, "nonsense").status().code(), StatusCode::kInvalidArgument);
}

TEST_F(CatalogTest, ExperimentsComeNewestFirstPageByPage) {
  for (const char* name : {"a", "b", "c"}) Make(name, name);
  auto page = catalog_->ListExperiments(*workspace_, 2, "");
  ASSERT_TRUE(page.ok()) << page.status();
  EXPECT_EQ(page->items[0].name, "c");
  auto rest = catalog_->ListExperiments(*workspace_, 2, page->next);
  ASSERT_EQ(rest->items.size(), 1u);
  EXPECT_EQ(rest->items[0].name, "a");
  EXPECT_EQ(rest->items[0].run_count, 1);
  EXPECT_EQ(rest->items[0].workspace, "default");
  EXPECT_EQ(catalog_->ListExperiments(*workspace_, 2, "nonsense").status().code(), StatusCode::kInvalidArgument);
}

TEST(CatalogOpenTest, WithoutADatabaseItSaysSo) {
  Options options;
  options.url = "host=/nonexistent user=nobody";
  auto opened = Catalog::Open(options);
  ASSERT_TRUE(opened.ok()) << opened.status();
  EXPECT_EQ((*opened)->Check().code(), StatusCode::kUnavailable);
  EXPECT_EQ((*opened)->FindRun("a").status().code(), StatusCode::kUnavailable);
  EXPECT_EQ((*opened)->Migrate(".").code(), StatusCode::kFailedPrecondition) << "no migrations there";
}

TEST(CatalogOpenTest, WhatIsNoUrlIsRefused) {
  Options options;
  options.url = "nonsense";
  const absl::Status refused = Catalog::Open(options).status();
  EXPECT_EQ(refused.code(), StatusCode::kInvalidArgument);
  EXPECT_THAT(Message(refused), HasSubstr("--postgres"));
}

}  // namespace
}  // namespace stepwell::catalog
