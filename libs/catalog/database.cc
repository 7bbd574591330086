#include "catalog/database.h"

#include <algorithm>
#include <string_view>
#include <thread>
#include <utility>

#include "absl/random/random.h"
#include "absl/strings/str_cat.h"
#include "base/status_macros.h"

namespace stepwell::catalog {
namespace {

// Losers of a conflict try again after 2 to 4, 4 to 8, ... ms: 32 writers that open one run are through long before.
constexpr int kAttempts = 10;

struct Failure {
  absl::Status status;
  bool retry = false;   // a conflict with another transaction
  bool broken = false;  // the connection is gone
};

Failure Classify(const pqxx::sql_error& error) {
  const std::string& state = error.sqlstate();
  std::string what = error.what();
  if (state == "40001" || state == "40P01") return {absl::UnavailableError("the database is busy; try again"), true};
  if (state == "57014" || state == "55P03") {
    return {absl::UnavailableError("the database took too long to answer; try again, or ask for less")};
  }
  if (state.substr(0, 2) == "08" || state.substr(0, 3) == "57P") {
    return {absl::UnavailableError(absl::StrCat("the database went away: ", what)), false, true};
  }
  if (state == "53300" || state == "53100" || state == "53200" || state == "25006") {
    return {absl::UnavailableError(absl::StrCat("the database has no room: ", what))};
  }
  if (state == "2201B") {
    return {absl::InvalidArgumentError(absl::StrCat("this regular expression is not supported: ", what))};
  }
  return {absl::InternalError(absl::StrCat("database error ", state, ": ", what))};
}

template <typename Body>
Failure Catch(Body&& body) {
  try {
    return {body()};
  } catch (const pqxx::broken_connection& error) {
    return {absl::UnavailableError(absl::StrCat("cannot reach the database: ", error.what())), false, true};
  } catch (const pqxx::in_doubt_error& error) {
    return {absl::UnavailableError("the database went away during a commit; try again"), false, true};
  } catch (const pqxx::sql_error& error) {
    return Classify(error);
  } catch (const std::exception& error) {
    return {absl::InternalError(absl::StrCat("database: ", error.what()))};
  }
}

std::string WithConnectTimeout(const std::string& url) {
  if (url.find("connect_timeout") != std::string::npos) return url;
  bool uri = url.rfind("postgres://", 0) == 0 || url.rfind("postgresql://", 0) == 0;
  if (!uri) return url + " connect_timeout=5";
  return url + (url.find('?') == std::string::npos ? "?" : "&") + "connect_timeout=5";
}

}  // namespace

Database::Database(Options options) : options_(std::move(options)) {}

Database::Connection Database::Connect() const {
  auto connection = std::make_unique<pqxx::connection>(WithConnectTimeout(options_.url));
  pqxx::nontransaction setup(*connection);
  setup.exec(absl::StrCat("set timezone = 'UTC'; set datestyle = 'ISO'; set bytea_output = 'hex'; set jit = off; ",
                          "set client_encoding = 'UTF8'; set client_min_messages = warning; ",
                          "set statement_timeout = ", options_.statement_timeout.count(), "; set lock_timeout = ",
                          options_.lock_timeout.count(), "; set idle_in_transaction_session_timeout = '60s'"));
  return connection;
}

absl::StatusOr<Database::Connection> Database::Take() {
  std::unique_lock lock(mutex_);
  if (!returned_.wait_for(lock, options_.pool_wait, [this] { return taken_ < options_.pool; })) {
    return absl::UnavailableError(absl::StrCat("all ", options_.pool, " database connections were busy for ",
                                               options_.pool_wait.count(), " ms; try again"));
  }
  ++taken_;
  if (idle_.empty()) return Connection();
  Connection connection = std::move(idle_.back());
  idle_.pop_back();
  return connection;
}

void Database::Give(Connection connection) {
  std::lock_guard lock(mutex_);
  --taken_;
  if (connection != nullptr) idle_.push_back(std::move(connection));
  returned_.notify_one();
}

absl::Status Database::Transact(const std::function<absl::Status(Transaction&)>& body) {
  ASSIGN_OR_RETURN(Connection connection, Take());
  absl::BitGen random;
  Failure failure;
  for (int attempt = 0; attempt < kAttempts; ++attempt) {
    bool pooled = connection != nullptr;
    failure = Catch([&]() -> absl::Status {
      if (connection == nullptr) connection = Connect();
      pqxx::work work(*connection);
      Transaction transaction(work);
      RETURN_IF_ERROR(body(transaction));
      work.commit();
      return absl::OkStatus();
    });
    if (failure.broken) {
      connection.reset();
      // The others in the pool broke with it.
      std::lock_guard lock(mutex_);
      idle_.clear();
    }
    if (failure.status.ok() || (!failure.retry && !(failure.broken && pooled))) break;
    if (failure.retry) {
      int wait = 2 << std::min(attempt, 6);
      std::this_thread::sleep_for(std::chrono::milliseconds(absl::Uniform(random, wait, 2 * wait)));
    }
  }
  Give(std::move(connection));
  return failure.status;
}

absl::Status Database::Maintain(const std::function<absl::Status(pqxx::connection&)>& body) {
  return Catch([&]() -> absl::Status {
           Connection connection = Connect();
           pqxx::nontransaction(*connection).exec("set statement_timeout = 0; set lock_timeout = 0");
           return body(*connection);
         })
      .status;
}

}  // namespace stepwell::catalog
