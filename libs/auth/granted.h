// Proof that somebody asked. Calls that touch data take Granted<RunRef>, not RunRef, and only Authorize can make one:
// code that forgot to ask does not compile.
#pragma once

#include <cstdint>
#include <string>
#include <utility>

namespace stepwell::auth {

// The things that decisions are about. Numbers are the catalog's own and never leave the server.
struct WorkspaceRef {
  int64_t number = 0;
  std::string name;
};
struct ExperimentRef {
  int64_t number = 0;
  std::string id;
  int64_t workspace = 0;
};
struct RunRef {
  uint64_t number = 0;
  std::string id;
  int64_t experiment = 0;
  int64_t workspace = 0;
  bool deleted = false;
};

template <typename R>
class Granted {
 public:
  const R& operator*() const { return resource_; }
  const R* operator->() const { return &resource_; }

 private:
  friend class Authority;
  explicit Granted(R resource) : resource_(std::move(resource)) {}
  R resource_;
};

}  // namespace stepwell::auth
