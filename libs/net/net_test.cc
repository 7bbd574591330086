// The parts of HTTP that need no socket.
#include <arpa/inet.h>
#include <sys/socket.h>
#include <unistd.h>
#include <zlib.h>
#include <zstd.h>

#include "base/json.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "net/app.h"
#include "net/compress.h"
#include "net/local_guard.h"
#include "net/problem.h"
#include "net/url.h"

namespace stepwell::net {
namespace {

using ::testing::HasSubstr;

TEST(Url, IsDecodedOnce) {
  const auto target = ParseTarget("/api/v1/runs/a%20b/points?tag=train%2Floss+x%00%25&tag=b&flag");
  ASSERT_TRUE(target.ok()) << target.status();
  EXPECT_EQ(target->path, "/api/v1/runs/a b/points");
  EXPECT_EQ(target->segments, (std::vector<std::string>{"api", "v1", "runs", "a b", "points"}));
  EXPECT_EQ(*target->query.Find("tag"), std::string("train/loss x\0%", 14));
  EXPECT_EQ(target->query.FindAll("tag").size(), 2u);
  EXPECT_EQ(*target->query.Find("flag"), "");
}

TEST(Url, PathsThatLeadElsewhereAreRefused) {
  for (const char* path : {"/a/../b", "/a/%2e%2e/b", "/a/%2E%2e", "/a%2fb", "/a%5cb", "/a\\b", "/a%00", "/a;b",
                           "/a%25b", "/a%3Bb", "/%zz", "/a%2", "a", "/."}) {
    EXPECT_EQ(ParseTarget(path).status().code(), absl::StatusCode::kInvalidArgument) << path;
  }
}

TEST(Compress, TheClientChooses) {
  EXPECT_EQ(Negotiate(""), Coding::kIdentity);
  EXPECT_EQ(Negotiate("gzip"), Coding::kGzip);
  EXPECT_EQ(Negotiate("gzip, br"), Coding::kBrotli);
  EXPECT_EQ(Negotiate("gzip, zstd;q=0"), Coding::kGzip);
  EXPECT_EQ(Negotiate("br;q=0, *;q=0"), Coding::kIdentity);
  EXPECT_EQ(Negotiate("identity"), Coding::kIdentity);
}

TEST(Compress, ZstdAndGzipReadBack) {
  std::string text;
  for (int i = 0; i < 20000; ++i) text += std::to_string(i * 7919);
  const std::string zstd = Compress(Coding::kZstd, text);
  std::string back(text.size(), '\0');
  EXPECT_EQ(ZSTD_decompress(back.data(), back.size(), zstd.data(), zstd.size()), text.size());
  EXPECT_EQ(back, text);
  const std::string gzip = Compress(Coding::kGzip, text);
  z_stream stream{};
  inflateInit2(&stream, 15 + 16);
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(gzip.data()));
  stream.avail_in = static_cast<uInt>(gzip.size());
  std::string again(text.size(), '\0');
  stream.next_out = reinterpret_cast<Bytef*>(again.data());
  stream.avail_out = static_cast<uInt>(again.size());
  EXPECT_EQ(inflate(&stream, Z_FINISH), Z_STREAM_END);
  inflateEnd(&stream);
  EXPECT_EQ(again, text);
}

TEST(Problem, InternalErrorsLeakNothing) {
  const std::string text = ProblemJson(absl::InternalError("password=hunter2"), "01ABC");
  EXPECT_THAT(text, HasSubstr("\"status\":500"));
  EXPECT_THAT(text, HasSubstr("01ABC"));
  EXPECT_EQ(text.find("hunter2"), std::string::npos);
}

TEST(Problem, StatusesThatHaveNoCodeAreKept) {
  EXPECT_THAT(ProblemJson(HttpError(415, "no"), ""), HasSubstr("\"status\":415"));
  EXPECT_EQ(Problem(absl::NotFoundError("x"), "").status, 404);
  EXPECT_EQ(Problem(absl::ResourceExhaustedError("x"), "").status, 429);
}

constexpr char kTable[] =
    "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n"
    "   0: 0100007F:A3B4 0100007F:1B5F 01 00000000:00000000 00:00000000 00000000  1000        0 1 1\n"
    "   1: 0100007F:A3B5 0100007F:1B5F 04 00000000:00000000 00:00000000 00000000     0        0 2 1\n";

TEST(LocalGuard, FindsTheUserOfAConnection) {
  const std::string localhost("\x7F\0\0\x01", 4);
  const auto uid = FindUid(kTable, {localhost, 0xA3B4}, {localhost, 0x1B5F});
  ASSERT_TRUE(uid.ok());
  EXPECT_EQ(*uid, 1000u);
}

TEST(LocalGuard, AClosedConnectionIsNobodysThoughTheKernelSaysRoot) {
  const std::string localhost("\x7F\0\0\x01", 4);
  EXPECT_EQ(FindUid(kTable, {localhost, 0xA3B5}, {localhost, 0x1B5F}).status().code(), absl::StatusCode::kNotFound);
}

// A connection over 127.0.0.1 whose client's end is of another user, where the test may make one.
class LoopbackPair {
 public:
  LoopbackPair() {
    sockaddr_in any{};
    any.sin_family = AF_INET;
    any.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    listener_ = socket(AF_INET, SOCK_STREAM, 0);
    EXPECT_EQ(bind(listener_, reinterpret_cast<sockaddr*>(&any), sizeof(any)), 0);
    EXPECT_EQ(listen(listener_, 1), 0);
    const sockaddr_in to = Name(listener_);
    const bool root = geteuid() == 0;
    owner_ = root ? 65534 : geteuid();
    EXPECT_EQ(seteuid(owner_), 0);
    client_ = socket(AF_INET, SOCK_STREAM, 0);
    EXPECT_EQ(seteuid(root ? 0 : owner_), 0);
    EXPECT_EQ(connect(client_, reinterpret_cast<const sockaddr*>(&to), sizeof(to)), 0);
    server_ = accept(listener_, nullptr, nullptr);
    ours = {std::string("\x7F\0\0\x01", 4), ntohs(to.sin_port)};
    theirs = {ours.address, ntohs(Name(client_).sin_port)};
  }
  ~LoopbackPair() {
    for (int end : {listener_, client_, server_}) close(end);
  }
  uid_t owner() const { return owner_; }
  // The client's end closes and is in TIME_WAIT; the listener stays.
  void Close() {
    for (int* end : {&client_, &server_}) close(std::exchange(*end, -1));
  }

  Endpoint theirs, ours;

 private:
  static sockaddr_in Name(int end) {
    sockaddr_in name{};
    socklen_t size = sizeof(name);
    getsockname(end, reinterpret_cast<sockaddr*>(&name), &size);
    return name;
  }
  int listener_, client_, server_;
  uid_t owner_;
};

TEST(LocalGuard, TheKernelTellsWhoseARealConnectionIs) {
  LoopbackPair pair;
  const auto mapped = [](Endpoint end) {
    end.address.insert(0, std::string("\0\0\0\0\0\0\0\0\0\0\xFF\xFF", 12));
    return end;
  };
  EXPECT_EQ(PeerUid(pair.theirs, pair.ours).value_or(1), pair.owner());
  EXPECT_EQ(PeerUid(mapped(pair.theirs), mapped(pair.ours)).value_or(1), pair.owner());
  pair.Close();
  EXPECT_EQ(PeerUid(pair.theirs, pair.ours).status().code(), absl::StatusCode::kNotFound);
}

TEST(LocalGuard, HostsProxiesAndForeignPagesAreRefused) {
  EXPECT_TRUE(CheckLocalHeaders({{"host", "localhost:7007"}}).ok());
  EXPECT_TRUE(CheckLocalHeaders({{"host", "127.0.0.1"}}).ok());
  EXPECT_TRUE(CheckLocalHeaders({{"host", "[::1]:80"}, {"sec-fetch-site", "same-origin"}}).ok());
  EXPECT_TRUE(CheckLocalHeaders({{"host", "localhost"}, {"origin", "http://localhost:5173"}}).ok());
  EXPECT_FALSE(CheckLocalHeaders({{"host", "evil.example"}}).ok());
  EXPECT_FALSE(CheckLocalHeaders({{"host", "localhost.evil.example"}}).ok());
  EXPECT_FALSE(CheckLocalHeaders({{"host", "127.0.0.1, evil.example"}}).ok());
  EXPECT_FALSE(CheckLocalHeaders({}).ok());
  EXPECT_FALSE(CheckLocalHeaders({{"host", "localhost"}, {"x-forwarded-for", "10.0.0.1"}}).ok());
  EXPECT_FALSE(CheckLocalHeaders({{"host", "localhost"}, {"forwarded", "for=10.0.0.1"}}).ok());
  EXPECT_FALSE(CheckLocalHeaders({{"host", "localhost"}, {"sec-fetch-site", "cross-site"}}).ok());
  EXPECT_FALSE(CheckLocalHeaders({{"host", "localhost"}, {"origin", "https://evil.example"}}).ok());
  EXPECT_FALSE(CheckLocalHeaders({{"host", "localhost"}, {"origin", "null"}}).ok());
}

class AppTest : public ::testing::Test {
 protected:
  AppTest() {
    const auto echo = [](const Request& request) -> absl::StatusOr<Response> {
      Response response;
      response.body = request.params.contains("run") ? request.params.at("run") : request.path;
      response.hashed = true;
      return response;
    };
    EXPECT_TRUE(router_.Add("GET", "/api/v1/runs/{run}", echo).ok());
    EXPECT_TRUE(router_.Add("DELETE", "/api/v1/runs/{run}", echo).ok());
    EXPECT_TRUE(router_.Add("POST", "/api/v1/runs/{run}:restore", echo).ok());
    EXPECT_TRUE(router_.Add("GET", "/{path...}", echo).ok());
  }
  App::Admission Admit(const std::string& method, const std::string& target) {
    return app_.Admit(method, target, {{"host", "localhost"}}, absl::OkStatus(), "127.0.0.1");
  }
  Router router_;
  auth::Authority authority_;
  App app_{router_, authority_, AppOptions{}};
};

TEST_F(AppTest, ARouteWithoutARowDoesNotExist) {
  EXPECT_EQ(router_.Add("GET", "/api/v1/secrets", nullptr).code(), absl::StatusCode::kNotFound);
  EXPECT_THAT(std::string(router_.CheckComplete().message()), HasSubstr("/api/v1/series:query"));
}

TEST_F(AppTest, TheVerbAfterAColonIsNoPartOfTheName) {
  App::Admission admission = Admit("POST", "/api/v1/runs/abc:restore");
  ASSERT_FALSE(admission.refusal);
  EXPECT_EQ(app_.Answer(admission).body, "abc");
}

TEST_F(AppTest, TheWrongMethodIsToldWhatThePathTakes) {
  const App::Admission admission = Admit("PUT", "/api/v1/runs/abc");
  ASSERT_TRUE(admission.refusal);
  EXPECT_EQ(admission.refusal->status, 405);
  EXPECT_THAT(admission.refusal->headers,
              ::testing::Contains(std::pair<std::string, std::string>("Allow", "GET, HEAD, DELETE")));
}

TEST_F(AppTest, WhatIsNotThereIs404) {
  const App::Admission admission = Admit("POST", "/api/v1/nothing");
  ASSERT_TRUE(admission.refusal);
  EXPECT_EQ(admission.refusal->status, 404);
}

TEST_F(AppTest, AnEtagThatMatchesSavesTheBody) {
  App::Admission admission = Admit("GET", "/api/v1/runs/abc");
  Response response = app_.Answer(admission);
  app_.Finish(admission.request, response);
  std::string etag;
  for (const auto& [name, value] : response.headers) {
    if (name == "ETag") etag = value;
  }
  ASSERT_FALSE(etag.empty());
  admission.request.headers["if-none-match"] = etag;
  Response again = app_.Answer(admission);
  app_.Finish(admission.request, again);
  EXPECT_EQ(again.status, 304);
  EXPECT_EQ(again.body, "");
}

TEST_F(AppTest, EveryAnswerHasThePolicies) {
  App::Admission admission = Admit("GET", "/w/default");
  Response response = app_.Answer(admission);
  app_.Finish(admission.request, response);
  std::map<std::string, std::string> headers(response.headers.begin(), response.headers.end());
  EXPECT_THAT(headers["Content-Security-Policy"], HasSubstr("default-src 'none'; script-src 'self'"));
  EXPECT_THAT(headers["Content-Security-Policy"], HasSubstr("frame-src 'self'"));
  EXPECT_EQ(headers["X-Content-Type-Options"], "nosniff");
  EXPECT_EQ(headers["Cross-Origin-Resource-Policy"], "same-origin");
  EXPECT_EQ(headers["X-Request-Id"].size(), 26u);
}

}  // namespace
}  // namespace stepwell::net
