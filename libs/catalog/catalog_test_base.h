// What the catalog's tests share: a migrated database of their own, and short ways to fill it.
#pragma once

#include <cmath>
#include <cstdlib>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "auth/authority.h"
#include "catalog/catalog.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "postgres/test_database.h"

namespace stepwell::catalog {

class CatalogTest : public testing::Test {
 protected:
  void SetUp() override {
    options_.url = postgres::FreshDatabase();
    options_.pool = 8;
    auto opened = Catalog::Open(options_);
    ASSERT_TRUE(opened.ok()) << opened.status();
    catalog_ = *std::move(opened);
    ASSERT_TRUE(catalog_->Migrate(Migrations()).ok()) << catalog_->Migrate(Migrations());
    workspace_ = std::make_unique<Granted<WorkspaceRef>>(Grant(*catalog_->FindWorkspace("default")));
  }

  static std::string Migrations() {
    const char* source = std::getenv("STEPWELL_SOURCE");  // NOLINT(concurrency-mt-unsafe): nothing here sets it
    return std::string(source == nullptr ? "." : source) + "/migrations";
  }
  template <typename R>
  static Granted<R> Grant(R resource) {
    return *auth::Authority().Authorize(auth::Principal::Local(), auth::Action::kRunEdit, std::move(resource));
  }

  absl::StatusOr<OpenedRun> Open(std::string experiment, std::string id, std::string name = "",
                                 std::string writer = "w") {
    return catalog_->OpenRun(
        *workspace_, {std::move(experiment), std::move(id), std::move(name), std::move(writer), "test/1", false, {}});
  }
  void Make(const std::string& experiment, const std::string& id) { ASSERT_TRUE(Open(experiment, id).ok()); }
  Granted<RunRef> Run(const std::string& id) { return Grant(*catalog_->FindRun(id)); }
  Granted<ExperimentRef> ExperimentOf(const std::string& run) {
    return Grant(*catalog_->FindExperiment(catalog_->GetRun(Run(run))->experiment));
  }
  static RunNote Param(uint64_t run, std::string key, std::string json) {
    RunNote note;
    note.run_number = run;
    note.key = std::move(key);
    note.value = std::move(json);
    return note;
  }
  static RunNote Label(uint64_t run, std::string key, std::string value) {
    RunNote note = Param(run, std::move(key), std::move(value));
    note.kind = RunNote::Kind::kLabel;
    return note;
  }
  static SeriesRow Scalar(uint64_t run, uint32_t writer, uint32_t series, std::string tag, double last, double min,
                          double max, int64_t last_step, uint64_t count) {
    SeriesRow row;
    row.run_number = run;
    row.writer_number = writer;
    row.series = series;
    row.tag = std::move(tag);
    row.kind = 1;
    row.plugin = "scalars";
    row.count = count;
    row.last_step = row.max_step = last_step;
    row.last = last;
    row.min = min;
    row.max = max;
    row.last_wall = 1.7e9;
    return row;
  }

  // Ids of the runs that a query gives, over all pages.
  std::vector<std::string> Ids(RunQuery query, uint32_t limit = 100) {
    std::vector<std::string> ids;
    query.limit = limit;
    for (int pages = 0; pages < 1000; ++pages) {
      auto page = catalog_->ListRuns(query);
      if (!page.ok()) return {std::string(page.status().message())};
      for (const auto& run : page->items) ids.push_back(run.id);
      if (page->next.empty()) break;
      query.cursor = page->next;
    }
    return ids;
  }

  Options options_;
  std::unique_ptr<Catalog> catalog_;
  std::unique_ptr<Granted<WorkspaceRef>> workspace_;
};

}  // namespace stepwell::catalog
