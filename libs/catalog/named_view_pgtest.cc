#include "catalog/catalog_test_base.h"

namespace stepwell::catalog {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

class NamedViewTest : public CatalogTest {
 protected:
  void SetUp() override {
    CatalogTest::SetUp();
    Make("e", "a");
  }
  static ViewChange State(const std::string& query) {
    ViewChange change;
    change.state = "{\"query\":\"" + query + "\"}";
    return change;
  }
  NamedView MakeView(const std::string& name, const std::string& query) {
    ViewChange change = State(query);
    change.name = name;
    auto view = catalog_->MakeNamedView(ExperimentOf("a"), change);
    EXPECT_TRUE(view.ok()) << view.status();
    return view.ok() ? *view : NamedView();
  }
  std::vector<std::string> Names() {
    std::vector<std::string> names;
    std::string cursor;
    do {
      const auto page = catalog_->ListNamedViews(ExperimentOf("a"), 1, cursor);
      for (const NamedView& view : page->items) names.push_back(view.name + (view.is_default ? "*" : ""));
      cursor = page->next;
    } while (!cursor.empty());
    return names;
  }
};

TEST_F(NamedViewTest, EveryStateIsAVersionThatCanComeBack) {
  const auto e = ExperimentOf("a");
  const std::string id = MakeView("best", "q=1").id;
  EXPECT_EQ(catalog_->ChangeNamedView(e, id, State("q=2"))->version, 2);
  EXPECT_EQ(catalog_->ChangeNamedView(e, id, State("q=2"))->version, 2) << "the same is no version";
  ViewChange name;
  name.name = "better";
  EXPECT_EQ(catalog_->ChangeNamedView(e, id, name)->version, 2);
  const NamedView back = *catalog_->RestoreNamedView(e, id, 1);
  EXPECT_EQ(back.version, 3);
  EXPECT_EQ(back.state, R"({"query":"q=1"})");
  EXPECT_EQ(back.owner, "local");
  auto page = catalog_->ListViewVersions(e, id, 2, "");
  ASSERT_EQ(page->items.size(), 2u);
  EXPECT_EQ(page->items[0].version, 3);
  page = catalog_->ListViewVersions(e, id, 2, page->next);
  EXPECT_EQ(page->items.at(0).state, R"({"query":"q=1"})");
  EXPECT_EQ(page->items.at(0).author, "local");
  EXPECT_EQ(page->next, "");
  EXPECT_TRUE(absl::IsNotFound(catalog_->RestoreNamedView(e, id, 9).status()));
}

TEST_F(NamedViewTest, ADeletedViewIsGoneUntilAVersionIsRestored) {
  const auto e = ExperimentOf("a");
  const std::string id = MakeView("best", "q=1").id;
  MakeView("other", "q=1");
  ASSERT_TRUE(catalog_->DeleteNamedView(e, id).ok());
  EXPECT_THAT(Names(), ElementsAre("other"));
  EXPECT_TRUE(absl::IsNotFound(catalog_->DeleteNamedView(e, id)));
  EXPECT_TRUE(absl::IsNotFound(catalog_->ChangeNamedView(e, id, State("x")).status()));
  EXPECT_EQ(catalog_->ListViewVersions(e, id, 10, "")->items.size(), 1u);
  EXPECT_EQ(catalog_->RestoreNamedView(e, id, 1)->version, 1);
  EXPECT_THAT(Names(), ElementsAre("best", "other"));
  ASSERT_TRUE(catalog_->DeleteNamedView(e, id).ok());
  MakeView("best", "q=3");
  EXPECT_TRUE(absl::IsAlreadyExists(catalog_->RestoreNamedView(e, id, 1).status())) << "its name is taken";
}

TEST_F(NamedViewTest, OneSharedViewAtMostIsTheDefault) {
  const auto e = ExperimentOf("a");
  const std::string first = MakeView("first", "q=1").id, second = MakeView("second", "q=2").id;
  ViewChange change;
  change.is_default = true;
  EXPECT_THAT(catalog_->ChangeNamedView(e, first, change).status().message(), HasSubstr("must be shared"));
  change.shared = true;
  ASSERT_TRUE(catalog_->ChangeNamedView(e, first, change).ok());
  EXPECT_THAT(Names(), ElementsAre("first*", "second"));
  ASSERT_TRUE(catalog_->ChangeNamedView(e, second, change).ok());
  EXPECT_THAT(Names(), ElementsAre("first", "second*"));
  change.shared = false;
  change.is_default = std::nullopt;
  EXPECT_FALSE(catalog_->ChangeNamedView(e, second, change).ok()) << "what all see by default stays shared";
  ASSERT_TRUE(catalog_->DeleteNamedView(e, second).ok());
  EXPECT_FALSE(catalog_->RestoreNamedView(e, second, 1)->is_default);
}

TEST_F(NamedViewTest, WhatIsWrongIsRefused) {
  const auto e = ExperimentOf("a");
  MakeView("best", "q=1");
  ViewChange change = State("q=1");
  EXPECT_TRUE(absl::IsInvalidArgument(catalog_->MakeNamedView(e, change).status())) << "no name";
  change.name = "best";
  EXPECT_TRUE(absl::IsAlreadyExists(catalog_->MakeNamedView(e, change).status()));
  change.name = "";
  EXPECT_TRUE(absl::IsInvalidArgument(catalog_->MakeNamedView(e, change).status()));
  change.name = "new";
  change.state = "{\"query\":\"" + std::string(70000, 'x') + "\"}";
  EXPECT_THAT(catalog_->MakeNamedView(e, change).status().message(), HasSubstr("65536"));
  change.state = "1";
  EXPECT_TRUE(absl::IsInvalidArgument(catalog_->MakeNamedView(e, change).status()));
  Make("other", "o");
  EXPECT_TRUE(absl::IsNotFound(
      catalog_->DeleteNamedView(ExperimentOf("o"), catalog_->ListNamedViews(e, 1, "")->items.at(0).id)))
      << "of another experiment";
  EXPECT_TRUE(catalog_->ListNamedViews(ExperimentOf("o"), 1, "")->items.empty());
}

}  // namespace
}  // namespace stepwell::catalog
