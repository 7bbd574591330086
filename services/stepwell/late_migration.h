// Brings a database to this program's schema that was away when the server started: tries until it is there.
//
// Thread safety: made and destroyed by one thread.
#pragma once

#include <condition_variable>
#include <functional>
#include <mutex>
#include <string>
#include <thread>

#include "catalog/catalog.h"

namespace stepwell {

class LateMigration {
 public:
  // `catalog` outlives it. `why`: what the first try said; `log` gets a line now and one at the end.
  LateMigration(catalog::Catalog* catalog, std::string folder, const absl::Status& why,
                std::function<void(const std::string&)> log);
  // Waits for a try under way: Catalog::EndCalls ends it.
  ~LateMigration();

 private:
  void Loop(std::string told);

  catalog::Catalog* const catalog_;
  const std::string folder_;
  const std::function<void(const std::string&)> log_;
  std::mutex mutex_;
  std::condition_variable wake_;
  bool stopping_ = false;  // guarded by mutex_
  std::thread thread_;
};

}  // namespace stepwell
