// REST from the socket to the answer, over a catalog and an ingest in memory.
#include <arpa/inet.h>
#include <sys/socket.h>
#include <unistd.h>

#include <fstream>
#include <set>

#include <boost/json.hpp>

#include "auth/routes.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "query/blob_id.h"
#include "query/byte_range.h"
#include "query/fake_catalog_testing.h"
#include "query/parameters.h"
#include "query/query_server.h"

namespace stepwell::query {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;
namespace json = boost::json;

struct Reply {
  int status = 0;
  std::string head, body;
};

class RestTest : public ::testing::Test {
 protected:
  RestTest() {
    grpc::ServerBuilder builder;
    builder.RegisterService(&ingest_);
    grpc_ = builder.BuildAndStart();
    QueryServerOptions options;
    options.http = "127.0.0.1:0";
    options.ops = "127.0.0.1:0";
    options.catalog = &catalog_;
    options.channel = grpc_->InProcessChannel({});
    options.grpc = "127.0.0.1:7008";
    options.openapi = std::string(getenv("STEPWELL_SOURCE") ? getenv("STEPWELL_SOURCE") : ".") + "/docs/openapi.yaml";
    auto started = QueryServer::Start(options);
    EXPECT_TRUE(started.ok()) << started.status();
    server_ = *std::move(started);
  }
  ~RestTest() override {
    server_->Stop();
    grpc_->Shutdown();
  }

  int Connect(const std::string& url) {
    const int socket = ::socket(AF_INET, SOCK_STREAM, 0);
    timeval patience{20, 0};
    setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
    sockaddr_in to{};
    to.sin_family = AF_INET;
    to.sin_port = htons(static_cast<uint16_t>(std::stoi(url.substr(url.rfind(':') + 1))));
    inet_pton(AF_INET, "127.0.0.1", &to.sin_addr);
    EXPECT_EQ(connect(socket, reinterpret_cast<sockaddr*>(&to), sizeof(to)), 0);
    return socket;
  }
  static void Send(int socket, const std::string& text) {
    EXPECT_EQ(send(socket, text.data(), text.size(), MSG_NOSIGNAL), static_cast<ssize_t>(text.size()));
  }
  static std::string ReadUntil(int socket, const std::string& until) {
    std::string all;
    char buffer[4096];
    while (until.empty() || all.find(until) == std::string::npos) {
      const ssize_t n = recv(socket, buffer, sizeof(buffer), 0);
      if (n <= 0) break;
      all.append(buffer, static_cast<size_t>(n));
    }
    return all;
  }
  Reply Call(const std::string& method, const std::string& target, const std::string& body = "",
             const std::string& headers = "", const std::string& url = "") {
    const int socket = Connect(url.empty() ? server_->url() : url);
    std::string request = method + " " + target + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n" + headers;
    if (!body.empty())
      request += "Content-Type: application/json\r\nContent-Length: " + std::to_string(body.size()) + "\r\n";
    Send(socket, request + "\r\n" + body);
    const std::string all = ReadUntil(socket, "");
    close(socket);
    Reply reply;
    const size_t end = all.find("\r\n\r\n");
    if (all.size() < 12 || end == std::string::npos) return reply;
    reply.status = std::stoi(all.substr(9, 3));
    reply.head = all.substr(0, end);
    reply.body = all.substr(end + 4);
    return reply;
  }
  Reply Get(const std::string& target, const std::string& headers = "") { return Call("GET", target, "", headers); }
  static json::value Parse(const Reply& reply) {
    json::error_code error;
    json::value value = json::parse(reply.body, error);
    EXPECT_FALSE(error) << reply.body;
    return value;
  }

  FakeCatalog catalog_;
  FakeIngest ingest_;
  std::unique_ptr<grpc::Server> grpc_;
  std::unique_ptr<QueryServer> server_;
};

TEST_F(RestTest, ListsHaveItemsAndNext) {
  const json::value experiments = Parse(Get("/api/v1/experiments?workspace=default&limit=10"));
  EXPECT_EQ(experiments.at("items").at(0).at("name"), "digits");
  EXPECT_TRUE(experiments.at("next").is_null());
  const json::value runs = Parse(Get("/api/v1/runs?experiment=E1&columns=loss"));
  EXPECT_EQ(runs.at("items").as_array().size(), 2u);
  EXPECT_EQ(runs.at("items").at(0).at("created"), "2023-11-14T22:13:21.000000Z");
  EXPECT_EQ(runs.at("items").at(0).at("summary").at("loss").at("last"), "NaN");
  EXPECT_TRUE(runs.at("items").at(0).at("summary").at("loss").at("min").is_null());
  EXPECT_EQ(Parse(Get("/api/v1/runs")).at("items").as_array().size(), 2u);
  EXPECT_EQ(Parse(Get("/api/v1/runs/run-1/series")).at("items").at(0).at("kind"), "scalar");
  EXPECT_EQ(Parse(Get("/api/v1/runs/run-1/warnings")).at("items").at(0).at("offset"), 123);
  EXPECT_EQ(Parse(Get("/api/v1/experiments/E1/tags?kind=scalar")).at("items").at(0).at("tag"), "loss");
}

TEST_F(RestTest, WhatIsMisspeltIsRefusedWithWhatWasMeant) {
  const Reply reply = Get("/api/v1/runs?experiment=E1&fitler=x");
  EXPECT_EQ(reply.status, 400);
  EXPECT_THAT(reply.body, HasSubstr("did you mean \\\"filter\\\""));
  EXPECT_THAT(reply.head, HasSubstr("application/problem+json"));
  EXPECT_EQ(Get("/api/v1/runs?limit=1001").status, 400);
  EXPECT_EQ(Get("/api/v1/runs/run-1/series?kind=scalars").status, 400);
}

TEST_F(RestTest, AnErrorInAFilterSaysWhereItIs) {
  const json::value problem = Parse(Get("/api/v1/runs?experiment=E1&filter=x"));
  EXPECT_EQ(problem.at("detail"), "filter, column 3: expected a key here");
  EXPECT_EQ(problem.at("text"), "filter");
  EXPECT_EQ(problem.at("position"), 3);
  EXPECT_EQ(problem.at("length"), 2);
  EXPECT_EQ(problem.at("hint"), "expected a key here");
}

TEST_F(RestTest, GroupsKeysAndValuesHaveTheirTypes) {
  const json::value groups = Parse(Get("/api/v1/runs:group?experiment=E1&by=params.lr"));
  EXPECT_EQ(groups.at("total"), 7);
  const json::value& group = groups.at("items").at(0);
  EXPECT_EQ(group.at("key"), (json::value{0.1, "adam", true, nullptr}));
  EXPECT_EQ(group.at("filter"), "params.lr = 0.1");
  EXPECT_EQ(group.at("newest"), "2023-11-14T22:13:20.000000Z");
  EXPECT_EQ(group.at("params").at("lr").at("value"), 64);
  EXPECT_EQ(group.at("metrics").at("loss").at("min").at("mean"), 0.5);
  EXPECT_TRUE(group.at("metrics").at("loss").at("min").at("std").is_null());
  EXPECT_EQ(Parse(Get("/api/v1/experiments/E1/keys?prefix=l")).at("items").at(0).at("type"), "number");
  const json::value values = Parse(Get("/api/v1/experiments/E1/values?key=params.lr"));
  EXPECT_EQ(values.at("items").at(1).at("value"), "x");
  EXPECT_EQ(values.at("min"), 0.1);
  EXPECT_EQ(Get("/api/v1/experiments/none/keys").status, 404);
  EXPECT_EQ(Get("/api/v1/runs:group?experiment=E1&grop=x").status, 400);
}

TEST_F(RestTest, ArchivedRunsAreShownToThoseWhoAsk) {
  EXPECT_EQ(Parse(Call("PATCH", "/api/v1/runs/run-1", R"({"archived":true})")).at("archived"), true);
  const json::value rest = Parse(Get("/api/v1/runs?experiment=E1&total=true"));
  EXPECT_EQ(rest.at("total"), 1);
  EXPECT_EQ(rest.at("items").at(0).at("id"), "run-2");
  EXPECT_EQ(rest.at("items").at(0).at("owner"), "local");
  EXPECT_EQ(Parse(Get("/api/v1/runs?experiment=E1&archived=true")).at("items").at(0).at("id"), "run-1");
  EXPECT_EQ(Parse(Get("/api/v1/runs?archived=any")).at("items").as_array().size(), 2u);
  EXPECT_FALSE(Parse(Get("/api/v1/runs")).as_object().contains("total"));
  EXPECT_EQ(Get("/api/v1/runs?archived=no").status, 400);
  EXPECT_EQ(Call("PATCH", "/api/v1/runs/run-1", R"({"archived":1})").status, 400);
}

TEST_F(RestTest, WhatIsNotThereIs404AsAProblem) {
  for (const char* path :
       {"/api/v1/runs/none", "/api/v1/experiments/none", "/api/v1/blobs/x", "/api/v1/nothing", "/nothing",
        "/api/v1/views/none", "/api/v1/runs?experiment=none", "/api/v1/runs/run-1/points?tag=none"}) {
    const Reply reply = Get(path);
    EXPECT_EQ(reply.status, 404) << path;
    EXPECT_THAT(reply.head, HasSubstr("application/problem+json")) << path;
  }
}

TEST_F(RestTest, ASeriesThatIsUnknownIsAnItemAndTheOthersCome) {
  const Reply reply = Call(
      "POST", "/api/v1/series:query",
      R"({"series":[{"run":"none","tag":"loss"},{"run":"run-1","tag":"loss"},{"run":"run-2","tag":"loss"}],"x":"step","columns":4})");
  EXPECT_EQ(reply.status, 200);
  const json::value items = Parse(reply).at("items");
  EXPECT_EQ(items.at(0).at("error").at("status"), 404);
  EXPECT_EQ(items.at(1).at("value"), (json::value{1.0, 0.5}));
  EXPECT_EQ(items.at(1).at("step"), (json::value{0, 1}));
  EXPECT_EQ(items.at(2).at("error").at("status"), 404);
}

TEST_F(RestTest, ChartsGetTheBinaryForm) {
  const Reply reply =
      Call("POST", "/api/v1/series:query", R"({"series":[{"run":"run-1","tag":"loss"},{"run":"none","tag":"loss"}]})",
           "Accept: application/vnd.stepwell.series.v1\r\n");
  EXPECT_THAT(reply.head, HasSubstr("Content-Type: application/vnd.stepwell.series.v1"));
  EXPECT_THAT(reply.body, StartsWith("SWSQ"));
  EXPECT_EQ(reply.body.size() % 8, 0u);
}

TEST_F(RestTest, SmoothingComesBesideTheValues) {
  const json::value items =
      Parse(Call("POST", "/api/v1/series:query",
                 R"({"series":[{"run":"run-1","tag":"loss","smoothing":{"kind":"ema","amount":0.5}}]})"))
          .at("items");
  EXPECT_DOUBLE_EQ(items.at(0).at("smoothed").at(1).as_double(), 0.5 / 0.75);
}

TEST_F(RestTest, PointsComeInThreeForms) {
  EXPECT_EQ(Parse(Get("/api/v1/runs/run-1/points?tag=loss")).at("items").at(1).at("value"), 0.5);
  EXPECT_EQ(Get("/api/v1/runs/run-1/points?tag=loss&format=csv").body,
            "step,wall,value\r\n0,100.5,1.0\r\n1,101.5,0.5\r\n");
  EXPECT_EQ(Get("/api/v1/runs/run-1/points?tag=loss&format=jsonl").body,
            "{\"step\":0,\"wall\":100.5,\"value\":1.0}\n{\"step\":1,\"wall\":101.5,\"value\":0.5}\n");
}

TEST_F(RestTest, BlobsComeWholeInPartsAndNotAtAllIfKnown) {
  const std::string path = "/api/v1/blobs/" + FormatBlobId(1, Sha256(ingest_.kBlob));
  const Reply whole = Get(path);
  EXPECT_EQ(whole.body, ingest_.kBlob);
  EXPECT_THAT(whole.head, HasSubstr("Content-Type: image/png"));
  EXPECT_THAT(whole.head, HasSubstr("Content-Security-Policy: sandbox; default-src 'none'"));
  EXPECT_THAT(whole.head, HasSubstr("immutable"));
  const Reply part = Get(path, "Range: bytes=2-4\r\n");
  EXPECT_EQ(part.status, 206);
  EXPECT_EQ(part.body, "234");
  EXPECT_THAT(part.head, HasSubstr("Content-Range: bytes 2-4/10"));
  EXPECT_EQ(Get(path, "Range: bytes=10-\r\n").status, 416);
  EXPECT_EQ(Get(path, "If-None-Match: \"" + ToHex(Sha256(ingest_.kBlob)) + "\"\r\n").status, 304);
  EXPECT_EQ(Get("/api/v1/blobs/" + FormatBlobId(9, Sha256(ingest_.kBlob))).status, 404);
}

TEST_F(RestTest, APageThatWasLoggedComesIntoASandboxOnly) {
  const std::string path = "/api/v1/blobs/" + FormatBlobId(1, Sha256(ingest_.kBlob));
  EXPECT_EQ(Get(path + "?page=all").status, 400);
  const Reply still = Get(path + "?page=still");
  EXPECT_EQ(still.body, ingest_.kBlob);
  EXPECT_THAT(still.head, HasSubstr("Content-Type: text/html; charset=utf-8"));
  EXPECT_THAT(still.head, HasSubstr("Content-Security-Policy: sandbox; default-src 'none'; style-src 'unsafe-inline'"));
  EXPECT_THAT(still.head, Not(HasSubstr("script")));
  const Reply scripts = Get(path + "?page=scripts");
  EXPECT_THAT(scripts.head, HasSubstr("Content-Security-Policy: sandbox allow-scripts; default-src 'none'"));
  EXPECT_THAT(scripts.head, Not(HasSubstr("allow-same-origin")));
  EXPECT_THAT(scripts.head, Not(HasSubstr("connect-src")));
}

TEST_F(RestTest, ARunIsChangedDeletedAndRestored) {
  EXPECT_EQ(Parse(Call("PATCH", "/api/v1/runs/run-1", R"({"name":"new","labels":{"team":"vision"}})"))
                .at("labels")
                .at("team"),
            "vision");
  EXPECT_EQ(Parse(Call("PATCH", "/api/v1/runs/run-1", R"({"labels":{"team":null}})")).at("labels").as_object().size(),
            0u);
  EXPECT_EQ(Call("PATCH", "/api/v1/runs/run-1", R"({"status":"done"})").status, 400);
  EXPECT_EQ(Call("PATCH", "/api/v1/runs/run-1", R"({"id":"x"})").status, 400);
  EXPECT_EQ(Call("DELETE", "/api/v1/runs/run-1", "", "Idempotency-Key: a\r\n").status, 204);
  EXPECT_EQ(Parse(Get("/api/v1/runs?experiment=E1")).at("items").as_array().size(), 1u);
  EXPECT_EQ(Parse(Get("/api/v1/runs?experiment=E1&deleted=true")).at("items").as_array().size(), 1u);
  EXPECT_EQ(Parse(Call("POST", "/api/v1/runs/run-1:restore")).at("deleted"), false);
}

TEST_F(RestTest, ManyRunsAreChangedAtOnceAndTheAnswerTakesItBack) {
  const std::string body =
      R"({"edits":[{"runs":["run-1","none"],"set":{"note":"x","labels":{"a":"b","c":null}},"delete":true}]})";
  const json::value done = Parse(Call("POST", "/api/v1/runs:edit", body));
  EXPECT_EQ(done.at("changed"), 1);
  EXPECT_EQ(done.at("skipped").at(0).at("run"), "none");
  EXPECT_EQ(done.at("undo"),
            json::parse(R"({"edits":[{"runs":["run-1"],"set":{"note":"","experiment":"E0","labels":{"a":"b","c":null}},
                                      "delete":true}]})"));
  EXPECT_EQ(Parse(Get("/api/v1/runs/run-1")).at("note"), "x");
  for (const char* wrong :
       {"{}", R"({"edits":[{}]})", R"({"edits":[{"runs":["run-1"],"sett":{}}]})", R"({"edits":[{"runs":{}}]})",
        R"({"edits":[{"runs":["run-1"],"set":{"rename":{"match":"x"}}}]})", R"({"edits":[],"more":1})",
        R"({"edits":[{"runs":["run-1"],"delete":true,"restore":true}]})",
        R"({"edits":[{"runs":["run-1"],"set":{"experiment":{}}}]})"}) {
    EXPECT_EQ(Call("POST", "/api/v1/runs:edit", wrong).status, 400) << wrong;
  }
  EXPECT_EQ(Call("POST", "/api/v1/runs:edit", R"({"edits":[{"runs":["run-1"],"set":{"experiment":"none"}}]})").status,
            404);
}

TEST_F(RestTest, NamedViewsAreListedChangedAndRestored) {
  const std::string views = "/api/v1/experiments/E1/views";
  EXPECT_EQ(Parse(Get(views)).at("items").at(0).at("state").at("query"), "q=x");
  const Reply made = Call("POST", views, R"({"name":"new","state":{"query":"q=y"},"default":true})");
  EXPECT_EQ(made.status, 201);
  EXPECT_EQ(Parse(made).at("state").at("query"), "q=y");
  EXPECT_EQ(Parse(made).at("default"), true);
  EXPECT_EQ(Parse(Call("PATCH", views + "/V1", R"({"name":"other"})")).at("name"), "other");
  EXPECT_EQ(Parse(Get(views + "/V1/history?limit=1")).at("next"), "2");
  EXPECT_EQ(Call("POST", views + "/V1:restore", R"({"version":1})").status, 200);
  EXPECT_EQ(Call("POST", views + "/V1:restore", R"({"version":7})").status, 404);
  EXPECT_EQ(Call("POST", views + "/V1:restore", R"({"version":"1"})").status, 400);
  EXPECT_EQ(Call("DELETE", views + "/V1").status, 204);
  EXPECT_EQ(Call("DELETE", views + "/V2").status, 404);
  EXPECT_EQ(Call("PATCH", views + "/V1", R"({"state":"q=x"})").status, 400);
  EXPECT_EQ(Call("PATCH", views + "/V1", R"({"owner":"x"})").status, 400);
}

TEST_F(RestTest, AFormOfAForeignPageWritesNothing) {
  const int socket = Connect(server_->url());
  Send(socket,
       "POST /api/v1/views HTTP/1.1\r\nHost: localhost\r\nContent-Type: text/plain\r\nContent-Length: 2\r\nConnection: "
       "close\r\n\r\n{}");
  EXPECT_THAT(ReadUntil(socket, ""), StartsWith("HTTP/1.1 415 "));
  close(socket);
  EXPECT_EQ(Call("POST", "/api/v1/views", "{}", "Origin: https://evil.example\r\n").status, 403);
}

TEST_F(RestTest, EqualViewsHaveEqualNames) {
  const json::value first = Parse(Call("POST", "/api/v1/views", R"({"q":"x"})"));
  EXPECT_EQ(first, Parse(Call("POST", "/api/v1/views", R"({"q":"x"})")));
  EXPECT_EQ(Parse(Get("/api/v1/views/" + std::string(first.at("id").as_string()))).at("state").at("q"), "x");
  EXPECT_EQ(Call("POST", "/api/v1/views", "[1]").status, 400);
}

TEST_F(RestTest, ListenersHearOfPointsAndRunsAndResume) {
  const int socket = Connect(server_->url());
  Send(socket, "GET /api/v1/live?experiment=E1 HTTP/1.1\r\nHost: localhost\r\n\r\n");
  const std::string hello = ReadUntil(socket, "event: hello");
  EXPECT_THAT(hello, HasSubstr("text/event-stream"));
  catalog_.Touch(2, 1.8e9);
  const std::string news = ReadUntil(socket, "event: run");
  EXPECT_THAT(news, HasSubstr("event: run"));
  close(socket);
  const int again = Connect(server_->url());
  Send(again, "GET /api/v1/live?experiment=E1 HTTP/1.1\r\nHost: localhost\r\nLast-Event-ID: 10\r\n\r\n");
  const std::string resumed = ReadUntil(again, "id: 11");
  EXPECT_THAT(resumed, HasSubstr("\"resumed\":true"));
  EXPECT_THAT(
      resumed,
      HasSubstr(
          R"(data: {"run":"run-1","tag":"loss","writer":0,"step":[0,1],"wall":[100.5,101.5],"value":[1.0,0.5]})"));
  close(again);
  EXPECT_EQ(Get("/api/v1/live").status, 400);
}

TEST_F(RestTest, HealthIsToldToOperatorsToo) {
  EXPECT_EQ(Parse(Get("/healthz")).at("healthy"), true);
  const json::value ready = Parse(Get("/readyz"));
  EXPECT_EQ(ready.at("parts").at("catalog").at("ready"), true);
  EXPECT_EQ(ready.at("parts").at("ingest").at("ready"), true);
  EXPECT_EQ(Call("GET", "/healthz", "", "", server_->ops_url()).status, 200);
  EXPECT_THAT(Call("GET", "/metrics", "", "", server_->ops_url()).body, HasSubstr("stepwell_http_requests_total{"));
  EXPECT_EQ(Call("GET", "/api/v1/runs", "", "", server_->ops_url()).status, 404);
}

TEST_F(RestTest, TheApplicationsAddressesGiveItsPage) {
  EXPECT_THAT(Get("/").head, HasSubstr("Content-Type: text/html"));
  EXPECT_THAT(Get("/w/default/e/E1").head, HasSubstr("default-src 'none'; script-src 'self'"));
  EXPECT_EQ(Get("/api/v1/../../etc/passwd").status, 400);
  EXPECT_EQ(Parse(Get("/api/v1/server")).at("grpc"), "127.0.0.1:7008");
}

// Paths and methods of docs/openapi.yaml, by its indentation.
std::set<std::string> Documented(const std::string& text) {
  std::set<std::string> found;
  std::istringstream lines(text);
  std::string line, path;
  while (std::getline(lines, line)) {
    if (line.starts_with("  /")) path = line.substr(2, line.rfind(':') - 2);
    if (!line.starts_with("    ") && !line.starts_with("  /")) path.clear();
    for (const char* method : {"get", "post", "patch", "delete", "put"}) {
      if (!path.empty() && line == "    " + std::string(method) + ":") {
        std::string upper = method;
        for (char& c : upper) c = static_cast<char>(c - 32);
        found.insert(upper + " " + path);
      }
    }
  }
  return found;
}

TEST_F(RestTest, EveryRouteIsDocumentedAndNothingElse) {
  const Reply served = Get("/api/v1/openapi.yaml");
  std::set<std::string> routes;
  for (const auth::Route& route : auth::Routes()) {
    if (route.surface == auth::Surface::kRest && route.pattern != "/{path...}") {
      routes.insert(std::string(route.method) + " " + std::string(route.pattern));
    }
  }
  EXPECT_EQ(Documented(served.body), routes);
}

TEST(ByteRange, OneRangeOrTheWhole) {
  EXPECT_EQ(ParseRange("bytes=0-0", 10)->value().length, 1u);
  EXPECT_EQ(ParseRange("bytes=5-", 10)->value().offset, 5u);
  EXPECT_EQ(ParseRange("bytes=-3", 10)->value().offset, 7u);
  EXPECT_EQ(ParseRange("bytes=-30", 10)->value().length, 10u);
  EXPECT_EQ(ParseRange("bytes=5-99", 10)->value().length, 5u);
  for (const char* whole : {"", "bytes=1-2,4-5", "bytes=b-c", "bytes=5-2", "items=1-2", "bytes=--1"})
    EXPECT_FALSE(ParseRange(whole, 10)->has_value()) << whole;
  EXPECT_FALSE(ParseRange("bytes=10-", 10).ok());
  EXPECT_FALSE(ParseRange("bytes=-0", 10).ok());
}

TEST(Parameters, NamesInQuotesMayHaveCommas) {
  EXPECT_EQ(SplitNames(R"(lr,metrics."a,b",c)"), (std::vector<std::string>{"lr", R"(metrics."a,b")", "c"}));
  EXPECT_TRUE(SplitNames("").empty());
}

}  // namespace
}  // namespace stepwell::query
