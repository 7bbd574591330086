// An HTTP/1.1 server: sockets, limits and time limits around an App.
//
// Few threads serve all sockets and never wait for anything else; handlers run on a pool of their own, and answers that
// are streamed on another, where one that waits for its client gives its place to the next: slow readers keep nobody
// waiting. A client that sends or reads too slowly is cut off (the limits are in HttpOptions); the answers of one
// connection leave in the order of its requests.
//
// Thread safety: Start and Stop from one thread; the rest from any.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "net/app.h"
#include "net/http_metrics.h"
#include "net/log.h"

namespace stepwell::net {

struct HttpOptions {
  std::string address = "127.0.0.1:0";  // host:port; [host]:port for IPv6
  int io_threads = 2;
  int handler_threads = 8;
  int stream_threads = 16;
  size_t stream_waiters = 256;  // streamed answers that wait for their clients, beside those
  // docs/operations and security: headers in 10 s, a body of at least 1 KiB a second after 10 s, idle 75 s.
  std::chrono::milliseconds head_deadline{10'000};
  std::chrono::milliseconds idle_deadline{75'000};
  // A client for which something waits is cut off when it took fewer bytes than read_rate a second, over read_stall.
  std::chrono::milliseconds read_stall{5'000};
  uint64_t read_rate = 8 << 10;
  std::chrono::milliseconds stop_deadline{5'000};  // what is being answered may take this long when the server stops
  size_t head_bytes = 16 << 10;                    // headers without the request line
  size_t url_bytes = 64 << 10;
  size_t body_bytes = 8 << 20;             // no route may take more
  size_t out_bytes = 256 << 10;            // of a streamed answer that may wait for its client
  size_t listener_bytes = 1 << 20;         // of events that may wait for one listener
  size_t connections = 12'000;             // more wait to be accepted
  size_t connections_per_address = 1'024;  // more are closed
  uint64_t memory = uint64_t{256} << 20;   // bodies of requests and bytes that wait for clients, together
};

class HttpServer {
 public:
  virtual ~HttpServer() = default;
  // Binds and serves; or says which address could not be taken and why. `app`, `metrics` and `log` outlive the server.
  static absl::StatusOr<std::unique_ptr<HttpServer>> Start(const HttpOptions& options, const App& app,
                                                           HttpMetrics& metrics, const Logger& log);
  virtual uint16_t port() const = 0;
  // The longest that an event loop has been without a tick: healthy below 5 s.
  virtual std::chrono::milliseconds LoopLag() const = 0;
  // Takes no more connections, ends lasting answers, waits for the others (stop_deadline), closes.
  virtual void Stop() = 0;
};

// "127.0.0.1:7007" and "[::1]:7007" are loopback, "0.0.0.0:7007" and names are not. INVALID_ARGUMENT: not host:port.
absl::StatusOr<bool> IsLoopback(const std::string& address);

}  // namespace stepwell::net
