#include "catalog/catalog_test_base.h"
#include "catalog/postgres_catalog.h"

namespace stepwell::catalog {
namespace {

using absl::StatusCode;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Pair;

class ForksTest : public CatalogTest {
 protected:
  absl::StatusOr<OpenedRun> Fork(const std::string& id, const std::string& parent, int64_t step,
                                 const std::string& experiment = "e", const std::string& writer = "w") {
    return catalog_->OpenRun(*workspace_, {experiment, id, "", writer, "test/1", false, ForkSpec{parent, step}});
  }
  std::vector<std::string> Reasons(const std::string& id) {
    std::vector<std::string> reasons;
    const auto page = catalog_->ListWarnings(Run(id), 10, "");
    for (const Warning& warning : page->items) reasons.push_back(warning.reason);
    return reasons;
  }
  std::string Held(const std::string& id) {
    pqxx::connection connection(options_.url);
    pqxx::work work(connection);
    return work.exec_params("select held from runs where id = $1", id)[0][0].c_str();
  }
  // Of a fork that was made without history: why, as the client and the run's warnings are told.
  std::string Refused(const std::string& id, const std::string& parent) {
    const auto opened = Fork(id, parent, 1);
    if (!opened.ok()) return std::string(opened.status().message());
    EXPECT_TRUE(opened->created);
    EXPECT_THAT(opened->forks, IsEmpty());
    EXPECT_THAT(Reasons(id), ElementsAre(opened->fork_refused));
    EXPECT_FALSE(catalog_->GetRun(Run(id))->forked_from.has_value());
    const auto again = Fork(id, parent, 1);
    EXPECT_TRUE(again.ok()) << "what is logged is kept: " << again.status();
    return opened->fork_refused;
  }
};

TEST_F(ForksTest, AForkHasTheParametersOfItsParentUntilItLogsItsOwnAndNoLabels) {
  const auto parent = *Open("e", "parent", "", "w0");
  ASSERT_TRUE(Open("e", "parent", "", "w1").ok());
  const RunNote notes[] = {Param(parent.run.number, "lr", "0.1"), Param(parent.run.number, "depth", "4"),
                           Label(parent.run.number, "team", "vision")};
  ASSERT_TRUE(catalog_->ApplyNotes(notes).ok());
  for (const std::string experiment : {"e", "another"}) {
    const auto opened = Fork(experiment + ".fork", "parent", 100, experiment);
    ASSERT_TRUE(opened.ok()) << opened.status();
    EXPECT_TRUE(opened->created);
    EXPECT_EQ(opened->writer_number, 2u) << "those below are the parent's";
    ASSERT_EQ(opened->forks.size(), 1u);
    EXPECT_EQ(opened->forks[0].parent, parent.run.number);
    EXPECT_EQ(opened->forks[0].step, 100);
    EXPECT_EQ(opened->forks[0].writers, 2u);
    const RunNote own = Param(opened->run.number, "lr", "0.2");
    ASSERT_TRUE(catalog_->ApplyNotes({&own, 1}).ok());
    const auto run = *catalog_->GetRun(Run(experiment + ".fork"));
    EXPECT_THAT(run.params, ElementsAre(Pair("depth", "4"), Pair("lr", "0.2")));
    EXPECT_THAT(run.labels, IsEmpty());
    ASSERT_TRUE(run.forked_from.has_value());
    EXPECT_EQ(run.forked_from->run_id, "parent");
    EXPECT_EQ(run.forked_from->step, 100);
  }
  EXPECT_THAT(catalog_->GetRun(Run("parent"))->params, ElementsAre(Pair("depth", "4"), Pair("lr", "0.1")));
}

TEST_F(ForksTest, TheFilterFindsTheForksOfARun) {
  Make("e", "parent");
  ASSERT_TRUE(Fork("one", "parent", 5).ok());
  ASSERT_TRUE(Fork("two", "parent", 7, "another").ok());
  ASSERT_TRUE(Fork("deeper", "one", 5).ok());
  ASSERT_TRUE(Fork("refused", "nowhere", 5).ok());
  RunQuery query;
  query.experiments = {ExperimentOf("parent"), ExperimentOf("two")};
  query.order = "id";
  const auto found = [&](std::string filter) {
    query.filter = std::move(filter);
    return Ids(query);
  };
  EXPECT_THAT(found("forked_from = \"parent\""), ElementsAre("one", "two"));
  EXPECT_THAT(found("forked_from != \"parent\""), ElementsAre("deeper"));
  EXPECT_THAT(found("forked_from = null"), ElementsAre("parent", "refused"));
  EXPECT_THAT(found("forked_from != null"), ElementsAre("deeper", "one", "two"));
  EXPECT_THAT(found("forked_from = \"nowhere\""), IsEmpty());
  query.order = "-forked_from,id";
  EXPECT_THAT(found(""), ElementsAre("one", "two", "deeper", "parent", "refused"));
}

TEST_F(ForksTest, AnOpeningAgainMustAskForTheSameForkOrNone) {
  Make("e", "parent");
  const auto first = *Fork("fork", "parent", 7);
  const auto second = *Fork("fork", "parent", 7, "e", "w2");
  EXPECT_FALSE(second.created);
  EXPECT_EQ(second.writer_number, first.writer_number + 1);
  EXPECT_EQ(second.forks.size(), 1u);
  EXPECT_EQ(Open("e", "fork")->forks.size(), 1u) << "who does not ask is told all the same";
  for (const auto& [parent, step] : {std::pair("parent", 8), std::pair("fork", 7)}) {
    const absl::Status other = Fork("fork", parent, step).status();
    EXPECT_EQ(other.code(), StatusCode::kFailedPrecondition);
    EXPECT_THAT(std::string(other.message()), HasSubstr("choose another id"));
  }
  EXPECT_EQ(Fork("parent", "fork", 7).status().code(), StatusCode::kFailedPrecondition);
}

TEST_F(ForksTest, AForkThatCannotBeIsARunWithoutHistoryThatSaysWhy) {
  EXPECT_THAT(Refused("a", "nowhere"), HasSubstr("there is no run \"nowhere\" in this workspace"));
  EXPECT_THAT(Refused("itself", "itself"), HasSubstr("there is no run \"itself\""));
  Make("e", "gone");
  ASSERT_TRUE(catalog_->DeleteRun(Run("gone")).ok());
  EXPECT_THAT(Refused("b", "gone"), HasSubstr("is in the trash; restore it"));
  {
    pqxx::connection connection(options_.url);
    pqxx::work work(connection);
    work.exec("insert into workspaces (name) values ('another')");
    work.commit();
  }
  const auto another = Grant(*catalog_->FindWorkspace("another"));
  ASSERT_TRUE(catalog_->OpenRun(another, {"e", "theirs", "", "w", "test/1", false, {}}).ok());
  EXPECT_THAT(Refused("c", "theirs"), HasSubstr("there is no run \"theirs\" in this workspace"));
}

TEST_F(ForksTest, ForksOfForksNameAllBeforeThemUpToALimit) {
  options_.fork_depth = 2;
  catalog_ = *Catalog::Open(options_);
  Make("e", "0");
  ASSERT_TRUE(Fork("1", "0", 1).ok());
  const auto second = *Fork("2", "1", 1);
  ASSERT_EQ(second.forks.size(), 2u);
  EXPECT_EQ(second.forks[0].id, "1") << "the eldest first";
  EXPECT_EQ(second.forks[1].id, "2");
  EXPECT_EQ(second.writer_number, 2u);
  EXPECT_THAT(Refused("3", "2"), HasSubstr("the limit of a fork is 2 (--max-fork-depth)"));
}

TEST_F(ForksTest, AWidenedForkGivesNoNumberTwice) {
  Make("e", "parent");
  const auto fork = *Fork("fork", "parent", 1);
  EXPECT_EQ(fork.writer_number, 1u);
  EXPECT_EQ(*catalog_->WidenFork(fork.run.number, 9), 9u);
  EXPECT_EQ(Fork("fork", "parent", 1)->writer_number, 9u);
  EXPECT_EQ(*catalog_->WidenFork(fork.run.number, 3), 10u);
  const auto last = *Open("e", "fork");
  EXPECT_EQ(last.writer_number, 10u);
  EXPECT_EQ(last.forks[0].writers, 10u);
}

TEST_F(ForksTest, ARunStaysAsLongAsAForkOfItIsThere) {
  Make("e", "parent");
  const uint64_t parent = catalog_->FindRun("parent")->number;
  const uint64_t fork = Fork("fork", "parent", 1)->run.number;
  const uint64_t last = Fork("last", "fork", 1)->run.number;
  ASSERT_TRUE(catalog_->DeleteRun(Run("parent")).ok());
  EXPECT_THAT(*catalog_->ClaimRunsToPurge(std::chrono::seconds(0)), IsEmpty());
  EXPECT_EQ(Held("parent"), "t");
  EXPECT_TRUE(catalog_->RestoreRun(Run("parent")).ok()) << "its points are there";
  EXPECT_EQ(Held("parent"), "f");
  for (const char* id : {"parent", "fork"}) ASSERT_TRUE(catalog_->DeleteRun(Run(id)).ok());
  EXPECT_THAT(*catalog_->ClaimRunsToPurge(std::chrono::seconds(0)), IsEmpty());
  ASSERT_TRUE(catalog_->DeleteRun(Run("last")).ok());
  for (uint64_t run : {last, fork, parent}) {
    EXPECT_THAT(*catalog_->ClaimRunsToPurge(std::chrono::seconds(0)), ElementsAre(run));
    ASSERT_TRUE(catalog_->ForgetRun(run).ok());
  }
  EXPECT_THAT(*catalog_->ClaimRunsToPurge(std::chrono::seconds(0)), IsEmpty());
}

}  // namespace
}  // namespace stepwell::catalog
