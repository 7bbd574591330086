// The servers that spools are meant for: one connection each, shared by all writers, and what is known of it.
//
// Thread safety: all methods may be called from any thread.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "absl/status/status.h"
#include "push/connection.h"

namespace stepwell::sync {

class Server {
 public:
  Server(const std::string& address, const push::RetryPolicy& policy, push::Stopper* stopper,
         std::function<void(const std::string&)> tell);

  push::Connection& connection() { return connection_; }
  // Why it takes nothing now, as told by the connection; empty: it does.
  std::string trouble() const;
  // Nobody of one pass needs to wait for a server that did not answer another.
  void GiveUp(const absl::Status& why);
  absl::Status given_up() const;

 private:
  push::Connection connection_;
  mutable std::mutex mutex_;
  std::string trouble_;
  absl::Status given_up_;
};

class Servers {
 public:
  Servers(push::RetryPolicy policy, push::Stopper* stopper, std::function<void(const std::string&)> tell)
      : policy_(policy), stopper_(stopper), tell_(std::move(tell)) {}

  Server& At(const std::string& address);
  push::Stopper& stopper() { return *stopper_; }

 private:
  const push::RetryPolicy policy_;
  push::Stopper* const stopper_;
  const std::function<void(const std::string&)> tell_;
  std::mutex mutex_;
  std::map<std::string, std::unique_ptr<Server>> servers_;
};

}  // namespace stepwell::sync
