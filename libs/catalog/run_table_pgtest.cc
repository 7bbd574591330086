// Groups, keys and values of runs against what was logged.
#include <algorithm>
#include <map>
#include <random>

#include "base/text_error.h"
#include "catalog/catalog_test_base.h"
#include "query/filter.h"

namespace stepwell::catalog {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Optional;

std::string Show(const KeyValue& value) {
  if (const double* number = std::get_if<double>(&value)) return std::to_string(*number);
  if (const bool* flag = std::get_if<bool>(&value)) return *flag ? "yes" : "no";
  if (const auto* text = std::get_if<std::string>(&value)) return "'" + *text + "'";
  return "-";
}

class RunTableTest : public CatalogTest {
 protected:
  void SetUp() override {
    CatalogTest::SetUp();
    for (const char* id : {"a", "b", "c", "d"}) numbers_[id] = Open("e", id, std::string("run ") + id)->run.number;
    const std::vector<RunNote> notes = {
        Param(numbers_["a"], "arch", "\"cnn\""), Param(numbers_["b"], "arch", "\"cnn\""),
        Param(numbers_["c"], "arch", "\"vit\""), Param(numbers_["a"], "lr", "0.1"),
        Param(numbers_["b"], "lr", "0.3"),       Param(numbers_["c"], "lr", "\"0.1\""),
        Param(numbers_["d"], "lr", "[1]"),       Param(numbers_["a"], "aug", "true"),
        Param(numbers_["b"], "aug", "1"),        Param(numbers_["c"], "aug", "null"),
        Param(numbers_["a"], "a b", "64"),       Label(numbers_["a"], "team", "nlp"),
        Label(numbers_["b"], "team", "nlp"),     Label(numbers_["c"], "team", "")};
    ASSERT_TRUE(catalog_->ApplyNotes(notes).ok());
    const double nan = std::nan("");
    const std::vector<SeriesRow> rows = {Scalar(numbers_["a"], 0, 0, "val/loss", 1, 0.5, 2, 10, 1),
                                         Scalar(numbers_["b"], 0, 0, "val/loss", 3, 1.5, 4, 10, 1),
                                         Scalar(numbers_["c"], 0, 0, "val/loss", nan, nan, nan, 10, 1)};
    ASSERT_TRUE(catalog_->PutSeries(rows).ok());
  }

  GroupQuery By(const std::string& by, const std::string& order = "") {
    GroupQuery query;
    query.experiments.push_back(ExperimentOf("a"));
    query.by = by;
    query.order = order;
    return query;
  }
  // "key key:count" of all groups, page by page, after a look whether their filters choose their members.
  std::vector<std::string> Groups(GroupQuery query, uint32_t limit = 100) {
    std::vector<std::string> shown;
    query.limit = limit;
    do {
      auto page = catalog_->GroupRuns(query);
      if (!page.ok()) return {std::string(page.status().message())};
      for (const Group& group : page->items) {
        std::string text;
        for (const KeyValue& value : group.key) text += Show(value) + " ";
        shown.push_back(text.substr(0, text.size() - 1) + ":" + std::to_string(group.count));
        RunQuery members;
        members.experiments = query.experiments;
        members.filter = group.filter;
        members.archived = query.archived;
        EXPECT_EQ(Ids(members).size(), static_cast<size_t>(group.count)) << group.filter;
      }
      query.cursor = page->next;
      EXPECT_TRUE(!query.cursor.empty() || page->total == static_cast<int64_t>(shown.size()));
    } while (!query.cursor.empty());
    return shown;
  }
  std::vector<std::string> Keys(const std::string& prefix, uint32_t limit = 100) {
    std::vector<std::string> shown;
    const auto rows = catalog_->ListKeys(ExperimentOf("a"), prefix, limit);
    for (const KeyRow& row : *rows) {
      shown.push_back(row.key + " " + row.type + " " + std::to_string(row.runs));
    }
    return shown;
  }
  std::vector<std::string> Values(const std::string& key, const std::string& prefix = "", uint32_t limit = 100) {
    auto values = catalog_->ListValues(ExperimentOf("a"), key, prefix, limit);
    if (!values.ok()) return {std::string(values.status().message())};
    std::vector<std::string> shown;
    for (const auto& item : values->items) shown.push_back(Show(item.value) + ":" + std::to_string(item.runs));
    if (values->min.index() != 0) shown.push_back(Show(values->min) + ".." + Show(values->max));
    return shown;
  }

  std::map<std::string, uint64_t> numbers_;
};

TEST_F(RunTableTest, RunsThatAgreeAreOneGroupAndItsFilterChoosesThem) {
  EXPECT_THAT(Groups(By("params.arch")), ElementsAre("'cnn':2", "'vit':1", "-:1"));
  EXPECT_THAT(Groups(By("params.arch", "-count,params.arch")), ElementsAre("'cnn':2", "'vit':1", "-:1"));
  EXPECT_THAT(Groups(By("params.arch", "newest")), ElementsAre("'cnn':2", "'vit':1", "-:1"));
  EXPECT_THAT(Groups(By("params.lr", "-params.lr")), ElementsAre("0.300000:1", "0.100000:1", "'0.1':1", "-:1"))
      << "numbers, texts, others";
  EXPECT_THAT(Groups(By("params.aug")), ElementsAre("1.000000:1", "yes:1", "-:2"));
  EXPECT_THAT(Groups(By("labels.team,params.arch")), ElementsAre("'' 'vit':1", "'nlp' 'cnn':2", "- -:1"));
  EXPECT_THAT(Groups(By("params.nobody")), ElementsAre("-:4"));
  EXPECT_THAT(Groups(By("params.\"a b\",status")), ElementsAre("64.000000 'running':1", "- 'running':3"));
  EXPECT_THAT(Groups(By("owner,experiment,archived")), ElementsAre("'local' 'e' no:4"));
  EXPECT_THAT(Groups(By("name"), 1), ElementsAre("'run a':1", "'run b':1", "'run c':1", "'run d':1"));
  GroupQuery some = By("params.arch");
  some.filter = "params.lr < 0.2 or params.lr = \"0.1\"";
  EXPECT_THAT(Groups(some), ElementsAre("'cnn':1", "'vit':1"));
  some.experiments.clear();
  EXPECT_THAT(Groups(some), ElementsAre());
}

TEST_F(RunTableTest, LongTextsAreGroupedWhole) {
  const std::string start(200, 'x');
  const std::vector<RunNote> notes = {Param(numbers_["a"], "long", "\"" + start + "1\""),
                                      Param(numbers_["b"], "long", "\"" + start + "2\""),
                                      Param(numbers_["c"], "long", "\"" + start + "\"")};
  ASSERT_TRUE(catalog_->ApplyNotes(notes).ok());
  EXPECT_THAT(Groups(By("params.long")),
              ElementsAre("'" + start + "':1", "'" + start + "1':1", "'" + start + "2':1", "-:1"));
}

TEST_F(RunTableTest, AGroupSumsUpItsRuns) {
  GroupQuery query = By("params.arch");
  query.columns = {"lr", "params.arch", "metrics.\"val/loss\"", "metrics.\"val/loss\".last_step", "params.aug"};
  auto page = catalog_->GroupRuns(query);
  ASSERT_TRUE(page.ok()) << page.status();
  const Group& cnn = page->items[0];
  EXPECT_EQ(cnn.newest, catalog_->GetRun(Run("b"))->created);
  const Spread& last = cnn.metrics.at("val/loss").at("last");
  EXPECT_EQ(last.count, 2);
  EXPECT_THAT(last.mean, Optional(2.0));
  EXPECT_THAT(last.min, Optional(1.0));
  EXPECT_THAT(last.max, Optional(3.0));
  EXPECT_NEAR(*last.deviation, std::sqrt(2.0), 1e-12) << "of the sample";
  EXPECT_THAT(cnn.metrics.at("val/loss").at("min").mean, Optional(1.0));
  EXPECT_THAT(cnn.metrics.at("val/loss").at("last_step").max, Optional(10.0));
  EXPECT_EQ(cnn.params.at("lr").distinct, 2);
  EXPECT_NEAR(*cnn.params.at("lr").numbers.mean, 0.2, 1e-12);
  EXPECT_EQ(cnn.params.at("aug").distinct, 2) << "true and 1";
  const Group& vit = page->items[1];
  EXPECT_EQ(vit.metrics.at("val/loss").at("last").count, 0) << "NaN is no number to sum up";
  EXPECT_EQ(vit.metrics.at("val/loss").at("last").mean, std::nullopt);
  EXPECT_EQ(vit.params.at("lr").distinct, 1);
  EXPECT_EQ(Show(vit.params.at("lr").value), "'0.1'");
  EXPECT_EQ(vit.params.at("lr").numbers.count, 0);
  EXPECT_EQ(Show(vit.params.at("arch").value), "'vit'") << "what it is grouped by, too";
  EXPECT_EQ(page->items[2].params.at("lr").distinct, 0) << "an array is no value to count";
  query.order = "-metrics.\"val/loss\".max,-params.lr";
  query.columns.clear();
  EXPECT_EQ(Show(catalog_->GroupRuns(query)->items[0].key[0]), "'cnn'");
}

TEST_F(RunTableTest, GroupsLeaveOutTheTrashAndWhatIsArchived) {
  RunEdit edit;
  edit.archived = true;
  ASSERT_TRUE(catalog_->EditRun(Run("a"), edit).ok());
  ASSERT_TRUE(catalog_->DeleteRun(Run("c")).ok());
  EXPECT_THAT(Groups(By("params.arch")), ElementsAre("'cnn':1", "-:1"));
  GroupQuery any = By("params.arch");
  any.archived = Archived::kAny;
  EXPECT_THAT(Groups(any), ElementsAre("'cnn':2", "-:1"));
}

TEST_F(RunTableTest, WrongGroupingsSayWhatIsWrong) {
  EXPECT_THAT(Groups(By("")), ElementsAre(HasSubstr("by, column 1: expected a key")));
  EXPECT_THAT(Groups(By("created")), ElementsAre(HasSubstr("by, column 1: runs are grouped by what they share")));
  EXPECT_THAT(Groups(By("status,metrics.x")), ElementsAre(HasSubstr("by, column 8")));
  EXPECT_THAT(Groups(By("status,id,name,note,owner")), ElementsAre(HasSubstr("at most 4 keys")));
  EXPECT_THAT(Groups(By("status", "name")), ElementsAre(HasSubstr("order, column 1: groups are ordered by")));
  EXPECT_EQ(PlaceOf(catalog_->GroupRuns(By("status", "-count,nam")).status())->column, 8u);
  GroupQuery query = By("name");
  query.limit = 1;
  query.cursor = catalog_->GroupRuns(query)->next;
  query.order = "-count";
  EXPECT_THAT(Groups(query), ElementsAre(HasSubstr("cursor")));
}

TEST_F(RunTableTest, KeysAreListedWithTypesAndCounts) {
  EXPECT_EQ(Keys("")[0], "name string 4");
  EXPECT_EQ(Keys("").size(), query::RunColumns().size() + 6);
  EXPECT_THAT(Keys("params."), ElementsAre("params.\"a b\" number 1", "params.arch string 3", "params.aug mixed 3",
                                           "params.lr mixed 4"));
  EXPECT_THAT(Keys("params.l"), ElementsAre("params.lr mixed 4"));
  EXPECT_THAT(Keys("params.\"a "), ElementsAre("params.\"a b\" number 1"));
  EXPECT_THAT(Keys("lab"), ElementsAre("labels.team string 3"));
  EXPECT_THAT(Keys("val"), ElementsAre("metrics.val/loss number 3"));
  EXPECT_THAT(Keys("du"), ElementsAre("duration number 4"));
  EXPECT_THAT(Keys("a", 3), ElementsAre("archived boolean 4", "params.\"a b\" number 1", "params.arch string 3"));
}

TEST_F(RunTableTest, KeysCountTheRunsThatHaveThem) {
  ASSERT_TRUE(catalog_->DeleteRun(Run("a")).ok());
  EXPECT_THAT(Keys("params.a"), ElementsAre("params.arch string 2", "params.aug mixed 2"));
  const RunNote late = Param(numbers_["a"], "arch", "\"mlp\"");
  ASSERT_TRUE(catalog_->ApplyNotes({&late, 1}).ok()) << "a run in the trash that still writes";
  EXPECT_EQ(Keys("params.ar")[0], "params.arch string 2");
  ASSERT_TRUE(catalog_->RestoreRun(Run("a")).ok());
  EXPECT_THAT(Keys("params.a"), ElementsAre("params.\"a b\" number 1", "params.arch string 3", "params.aug mixed 3"));
  RunEdit edit;
  edit.labels = {{"team", std::nullopt}, {"new", "x"}, {"none", std::nullopt}};
  ASSERT_TRUE(catalog_->EditRun(Run("a"), edit).ok());
  EXPECT_THAT(Keys("labels."), ElementsAre("labels.team string 2", "labels.new string 1"));
  edit.labels = {{"new", "y"}};
  ASSERT_TRUE(catalog_->EditRun(Run("a"), edit).ok());
  EXPECT_EQ(Keys("labels.n")[0], "labels.new string 1") << "another value is no other run";
}

TEST_F(RunTableTest, ValuesComeWithTheMostFrequentFirst) {
  EXPECT_THAT(Values("params.arch"), ElementsAre("'cnn':2", "'vit':1"));
  EXPECT_THAT(Values("params.arch", "v"), ElementsAre("'vit':1"));
  EXPECT_THAT(Values("params.arch", "%"), ElementsAre());
  EXPECT_THAT(Values("params.lr"), ElementsAre("'0.1':1", "0.100000:1", "0.300000:1", "0.100000..0.300000"));
  EXPECT_THAT(Values("params.lr", "0.3"), ElementsAre("0.300000:1", "0.100000..0.300000"));
  EXPECT_THAT(Values("params.aug", "tr"), ElementsAre("yes:1", "1.000000..1.000000"));
  EXPECT_THAT(Values("labels.team", "", 1), ElementsAre("'nlp':2"));
  EXPECT_THAT(Values("metrics.val/loss.max"), ElementsAre("2.000000..4.000000"));
  EXPECT_THAT(Values("status"), ElementsAre("'running':4"));
  EXPECT_THAT(Values("archived", "f"), ElementsAre("no:4"));
  EXPECT_THAT(Values("owner"), ElementsAre("'local':4"));
  EXPECT_THAT(Values("owner", "x"), ElementsAre());
  EXPECT_THAT(Values("experiment", "e"), ElementsAre("'e':4"));
  EXPECT_THAT(Values("name", "run b"), ElementsAre("'run b':1"));
  EXPECT_THAT(Values("created"), ElementsAre(HasSubstr("Z'..'20")));
  EXPECT_THAT(Values("finished"), ElementsAre());
  EXPECT_THAT(Values("params.nobody"), ElementsAre());
  EXPECT_THAT(Values("params.lr,name"), ElementsAre(HasSubstr("key, column")));
  ASSERT_TRUE(catalog_->DeleteRun(Run("b")).ok());
  EXPECT_THAT(Values("params.arch"), ElementsAre("'cnn':1", "'vit':1"));
  EXPECT_THAT(Values("params.lr"), ElementsAre("'0.1':1", "0.100000:1", "0.100000..0.100000"));
  EXPECT_THAT(Values("metrics.val/loss.max"), ElementsAre("2.000000..2.000000"));
}

TEST_F(CatalogTest, GroupsAreThoseOfAModelInMemory) {
  std::mt19937 random(5);
  std::map<std::vector<std::string>, std::vector<double>> model;
  std::vector<RunNote> notes;
  std::vector<SeriesRow> rows;
  const char* values[] = {"", "1", "2.5", "true", "\"1\"", "\"x\\u0000y\"", "[1]"};
  const char* shown[] = {"-", "1.000000", "2.500000", "yes", "'1'", "'x", "-"};
  for (int i = 0; i < 200; ++i) {
    const uint64_t n = Open("e", "r" + std::to_string(i))->run.number;
    const size_t p = random() % 7, q = random() % 7;
    if (p > 0) notes.push_back(Param(n, "p", values[p]));
    if (q > 0) notes.push_back(Param(n, "q", values[q]));
    auto& numbers = model[{shown[p], shown[q]}];
    const double value = static_cast<double>(random() % 1000) / 8;
    numbers.push_back(value);
    rows.push_back(Scalar(n, 0, 0, "m", value, value, value, 1, 1));
  }
  ASSERT_TRUE(catalog_->ApplyNotes(notes).ok());
  ASSERT_TRUE(catalog_->PutSeries(rows).ok());
  GroupQuery query;
  query.experiments.push_back(ExperimentOf("r0"));
  query.by = "params.p,params.q";
  query.columns = {"metrics.m.last"};
  query.limit = 1000;
  const auto page = catalog_->GroupRuns(query);
  ASSERT_TRUE(page.ok()) << page.status();
  EXPECT_EQ(page->items.size(), model.size());
  for (const Group& group : page->items) {
    std::vector<std::string> key;
    for (const KeyValue& value : group.key) key.push_back(Show(value).substr(0, Show(value).find('\0')));
    const auto& numbers = model[key];
    ASSERT_EQ(group.count, static_cast<int64_t>(numbers.size())) << key[0] << " " << key[1];
    const Spread& spread = group.metrics.at("m").at("last");
    double sum = 0, squares = 0;
    for (const double number : numbers) sum += number;
    const double mean = sum / static_cast<double>(numbers.size());
    for (const double number : numbers) squares += (number - mean) * (number - mean);
    EXPECT_NEAR(*spread.mean, mean, 1e-9);
    EXPECT_EQ(spread.deviation.has_value(), numbers.size() > 1);
    if (spread.deviation) {
      EXPECT_NEAR(*spread.deviation, std::sqrt(squares / (numbers.size() - 1.0)), 1e-9);
    }
    EXPECT_THAT(spread.max, Optional(*std::ranges::max_element(numbers)));
    RunQuery members;
    members.experiments = query.experiments;
    members.filter = group.filter;
    EXPECT_EQ(Ids(members).size(), numbers.size()) << group.filter;
  }
}

}  // namespace
}  // namespace stepwell::catalog
