#include "sync/servers.h"

#include <utility>

#include "absl/strings/match.h"
#include "sync/credentials.h"

namespace stepwell::sync {

Server::Server(const std::string& address, const push::RetryPolicy& policy, push::Stopper* stopper,
               std::function<void(const std::string&)> tell)
    : connection_(address, policy, stopper) {
  connection_.UseToken(TokenFor(address));
  connection_.OnTrouble([this, tell = std::move(tell)](const std::string& line) {
    {
      std::lock_guard lock(mutex_);
      trouble_ = absl::EndsWith(line, " is back") ? "" : line;
    }
    if (tell) tell(line);
  });
}

std::string Server::trouble() const {
  std::lock_guard lock(mutex_);
  return trouble_;
}

void Server::GiveUp(const absl::Status& why) {
  std::lock_guard lock(mutex_);
  given_up_ = why;
}

absl::Status Server::given_up() const {
  std::lock_guard lock(mutex_);
  return given_up_;
}

Server& Servers::At(const std::string& address) {
  std::lock_guard lock(mutex_);
  std::unique_ptr<Server>& server = servers_[address];
  if (!server) server = std::make_unique<Server>(address, policy_, stopper_, tell_);
  return *server;
}

}  // namespace stepwell::sync
