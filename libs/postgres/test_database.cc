#include "postgres/test_database.h"

#include <libpq-fe.h>
#include <sys/stat.h>

#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <utility>

#include "postgres/private_postgres.h"

namespace stepwell::postgres {
namespace {

[[noreturn]] void Die(const std::string& why) {
  std::fprintf(stderr, "no PostgreSQL for the tests: %s\n", why.c_str());
  std::abort();
}

class Cluster {
 public:
  Cluster() {
    char name[] = "/tmp/stepwell-test-XXXXXX";
    if (mkdtemp(name) == nullptr || chmod(name, 0711) != 0) Die("cannot make a folder in /tmp");
    folder_ = name;
    Options options;
    options.folder = folder_ + "/postgres";
    options.sync = false;
    auto started = PrivatePostgres::Start(options);
    if (!started.ok()) Die(std::string(started.status().message()));
    postgres_ = *std::move(started);
  }
  ~Cluster() {
    postgres_.reset();
    std::error_code ignored;
    std::filesystem::remove_all(folder_, ignored);
  }

  std::string Fresh() {
    std::string name = "test_" + std::to_string(++count_);
    PGconn* connection = PQconnectdb(postgres_->UrlOf("postgres").c_str());
    PGresult* result = PQexec(connection, ("create database " + name).c_str());
    if (PQresultStatus(result) != PGRES_COMMAND_OK) Die(PQerrorMessage(connection));
    PQclear(result);
    PQfinish(connection);
    return postgres_->UrlOf(name);
  }

 private:
  std::string folder_;
  std::unique_ptr<PrivatePostgres> postgres_;
  std::atomic<int> count_{0};
};

}  // namespace

std::string FreshDatabase() {
  static Cluster cluster;
  return cluster.Fresh();
}

}  // namespace stepwell::postgres
