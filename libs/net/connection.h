// One connection of the HTTP server: reads a request, has it answered, writes the answer, and begins again.
//
// Thread safety and owners: everything is owned by the connection's strand, except what lies between `Handle` and the
// end of the answer (admission_, owned by the thread that answers) and the queue of bytes to send (out_, guarded by
// mutex_), where the two sides meet. No lock is held while calling anything else.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>

#include "net/app.h"
#include "net/compress.h"
#include "net/http_server.h"
#include "net/thread_pool.h"

namespace stepwell::net {

// What the connections of a server share.
class Connection;

struct ServerContext {
  const HttpOptions& options;
  const App& app;
  HttpMetrics& metrics;
  const Logger& log;
  ThreadPool& handlers;
  ThreadPool& streams;
  std::atomic<bool> stopping{false};
  std::atomic<uint64_t> held{0};  // bytes of bodies and of what waits to be sent; bounded by HttpOptions::memory
  void Hold(int64_t bytes) { metrics.memory().Set(static_cast<double>(held += static_cast<uint64_t>(bytes))); }
  std::function<void(Connection*)> on_gone;  // it is being destroyed
};

// Shared: the strand's pending operations and the thread that answers hold a connection together; the last one ends it.
class Connection : public std::enable_shared_from_this<Connection> {
 public:
  Connection(boost::asio::ip::tcp::socket socket, absl::Status greeting, std::string peer, ServerContext& server);
  ~Connection();

  void Start();
  const std::string& peer() const { return peer_; }
  // From any thread. Gentle: an idle connection closes, a listener ends, others close after their answer. Else: at
  // once.
  void Shut(bool gentle);

  // ---- for the thread that answers ----
  // Waits while out_bytes are waiting, or any while the server holds all that it may. False: the client is gone.
  bool Push(std::string bytes);
  // Does not wait. False: more than listener_bytes would wait, half of the memory is spent, or the client is gone.
  bool Offer(std::string bytes);
  void EndAnswer();
  // Cuts the connection: what was sent is incomplete and must not look whole.
  void Abort();
  bool gone();

 private:
  friend class StreamWriter;
  friend class ListenerOutlet;
  using Clock = std::chrono::steady_clock;
  using Parser = boost::beast::http::request_parser<boost::beast::http::string_body>;
  struct Piece {
    std::string own;
    std::shared_ptr<const std::string> shared;  // of Response::shared_body
    std::string_view bytes() const { return shared ? std::string_view(*shared) : std::string_view(own); }
  };

  // connection.cc: reading, closing, and the watch over a client that reads
  void WatchPace();
  uint64_t Taken();
  void AwaitRequest();
  void ReadHead();
  void OnHead(boost::beast::error_code error);
  void Admit();
  void ReadBody();
  bool BodyTooSlow() const;
  void Dispatch();
  void Refuse(int status, const std::string& detail);
  void CloseAfterReading(size_t left);
  void Close();

  // connection_answer.cc: answering and writing
  void Handle();
  void Answer(Response response);
  void SendWhole(Response response);
  void RunStream(Response& response);
  void Listen(Response response);
  std::string Head(const Response& response, std::optional<uint64_t> length, bool chunked) const;
  void Enqueue(Piece piece);
  void WriteNext();
  void HoldBody(size_t bytes);
  void AnswerDone();
  void WatchPeer();

  ServerContext& server_;
  boost::beast::tcp_stream stream_;
  boost::asio::steady_timer pace_;  // runs while something waits for the client, and up to read_stall longer
  boost::beast::flat_buffer buffer_;
  std::optional<Parser> parser_;
  const absl::Status greeting_;
  const std::string peer_;
  bool first_ = true;
  bool keep_alive_ = false;
  bool refused_ = false;  // bytes of the request may be unread
  bool head_only_ = false;
  bool chunked_ok_ = true;  // HTTP/1.1
  bool idle_ = false;
  bool watching_ = false;
  bool in_flight_ = false;
  bool pacing_ = false;     // pace_ runs
  bool caught_up_ = false;  // nothing waited at some moment since pace_ was set
  uint64_t pace_from_ = 0;  // Taken() when pace_ was set
  Clock::time_point body_start_, request_start_;

  App::Admission admission_;
  size_t body_held_ = 0;  // counted in ServerContext::held
  int status_ = 0;        // of the answer
  bool lasting_ = false;  // being streamed or listened to; guarded by mutex_

  std::mutex mutex_;
  std::condition_variable room_;
  std::deque<Piece> out_;  // guarded by mutex_, as the following
  size_t queued_ = 0;      // counted in ServerContext::held: bytes in out_ and what is left of writing_
  bool write_active_ = false;
  bool ended_ = true;
  bool broken_ = false;
  Piece writing_;       // the strand's
  size_t written_ = 0;  // of writing_
  uint64_t sent_ = 0;   // of this answer
  uint64_t given_ = 0;  // to the kernel, of all answers
};

}  // namespace stepwell::net
