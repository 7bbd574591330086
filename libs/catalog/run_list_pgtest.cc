// Filters and orders against a plain model in memory: the same runs, in the same order, whatever the page size.
#include <algorithm>
#include <map>
#include <optional>
#include <random>

#include "catalog/catalog_test_base.h"

namespace stepwell::catalog {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::UnorderedElementsAre;

// With each size of the window in which a filter is tried first: none of the runs, some, all.
class RunListTest : public CatalogTest, public testing::WithParamInterface<int> {
 protected:
  void SetUp() override {
    options_.filter_window = GetParam();
    CatalogTest::SetUp();
    const double nan = std::nan("");
    uint64_t a = *Number("a", "alpha"), b = *Number("b", "beta 2"), c = *Number("c", "gamma"),
             d = *Number("d", "debug\nalpha");
    std::vector<RunNote> notes = {Param(a, "lr", "0.1"),        Param(b, "lr", "0.001"),
                                  Param(c, "lr", "\"0.1\""),    Param(a, "flag", "true"),
                                  Param(b, "flag", "\"true\""), Param(c, "flag", "1"),
                                  Param(d, "flag", "null"),     Label(a, "team", "vision"),
                                  Label(b, "team", "nlp"),      Param(a, "odd \"name\"", "\"x\\u0000y\""),
                                  Param(d, "big", "[1]")};
    ASSERT_TRUE(catalog_->ApplyNotes(notes).ok());
    std::vector<SeriesRow> rows = {Scalar(a, 0, 0, "val/loss", 0.5, 0.25, 2, 100, 10),
                                   Scalar(b, 0, 0, "val/loss", nan, nan, nan, 50, 5),
                                   Scalar(c, 0, 0, "val/loss", 0.125, 0.0625, 9, 200, 20)};
    ASSERT_TRUE(catalog_->PutSeries(rows).ok());
    RunNote end;
    end.run_number = c;
    end.kind = RunNote::Kind::kStatus;
    end.value = "finished";
    end.wall = 1700000000.5;
    ASSERT_TRUE(catalog_->ApplyNotes({&end, 1}).ok());
  }
  std::optional<uint64_t> Number(const std::string& id, const std::string& name) {
    auto opened = Open("e", id, name);
    return opened.ok() ? std::optional(opened->run.number) : std::nullopt;
  }
  std::vector<std::string> Filtered(const std::string& filter, const std::string& order = "", uint32_t limit = 100) {
    RunQuery query;
    query.experiments.push_back(ExperimentOf("a"));
    query.filter = filter;
    query.order = order;
    return Ids(query, limit);
  }
};

TEST_P(RunListTest, FiltersMeanWhatTheLanguageSays) {
  const std::pair<const char*, std::vector<std::string>> cases[] = {
      {"params.lr >= 1e-3", {"a", "b"}},
      {"params.lr = 0.1", {"a"}},
      {"params.lr = '0.1'", {"c"}},
      {"params.lr != 0.1", {"b", "c"}},
      {"not params.lr = 0.1", {"b", "c", "d"}},
      {"params.lr in (0.1, '0.1', true)", {"a", "c"}},
      {"params.lr = null", {"d"}},
      {"params.lr != null", {"a", "b", "c"}},
      {"params.flag = true", {"a"}},
      {"params.flag = 'true'", {"b"}},
      {"params.flag = 1", {"c"}},
      {"params.flag = null", {"d"}},
      {"params.flag != true", {"b", "c", "d"}},
      {"not params.flag != true", {"a"}},
      {"params.missing = 1", {}},
      {"not params.missing = 1", {"a", "b", "c", "d"}},
      {"params.missing = null", {"a", "b", "c", "d"}},
      {"params.\"odd \\\"name\\\"\" = 'x\\u0000y'", {"a"}},
      {"params.lr ~ '^0'", {"c"}},
      {"params.lr < 'a'", {"c"}},
      {"labels.team = 'vision' or labels.team > 'n' and labels.team < 'o'", {"a", "b"}},
      {"labels.team contains 'isi'", {"a"}},
      {"metrics.\"val/loss\".min < 0.1", {"c"}},
      {"metrics.val/loss > 0.2", {"a"}},
      {"metrics.val/loss = NaN", {"b"}},
      {"metrics.val/loss != NaN", {"a", "c"}},
      {"metrics.val/loss in (NaN, 0.5)", {"a", "b"}},
      {"metrics.val/loss.min = null", {"b", "d"}},
      {"metrics.val/loss.last != null", {"a", "b", "c"}},
      {"metrics.val/loss.last_step >= 100", {"a", "c"}},
      {"metrics.val/loss.count < 10.5", {"a", "b"}},
      {"metrics.val/loss < Infinity", {"a", "c"}},
      {"name ~ 'alpha'", {"a", "d"}},
      {"name ~ '^alpha$'", {"a"}},
      {"name ~ '\\d'", {"b"}},
      {"name ~ '(?i)GAMMA'", {"c"}},
      {"name contains '2'", {"b"}},
      {"name in ('alpha', 'gamma')", {"a", "c"}},
      {"name >= 'beta' and name < 'cc'", {"b"}},
      {"id != 'a'", {"b", "c", "d"}},
      {"status = 'finished'", {"c"}},
      {"finished = null", {"a", "b", "d"}},
      {"finished = \"2023-11-14T22:13:20.5Z\"", {"c"}},
      {"finished < 1700000001", {"c"}},
      {"not finished < 1700000001", {"a", "b", "d"}},
      {"created > \"2020-01-01\"", {"a", "b", "c", "d"}},
      {"note = null", {"a", "b", "c", "d"}},
      {"owner = 'local' and owner != null", {"a", "b", "c", "d"}},
      {"owner != 'local' or owner = null", {}},
      {"owner ~ '^l' and experiment in ('e', 'x')", {"a", "b", "c", "d"}},
      {"experiment > 'e' or experiment = null", {}},
      {"duration = 0", {"c"}},
      {"duration > 0", {"a", "b", "d"}},
      {"duration in (0, -1) or duration = null", {"c"}},
      {"archived = true or archived = null", {}},
      {"archived != true", {"a", "b", "c", "d"}},
      {"not archived in (true) and archived != null", {"a", "b", "c", "d"}},
      {"(params.lr = 0.1 or params.lr = '0.1') and not metrics.val/loss.max > 5", {"a"}},
      {"params.lr = 0.1 or metrics.val/loss.max > 5 or labels.team = 'nlp'", {"a", "b", "c"}},
      {"not (params.lr = 0.1 or metrics.val/loss.max > 5)", {"b", "d"}},
      {"(params.lr = 0.1 or params.flag = null) and name ~ 'alpha'", {"a", "d"}},
      {"params.lr < 1 or metrics.val/loss < 1 or params.missing = 1", {"a", "b", "c"}},
  };
  for (const auto& [filter, expected] : cases) {
    std::vector<std::string> got = Filtered(filter);
    std::sort(got.begin(), got.end());
    EXPECT_EQ(got, expected) << filter;
    got = Filtered(filter, "metrics.val/loss,params.lr", 1);
    std::sort(got.begin(), got.end());
    EXPECT_EQ(got, expected) << filter << " in an order, run by run";
  }
}

TEST_P(RunListTest, ATextBeyondTheIndexedBeginningIsComparedWhole) {
  const std::string start(200, 'x');
  uint64_t a = catalog_->FindRun("a")->number, b = catalog_->FindRun("b")->number, c = catalog_->FindRun("c")->number;
  std::vector<RunNote> notes = {Label(a, "long", start), Label(b, "long", start + "1"), Label(c, "long", start + "2")};
  ASSERT_TRUE(catalog_->ApplyNotes(notes).ok());
  EXPECT_THAT(Filtered("labels.long = '" + start + "'"), ElementsAre("a"));
  EXPECT_THAT(Filtered("labels.long = '" + start + "1'"), ElementsAre("b"));
  EXPECT_THAT(Filtered("labels.long > '" + start + "1'"), ElementsAre("c"));
  EXPECT_THAT(Filtered("labels.long <= '" + start + "1'"), UnorderedElementsAre("a", "b"));
  EXPECT_THAT(Filtered("labels.long != '" + start + "'"), UnorderedElementsAre("b", "c"));
}

TEST_P(RunListTest, OrdersPutWhatIsMissingLast) {
  EXPECT_THAT(Filtered(""), ElementsAre("d", "c", "b", "a")) << "newest first";
  EXPECT_THAT(Filtered("", "created"), ElementsAre("a", "b", "c", "d"));
  EXPECT_THAT(Filtered("", "name"), ElementsAre("a", "b", "d", "c"));
  EXPECT_THAT(Filtered("", "-name"), ElementsAre("c", "d", "b", "a"));
  EXPECT_THAT(Filtered("", "metrics.\"val/loss\".min,-created"), ElementsAre("c", "a", "d", "b"));
  EXPECT_THAT(Filtered("", "-metrics.val/loss"), ElementsAre("a", "c", "b", "d")) << "NaN is no number to sort by";
  EXPECT_THAT(Filtered("", "params.lr,created"), ElementsAre("b", "a", "c", "d")) << "numbers, text, missing";
  EXPECT_THAT(Filtered("", "-params.lr"), ElementsAre("a", "b", "c", "d"));
  EXPECT_THAT(Filtered("", "labels.team"), ElementsAre("b", "a", "c", "d"));
  EXPECT_THAT(Filtered("", "finished,-id"), ElementsAre("c", "d", "b", "a"));
  EXPECT_THAT(Filtered("", "params.nobody,id"), ElementsAre("a", "b", "c", "d"));
  EXPECT_THAT(Filtered("", "owner,experiment,-id"), ElementsAre("d", "c", "b", "a"));
}

TEST_P(RunListTest, AnOrderByDurationIsThatOfOneMomentOnAllPages) {
  // Between two pages the runs that run grow longer than the last one of the page before.
  EXPECT_THAT(Filtered("", "-duration", 1), ElementsAre("a", "b", "d", "c"));
  EXPECT_THAT(Filtered("duration >= 0", "duration", 1), ElementsAre("c", "d", "b", "a"));
}

TEST_P(RunListTest, ArchivedRunsAreInTheListsThatAskForThem) {
  RunEdit edit;
  edit.archived = true;
  ASSERT_TRUE(catalog_->EditRun(Run("b"), edit)->archived);
  EXPECT_THAT(Filtered(""), ElementsAre("d", "c", "a"));
  EXPECT_THAT(Filtered("params.lr < 1"), ElementsAre("a"));
  EXPECT_THAT(Filtered("archived = true"), ElementsAre("b")) << "who filters by it wants to see them";
  EXPECT_THAT(Filtered("not archived = true or name ~ 'b'", "-archived,id"), ElementsAre("b", "a", "c", "d"));
  RunQuery query;
  query.experiments.push_back(ExperimentOf("a"));
  query.archived = Archived::kYes;
  EXPECT_THAT(Ids(query), ElementsAre("b"));
  query.archived = Archived::kAny;
  EXPECT_THAT(Ids(query), ElementsAre("d", "c", "b", "a"));
  query.archived = Archived::kNo;
  query.filter = "archived = true";
  EXPECT_THAT(Ids(query), ElementsAre());
}

TEST_P(RunListTest, TheTotalIsOfAllPages) {
  RunEdit edit;
  edit.archived = true;
  ASSERT_TRUE(catalog_->EditRun(Run("b"), edit).ok());
  ASSERT_TRUE(catalog_->DeleteRun(Run("d")).ok());
  auto total = [&](const std::string& filter, Archived archived, bool deleted = false) {
    RunQuery query;
    query.experiments.push_back(ExperimentOf("a"));
    query.filter = filter;
    query.archived = archived;
    query.deleted = deleted;
    query.total = true;
    query.limit = 1;
    auto page = catalog_->ListRuns(query);
    if (!page.ok()) return int64_t{-1};
    const int64_t first = *page->total;
    query.cursor = page->next;
    EXPECT_TRUE(page->next.empty() || *catalog_->ListRuns(query)->total == first) << filter;
    return first;
  };
  EXPECT_EQ(total("", Archived::kDefault), 2);
  EXPECT_EQ(total("", Archived::kAny), 3);
  EXPECT_EQ(total("", Archived::kYes), 1);
  EXPECT_EQ(total("", Archived::kDefault, true), 1);
  EXPECT_EQ(total("params.lr != null", Archived::kDefault), 2);
  EXPECT_EQ(total("params.lr != null", Archived::kAny), 3);
  EXPECT_EQ(total("name ~ 'a'", Archived::kAny), 3);
  EXPECT_EQ(total("params.nobody = 1", Archived::kAny), 0);
  RunQuery query;
  EXPECT_EQ(catalog_->ListRuns(query)->total, std::nullopt);
  query.total = true;
  EXPECT_EQ(catalog_->ListRuns(query)->total, 0) << "no experiments";
}

TEST_P(RunListTest, WrongQueriesSayWhatIsWrong) {
  EXPECT_THAT(Filtered("loss < 1"), ElementsAre(HasSubstr("filter, column 1")));
  EXPECT_THAT(Filtered("", "loss"), ElementsAre(HasSubstr("order, column 1")));
  EXPECT_THAT(Filtered("name ~ 'a{300}'"), ElementsAre(HasSubstr("regular expression")));
  RunQuery query;
  query.experiments.push_back(ExperimentOf("a"));
  query.limit = 1;
  query.cursor = catalog_->ListRuns(query)->next;
  query.order = "name";
  EXPECT_EQ(catalog_->ListRuns(query).status().code(), absl::StatusCode::kInvalidArgument)
      << "a cursor of another order";
  query.cursor = "zz";
  EXPECT_EQ(catalog_->ListRuns(query).status().code(), absl::StatusCode::kInvalidArgument);
}

TEST_P(RunListTest, OnlyColumnsThatWereAskedForAreFilled) {
  RunQuery query;
  query.experiments.push_back(ExperimentOf("a"));
  query.filter = "id = 'a'";
  auto all = catalog_->ListRuns(query);
  EXPECT_EQ(all->items[0].params.size(), 3u);
  EXPECT_TRUE(all->items[0].summary.empty());
  query.columns = {"params.lr", "metrics.\"val/loss\".min"};
  auto some = catalog_->ListRuns(query);
  EXPECT_EQ(some->items[0].params.size(), 1u);
  EXPECT_EQ(some->items[0].summary["val/loss"].min, 0.25);
  EXPECT_EQ(some->items[0].labels["team"], "vision");
  query.columns = {"val/loss", "flag"};
  EXPECT_EQ(catalog_->ListRuns(query)->items[0].summary.size(), 1u);
}

TEST_P(RunListTest, SeveralExperimentsAreOneTable) {
  auto other = Open("other", "o", "omega");
  RunNote note = Param(other->run.number, "lr", "0.01");
  ASSERT_TRUE(catalog_->ApplyNotes({&note, 1}).ok());
  RunQuery query;
  query.experiments = {ExperimentOf("a"), ExperimentOf("o"), ExperimentOf("a")};
  query.filter = "params.lr < 1";
  query.order = "params.lr";
  EXPECT_THAT(Ids(query, 1), ElementsAre("b", "o", "a"));
  query.experiments.clear();
  EXPECT_TRUE(Ids(query).empty());
}

INSTANTIATE_TEST_SUITE_P(Windows, RunListTest, testing::Values(0, 2, 2000));

TEST_F(CatalogTest, AnyOrderGivesEachRunOnceAndSortedWhateverThePageSize) {
  std::mt19937 random(3);
  std::map<std::string, std::map<std::string, std::optional<double>>> values;
  std::vector<RunNote> notes;
  std::vector<SeriesRow> rows;
  for (int i = 0; i < 60; ++i) {
    std::string id = "r" + std::to_string(100 + i);
    uint64_t n = Open("e", id)->run.number;
    for (const char* name : {"p", "q"}) {
      if (random() % 3 == 0) continue;
      values[id][name] = static_cast<int>(random() % 4);
      notes.push_back(Param(n, name, std::to_string(static_cast<int>(*values[id][name]))));
    }
    if (random() % 3 != 0) {
      values[id]["m"] = static_cast<int>(random() % 4);
      rows.push_back(Scalar(n, 0, 0, "m", *values[id]["m"], 0, 0, 1, 1));
    }
  }
  ASSERT_TRUE(catalog_->ApplyNotes(notes).ok());
  ASSERT_TRUE(catalog_->PutSeries(rows).ok());
  const std::vector<std::vector<std::pair<std::string, bool>>> orders = {{{"p", false}},
                                                                         {{"p", true}},
                                                                         {{"m", false}, {"p", true}},
                                                                         {{"m", true}, {"q", false}, {"p", false}},
                                                                         {{"q", true}, {"m", true}}};
  for (const auto& order : orders) {
    std::vector<std::string> expected;
    expected.reserve(60);
    for (int i = 0; i < 60; ++i) expected.push_back("r" + std::to_string(100 + i));
    std::stable_sort(expected.begin(), expected.end(), [&](const std::string& x, const std::string& y) {
      for (const auto& [name, down] : order) {
        auto a = values[x][name], b = values[y][name];
        if (a.has_value() != b.has_value()) return a.has_value();
        if (a && *a != *b) return down ? *a > *b : *a < *b;
      }
      return false;
    });
    RunQuery query;
    query.experiments.push_back(ExperimentOf("r100"));
    for (const auto& [name, down] : order) {
      query.order += (query.order.empty() ? "" : ",") + std::string(down ? "-" : "") +
                     (name == "m" ? "metrics." : "params.") + name;
    }
    for (uint32_t limit : {1, 7, 60, 1000}) EXPECT_EQ(Ids(query, limit), expected) << query.order << " by " << limit;
  }
}

}  // namespace
}  // namespace stepwell::catalog
