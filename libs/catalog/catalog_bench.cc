// How long the run table's questions take among 100,000 runs of 20 parameters and 20 metrics: its first page for the
// filters and orders that people use, totals, groups, keys and values. One JSON line {"name", "value", "unit"} for
// each, the median. STEPWELL_BENCH_RUNS makes it smaller.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <functional>
#include <pqxx/pqxx>
#include <string>
#include <vector>

#include "auth/authority.h"
#include "base/status_macros.h"
#include "catalog/catalog.h"
#include "postgres/test_database.h"

namespace stepwell::catalog {
namespace {

constexpr int kNames = 20;
constexpr int kRounds = 9;

void Print(const std::string& name, double value, const char* unit) {
  std::printf("{\"name\": \"%s\", \"value\": %.2f, \"unit\": \"%s\"}\n", name.c_str(), value, unit);
  std::fflush(stdout);
}

double MillisecondsSince(std::chrono::steady_clock::time_point begin) {
  return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - begin).count();
}

// Straight into the tables: what matters here is reading them.
void Load(const std::string& url, int runs) {
  pqxx::connection connection(url);
  pqxx::work work(connection);
  work.exec("select setseed(0.5)");
  work.exec("insert into experiments (id, workspace, name, name_sha256, owner) values ('bench', 1, 'bench', 'x', 1)");
  work.exec_params(
      "insert into runs (id, workspace, experiment, name, name_sha256, owner, color_slot, status, created, updated)\n"
      "select 'r' || n, 1, 1, 'run ' || n % 977 || ' ' || n, 'x', 1, n % 12, case when n % 10 = 0 then 'failed' else "
      "'finished' end,\n"
      "  now() + n * interval '1 ms', now() from generate_series(1, $1::integer) n",
      runs);
  work.exec_params(
      "insert into fields (experiment, space, name, runs) select 1, 'p', convert_to('p' || n, 'UTF8'), $2::integer\n"
      "from generate_series(1, $1::integer) n",
      kNames, runs);
  work.exec_params(
      "insert into tags (experiment, kind, tag, runs) select 1, 1, convert_to('m' || n, 'UTF8'), $2::integer from "
      "generate_series(1, $1::integer) n",
      kNames, runs);
  work.exec_params("update experiments set run_count = $1::integer, next_ordinal = $1::integer", runs);
  // Indexes afterwards: four times as fast.
  pqxx::result indexes = work.exec(
      "select indexname, indexdef from pg_indexes where tablename in ('run_fields', 'run_tags') and indexname not like "
      "'%_pkey'");
  for (const pqxx::row& row : indexes) work.exec(std::string("drop index ") + row[0].c_str());
  // p1: log-uniform, p2: one of four words, p4: one of ten numbers, the others uniform; metrics uniform.
  work.exec(
      "insert into run_fields (run, field, kind, num, str, json)\n"
      "select r.number, f.number, (case when f.number = 2 then 's' else 'n' end)::\"char\",\n"
      "  case when f.number = 2 then null when f.number = 1 then power(10, -6 * x)\n"
      "    when f.number = 4 then floor(x * 10) else x end,\n"
      "  case when f.number = 2 then (array['adam', 'sgd', 'lion', 'rmsprop'])[1 + floor(x * 4)::integer] end,\n"
      "  case when f.number = 2 then '\"word\"' else x::text end\n"
      "from runs r, lateral (select number, random() + 0 * r.number as x from fields) f");
  work.exec(
      "insert into run_tags (tag, run, last, min, max, last_step, count)\n"
      "select t.number, r.number, x, x / 2, x * 2, 1000, 1000\n"
      "from runs r, lateral (select number, random() + 0 * r.number as x from tags) t");
  for (const pqxx::row& row : indexes) work.exec(row[1].c_str());
  work.commit();
  pqxx::nontransaction(connection).exec("vacuum analyze");
}

// `ask` returns how many rows it got, or an error.
void Measure(const std::string& name, const std::function<absl::StatusOr<size_t>()>& ask) {
  std::vector<double> times;
  size_t found = 0;
  for (int i = 0; i < kRounds; ++i) {
    auto begin = std::chrono::steady_clock::now();
    const absl::StatusOr<size_t> rows = ask();
    times.push_back(MillisecondsSince(begin));
    if (!rows.ok()) {
      std::fprintf(stderr, "%s: %s\n", name.c_str(), std::string(rows.status().message()).c_str());
      return;
    }
    found = *rows;
  }
  std::sort(times.begin(), times.end());
  Print("catalog/" + name + "/" + std::to_string(found) + "_rows", times[times.size() / 2], "ms");
}

void MeasurePage(Catalog& catalog, const std::string& name, const RunQuery& query) {
  Measure("first_page/" + name, [&]() -> absl::StatusOr<size_t> {
    ASSIGN_OR_RETURN(const RunPage page, catalog.ListRuns(query));
    return page.items.size();
  });
}

void MeasureGroups(Catalog& catalog, const Granted<ExperimentRef>& experiment) {
  struct Case {
    std::string name, by, filter, order;
    std::vector<std::string> columns;
  };
  const std::vector<std::string> metrics = {"metrics.m1.last", "metrics.m2.min", "metrics.m3.max"};
  const std::vector<Case> cases = {
      {"by_word", "params.p2", "", "-count", {}},
      {"by_two_params_3_metrics", "params.p2,params.p4", "", "-count", metrics},
      {"by_two_params_3_metrics_filtered", "params.p2,params.p4", "params.p3 < 0.5", "metrics.m2.min", metrics},
      {"by_two_params_2_params", "params.p2,params.p4", "", "", {"params.p2", "params.p1"}},
      {"by_number_of_each", "params.p5", "", "-metrics.m1.max", {}}};
  for (const Case& one : cases) {
    GroupQuery query;
    query.experiments.push_back(experiment);
    query.by = one.by;
    query.filter = one.filter;
    query.order = one.order;
    query.columns = one.columns;
    Measure("groups/" + one.name, [&]() -> absl::StatusOr<size_t> {
      ASSIGN_OR_RETURN(const GroupPage page, catalog.GroupRuns(query));
      return page.items.size();
    });
  }
}

void MeasureCompletion(Catalog& catalog, const Granted<ExperimentRef>& experiment) {
  for (const char* prefix : {"", "params.p1"}) {
    Measure("keys/" + std::string(prefix), [&]() -> absl::StatusOr<size_t> {
      ASSIGN_OR_RETURN(const auto keys, catalog.ListKeys(experiment, prefix, 100));
      return keys.size();
    });
  }
  const std::pair<const char*, const char*> values[] = {{"params.p2", ""}, {"params.p2", "a"},     {"params.p1", ""},
                                                        {"params.p4", ""}, {"metrics.m1.max", ""}, {"status", ""},
                                                        {"name", "run 97"}};
  for (const auto& [key, prefix] : values) {
    Measure("values/" + std::string(key) + (*prefix ? std::string("/") + prefix : ""),
            [&, key = key, prefix = prefix]() -> absl::StatusOr<size_t> {
              ASSIGN_OR_RETURN(const auto found, catalog.ListValues(experiment, key, prefix, 20));
              return found.items.size();
            });
  }
}

// NOLINTNEXTLINE(concurrency-mt-unsafe): nothing here sets it
const char* Environment(const char* name) { return std::getenv(name); }

int Main() {
  const char* wanted = Environment("STEPWELL_BENCH_RUNS");
  const int runs = wanted == nullptr ? 100000 : std::atoi(wanted);
  Options options;
  const char* given = Environment("STEPWELL_BENCH_POSTGRES");
  options.url = given == nullptr ? postgres::FreshDatabase() : given;
  auto opened = Catalog::Open(options);
  const char* source = Environment("STEPWELL_SOURCE");
  if (!opened.ok() || !(*opened)->Migrate(std::string(source == nullptr ? "." : source) + "/migrations").ok()) return 1;
  Catalog& catalog = **opened;
  if (!catalog.FindExperiment("bench").ok()) {
    auto begin = std::chrono::steady_clock::now();
    Load(options.url, runs);
    Print("catalog/load", MillisecondsSince(begin) / 1000, "s");
  }

  const std::vector<std::pair<std::string, std::pair<std::string, std::string>>> queries = {
      {"all", {"", ""}},
      {"by_metric", {"", "metrics.m1.min"}},
      {"by_param_down", {"", "-params.p1"}},
      {"by_name", {"", "name"}},
      {"common_filter", {"params.p3 < 0.5", ""}},
      {"rare_filter", {"metrics.m2 < 0.0005", ""}},
      {"word_filter", {"params.p2 = \"lion\"", ""}},
      {"filter_and_sort", {"params.p1 >= 1e-4 and params.p2 in (\"adam\", \"sgd\")", "metrics.m1.min"}},
      {"two_rare", {"metrics.m2 < 0.01 and params.p5 > 0.99", "-params.p1"}},
      {"or", {"params.p1 < 1e-5 or metrics.m3.max > 1.9", "-created"}},
      {"or_rare", {"params.p1 < 1.001e-6 or metrics.m3.max > 1.9999", "-created"}},
      {"not_regex", {"metrics.m4.last < 0.2 and not name ~ \"^run 1\"", "metrics.m4.last,-created"}},
      {"nothing", {"metrics.m2 < -1 and params.p1 > 0", ""}},
      {"regex_rare", {"name ~ \"99999$\"", ""}},
      {"by_duration", {"", "-duration"}},
      {"by_owner", {"", "owner,-created"}},
      {"filter_and_text_order", {"params.p3 < 0.5", "params.p2"}},
      {"three_orders", {"params.p3 < 0.5", "params.p2,-params.p4,metrics.m1.min"}},
      {"owner_and_duration", {"owner = \"local\" and duration < 50 and experiment ~ \"be\"", "-metrics.m1.max"}},
  };
  RunQuery query;
  auto experiment = catalog.FindExperiment("bench");
  query.experiments.push_back(
      *auth::Authority().Authorize(auth::Principal::Local(), auth::Action::kRunRead, *experiment));
  for (const auto& [name, what] : queries) {
    query.filter = what.first;
    query.order = what.second;
    MeasurePage(catalog, name, query);
  }
  query.total = true;
  const std::pair<const char*, const char*> totals[] = {
      {"all", ""}, {"common", "params.p3 < 0.5"}, {"rare", "metrics.m2 < 0.01 and params.p5 > 0.99"}};
  for (const auto& [name, filter] : totals) {
    query.filter = filter;
    query.order = "metrics.m1.min";
    MeasurePage(catalog, std::string("with_total_") + name, query);
  }
  query.total = false;
  query.filter = query.order = "";
  for (int i = 1; i <= kNames; ++i) query.columns.push_back("m" + std::to_string(i));
  MeasurePage(catalog, "all_20_metric_columns", query);
  MeasureGroups(catalog, query.experiments.front());
  MeasureCompletion(catalog, query.experiments.front());
  return 0;
}

}  // namespace
}  // namespace stepwell::catalog

int main() { return stepwell::catalog::Main(); }
