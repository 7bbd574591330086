// The server over real sockets on a free port: its limits, its deadlines, and what it does with clients that are slow.
#include "net/http_server.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <condition_variable>
#include <mutex>
#include <thread>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace stepwell::net {
namespace {

using std::chrono::milliseconds;
using ::testing::ContainsRegex;
using ::testing::HasSubstr;
using ::testing::StartsWith;

class Client {
 public:
  explicit Client(uint16_t port, int receive_buffer = 0) : socket_(socket(AF_INET, SOCK_STREAM, 0)) {
    if (receive_buffer > 0) setsockopt(socket_, SOL_SOCKET, SO_RCVBUF, &receive_buffer, sizeof(receive_buffer));
    timeval patience{20, 0};
    setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
    sockaddr_in to{};
    to.sin_family = AF_INET;
    to.sin_port = htons(port);
    inet_pton(AF_INET, "127.0.0.1", &to.sin_addr);
    connected_ = connect(socket_, reinterpret_cast<sockaddr*>(&to), sizeof(to)) == 0;
  }
  ~Client() { close(socket_); }

  void Send(const std::string& text) {
    size_t sent = 0;
    while (sent < text.size()) {
      const ssize_t n = send(socket_, text.data() + sent, text.size() - sent, MSG_NOSIGNAL);
      if (n <= 0) return;
      sent += static_cast<size_t>(n);
    }
  }
  // Everything until the server closes, or `until` has come.
  std::string Read(const std::string& until = "") {
    while (until.empty() || text_.find(until) == std::string::npos) {
      char buffer[65536];
      const ssize_t n = recv(socket_, buffer, sizeof(buffer), 0);
      if (n <= 0) break;
      text_.append(buffer, static_cast<size_t>(n));
    }
    return text_;
  }
  std::string Get(const std::string& target, const std::string& headers = "") {
    Send("GET " + target + " HTTP/1.1\r\nHost: localhost\r\n" + headers + "Connection: close\r\n\r\n");
    return Read();
  }

 private:
  int socket_;
  bool connected_ = false;
  std::string text_;
};

class HttpServerTest : public ::testing::Test {
 protected:
  HttpServerTest() {
    Route("GET", "/api/v1/server", [](const Request&) {
      Response response;
      response.body = "{\"hello\":1}";
      return response;
    });
    Route("GET", "/api/v1/experiments", [](const Request&) {
      Response response;
      response.body.assign(100'000, 'x');
      return response;
    });
    Route("POST", "/api/v1/series:query", [](const Request& request) {
      Response response;
      response.body = std::to_string(request.body.size());
      return response;
    });
    Route("GET", "/api/v1/runs/{run}/points", [this](const Request&) {
      Response response;
      response.stream = [this](BodyWriter& body) {
        const std::string block(64 << 10, 'y');
        absl::Status status;
        for (int i = 0; i < stream_blocks_ && status.ok(); ++i) status = body.Write(block);
        const std::lock_guard lock(mutex_);
        stream_end_ = status;
        stream_ended_ = true;
        changed_.notify_all();
        return status;
      };
      return response;
    });
    Route("GET", "/api/v1/runs", [](const Request&) {
      Response response;
      response.stream = [](BodyWriter&) { return absl::NotFoundError("none of them"); };
      return response;
    });
    Route("GET", "/api/v1/live", [this](const Request&) {
      Response response;
      response.content_type = "text/event-stream";
      response.compressible = false;
      response.listen = [this](std::shared_ptr<Outlet> outlet) {
        outlet->Offer("data: 1\n\n");
        const std::lock_guard lock(mutex_);
        outlet_ = std::move(outlet);
        changed_.notify_all();
      };
      return response;
    });
    options_.read_stall = milliseconds(500);
    options_.stop_deadline = milliseconds(2000);
  }
  ~HttpServerTest() override {
    outlet_.reset();
    if (server_) server_->Stop();
  }

  template <typename F>
  void Route(const char* method, const char* pattern, F handler) {
    ASSERT_TRUE(
        router_.Add(method, pattern, [handler](const Request& r) -> absl::StatusOr<Response> { return handler(r); })
            .ok());
  }
  uint16_t Start() {
    auto started = HttpServer::Start(options_, app_, metrics_, log_);
    EXPECT_TRUE(started.ok()) << started.status();
    server_ = *std::move(started);
    return server_->port();
  }

  HttpOptions options_;
  Router router_;
  auth::Authority authority_;
  App app_{router_, authority_, AppOptions{true, geteuid(), false}};
  HttpMetrics metrics_{std::make_shared<prometheus::Registry>()};
  Logger log_{LogFormat::kText, LogLevel::kError};
  std::mutex mutex_;
  std::condition_variable changed_;
  int stream_blocks_ = 4;
  bool stream_ended_ = false;
  absl::Status stream_end_;
  std::shared_ptr<Outlet> outlet_;
  std::unique_ptr<HttpServer> server_;
};

TEST_F(HttpServerTest, AConnectionServesRequestAfterRequestAndThoseThatCameTogether) {
  Client client(Start());
  const std::string request = "GET /api/v1/server HTTP/1.1\r\nHost: localhost\r\n\r\n";
  client.Send(request + request);
  client.Send("GET /api/v1/server HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
  const std::string all = client.Read();
  size_t answers = 0;
  for (size_t at = all.find("{\"hello\":1}"); at != std::string::npos; at = all.find("{\"hello\":1}", at + 1))
    ++answers;
  EXPECT_EQ(answers, 3u) << all;
}

TEST_F(HttpServerTest, AnAnswerSaysHowLongTheServerTook) {
  EXPECT_THAT(Client(Start()).Get("/api/v1/server"),
              ContainsRegex("\r\nServer-Timing: total;dur=[0-9]+\\.[0-9]{3}\r\n"));
}

TEST_F(HttpServerTest, AForeignHostIsRefused) {
  Client client(Start());
  client.Send("GET /api/v1/server HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n");
  EXPECT_THAT(client.Read(), StartsWith("HTTP/1.1 403 "));
}

TEST_F(HttpServerTest, LongUrlsHeadersAndBodiesAreRefusedByName) {
  const uint16_t port = Start();
  EXPECT_THAT(Client(port).Get("/api/v1/server?x=" + std::string(70'000, 'a')), StartsWith("HTTP/1.1 414 "));
  EXPECT_THAT(Client(port).Get("/api/v1/server", "X-Long: " + std::string(20'000, 'a') + "\r\n"),
              StartsWith("HTTP/1.1 431 "));
  Client body(port);
  body.Send("POST /api/v1/series:query HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9000000\r\n\r\n");
  EXPECT_THAT(body.Read(), StartsWith("HTTP/1.1 413 "));
  EXPECT_THAT(Client(port).Get("/api/v1/server?x=" + std::string(60'000, 'a')), StartsWith("HTTP/1.1 200 "));
}

TEST_F(HttpServerTest, ABodyInChunksComesWhole) {
  Client client(Start());
  client.Send(
      "POST /api/v1/series:query HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n"
      "5\r\nhello\r\n6\r\n world\r\n0\r\n\r\n");
  EXPECT_THAT(client.Read(), HasSubstr("\r\n\r\n11"));
}

TEST_F(HttpServerTest, WhatIsNoHttpIsRefused) {
  Client client(Start());
  client.Send("this is not http\r\n\r\n");
  EXPECT_THAT(client.Read(), StartsWith("HTTP/1.1 400 "));
}

TEST_F(HttpServerTest, ASilentClientIsCutOff) {
  options_.head_deadline = milliseconds(100);
  Client client(Start());
  client.Send("GET /api/v1/ser");
  EXPECT_EQ(client.Read(), "");
}

TEST_F(HttpServerTest, LargeAnswersAreCompressedForWhoTakesIt) {
  const uint16_t port = Start();
  const std::string zstd = Client(port).Get("/api/v1/experiments", "Accept-Encoding: gzip, zstd\r\n");
  EXPECT_THAT(zstd, HasSubstr("Content-Encoding: zstd"));
  EXPECT_LT(zstd.size(), 5000u);
  EXPECT_GT(Client(port).Get("/api/v1/experiments").size(), 100'000u);
}

TEST_F(HttpServerTest, HeadHasTheLengthAndNoBody) {
  Client client(Start());
  client.Send("HEAD /api/v1/experiments HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
  const std::string answer = client.Read();
  EXPECT_THAT(answer, HasSubstr("Content-Length: 100000\r\n"));
  EXPECT_TRUE(answer.ends_with("\r\n\r\n"));
}

TEST_F(HttpServerTest, AStreamedAnswerEndsWithItsLastChunk) {
  const std::string answer = Client(Start()).Get("/api/v1/runs/a/points");
  EXPECT_THAT(answer, HasSubstr("Transfer-Encoding: chunked"));
  EXPECT_TRUE(answer.ends_with("0\r\n\r\n"));
  EXPECT_GT(answer.size(), 4u * (64 << 10));
}

TEST_F(HttpServerTest, AStreamThatFailsBeforeItBeginsIsAProblem) {
  const std::string answer = Client(Start()).Get("/api/v1/runs");
  EXPECT_THAT(answer, StartsWith("HTTP/1.1 404 "));
  EXPECT_THAT(answer, HasSubstr("application/problem+json"));
  EXPECT_THAT(answer, HasSubstr("none of them"));
}

TEST_F(HttpServerTest, AReaderThatDoesNotReadIsDroppedAndItsHandlerToldSo) {
  stream_blocks_ = 10'000;  // 640 MiB: more than any buffer on the way
  Client client(Start(), 4096);
  client.Send("GET /api/v1/runs/a/points HTTP/1.1\r\nHost: localhost\r\n\r\n");
  std::unique_lock lock(mutex_);
  ASSERT_TRUE(changed_.wait_for(lock, std::chrono::seconds(20), [&] { return stream_ended_; }));
  EXPECT_EQ(stream_end_.code(), absl::StatusCode::kCancelled);
  EXPECT_EQ(metrics_.cut_off().Value(), 1);
}

TEST_F(HttpServerTest, ReadersThatDoNotReadHoldNoThreadThatOthersNeed) {
  options_.stream_threads = 2;
  options_.read_stall = std::chrono::minutes(10);
  const uint16_t port = Start();
  stream_blocks_ = 1000;
  std::vector<std::unique_ptr<Client>> slow;
  for (int i = 0; i < 8; ++i) {
    slow.push_back(std::make_unique<Client>(port, 4096));
    slow.back()->Send("GET /api/v1/runs/a/points HTTP/1.1\r\nHost: localhost\r\n\r\n");
    slow.back()->Read("yyyy");
  }
  EXPECT_TRUE(Client(port).Get("/api/v1/runs/a/points").ends_with("0\r\n\r\n"));
  EXPECT_EQ(metrics_.cut_off().Value(), 0);
}

TEST_F(HttpServerTest, AListenerGetsWhatIsOfferedAndNeverMoreThanItsShareWaits) {
  Client client(Start());
  client.Send("GET /api/v1/live HTTP/1.1\r\nHost: localhost\r\n\r\n");
  EXPECT_THAT(client.Read("data: 1"), HasSubstr("text/event-stream"));
  std::unique_lock lock(mutex_);
  ASSERT_TRUE(changed_.wait_for(lock, std::chrono::seconds(20), [&] { return outlet_ != nullptr; }));
  EXPECT_TRUE(outlet_->Offer("data: 2\n\n"));
  EXPECT_THAT(client.Read("data: 2"), HasSubstr("data: 2"));
  EXPECT_FALSE(outlet_->Offer(std::string(options_.listener_bytes + 1, 'z')));
}

TEST_F(HttpServerTest, StoppingEndsListenersAndLetsNobodyWait) {
  Client client(Start());
  client.Send("GET /api/v1/live HTTP/1.1\r\nHost: localhost\r\n\r\n");
  client.Read("data: 1");
  const auto begin = std::chrono::steady_clock::now();
  server_->Stop();
  EXPECT_LT(std::chrono::steady_clock::now() - begin, options_.stop_deadline);
  client.Read();  // the server has closed it
}

TEST_F(HttpServerTest, AnAddressThatIsTakenIsNamed) {
  options_.address = "127.0.0.1:" + std::to_string(Start());
  const auto second = HttpServer::Start(options_, app_, metrics_, log_);
  ASSERT_FALSE(second.ok());
  EXPECT_THAT(std::string(second.status().message()), HasSubstr(options_.address));
}

TEST_F(HttpServerTest, AnAddressHasSoManyConnectionsAndMoreAreClosed) {
  options_.connections_per_address = 2;
  const uint16_t port = Start();
  auto first = std::make_unique<Client>(port);
  Client second(port);
  for (Client* client : {first.get(), &second}) {
    client->Send("GET /api/v1/server HTTP/1.1\r\nHost: localhost\r\n\r\n");
    EXPECT_THAT(client->Read("{\"hello\":1}"), HasSubstr("200 OK"));
  }
  EXPECT_EQ(Client(port).Get("/api/v1/server"), "");
  EXPECT_EQ(metrics_.turned_away().Value(), 1);
  first.reset();
  while (metrics_.connections().Value() > 1) std::this_thread::yield();
  EXPECT_THAT(Client(port).Get("/api/v1/server"), HasSubstr("200 OK"));
}

TEST_F(HttpServerTest, BodiesTogetherKeepToTheBudgetAndMoreAreToldToComeLater) {
  options_.memory = 1 << 20;
  const uint16_t port = Start();
  const std::string head =
      "POST /api/v1/series:query HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n";
  {
    Client slow(port);  // says that a megabyte is coming, and waits
    slow.Send(head + "Content-Length: 1000000\r\n\r\n");
    while (metrics_.memory().Value() < 1e6) std::this_thread::yield();
    Client other(port);
    other.Send(head + "Content-Length: 100000\r\n\r\n");
    const std::string answer = other.Read();
    EXPECT_THAT(answer, HasSubstr("503 "));
    EXPECT_THAT(answer, HasSubstr("Retry-After: "));
    EXPECT_THAT(answer, HasSubstr("--http-memory"));
  }
  while (metrics_.memory().Value() > 0) std::this_thread::yield();
  Client after(port);
  after.Send(head + "Connection: close\r\nContent-Length: 100000\r\n\r\n" + std::string(100'000, ' '));
  EXPECT_THAT(after.Read(), HasSubstr("100000"));
}

}  // namespace
}  // namespace stepwell::net
