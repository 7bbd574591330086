// Which handler answers a request: built from the one table of routes (auth/routes.h), so that what has no row does not
// exist.
//
// Thread safety: Add before the first Find; Find from any thread.
#pragma once

#include <functional>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "auth/routes.h"
#include "net/http.h"

namespace stepwell::net {

using Handler = std::function<absl::StatusOr<Response>(const Request&)>;

class Router {
 public:
  // NOT_FOUND if the table has no such row.
  absl::Status Add(std::string_view method, std::string_view pattern, Handler handler);
  // FAILED_PRECONDITION naming the rows of the table that have no handler.
  absl::Status CheckComplete() const;

  struct Match {
    const auth::Route* route = nullptr;  // null: see `allow`
    const Handler* handler = nullptr;
    std::map<std::string, std::string, std::less<>> params;
    std::string allow;  // methods that the path has; empty: no such path
  };
  Match Find(std::string_view method, std::span<const std::string> segments) const;

 private:
  struct Entry {
    const auth::Route* route;
    std::vector<std::string> pattern;  // its segments
    Handler handler;
  };
  std::vector<Entry> entries_;  // in the order of the table
};

}  // namespace stepwell::net
