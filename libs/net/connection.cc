#include "net/connection.h"

#include <linux/sockios.h>
#include <sys/ioctl.h>

#include <algorithm>
#include <cctype>

#include <boost/asio/dispatch.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/http/read.hpp>

#include "absl/strings/str_cat.h"
#include "base/ids.h"
#include "net/problem.h"

namespace stepwell::net {
namespace {

namespace beast = boost::beast;
namespace http = boost::beast::http;
using beast::error_code;

constexpr size_t kRequestLineExtra = 64;  // method, version and spaces around the URL
constexpr std::chrono::seconds kBodyGrace{10};
constexpr std::chrono::seconds kUnreadDeadline{2};
constexpr uint64_t kBodyBytesPerSecond = 1024;

std::string Lower(std::string_view text) {
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(), [](unsigned char c) { return std::tolower(c); });
  return out;
}

}  // namespace

Connection::Connection(boost::asio::ip::tcp::socket socket, absl::Status greeting, std::string peer,
                       ServerContext& server)
    : server_(server),
      stream_(std::move(socket)),
      pace_(stream_.get_executor()),
      buffer_(server.options.url_bytes + server.options.head_bytes + (size_t{64} << 10)),
      greeting_(std::move(greeting)),
      peer_(std::move(peer)) {
  server_.metrics.connections().Increment();
}

Connection::~Connection() {
  server_.metrics.connections().Decrement();
  if (in_flight_) server_.metrics.in_flight().Decrement();
  HoldBody(0);
  server_.Hold(-static_cast<int64_t>(queued_));
  server_.on_gone(this);
}

void Connection::Start() {
  boost::asio::dispatch(stream_.get_executor(), [self = shared_from_this()] { self->AwaitRequest(); });
}

void Connection::Shut(bool gentle) {
  boost::asio::post(stream_.get_executor(), [self = shared_from_this(), gentle] {
    self->keep_alive_ = false;
    bool lasting;
    {
      const std::lock_guard lock(self->mutex_);
      lasting = self->lasting_;
    }
    if (!gentle || self->idle_ || lasting) self->Close();
  });
}

void Connection::Close() {
  {
    const std::lock_guard lock(mutex_);
    broken_ = true;
  }
  room_.notify_all();
  pace_.cancel();
  error_code ignored;
  stream_.socket().shutdown(boost::asio::ip::tcp::socket::shutdown_both, ignored);
  stream_.close();
}

// Bytes that the client's side has acknowledged, up to a constant. What the kernel took says little: it takes the next
// bytes only when a third of its buffer, of megabytes, is free.
uint64_t Connection::Taken() {
  int unsent = 0;
  if (ioctl(stream_.socket().native_handle(), SIOCOUTQ, &unsent) != 0) return given_;
  return given_ - std::min(given_, static_cast<uint64_t>(unsent));
}

void Connection::WatchPace() {
  pacing_ = true;
  caught_up_ = false;
  pace_from_ = Taken();
  pace_.expires_after(server_.options.read_stall);
  pace_.async_wait([self = shared_from_this()](error_code error) {
    self->pacing_ = false;
    if (error) return;
    {
      const std::lock_guard lock(self->mutex_);
      if (self->broken_ || !self->write_active_) return;
    }
    const HttpOptions& options = self->server_.options;
    const uint64_t least = std::max<uint64_t>(1, options.read_rate * options.read_stall.count() / 1000);
    if (self->caught_up_ || self->Taken() - self->pace_from_ >= least) return self->WatchPace();
    self->server_.metrics.cut_off().Increment();
    self->Close();
  });
}

void Connection::AwaitRequest() {
  if (server_.stopping) return Close();
  parser_.emplace();
  parser_->header_limit(
      static_cast<uint32_t>(server_.options.url_bytes + server_.options.head_bytes + kRequestLineExtra));
  parser_->body_limit(boost::none);           // the route's limit comes with the head
  if (buffer_.size() > 0) return ReadHead();  // the next request came with the last one
  idle_ = true;
  stream_.expires_after(first_ ? server_.options.head_deadline : server_.options.idle_deadline);
  first_ = false;
  stream_.async_read_some(buffer_.prepare(4096), [self = shared_from_this()](error_code error, size_t size) {
    self->idle_ = false;
    if (error) return self->Close();
    self->buffer_.commit(size);
    self->ReadHead();
  });
}

void Connection::ReadHead() {
  stream_.expires_after(server_.options.head_deadline);
  http::async_read_header(stream_, buffer_, *parser_,
                          [self = shared_from_this()](error_code error, size_t) { self->OnHead(error); });
}

void Connection::OnHead(error_code error) {
  const auto& head = parser_->get();
  const HttpOptions& options = server_.options;
  if (error == http::error::header_limit || error == http::error::buffer_overflow ||
      head.target().size() > options.url_bytes) {
    const bool url = head.target().empty() || head.target().size() > options.url_bytes;
    return url ? Refuse(414, absl::StrCat("the URL is longer than ", options.url_bytes,
                                          " bytes, the limit; use POST /api/v1/series:query for many or long tags"))
               : Refuse(431, absl::StrCat("the request's headers are larger than ", options.head_bytes,
                                          " bytes, the limit"));
  }
  if (error == beast::error::timeout || error == http::error::end_of_stream || error == http::error::partial_message ||
      (error && error.category() != make_error_code(http::error::bad_method).category())) {
    return Close();  // nobody there who would read an answer
  }
  if (error) return Refuse(400, "this is not an HTTP/1.1 request");
  size_t size = 0;
  for (const auto& field : head) size += field.name_string().size() + field.value().size() + 4;
  if (size > options.head_bytes) {
    return Refuse(431, absl::StrCat("the request's headers are ", size, " bytes; the limit is ", options.head_bytes));
  }
  Admit();
}

void Connection::Admit() {
  const auto& head = parser_->get();
  Headers headers;
  for (const auto& field : head) {
    std::string& value = headers[Lower(std::string_view(field.name_string().data(), field.name_string().size()))];
    if (!value.empty()) value += ", ";
    value.append(field.value().data(), field.value().size());
  }
  keep_alive_ = parser_->keep_alive();
  chunked_ok_ = head.version() >= 11;
  head_only_ = head.method_string() == "HEAD";
  const bool expects = head["Expect"] == "100-continue";
  admission_ =
      server_.app.Admit(std::string(head.method_string()), std::string_view(head.target().data(), head.target().size()),
                        std::move(headers), greeting_, peer_);
  const bool has_body = parser_->chunked() || parser_->content_length().value_or(0) > 0;
  request_start_ = Clock::now();
  if (admission_.refusal) {
    if (has_body) {  // it is not read, so the next request cannot be found
      keep_alive_ = false;
      refused_ = true;
    }
    return Answer(*std::exchange(admission_.refusal, std::nullopt));
  }
  const size_t limit = std::min(admission_.body_limit, server_.options.body_bytes);
  if (has_body && (limit == 0 || parser_->content_length().value_or(0) > limit)) {
    return Refuse(413, limit == 0 ? std::string("this route takes no body")
                                  : absl::StrCat("the body is ", *parser_->content_length(),
                                                 " bytes; the limit of this route is ", limit));
  }
  if (has_body && parser_->get().count(http::field::content_encoding) > 0) {
    return Refuse(415, "a request's body is taken as it is, without a Content-Encoding");
  }
  if (has_body) HoldBody(parser_->content_length().value_or(limit));
  if (server_.held > server_.options.memory) {
    HoldBody(0);
    return Refuse(503,
                  "the server holds as many bytes of requests and answers as it may (--http-memory); "
                  "try again in some seconds");
  }
  parser_->body_limit(limit);
  body_start_ = Clock::now();
  if (!expects || !has_body) return ReadBody();
  stream_.expires_after(server_.options.head_deadline);
  static constexpr char kContinue[] = "HTTP/1.1 100 Continue\r\n\r\n";
  boost::asio::async_write(
      stream_, boost::asio::buffer(kContinue, sizeof(kContinue) - 1),
      [self = shared_from_this()](error_code error, size_t) { error ? self->Close() : self->ReadBody(); });
}

void Connection::HoldBody(size_t bytes) {
  server_.Hold(static_cast<int64_t>(bytes) - static_cast<int64_t>(body_held_));
  body_held_ = bytes;
}

bool Connection::BodyTooSlow() const {
  const auto took = Clock::now() - body_start_;
  if (took < kBodyGrace) return false;
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(took - kBodyGrace).count();
  return parser_->get().body().size() < kBodyBytesPerSecond * static_cast<uint64_t>(seconds);
}

void Connection::ReadBody() {
  if (parser_->is_done()) return Dispatch();
  if (BodyTooSlow()) return Refuse(408, "the body came too slowly: less than 1 KiB a second");
  stream_.expires_after(kBodyGrace);
  http::async_read_some(stream_, buffer_, *parser_, [self = shared_from_this()](error_code error, size_t) {
    if (error == http::error::body_limit) {
      return self->Refuse(413, absl::StrCat("the body is larger than ", self->admission_.body_limit,
                                            " bytes, the limit of this route"));
    }
    if (error) return self->Close();
    self->ReadBody();
  });
}

void Connection::Refuse(int status, const std::string& detail) {
  keep_alive_ = false;
  request_start_ = Clock::now();
  refused_ = true;
  if (admission_.request.id.empty()) admission_.request.id = NewUlid();
  Answer(Problem(status, detail, admission_.request.id));
}

// Closing with unread bytes would make the kernel send a reset, which can overtake the answer: read them away first.
void Connection::CloseAfterReading(size_t left) {
  error_code ignored;
  stream_.socket().shutdown(boost::asio::ip::tcp::socket::shutdown_send, ignored);
  buffer_.consume(buffer_.size());
  stream_.expires_after(kUnreadDeadline);
  stream_.async_read_some(buffer_.prepare(64 << 10), [self = shared_from_this(), left](error_code error, size_t size) {
    if (error || size >= left) return self->Close();
    self->CloseAfterReading(left - size);
  });
}

void Connection::Dispatch() {
  admission_.request.body = std::move(parser_->get().body());
  in_flight_ = true;
  server_.metrics.in_flight().Increment();
  if (!server_.handlers.Run([self = shared_from_this()] { self->Handle(); })) {
    Answer(Problem(503, "the server has more requests waiting than it can answer soon; try again in some seconds",
                   admission_.request.id));
  }
}

}  // namespace stepwell::net
