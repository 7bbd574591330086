// A pool of connections and the one place where libpqxx's exceptions end.
//
// Thread safety: all methods may be called from any thread.
#pragma once

#include <atomic>
#include <chrono>
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
#include "catalog/metrics.h"
#include "catalog/stall_watch.h"

namespace stepwell::catalog {

// The newest of the numbered files in migrations/ that this program was written for.
inline constexpr int kSchemaVersion = 7;

// INVALID_ARGUMENT if libpq cannot read it.
absl::Status CheckUrl(const std::string& url);

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
  // `limit`: for one statement, as the server keeps it.
  Transaction(pqxx::work& work, StallWatch::Guard& guard, std::chrono::milliseconds limit)
      : work_(work), guard_(guard), limit_(limit) {}
  pqxx::result Run(const std::string& sql) {
    Expect();
    return work_.exec(sql);
  }
  pqxx::result Run(const std::string& sql, const Params& params) {
    Expect();
    return work_.exec_params(sql, pqxx::prepare::make_dynamic_params(params.values()));
  }
  // The statements that follow in this transaction may take so long.
  void AllowLong(std::chrono::seconds limit);
  // An answer of the server is due: within the limit, and a little more for the way.
  void Expect();

 private:
  pqxx::work& work_;
  StallWatch::Guard& guard_;
  std::chrono::milliseconds limit_;
};

class Database {
 public:
  explicit Database(Options options);
  ~Database();

  // Runs `body` in a transaction and commits if it returns OK. This is the one place where something is tried again:
  // serialisation failures and deadlocks, and, once, on a new connection, what failed on one that broke or lost its
  // primary (08xxx, 57P0x, 25006) while it lay in the pool. So a body may be called more than once and must set its
  // results anew. `op` names the call in metrics.
  // REQUIRES: a body whose commit's fate is unknown may be run again by the caller.
  // Until a schema that fits was found, it is looked at first; UNAVAILABLE if it does not fit.
  absl::Status Transact(const char* op, const std::function<absl::Status(Transaction&)>& body);
  // The same in a database of any schema.
  absl::Status TransactUnchecked(const char* op, const std::function<absl::Status(Transaction&)>& body);
  // FAILED_PRECONDITION: the tables are not those that this program knows; the message says what to do.
  absl::Status SchemaFits(Transaction& transaction);

  // In `grace` from now, and for good, nothing waits for the database any more: calls end with UNAVAILABLE, at the
  // latest when the connection that they are making has got no answer for its 3 s.
  void EndCalls(std::chrono::milliseconds grace);

  // A connection of its own without time limits, for migrations.
  absl::Status Maintain(const std::function<absl::Status(pqxx::connection&)>& body);

  Metrics& metrics() { return metrics_; }

 private:
  class Connection;
  using Pooled = std::unique_ptr<Connection>;
  struct Failure;

  absl::Status TryAll(const std::function<absl::Status(Transaction&)>& body);
  Failure TryOnce(Pooled& connection, const std::function<absl::Status(Transaction&)>& body);
  Failure Connect(Pooled& connection);
  absl::StatusOr<Pooled> Take();
  // Waits for `holds` at most as long as a call waits for a connection.
  bool Await(std::unique_lock<std::mutex>& lock, const std::function<bool()>& holds);
  // One of those that others have, when no more can be made; nullptr: there is none. `full`: the server said that it
  // gives no more, so that those that are being made now may be the last.
  Pooled TakeFromOthers(bool full);
  void Give(Pooled connection);
  void Drop(Pooled& connection);
  void DropIdle();

  const Options options_;
  Metrics metrics_;
  StallWatch watch_;
  std::atomic<bool> schema_known_{false};  // it was found to fit
  std::mutex mutex_;
  std::condition_variable returned_;
  std::vector<Pooled> idle_;                        // guarded by mutex_; most recently used last
  int taken_ = 0;                                   // guarded by mutex_: calls that may have a connection
  int open_ = 0;                                    // guarded by mutex_: connections that there are
  int connecting_ = 0;                              // guarded by mutex_: connections that are being made
  StallWatch::Time end_ = StallWatch::Time::max();  // guarded by mutex_: nothing is waited for beyond it
};

}  // namespace stepwell::catalog
