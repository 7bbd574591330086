#include "catalog/database.h"

#include <libpq-fe.h>
#include <unistd.h>

#include <algorithm>
#include <string_view>
#include <thread>
#include <utility>

#include "absl/random/random.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "base/status_macros.h"

namespace stepwell::catalog {

// What became of one try.
struct Database::Failure {
  absl::Status status;
  const char* reason = nullptr;  // as of Metrics::Failed; nullptr: the database did what it was asked
  bool retry = false;            // a conflict with another transaction
  bool broken = false;           // the connection is gone, or leads to the wrong server
  std::string sqlstate = {};
};

// One connection, with a second descriptor of its socket that stays valid while libpq closes its own.
class Database::Connection {
 public:
  explicit Connection(const std::string& url) : connection_(url), socket_(dup(connection_.sock())) {}
  ~Connection() { close(socket_); }
  pqxx::connection& operator*() { return connection_; }
  int socket() const { return socket_; }

 private:
  pqxx::connection connection_;
  const int socket_;
};

namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

// Losers of a conflict try again after 2 to 4, 4 to 8, ... ms: 32 writers that open one run are through long before.
constexpr int kAttempts = 10;
// Beyond the limit that the server keeps: then it does not keep it.
constexpr milliseconds kWay{1000};

std::string WithConnectTimeout(const std::string& url) {
  if (url.find("connect_timeout") != std::string::npos) return url;
  bool uri = url.rfind("postgres://", 0) == 0 || url.rfind("postgresql://", 0) == 0;
  if (!uri) return url + " connect_timeout=3";
  return url + (url.find('?') == std::string::npos ? "?" : "&") + "connect_timeout=3";
}

// libpq tells of a refused connection in words only.
bool IsOutOfConnections(const std::string& what) {
  return absl::StrContains(what, "too many c") || absl::StrContains(what, "remaining connection slots");
}

// One line, as it goes into others.
std::string Words(const std::exception& error) {
  std::string what = error.what();
  while (!what.empty() && what.back() == '\n') what.pop_back();
  std::replace(what.begin(), what.end(), '\n', ' ');
  return what;
}

}  // namespace

absl::Status CheckUrl(const std::string& url) {
  char* error = nullptr;
  PQconninfoOption* parsed = PQconninfoParse(url.c_str(), &error);
  if (parsed != nullptr) {
    PQconninfoFree(parsed);
    return absl::OkStatus();
  }
  std::string why = error == nullptr ? "" : error;
  PQfreemem(error);
  while (!why.empty() && why.back() == '\n') why.pop_back();
  return absl::InvalidArgumentError(absl::StrCat("this is no URL of a PostgreSQL: ", why, " (--postgres)"));
}

void Transaction::Expect() { guard_.Expect(limit_ + kWay); }

void Transaction::AllowLong(std::chrono::seconds limit) {
  Run(absl::StrCat("set local statement_timeout = '", limit.count(), "s'"));
  limit_ = limit;
}

namespace {

template <typename Failure>
Failure Classify(const pqxx::sql_error& error) {
  const std::string& state = error.sqlstate();
  const std::string what = Words(error);
  if (state == "40001" || state == "40P01") {
    return {absl::UnavailableError("the database is busy; try again"), "retryable", true, false, state};
  }
  if (state == "57014" || state == "55P03") {
    return {absl::UnavailableError("the database took too long to answer; try again, or ask for less"), "slow"};
  }
  if (state.substr(0, 2) == "08" || state.substr(0, 3) == "57P") {
    return {absl::UnavailableError(absl::StrCat("the database went away: ", what)), "away", false, true, state};
  }
  if (state == "25006") {  // a primary that became a standby: a new connection may find the new primary
    return {absl::UnavailableError(absl::StrCat("the database takes no writes now: ", what)), "read_only", false, true,
            state};
  }
  if (state == "53300" || state == "53100" || state == "53200") {
    return {absl::UnavailableError(absl::StrCat("the database has no room: ", what)), "full"};
  }
  if (state == "2201B") {
    return {absl::InvalidArgumentError(absl::StrCat("this regular expression is not supported: ", what))};
  }
  return {absl::InternalError(absl::StrCat("database error ", state, ": ", what)), "internal"};
}

// The one place where libpqxx's exceptions end.
template <typename Failure, typename Body>
Failure Catch(Body&& body) {
  try {
    return {body()};
  } catch (const pqxx::broken_connection& error) {
    const std::string what = Words(error);
    return {absl::UnavailableError(absl::StrCat("cannot reach the database: ", what)),
            IsOutOfConnections(what) ? "full" : "away", false, true};
  } catch (const pqxx::in_doubt_error& error) {
    return {absl::UnavailableError("the database went away during a commit; try again"), "away", false, true};
  } catch (const pqxx::sql_error& error) {
    return Classify<Failure>(error);
  } catch (const std::exception& error) {
    return {absl::InternalError(absl::StrCat("database: ", error.what())), "internal"};
  }
}

}  // namespace

Database::Database(Options options) : options_(std::move(options)), metrics_(options_.registry) {}

Database::~Database() = default;

void Database::EndCalls(milliseconds grace) {
  const StallWatch::Time end = steady_clock::now() + grace;
  {
    std::lock_guard lock(mutex_);
    end_ = end;
  }
  returned_.notify_all();
  watch_.EndAt(end);
}

bool Database::Await(std::unique_lock<std::mutex>& lock, const std::function<bool()>& holds) {
  const StallWatch::Time patience = steady_clock::now() + options_.pool_wait;
  while (!holds()) {
    const StallWatch::Time limit = std::min(patience, end_);
    if (steady_clock::now() >= limit) return false;
    returned_.wait_until(lock, limit);
  }
  return true;
}

Database::Failure Database::Connect(Pooled& connection) {
  {
    std::lock_guard lock(mutex_);
    if (steady_clock::now() >= end_) return {absl::UnavailableError("the program is stopping")};
    ++connecting_;
  }
  Failure failure = Catch<Failure>([&]() -> absl::Status {
    connection = std::make_unique<Connection>(WithConnectTimeout(options_.url));
    StallWatch::Guard guard(&watch_, connection->socket());
    guard.Expect(options_.statement_timeout + kWay);
    pqxx::nontransaction setup(**connection);
    setup.exec(absl::StrCat("set timezone = 'UTC'; set datestyle = 'ISO'; set bytea_output = 'hex'; set jit = off; ",
                            "set client_encoding = 'UTF8'; set client_min_messages = warning; ",
                            "set statement_timeout = ", options_.statement_timeout.count(), "; set lock_timeout = ",
                            options_.lock_timeout.count(), "; set idle_in_transaction_session_timeout = '60s'"));
    return absl::OkStatus();
  });
  if (!failure.status.ok()) connection.reset();
  std::lock_guard lock(mutex_);
  --connecting_;
  if (connection != nullptr) ++open_;
  returned_.notify_all();
  return failure;
}

absl::StatusOr<Database::Pooled> Database::Take() {
  std::unique_lock lock(mutex_);
  metrics_.pool_waiting().Increment();
  const bool free = Await(lock, [this] { return taken_ < options_.pool; });
  metrics_.pool_waiting().Decrement();
  if (!free) {
    metrics_.Failed("slow");
    return absl::UnavailableError(absl::StrCat("all ", options_.pool, " database connections were busy for ",
                                               options_.pool_wait.count(), " ms; try again"));
  }
  ++taken_;
  metrics_.pool_in_use().Set(taken_);
  if (idle_.empty()) return Pooled();
  Pooled connection = std::move(idle_.back());
  idle_.pop_back();
  return connection;
}

Database::Pooled Database::TakeFromOthers(bool full) {
  std::unique_lock lock(mutex_);
  metrics_.pool_waiting().Increment();
  Await(lock, [this, full] { return !idle_.empty() || (open_ == 0 && (!full || connecting_ == 0)); });
  metrics_.pool_waiting().Decrement();
  if (idle_.empty()) return nullptr;
  Pooled connection = std::move(idle_.back());
  idle_.pop_back();
  return connection;
}

void Database::Give(Pooled connection) {
  std::lock_guard lock(mutex_);
  --taken_;
  metrics_.pool_in_use().Set(taken_);
  if (connection != nullptr) idle_.push_back(std::move(connection));
  returned_.notify_all();  // those that wait for a turn, and those that wait for a connection
}

void Database::Drop(Pooled& connection) {
  connection.reset();
  std::lock_guard lock(mutex_);
  --open_;
  returned_.notify_all();
}

// Those in the pool broke with the one that just did.
void Database::DropIdle() {
  std::vector<Pooled> idle;
  std::lock_guard lock(mutex_);
  idle.swap(idle_);
  open_ -= static_cast<int>(idle.size());
}

Database::Failure Database::TryOnce(Pooled& connection, const std::function<absl::Status(Transaction&)>& body) {
  StallWatch::Guard guard(&watch_, connection->socket());
  guard.Expect(options_.statement_timeout + kWay);
  Failure failure = Catch<Failure>([&]() -> absl::Status {
    pqxx::work work(**connection);
    Transaction transaction(work, guard, options_.statement_timeout);
    RETURN_IF_ERROR(body(transaction));
    transaction.Expect();
    work.commit();
    return absl::OkStatus();
  });
  if (guard.expired()) {
    failure = {absl::UnavailableError("the database does not answer; try again"), "slow", false, true};
  }
  return failure;
}

absl::Status Database::TryAll(const std::function<absl::Status(Transaction&)>& body) {
  ASSIGN_OR_RETURN(Pooled connection, Take());
  absl::BitGen random;
  Failure failure;
  for (int attempt = 0; attempt < kAttempts; ++attempt) {
    bool pooled = connection != nullptr;
    if (!pooled) {
      failure = Connect(connection);
      if (connection == nullptr) {
        connection = TakeFromOthers(failure.reason != nullptr && std::string_view(failure.reason) == "full");
        pooled = true;
      }
      if (connection == nullptr) break;
    }
    failure = TryOnce(connection, body);
    if (failure.broken) {
      Drop(connection);
      DropIdle();
    }
    if (!failure.retry && !(failure.broken && pooled)) break;
    metrics_.Retried(failure.sqlstate);
    if (failure.retry) {
      int wait = 2 << std::min(attempt, 6);
      std::this_thread::sleep_for(milliseconds(absl::Uniform(random, wait, 2 * wait)));
    }
  }
  Give(std::move(connection));
  if (failure.reason != nullptr) metrics_.Failed(failure.reason);
  return failure.status;
}

absl::Status Database::SchemaFits(Transaction& transaction) {
  int64_t version = 0;
  if (!transaction.Run("select to_regclass('schema_migrations')").front()[0].is_null()) {
    version = transaction.Run("select coalesce(max(version), 0) from schema_migrations").front()[0].as<int64_t>();
  }
  metrics_.schema_version().Set(static_cast<double>(version));
  if (version == kSchemaVersion) return absl::OkStatus();
  return absl::FailedPreconditionError(
      absl::StrCat("the database has schema version ", version, ", and this program needs ", kSchemaVersion,
                   version < kSchemaVersion ? "; type: stepwell migrate" : "; upgrade it"));
}

absl::Status Database::Transact(const char* op, const std::function<absl::Status(Transaction&)>& body) {
  if (schema_known_) return TransactUnchecked(op, body);
  return TransactUnchecked(op, [&](Transaction& transaction) -> absl::Status {
    const absl::Status fits = SchemaFits(transaction);
    if (!fits.ok()) return absl::UnavailableError(fits.message());
    schema_known_ = true;
    return body(transaction);
  });
}

absl::Status Database::TransactUnchecked(const char* op, const std::function<absl::Status(Transaction&)>& body) {
  const auto start = steady_clock::now();
  absl::Status status = TryAll(body);
  metrics_.Answered(op, std::chrono::duration<double>(steady_clock::now() - start).count());
  return status;
}

absl::Status Database::Maintain(const std::function<absl::Status(pqxx::connection&)>& body) {
  return Catch<Failure>([&]() -> absl::Status {
           Pooled connection;
           Failure failure = Connect(connection);
           RETURN_IF_ERROR(failure.status);
           StallWatch::Guard guard(&watch_, connection->socket());  // without a limit, but a stop ends it
           {
             std::lock_guard lock(mutex_);
             --open_;  // not of the pool
           }
           pqxx::nontransaction(**connection).exec("set statement_timeout = 0; set lock_timeout = 0");
           return body(**connection);
         })
      .status;
}

}  // namespace stepwell::catalog
