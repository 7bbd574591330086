// The second half of a connection: from a Response to bytes on the socket.
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>

#include <boost/asio/post.hpp>

#include "base/status_macros.h"
#include "net/connection.h"
#include "net/problem.h"

namespace stepwell::net {
namespace {

using boost::beast::error_code;

// Below this, compression costs more than it saves.
constexpr size_t kCompressFrom = 1024;
constexpr size_t kListenerBuffer = 64 << 10;
// A streamed answer that fits in this is sent whole, with its length, and can still become an error.
constexpr size_t kStreamWhole = 64 << 10;

std::string Chunk(std::string_view data) {
  char size[24];
  std::snprintf(size, sizeof(size), "%zx\r\n", data.size());
  std::string out = size;
  out.append(data).append("\r\n");
  return out;
}

Coding ChooseCoding(const Request& request, const Response& response) {
  return response.compressible ? Negotiate(request.Header("accept-encoding")) : Coding::kIdentity;
}

void NoteCoding(Response& response, Coding coding) {
  if (response.compressible) response.Set("Vary", "Accept-Encoding");
  if (coding != Coding::kIdentity) response.Set("Content-Encoding", std::string(CodingName(coding)));
}

}  // namespace

// Compresses and frames what a handler streams.
class StreamWriter : public BodyWriter {
 public:
  StreamWriter(Connection& connection, Response& response) : connection_(connection), response_(response) {}

  absl::Status Write(std::string_view data) override {
    if (connection_.gone()) return absl::CancelledError("the client is gone");
    pending_.append(data);
    if (pending_.size() < kStreamWhole) return absl::OkStatus();
    return Flush();
  }

  bool begun() const { return begun_; }
  std::string TakePending() { return std::move(pending_); }

  absl::Status Flush() {
    if (!begun_) Begin();
    std::string out;
    if (compressor_) {
      compressor_->Add(pending_, out);
      pending_.clear();
    } else {
      out.swap(pending_);
    }
    return Send(out);
  }

  absl::Status Finish() {
    RETURN_IF_ERROR(Flush());
    std::string out;
    if (compressor_) compressor_->Finish(out);
    RETURN_IF_ERROR(Send(out));
    if (chunked_ && !connection_.Push("0\r\n\r\n")) return absl::CancelledError("the client is gone");
    return absl::OkStatus();
  }

 private:
  void Begin() {
    begun_ = true;
    const bool known = response_.stream_bytes.has_value();
    const Coding coding = known ? Coding::kIdentity : ChooseCoding(connection_.admission_.request, response_);
    NoteCoding(response_, coding);
    compressor_ = Compressor::Make(coding);
    chunked_ = !known && connection_.chunked_ok_;
    if (!known && !chunked_) connection_.keep_alive_ = false;  // HTTP/1.0: the end of the connection ends the answer
    connection_.Push(connection_.Head(response_, response_.stream_bytes, chunked_));
  }

  absl::Status Send(const std::string& out) {
    if (out.empty()) return absl::OkStatus();
    const bool there = connection_.Push(chunked_ ? Chunk(out) : out);
    return there ? absl::OkStatus() : absl::CancelledError("the client is gone");
  }

  Connection& connection_;
  Response& response_;
  std::string pending_;
  std::unique_ptr<Compressor> compressor_;
  bool begun_ = false, chunked_ = false;
};

// Does not keep the connection: while it is open its own watch for the peer does, and when it closes nothing is left of
// it.
class ListenerOutlet : public Outlet {
 public:
  explicit ListenerOutlet(const std::shared_ptr<Connection>& connection)
      : connection_(connection), chunked_(connection->chunked_ok_) {}
  ~ListenerOutlet() override { ListenerOutlet::Close(); }

  bool Offer(std::string_view data) override {
    const std::shared_ptr<Connection> connection = connection_.lock();
    return !done_ && connection && connection->Offer(chunked_ ? Chunk(data) : std::string(data));
  }
  bool closed() const override {
    const std::shared_ptr<Connection> connection = connection_.lock();
    return done_ || !connection || connection->gone();
  }
  void Close() override {
    if (done_.exchange(true)) return;
    const std::shared_ptr<Connection> connection = connection_.lock();
    if (!connection) return;
    if (chunked_) connection->Offer("0\r\n\r\n");
    connection->EndAnswer();
  }

 private:
  const std::weak_ptr<Connection> connection_;
  const bool chunked_;
  std::atomic<bool> done_{false};
};

void Connection::Handle() { Answer(server_.app.Answer(admission_)); }

void Connection::Answer(Response response) {
  {
    const std::lock_guard lock(mutex_);
    ended_ = false;
    sent_ = 0;
    lasting_ = (response.stream || response.listen) && !head_only_;
  }
  server_.app.Finish(admission_.request, response);
  if (head_only_ || (!response.stream && !response.listen)) return SendWhole(std::move(response));
  boost::asio::post(stream_.get_executor(), [self = shared_from_this()] { self->WatchPeer(); });
  if (response.listen) return Listen(std::move(response));
  // Shared: std::function wants something that can be copied.
  auto held = std::make_shared<Response>(std::move(response));
  if (!server_.streams.Run([self = shared_from_this(), held] { self->RunStream(*held); })) {
    Response full =
        Problem(503, "too many long answers are being sent; try again in some seconds", admission_.request.id);
    server_.app.Finish(admission_.request, full);
    SendWhole(std::move(full));
  }
}

void Connection::SendWhole(Response response) {
  status_ = response.status;
  const bool no_body = response.status == 304 || response.status == 204;
  const bool encoded = std::any_of(response.headers.begin(), response.headers.end(),
                                   [](const auto& h) { return h.first == "Content-Encoding"; });
  if (!no_body && !encoded && !response.stream) {
    const bool worth = response.bytes().size() > kCompressFrom;
    const Coding coding = worth ? ChooseCoding(admission_.request, response) : Coding::kIdentity;
    if (worth) NoteCoding(response, coding);
    if (coding != Coding::kIdentity) {
      response.body = Compress(coding, response.bytes());
      response.shared_body.reset();
    }
  }
  std::optional<uint64_t> length = response.bytes().size();
  if (no_body || (head_only_ && (response.stream || response.listen))) length = response.stream_bytes;
  Enqueue({Head(response, length, false), nullptr});
  if (!head_only_ && !no_body && !response.bytes().empty())
    Enqueue({std::move(response.body), std::move(response.shared_body)});
  EndAnswer();
}

void Connection::RunStream(Response& response) {
  status_ = response.status;
  StreamWriter writer(*this, response);
  absl::Status status = response.stream(writer);
  if (!writer.begun()) {
    response.stream = nullptr;
    if (status.ok()) {
      response.body = writer.TakePending();
      return SendWhole(std::move(response));
    }
    Response problem = Problem(status, admission_.request.id);
    server_.app.Finish(admission_.request, problem);
    return SendWhole(std::move(problem));
  }
  if (status.ok()) status = writer.Finish();
  if (status.ok()) return EndAnswer();
  if (status.code() != absl::StatusCode::kCancelled) {
    server_.log.Write(LogLevel::kError, "http", "an answer ended in the middle",
                      LogFields().Add("request_id", admission_.request.id).Add("error", status.ToString()));
  }
  Abort();
}

void Connection::Listen(Response response) {
  status_ = response.status;
  response.Set("X-Accel-Buffering", "no");
  // The kernel too holds little for a listener that does not read.
  error_code ignored;
  const size_t buffer = std::min(server_.options.listener_bytes, kListenerBuffer);
  stream_.socket().set_option(boost::asio::socket_base::send_buffer_size(static_cast<int>(buffer)), ignored);
  if (!chunked_ok_) keep_alive_ = false;
  Enqueue({Head(response, std::nullopt, chunked_ok_), nullptr});
  response.listen(std::make_shared<ListenerOutlet>(shared_from_this()));
}

std::string Connection::Head(const Response& response, std::optional<uint64_t> length, bool chunked) const {
  std::string out = "HTTP/1.1 " + std::to_string(response.status) + " ";
  out.append(ReasonPhrase(response.status)).append("\r\n");
  const auto add = [&](std::string_view name, std::string_view value) {
    out.append(name).append(": ").append(value).append("\r\n");
  };
  if (!response.content_type.empty() && response.status != 304 && response.status != 204)
    add("Content-Type", response.content_type);
  for (const auto& [name, value] : response.headers) add(name, value);
  // From the request's head to here, in milliseconds: work, and waiting for a thread.
  const std::chrono::duration<double, std::milli> took = Clock::now() - request_start_;
  char timing[48];
  std::snprintf(timing, sizeof(timing), "total;dur=%.3f", took.count());
  add("Server-Timing", timing);
  if (length) add("Content-Length", std::to_string(*length));
  if (chunked) add("Transfer-Encoding", "chunked");
  add("Connection", keep_alive_ ? "keep-alive" : "close");
  out += "\r\n";
  return out;
}

bool Connection::gone() {
  const std::lock_guard lock(mutex_);
  return broken_;
}

void Connection::Enqueue(Piece piece) {
  if (piece.bytes().empty()) return;
  {
    const std::lock_guard lock(mutex_);
    if (broken_) return;
    queued_ += piece.bytes().size();
    server_.Hold(static_cast<int64_t>(piece.bytes().size()));
    out_.push_back(std::move(piece));
    if (std::exchange(write_active_, true)) return;
  }
  boost::asio::post(stream_.get_executor(), [self = shared_from_this()] { self->WriteNext(); });
}

bool Connection::Push(std::string bytes) {
  // REQUIRES: mutex_
  const auto room = [this] {
    if (broken_ || queued_ == 0) return true;
    return queued_ < server_.options.out_bytes && server_.held < server_.options.memory;
  };
  std::unique_lock lock(mutex_);
  if (!room()) {
    lock.unlock();
    const ThreadPool::Wait wait(server_.streams);
    server_.metrics.waiting().Increment();
    lock.lock();
    room_.wait(lock, room);  // ends: WatchPace breaks the connection of a client that does not read
    server_.metrics.waiting().Decrement();
    lock.unlock();
  } else {
    lock.unlock();
  }
  if (gone()) return false;
  Enqueue({std::move(bytes), nullptr});
  return true;
}

bool Connection::Offer(std::string bytes) {
  {
    const std::lock_guard lock(mutex_);
    if (broken_ || queued_ + bytes.size() > server_.options.listener_bytes) return false;
    if (server_.held > server_.options.memory / 2) return false;  // the other half is for who asks
  }
  Enqueue({std::move(bytes), nullptr});
  return true;
}

void Connection::EndAnswer() {
  {
    const std::lock_guard lock(mutex_);
    ended_ = true;
    if (std::exchange(write_active_, true)) return;
  }
  boost::asio::post(stream_.get_executor(), [self = shared_from_this()] { self->WriteNext(); });
}

void Connection::Abort() {
  boost::asio::post(stream_.get_executor(), [self = shared_from_this()] { self->Close(); });
}

void Connection::WriteNext() {
  {
    const std::lock_guard lock(mutex_);
    if (broken_) return;
    if (written_ >= writing_.bytes().size()) {
      if (out_.empty()) {
        write_active_ = false;
        caught_up_ = true;
        writing_ = {};
        written_ = 0;
        if (!ended_) return;
        ended_ = false;
        lasting_ = false;
      } else {
        writing_ = std::move(out_.front());
        out_.pop_front();
        written_ = 0;
      }
    }
  }
  const std::string_view rest = writing_.bytes().substr(written_);
  if (rest.empty()) return AnswerDone();
  if (!pacing_) WatchPace();
  stream_.expires_never();
  stream_.async_write_some(boost::asio::buffer(rest.data(), rest.size()),
                           [self = shared_from_this()](error_code error, size_t size) {
                             if (error) return self->Close();
                             self->written_ += size;
                             self->sent_ += size;
                             self->given_ += size;
                             {
                               const std::lock_guard lock(self->mutex_);
                               self->queued_ -= size;
                               self->server_.Hold(-static_cast<int64_t>(size));
                             }
                             self->room_.notify_all();
                             self->WriteNext();
                           });
}

void Connection::AnswerDone() {
  const auto took = Clock::now() - request_start_;
  if (std::exchange(in_flight_, false)) server_.metrics.in_flight().Decrement();
  const std::string_view route_class = RouteClass(admission_.route);
  server_.metrics.Answered(route_class, status_, took);
  server_.metrics.Sent(route_class, sent_);
  const LogLevel level = route_class == "static" ? LogLevel::kDebug
                         : status_ >= 500        ? LogLevel::kError
                                                 : LogLevel::kInfo;
  if (server_.log.Takes(level)) {
    const Request& request = admission_.request;
    server_.log.Write(level, "http", "request",
                      LogFields()
                          .Add("request_id", request.id)
                          .Add("principal", request.principal.name)
                          .Add("method", request.method)
                          .Add("path", admission_.route ? admission_.route->pattern : std::string_view("-"))
                          .Add("code", int64_t{status_})
                          .Add("bytes", static_cast<int64_t>(sent_))
                          .Add("duration_ms", std::chrono::duration<double, std::milli>(took).count()));
  }
  admission_ = {};
  HoldBody(0);
  constexpr size_t kUnreadMost = size_t{64} << 20;
  if (!keep_alive_) return refused_ ? CloseAfterReading(kUnreadMost) : Close();
  AwaitRequest();
}

// A client that leaves while its answer is being made: the read side becomes readable and has nothing.
void Connection::WatchPeer() {
  if (std::exchange(watching_, true)) return;
  stream_.socket().async_wait(boost::asio::ip::tcp::socket::wait_read, [self = shared_from_this()](error_code error) {
    self->watching_ = false;
    if (error) return;
    {
      const std::lock_guard lock(self->mutex_);
      if (!self->lasting_) return;
    }
    char byte;
    const ssize_t size = recv(self->stream_.socket().native_handle(), &byte, 1, MSG_PEEK | MSG_DONTWAIT);
    if (size == 0 || (size < 0 && errno != EAGAIN && errno != EWOULDBLOCK)) self->Close();
  });
}

}  // namespace stepwell::net
