#include <algorithm>
#include <optional>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "catalog/postgres_catalog.h"
#include "catalog/run_order.h"
#include "catalog/run_rows.h"
#include "catalog/run_set.h"
#include "catalog/sql_text.h"
#include "query/filter.h"

namespace stepwell::catalog {
namespace {

constexpr char kDefaultOrder[] = "-created";

// params.x, metrics."t".min (any attribute gives them all), or a bare name, which is both.
absl::StatusOr<Columns> ReadColumns(const std::vector<std::string>& names) {
  Columns columns;
  columns.all_params = names.empty();
  for (const std::string& name : names) {
    if (!absl::StartsWith(name, "params.") && !absl::StartsWith(name, "metrics.") &&
        !absl::StartsWith(name, "labels.")) {
      columns.params.push_back(name);
      columns.metrics.push_back(name);
      continue;
    }
    ASSIGN_OR_RETURN(std::vector<query::OrderKey> keys, query::ParseOrder(name));
    for (const query::OrderKey& key : keys) {
      if (key.key.space == query::Key::Space::kParam) columns.params.push_back(key.key.name);
      if (key.key.space == query::Key::Space::kMetric) columns.metrics.push_back(key.key.name);
    }
  }
  return columns;
}

// A run query on its way: parsed before a connection is taken, then run within one transaction.
class Listing {
 public:
  Listing(const RunQuery& query, int64_t window, std::chrono::milliseconds disconnected_after)
      : query_(query),
        window_(window),
        disconnected_after_(disconnected_after),
        shown_(ShownOf(disconnected_after)),
        set_(query.experiments, query.archived, query.deleted),
        limit_(ClampLimit(query.limit)) {}

  absl::Status Parse() {
    order_text_ = query_.order.empty() ? kDefaultOrder : query_.order;
    ASSIGN_OR_RETURN(order_, query::ParseOrder(order_text_));
    RETURN_IF_ERROR(set_.Parse(query_.filter));
    for (const query::OrderKey& key : order_) set_.Want(key.key);
    if (!query_.cursor.empty()) {
      ASSIGN_OR_RETURN(start_, ReadCursor(query_.cursor, order_text_));
    }
    ASSIGN_OR_RETURN(columns_, ReadColumns(query_.columns));
    return absl::OkStatus();
  }

  absl::StatusOr<RunPage> Read(Transaction& transaction) {
    RunPage page;
    if (set_.empty()) {
      if (query_.total) page.total = 0;
      return page;
    }
    set_.Resolve(transaction);
    HoldTime(transaction);
    if (set_.filtered()) runs_ = set_.Runs(transaction);
    std::vector<Phase> phases = MakePhases(order_, set_.names(), shown_);
    if (start_ && start_->phase >= phases.size())
      return absl::InvalidArgumentError("this cursor is not one of this list; start again without it");
    numbers_.clear();
    next_.clear();
    rare_ = false;
    for (size_t i = start_ ? start_->phase : 0; i < phases.size() && next_.empty(); ++i) {
      RETURN_IF_ERROR(Walk(transaction, phases[i], i));
    }
    page.items = ReadRuns(transaction, numbers_, columns_, ShownOf(disconnected_after_));
    page.next = next_;
    const bool whole = !start_ && next_.empty();
    if (query_.total) {
      page.total = whole ? static_cast<int64_t>(numbers_.size()) : set_.Count(transaction, shown_);
    }
    return page;
  }

 private:
  // The durations of running runs grow: an order by them is that of one moment, or a page would begin where another
  // did not end.
  void HoldTime(Transaction& transaction) {
    const bool by_duration = std::ranges::any_of(order_, [](const query::OrderKey& key) {
      return key.key.space == query::Key::Space::kRun && key.key.name == "duration";
    });
    if (!by_duration) return;
    as_of_ = start_ ? start_->as_of
                    : transaction.Run("select (extract(epoch from now()) * 1e6)::bigint").front()[0].as<int64_t>();
    shown_ = ShownOf(disconnected_after_, absl::StrCat("to_timestamp(", as_of_, " / 1e6)"));
  }

  // A filter is tried twice. First on the next few runs in order: most filters let enough of them through, whatever
  // their form. If not, matches are rare, and all of them are found first and sorted then. Asked in one statement with
  // a limit, the planner has to guess which it is, and a wrong guess among 100,000 runs takes a second. A phase that is
  // no longer than the window says nothing about what is rare: of it all was seen.
  absl::Status Walk(Transaction& transaction, const Phase& phase, size_t index) {
    if (!set_.filtered()) return Take(transaction, phase, index, Form::kPlain);
    if (runs_ > window_ && !rare_) {
      Mark before{numbers_.size(), last_};
      RETURN_IF_ERROR(Take(transaction, phase, index, Form::kWindow));
      if (!next_.empty()) return absl::OkStatus();
      ASSIGN_OR_RETURN(const bool all_seen, FitsWindow(transaction, phase, index));
      if (all_seen) return absl::OkStatus();
      rare_ = true;
      numbers_.resize(before.size);
      last_ = before.last;
    }
    return Take(transaction, phase, index, Form::kAll);
  }

  // As numbers before texts, where a parameter has texts only.
  absl::StatusOr<bool> FitsWindow(Transaction& transaction, const Phase& phase, size_t index) const {
    Params params;
    ASSIGN_OR_RETURN(const std::string after, After(phase, index, params));
    const pqxx::result rows =
        transaction.Run(absl::StrCat("select count(*) from (select from runs r", phase.joins, set_.Where(),
                                     phase.condition, after, " limit ", window_, ") w"),
                        params);
    return rows.front()[0].as<int64_t>() < window_;
  }

  // Where the page begins, if it begins in this phase.
  absl::StatusOr<std::string> After(const Phase& phase, size_t index, Params& params) const {
    if (!start_ || start_->phase != index) return std::string();
    return phase.After(*start_, params);
  }

  enum class Form { kPlain, kWindow, kAll };
  struct Mark {
    size_t size;
    Position last;
  };

  absl::StatusOr<std::string> Sql(const Phase& phase, size_t index, Form form, Params& params) {
    ASSIGN_OR_RETURN(const std::string after, After(phase, index, params));
    std::string keys, filter;
    if (set_.filtered()) {
      filter = set_.Filter(form == Form::kWindow ? FilterPlan::kProbe : FilterPlan::kSets, shown_, params);
    }
    std::string limit = absl::StrCat(" limit ", limit_ - numbers_.size() + 1);
    for (size_t i = 0; i < phase.columns.size(); ++i) absl::StrAppend(&keys, ", ", phase.columns[i].sql, " as k", i);
    std::string inner = absl::StrCat(" from runs r", phase.joins, set_.Where(), phase.condition, after);
    switch (form) {
      case Form::kPlain:
        return absl::StrCat("select r.number, r.id", keys, inner, phase.OrderBy(), limit);
      case Form::kWindow:
        return absl::StrCat("select * from (select r.*", keys, inner, phase.OrderBy(), " limit ", window_, ") r where ",
                            filter, phase.OrderByNames(), limit);
      case Form::kAll:
        break;
    }
    return absl::StrCat("with matches as materialized (select r.number as match from runs r", set_.Where(), " and ",
                        filter, ") select r.number, r.id", keys, " from matches join runs r on r.number = match",
                        phase.joins, " where true", phase.condition, after, phase.OrderBy(), limit);
  }

  absl::Status Take(Transaction& transaction, const Phase& phase, size_t index, Form form) {
    Params params;
    ASSIGN_OR_RETURN(std::string inner, Sql(phase, index, form, params));
    std::string sql = "select number, id";
    for (size_t i = 0; i < phase.columns.size(); ++i) absl::StrAppend(&sql, ", k", i, "::text");
    pqxx::result rows = transaction.Run(absl::StrCat(sql, " from (", inner, ") page"), params);
    for (const pqxx::row& row : rows) {
      if (numbers_.size() == limit_) {
        next_ = WriteCursor(last_, order_text_);
        return absl::OkStatus();
      }
      numbers_.push_back(row[0].as<int64_t>());
      last_ = {index, as_of_, {}, row[1].c_str()};
      for (size_t i = 0; i < phase.columns.size(); ++i) {
        const pqxx::field value = row[static_cast<int>(i) + 2];
        last_.values.push_back(value.is_null() ? std::nullopt : std::optional<std::string>(value.c_str()));
      }
    }
    return absl::OkStatus();
  }

  const RunQuery& query_;
  const int64_t window_;
  const std::chrono::milliseconds disconnected_after_;
  Shown shown_;
  RunSet set_;
  const size_t limit_;
  std::string order_text_, next_;
  std::vector<query::OrderKey> order_;
  std::optional<Position> start_;
  Columns columns_;
  std::vector<int64_t> numbers_;
  int64_t as_of_ = 0;
  int64_t runs_ = 0;   // not in the trash
  bool rare_ = false;  // a window had too few matches
  Position last_;
};

}  // namespace

absl::StatusOr<RunPage> PostgresCatalog::ListRuns(const RunQuery& query) {
  Listing listing(query, filter_window_, disconnected_after_);
  RETURN_IF_ERROR(listing.Parse());
  RunPage page;
  RETURN_IF_ERROR(database_.Transact("list_runs", [&](Transaction& transaction) -> absl::Status {
    ASSIGN_OR_RETURN(page, listing.Read(transaction));
    return absl::OkStatus();
  }));
  return page;
}

absl::StatusOr<std::vector<Run>> PostgresCatalog::ChangedRuns(const Granted<ExperimentRef>& experiment, double since,
                                                              uint32_t limit) {
  std::vector<Run> runs;
  RETURN_IF_ERROR(database_.Transact("changed_runs", [&](Transaction& transaction) {
    pqxx::result rows = transaction.Run(
        "select number from (\n"
        "  (select number, updated, id from runs where experiment = $1::bigint and updated > to_timestamp($2::float8)\n"
        "   order by updated, id limit $3::bigint)\n"
        "  union all\n"
        "  (select r.number, m.moved, r.id from run_moves m join runs r on r.number = m.run\n"
        "   where m.experiment = $1::bigint and m.moved > to_timestamp($2::float8) order by m.moved limit $3::bigint)\n"
        ") changed order by updated, id limit $3::bigint",
        Params(experiment->number, SqlDouble(since), ClampLimit(limit)));
    std::vector<int64_t> numbers;
    for (const pqxx::row& row : rows) numbers.push_back(row[0].as<int64_t>());
    runs = ReadRuns(transaction, numbers, Columns(), shown_);
    return absl::OkStatus();
  }));
  return runs;
}

}  // namespace stepwell::catalog
