// Many runs changed at once: what is changed, what is skipped, and that the undoing gives back what was.
#include <atomic>
#include <thread>

#include "catalog/catalog_test_base.h"

namespace stepwell::catalog {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

using Trash = RunChange::Trash;

class BulkEditTest : public CatalogTest {
 protected:
  void SetUp() override {
    CatalogTest::SetUp();
    for (const char* id : {"a", "b", "c"}) Fill(Open("e", id, std::string("run ") + id)->run.number, id);
    Fill(Open("other", "o", "omega")->run.number, "o");
  }
  void Fill(uint64_t number, const std::string& id) {
    const std::vector<RunNote> notes = {Param(number, "lr", "0.1"), Param(number, "only " + id, "1"),
                                        Label(number, "team", "vision")};
    ASSERT_TRUE(catalog_->ApplyNotes(notes).ok());
    const std::vector<SeriesRow> rows = {Scalar(number, 0, 0, "loss", 0.5, 0.25, 1, 10, 3),
                                         Scalar(number, 0, 1, "only " + id, 1, 1, 1, 1, 1)};
    ASSERT_TRUE(catalog_->PutSeries(rows).ok());
  }

  BulkEdit Of(const std::vector<std::string>& ids) {
    BulkEdit edit;
    for (const std::string& id : ids) edit.runs.push_back(Run(id));
    return edit;
  }
  BulkResult Do(const std::vector<BulkEdit>& edits) {
    auto result = catalog_->EditRuns(*workspace_, edits);
    EXPECT_TRUE(result.ok()) << result.status();
    return result.ok() ? *std::move(result) : BulkResult();
  }
  // Takes a result back, as who gets it as JSON does.
  BulkResult Undo(const BulkResult& result) {
    std::vector<BulkEdit> edits;
    for (const auto& undo : result.undo) {
      edits.push_back(Of(undo.runs));
      edits.back().change = undo.change;
      if (!undo.experiment.empty()) edits.back().move_to = Grant(*catalog_->FindExperiment(undo.experiment));
    }
    return Do(edits);
  }
  // Everything of a run that an edit may change, and how its experiments count.
  std::string Shown() {
    std::string text;
    for (const char* id : {"a", "b", "c", "o"}) {
      const auto run = catalog_->GetRun(Run(id));
      text += run->name + "|" + run->note + "|" + run->experiment + "|" + std::to_string(run->color_slot) +
              (run->archived ? "|archived" : "") + (run->deleted ? "|deleted" : "");
      for (const auto& [key, value] : run->labels) text += "|" + key + "=" + value;
      for (const auto& [key, value] : run->params) text += "|" + key + ":" + value;
      for (const auto& [tag, metric] : run->summary) text += "|" + tag + ">" + std::to_string(metric.last);
      text += "\n";
    }
    for (const char* name : {"e", "other"}) text += Counts(name) + "\n";
    return text;
  }
  std::string ExperimentId(const std::string& name) {
    const auto page = catalog_->ListExperiments(*workspace_, 100, "");
    for (const Experiment& one : page->items) {
      if (one.name == name) return one.id;
    }
    return "";
  }
  // "2 runs, loss 2, params.lr 2, ..." of what has runs.
  std::string Counts(const std::string& name) {
    const auto experiment = Grant(*catalog_->FindExperiment(ExperimentId(name)));
    std::string text = std::to_string(catalog_->GetExperiment(experiment)->run_count) + " runs";
    const auto keys = catalog_->ListKeys(experiment, "", 1000);
    for (const KeyRow& key : *keys) {
      if (key.space != "run") text += ", " + key.key + " " + std::to_string(key.runs);
    }
    return text;
  }
};

TEST_F(BulkEditTest, WhatIsSetIsSetAndTakenBack) {
  const std::string before = Shown();
  BulkEdit first = Of({"a", "b", "o"});
  first.change.note = "seen";
  first.change.labels = {{"team", "nlp"}, {"new", "x"}};
  BulkEdit second = Of({"a", "c"});
  second.change.archived = true;
  second.change.labels = {{"team", std::nullopt}, {"nobody", std::nullopt}};
  const BulkResult done = Do({first, second});
  EXPECT_EQ(done.changed, 4);
  EXPECT_THAT(done.skipped, IsEmpty());
  const auto a = catalog_->GetRun(Run("a"));
  EXPECT_EQ(a->note, "seen");
  EXPECT_TRUE(a->archived);
  EXPECT_EQ(a->labels, (std::map<std::string, std::string>{{"new", "x"}}));
  EXPECT_THAT(Counts("e"), HasSubstr("labels.team 1, labels.new 2"));
  const BulkResult undone = Undo(done);
  EXPECT_EQ(undone.changed, 4);
  EXPECT_EQ(Shown(), before);
  Undo(undone);
  EXPECT_EQ(catalog_->GetRun(Run("a"))->labels, a->labels) << "and done again";
}

TEST_F(BulkEditTest, WhatIsSoAlreadyIsNoChange) {
  const double updated = catalog_->GetRun(Run("a"))->updated;
  BulkEdit edit = Of({"a"});
  edit.change.note = "";
  edit.change.archived = false;
  edit.change.labels = {{"team", "vision"}};
  edit.change.name = "run a";
  edit.move_to = ExperimentOf("a");
  const BulkResult done = Do({edit});
  EXPECT_EQ(done.changed, 0);
  EXPECT_THAT(done.undo, IsEmpty());
  EXPECT_EQ(catalog_->GetRun(Run("a"))->updated, updated);
}

TEST_F(BulkEditTest, NamesAreRewrittenByAnExpression) {
  BulkEdit edit = Of({"a", "b", "o"});
  edit.change.rename = {"^run (\\w)", "\\1-run"};
  const BulkResult done = Do({edit});
  EXPECT_EQ(done.changed, 2);
  EXPECT_EQ(catalog_->GetRun(Run("b"))->name, "b-run");
  EXPECT_EQ(done.undo.size(), 2u);
  EXPECT_EQ(Open("e", "", "run b")->run.id, "b") << "who knows it by its old name finds it";
  EXPECT_EQ(Open("e", "", "b-run")->run.id, "b");
  Undo(done);
  EXPECT_EQ(catalog_->GetRun(Run("b"))->name, "run b");
  edit.change.rename = {".*", ""};
  const BulkResult none = Do({edit});
  EXPECT_EQ(none.changed, 0);
  EXPECT_THAT(none.skipped.at(0).reason, HasSubstr("no name"));
  edit.change.rename = {"(", ""};
  EXPECT_EQ(catalog_->EditRuns(*workspace_, {&edit, 1}).status().code(), absl::StatusCode::kInvalidArgument);
  edit.change.rename = {"a", "\\7"};
  EXPECT_EQ(catalog_->EditRuns(*workspace_, {&edit, 1}).status().code(), absl::StatusCode::kInvalidArgument);
}

TEST_F(BulkEditTest, AFilterChoosesBeforeAnythingIsChanged) {
  BulkEdit first, second;
  first.experiments.push_back(ExperimentOf("a"));
  first.filter = "name != \"run c\"";
  first.change.labels = {{"team", "x"}};
  second.experiments.push_back(ExperimentOf("a"));
  second.filter = "labels.team = \"vision\"";
  second.change.note = "was vision";
  const BulkResult done = Do({first, second});
  EXPECT_EQ(done.changed, 3);
  EXPECT_EQ(catalog_->GetRun(Run("a"))->note, "was vision");
  EXPECT_EQ(catalog_->GetRun(Run("o"))->note, "");
  first.filter = "nam";
  EXPECT_THAT(catalog_->EditRuns(*workspace_, {&first, 1}).status().message(), HasSubstr("filter, column 1"));
}

TEST_F(BulkEditTest, TheTrashIsLeftAloneButByRestoring) {
  const std::string before = Shown();
  BulkEdit remove = Of({"a", "b"});
  remove.change.trash = Trash::kDelete;
  const BulkResult removed = Do({remove});
  EXPECT_EQ(removed.changed, 2);
  EXPECT_THAT(Counts("e"), HasSubstr("1 runs, params.lr 1, "));
  BulkEdit note = Of({"a", "c"});
  note.change.note = "x";
  const BulkResult noted = Do({note});
  EXPECT_EQ(noted.changed, 1);
  EXPECT_EQ(noted.skipped.at(0).run, "a");
  EXPECT_THAT(noted.skipped.at(0).reason, HasSubstr("in the trash"));
  Undo(noted);
  BulkEdit restore;
  restore.experiments.push_back(ExperimentOf("c"));
  restore.change.trash = Trash::kRestore;
  const BulkResult restored = Do({restore});
  EXPECT_EQ(restored.changed, 2);
  EXPECT_EQ(Shown(), before);
  Undo(restored);
  EXPECT_TRUE(catalog_->GetRun(Run("b"))->deleted);
  ASSERT_TRUE(catalog_->ClaimRunsToPurge(std::chrono::seconds(0)).ok());
  EXPECT_THAT(Do({Of({"a"})}).skipped.at(0).reason, HasSubstr("its time in the trash is over"));
}

TEST_F(BulkEditTest, AMovedRunIsWholeInItsNewExperimentAndGoneFromTheOld) {
  const std::string before = Shown();
  const auto from = ExperimentOf("a"), to = ExperimentOf("o");
  const double since = catalog_->GetRun(Run("o"))->updated;
  BulkEdit edit = Of({"a", "b", "o"});
  edit.move_to = to;
  edit.change.labels = {{"moved", "yes"}};
  const BulkResult done = Do({edit});
  EXPECT_EQ(done.changed, 3);
  EXPECT_EQ(Counts("e"),
            "1 runs, params.lr 1, params.\"only c\" 1, labels.team 1, metrics.loss 1, metrics.\"only c\" 1");
  EXPECT_THAT(Counts("other"), HasSubstr("3 runs"));
  EXPECT_THAT(Counts("other"), HasSubstr("params.lr 3"));
  EXPECT_THAT(Counts("other"), HasSubstr("metrics.\"only a\" 1"));
  EXPECT_EQ(catalog_->GetRun(Run("a"))->color_slot, 1);
  EXPECT_EQ(catalog_->GetRun(Run("b"))->color_slot, 2);
  RunQuery query;
  query.experiments.push_back(to);
  query.filter = "params.lr = 0.1 and metrics.loss.min < 0.3 and labels.team = \"vision\"";
  query.order = "-params.\"only a\",metrics.\"only b\",id";
  EXPECT_THAT(Ids(query), ElementsAre("a", "b", "o"));
  query.experiments = {from};
  EXPECT_THAT(Ids(query), ElementsAre("c"));
  // Live pages on both sides hear of it, and of nothing that it does later on the side that it left.
  const auto left = catalog_->ChangedRuns(from, since, 100);
  ASSERT_EQ(left->size(), 2u);
  EXPECT_EQ(left->at(0).experiment, to->id);
  EXPECT_EQ(catalog_->ChangedRuns(to, since, 100)->size(), 3u);
  const RunNote note = Param(Run("a")->number, "late", "1");
  const double moved = std::max(left->at(0).updated, left->at(1).updated);
  ASSERT_TRUE(catalog_->ApplyNotes({&note, 1}).ok());
  EXPECT_THAT(*catalog_->ChangedRuns(from, moved, 100), IsEmpty());
  EXPECT_THAT(Counts("other"), HasSubstr("params.late 1"));
  ASSERT_TRUE(catalog_->ApplyNotes({&note, 1}).ok());
  EXPECT_EQ(Open("e", "", "run a")->run.id, "a") << "who knows it by its old place finds it";
  EXPECT_EQ(Open("e", "", "fresh")->created, true);
  EXPECT_EQ(Open("other", "", "run a")->run.id, "a");
  Undo(done);
  EXPECT_EQ(catalog_->GetRun(Run("a"))->color_slot, 0) << "its colour waited";
  EXPECT_EQ(catalog_->GetRun(Run("a"))->experiment, from->id);
  EXPECT_EQ(Counts("other"),
            "1 runs, params.lr 1, params.\"only o\" 1, labels.team 1, metrics.loss 1, metrics.\"only o\" 1");
}

TEST_F(BulkEditTest, RunsMoveToAnExperimentThatIsMadeForThem) {
  BulkEdit edit = Of({"c", "o"});
  edit.move_to_name = "best of";
  EXPECT_EQ(Do({edit}).changed, 2);
  EXPECT_THAT(Counts("best of"), HasSubstr("2 runs, params.lr 2"));
  EXPECT_EQ(Counts("other"), "0 runs");
  EXPECT_EQ(Open("best of", "new")->created, true);
  EXPECT_EQ(catalog_->GetRun(Run("new"))->color_slot, 2);
}

TEST_F(BulkEditTest, WhatIsLoggedWhileARunMovesIsKept) {
  constexpr int kRounds = 20;
  const auto home = ExperimentOf("a"), away = ExperimentOf("o");
  const uint64_t number = Run("a")->number;
  std::atomic<bool> done{false};
  std::thread mover([&] {
    for (int i = 0; !done; ++i) {
      BulkEdit edit = Of({"a"});
      edit.move_to = i % 2 == 0 ? away : home;
      const auto moved = catalog_->EditRuns(*workspace_, {&edit, 1});
      EXPECT_TRUE(moved.ok() || absl::IsUnavailable(moved.status())) << moved.status();
    }
  });
  for (int i = 0; i < kRounds; ++i) {
    const std::string name = "n" + std::to_string(i);
    const std::vector<RunNote> notes = {Param(number, name, "1"), Label(number, name, "x")};
    const SeriesRow row = Scalar(number, 0, 100 + i, name, 1, 1, 1, 1, 1);
    for (absl::Status put = absl::UnavailableError(""); !put.ok();) {
      put = catalog_->ApplyNotes(notes);
      ASSERT_TRUE(put.ok() || absl::IsUnavailable(put)) << put;
    }
    for (absl::Status put = absl::UnavailableError(""); !put.ok();) {
      put = catalog_->PutSeries({&row, 1});
      ASSERT_TRUE(put.ok() || absl::IsUnavailable(put)) << put;
    }
  }
  done = true;
  mover.join();
  const auto run = catalog_->GetRun(Run("a"));
  for (int i = 0; i < kRounds; ++i) {
    const std::string name = "n" + std::to_string(i);
    EXPECT_TRUE(run->params.contains(name) && run->labels.contains(name) && run->summary.contains(name)) << name;
    RunQuery query;
    query.experiments.push_back(ExperimentOf("a"));
    query.filter = "params." + name + " = 1 and labels." + name + " = \"x\" and metrics." + name + " = 1";
    EXPECT_THAT(Ids(query), ElementsAre("a"));
  }
}

TEST_F(BulkEditTest, OneRequestHasALimit) {
  for (int i = 0; i < 3; ++i) Make("e", "more" + std::to_string(i));
  BulkEdit edit;
  edit.experiments.push_back(ExperimentOf("a"));
  edit.change.note = "x";
  std::vector<BulkEdit> edits(kRunsOfOneEdit / 6 + 1, edit);
  const auto refused = catalog_->EditRuns(*workspace_, edits);
  EXPECT_EQ(refused.status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(refused.status().message(), HasSubstr("10000"));
  EXPECT_EQ(catalog_->GetRun(Run("a"))->note, "") << "all or nothing";
}

TEST_F(BulkEditTest, RunsAreFoundTogether) {
  const std::vector<std::string> ids = {"a", "nobody", "o", "odd \"{}\\ id"};
  EXPECT_EQ(catalog_->FindRuns(ids)->size(), 2u);
}

}  // namespace
}  // namespace stepwell::catalog
