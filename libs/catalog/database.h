// A pool of connections and the one place where libpqxx's exceptions end.
//
// Thread safety: all methods may be called from any thread.
#pragma once

#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <pqxx/pqxx>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "catalog/catalog.h"

namespace stepwell::catalog {

// Parameters of one statement, by position. Numbers and times go as text too: statements cast them ($1::bigint).
class Params {
 public:
  template <typename... T>
  explicit Params(T&&... values) {
    (Add(std::forward<T>(values)), ...);
  }
  int Add(std::string value) {  // its number: $n
    values_.push_back(std::move(value));
    return static_cast<int>(values_.size());
  }
  int Add(const char* value) { return Add(std::string(value)); }
  int Add(std::string_view value) { return Add(std::string(value)); }
  template <typename T>
  requires std::is_integral_v<T>
  int Add(T value) { return Add(std::to_string(value)); }
  const std::vector<std::string>& values() const { return values_; }

 private:
  std::vector<std::string> values_;
};

class Transaction {
 public:
  explicit Transaction(pqxx::work& work) : work_(work) {}
  pqxx::result Run(const std::string& sql) { return work_.exec(sql); }
  pqxx::result Run(const std::string& sql, const Params& params) {
    return work_.exec_params(sql, pqxx::prepare::make_dynamic_params(params.values()));
  }

 private:
  pqxx::work& work_;
};

class Database {
 public:
  explicit Database(Options options);

  // Runs `body` in a transaction and commits if it returns OK. Serialisation failures, deadlocks and a connection that
  // broke while it lay in the pool make it run again: it may be called more than once and must set its results anew.
  // REQUIRES: a body whose commit's fate is unknown may be run again by the caller.
  absl::Status Transact(const std::function<absl::Status(Transaction&)>& body);

  // A connection of its own without time limits, for migrations.
  absl::Status Maintain(const std::function<absl::Status(pqxx::connection&)>& body);

 private:
  using Connection = std::unique_ptr<pqxx::connection>;
  absl::StatusOr<Connection> Take();
  void Give(Connection connection);
  Connection Connect() const;

  const Options options_;
  std::mutex mutex_;
  std::condition_variable returned_;
  std::vector<Connection> idle_;  // guarded by mutex_; most recently used last
  int taken_ = 0;                 // guarded by mutex_
};

}  // namespace stepwell::catalog
