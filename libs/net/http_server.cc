#include "net/http_server.h"

#include <atomic>
#include <condition_variable>
#include <map>
#include <mutex>
#include <thread>
#include <vector>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/strand.hpp>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "net/connection.h"

namespace stepwell::net {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;
using std::chrono::steady_clock;

constexpr std::chrono::seconds kTick{1};

struct HostPort {
  asio::ip::address address;
  uint16_t port = 0;
};

absl::StatusOr<HostPort> ParseAddress(const std::string& text) {
  const auto bad = [&] {
    return absl::InvalidArgumentError(
        absl::StrCat("\"", text,
                     "\" is no address to listen on; write host:port with a numeric host, "
                     "such as 127.0.0.1:7007 or [::1]:7007 (port 0 takes a free one)"));
  };
  const size_t colon = text.rfind(':');
  uint32_t port = 0;
  if (colon == std::string::npos || !absl::SimpleAtoi(text.substr(colon + 1), &port) || port > 65535) return bad();
  std::string host = text.substr(0, colon);
  if (host.size() >= 2 && host.front() == '[' && host.back() == ']') host = host.substr(1, host.size() - 2);
  if (host == "localhost") host = "127.0.0.1";
  if (host.empty()) host = "0.0.0.0";
  error_code error;
  HostPort parsed{asio::ip::make_address(host, error), static_cast<uint16_t>(port)};
  if (error) return bad();
  return parsed;
}

Endpoint ToEndpoint(const tcp::endpoint& end) {
  Endpoint out;
  out.port = end.port();
  if (end.address().is_v4()) {
    const auto bytes = end.address().to_v4().to_bytes();
    out.address.assign(bytes.begin(), bytes.end());
  } else {
    const auto bytes = end.address().to_v6().to_bytes();
    out.address.assign(bytes.begin(), bytes.end());
  }
  return out;
}

class Server : public HttpServer {
 public:
  Server(const HttpOptions& options, const App& app, HttpMetrics& metrics, const Logger& log)
      : options_(options),
        metrics_(metrics),
        handlers_("http-handler", options.handler_threads, 1024),
        streams_("http-stream", options.stream_threads, 256, options.stream_waiters),
        context_{options_, app, metrics, log, handlers_, streams_, {}, {}, [this](Connection* one) { Gone(one); }},
        acceptor_(asio::make_strand(io_)),
        tick_(acceptor_.get_executor()),
        retry_(acceptor_.get_executor()) {}
  ~Server() override { Stop(); }

  absl::Status Listen() {
    ASSIGN_OR_RETURN(const HostPort at, ParseAddress(options_.address));
    const tcp::endpoint end(at.address, at.port);
    error_code error;
    acceptor_.open(end.protocol(), error);
    if (!error) acceptor_.set_option(tcp::acceptor::reuse_address(true), error);
    if (!error) acceptor_.bind(end, error);
    if (!error) acceptor_.listen(asio::socket_base::max_listen_connections, error);
    if (error) {
      return absl::UnavailableError(absl::StrCat("cannot listen on ", options_.address, ": ", error.message(),
                                                 "; choose another address (port 0 takes a free one)"));
    }
    port_ = acceptor_.local_endpoint().port();
    asio::post(acceptor_.get_executor(), [this] {
      Accept();
      Tick();
    });
    for (int i = 0; i < options_.io_threads; ++i) {
      threads_.emplace_back([this] {
        pthread_setname_np(pthread_self(), "http-io");
        io_.run();
      });
    }
    return absl::OkStatus();
  }

  uint16_t port() const override { return port_; }

  std::chrono::milliseconds LoopLag() const override {
    const auto since = steady_clock::now() - steady_clock::time_point(steady_clock::duration(last_tick_.load()));
    return std::max(std::chrono::milliseconds(0), std::chrono::duration_cast<std::chrono::milliseconds>(since - kTick));
  }

  void Stop() override {
    if (context_.stopping.exchange(true)) return;
    asio::post(acceptor_.get_executor(), [this] {
      error_code ignored;
      acceptor_.close(ignored);
      tick_.cancel();
      retry_.cancel();
    });
    ShutAll(true);
    if (!WaitUntilNone(options_.stop_deadline)) {
      ShutAll(false);
      WaitUntilNone(std::chrono::seconds(1));
    }
    handlers_.Stop();
    streams_.Stop();
    work_.reset();
    io_.stop();
    for (std::thread& thread : threads_) thread.join();
    threads_.clear();
  }

 private:
  void Accept() {
    acceptor_.async_accept(asio::make_strand(io_), [this](error_code error, tcp::socket socket) {
      if (context_.stopping || error == asio::error::operation_aborted) return;
      if (error) return AcceptLater();  // out of file descriptors: connections wait in the kernel's queue
      Admit(std::move(socket));
      Room() ? Accept() : AcceptLater();
    });
  }

  void AcceptLater() {
    retry_.expires_after(std::chrono::milliseconds(100));
    retry_.async_wait([this](error_code error) {
      if (!error) Room() ? Accept() : AcceptLater();
    });
  }

  bool Room() {
    const std::lock_guard lock(mutex_);
    return count_ < options_.connections;
  }

  void Admit(tcp::socket socket) {
    error_code error;
    socket.set_option(tcp::no_delay(true), error);
    const tcp::endpoint theirs = socket.remote_endpoint(error);
    if (error) return;  // gone already
    const tcp::endpoint ours = socket.local_endpoint(error);
    if (error) return;
    const std::string peer = theirs.address().to_string();
    {
      const std::lock_guard lock(mutex_);
      size_t& here = by_address_[peer];
      if (here >= options_.connections_per_address) return metrics_.turned_away().Increment();  // closes it
      ++here;
    }
    absl::Status greeting = context_.app.Greet(ToEndpoint(theirs), ToEndpoint(ours));
    {
      const std::lock_guard lock(mutex_);
      ++count_;
    }
    auto connection = std::make_shared<Connection>(std::move(socket), std::move(greeting), peer, context_);
    {
      const std::lock_guard lock(mutex_);
      connections_[connection.get()] = connection;
    }
    connection->Start();
  }

  void Gone(Connection* connection) {
    const std::lock_guard lock(mutex_);
    --count_;
    const auto here = by_address_.find(connection->peer());
    if (--here->second == 0) by_address_.erase(here);
    connections_.erase(connection);
    if (count_ == 0) none_.notify_all();
  }

  void ShutAll(bool gentle) {
    std::vector<std::shared_ptr<Connection>> all;
    {
      const std::lock_guard lock(mutex_);
      for (const auto& [key, weak] : connections_) {
        if (auto connection = weak.lock()) all.push_back(std::move(connection));
      }
    }
    for (const auto& connection : all) connection->Shut(gentle);
  }

  bool WaitUntilNone(std::chrono::milliseconds most) {
    std::unique_lock lock(mutex_);
    return none_.wait_for(lock, most, [&] { return count_ == 0; });
  }

  void Tick() {
    last_tick_ = steady_clock::now().time_since_epoch().count();
    tick_.expires_after(kTick);
    tick_.async_wait([this](error_code error) {
      if (!error) Tick();
    });
  }

  const HttpOptions options_;
  HttpMetrics& metrics_;
  ThreadPool handlers_, streams_;
  ServerContext context_;
  std::mutex mutex_;
  std::condition_variable none_;
  size_t count_ = 0;                                              // guarded by mutex_
  std::map<std::string, size_t> by_address_;                      // guarded by mutex_
  std::map<Connection*, std::weak_ptr<Connection>> connections_;  // guarded by mutex_
  asio::io_context io_;
  asio::executor_work_guard<asio::io_context::executor_type> work_{io_.get_executor()};
  tcp::acceptor acceptor_;
  asio::steady_timer tick_, retry_;
  std::atomic<steady_clock::rep> last_tick_{steady_clock::now().time_since_epoch().count()};
  std::vector<std::thread> threads_;
  uint16_t port_ = 0;
};

}  // namespace

absl::StatusOr<std::unique_ptr<HttpServer>> HttpServer::Start(const HttpOptions& options, const App& app,
                                                              HttpMetrics& metrics, const Logger& log) {
  auto server = std::make_unique<Server>(options, app, metrics, log);
  RETURN_IF_ERROR(server->Listen());
  return server;
}

absl::StatusOr<bool> IsLoopback(const std::string& address) {
  ASSIGN_OR_RETURN(const HostPort at, ParseAddress(address));
  return at.address.is_loopback();
}

}  // namespace stepwell::net
