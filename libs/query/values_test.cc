// values:query without a server: bodies in, JSON out.
#include <limits>

#include "auth/authority.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "query/answer_values.h"
#include "query/values_query.h"

namespace stepwell::query {
namespace {

using ::testing::HasSubstr;

std::string Error(std::string_view body) { return std::string(ParseValuesQuery(body).status().message()); }
std::string WithBody(std::string_view members) {
  return R"({"series":[{"run":"a","tag":"b","kind":"image"}],)" + std::string(members) + "}";
}

TEST(ValuesQuery, TheContractsBodyIsTaken) {
  const auto query = ParseValuesQuery(
      R"({"series":[{"run":"a","tag":"grads","kind":"histogram"},{"run":"b","tag_base64":"/w==","kind":"image","writer":3}],)"
      R"("x":"step","at":-7,"choose":"before","steps":true,"spread":200,"range":[0,null]})");
  ASSERT_TRUE(query.ok()) << query.status();
  ASSERT_EQ(query->series.size(), 2u);
  EXPECT_EQ(query->series[0].kind, v1::KIND_HISTOGRAM);
  EXPECT_EQ(query->series[1].tag, "\xFF");
  EXPECT_EQ(query->series[1].writer, 3u);
  EXPECT_EQ(query->spec.at->step, -7);
  EXPECT_TRUE(query->spec.before);
  EXPECT_EQ(query->spec.steps, kMaxStepsOfValues);
  EXPECT_EQ(query->spec.spread, 200u);
  EXPECT_EQ(query->spec.from->step, 0);
  EXPECT_FALSE(query->spec.to);
}

TEST(ValuesQuery, WithoutMoreItIsTheLastPoint) {
  for (const char* body :
       {R"({"series":[{"run":"a","tag":"b","kind":"text"}]})",
        R"({"series":[],"x":null,"at":null,"choose":null,"steps":null,"spread":null,"range":null})"}) {
    const auto query = ParseValuesQuery(body);
    ASSERT_TRUE(query.ok()) << query.status();
    EXPECT_EQ(query->spec.x, v1::AXIS_STEP);
    EXPECT_FALSE(query->spec.at || query->spec.before || query->spec.from || query->spec.to);
    EXPECT_EQ(query->spec.steps + query->spec.spread, 0u);
  }
}

TEST(ValuesQuery, PlacesBeyondInt64AreTheLastStep) {
  const auto query = ParseValuesQuery(R"({"series":[],"at":18446744073709551615})");
  ASSERT_TRUE(query.ok()) << query.status();
  EXPECT_EQ(query->spec.at->step, std::numeric_limits<int64_t>::max());
  EXPECT_EQ(ParseValuesQuery(R"({"series":[],"x":"wall","at":1.5})")->spec.at->seconds, 1.5);
}

TEST(ValuesQuery, WhatIsNotUnderstoodIsRefusedNotIgnored) {
  EXPECT_THAT(Error("{"), HasSubstr("not JSON"));
  EXPECT_THAT(Error("[]"), HasSubstr("object"));
  EXPECT_THAT(Error("{}"), HasSubstr("series must be a list"));
  EXPECT_THAT(Error(R"({"serie":[]})"), HasSubstr("\"serie\""));
  EXPECT_THAT(Error(R"({"series":[7]})"), HasSubstr("series[0] must be an object"));
  EXPECT_THAT(Error(R"({"series":[{"tag":"b","kind":"image"}]})"), HasSubstr("series[0].run"));
  EXPECT_THAT(Error(R"({"series":[{"run":"a","kind":"image"}]})"), HasSubstr("series[0].tag"));
  EXPECT_THAT(Error(R"({"series":[{"run":"a","tag_base64":"*","kind":"image"}]})"), HasSubstr("series[0].tag_base64"));
  EXPECT_THAT(Error(R"({"series":[{"run":"a","tag":"b"}]})"), HasSubstr("series[0].kind must be one of scalar, hist"));
  EXPECT_THAT(Error(R"({"series":[{"run":"a","tag":"b","kind":"picture"}]})"), HasSubstr("series[0].kind"));
  EXPECT_THAT(Error(R"({"series":[{"run":"a","tag":"b","kind":"scalar"}]})"), HasSubstr("/api/v1/series:query"));
  EXPECT_THAT(Error(R"({"series":[{"run":"a","tag":"b","kind":"image","writer":-1}]})"), HasSubstr("series[0].writer"));
  EXPECT_THAT(Error(R"({"series":[{"run":"a","tag":"b","kind":"image","x_tag":"c"}]})"), HasSubstr("\"x_tag\""));
  EXPECT_THAT(Error(WithBody(R"("x":"epoch")")), HasSubstr("x must be"));
  EXPECT_THAT(Error(WithBody(R"("at":"last")")), HasSubstr("at must be a number or null"));
  EXPECT_THAT(Error(WithBody(R"("at":0.5)")), HasSubstr("at must be a whole number where x is \"step\""));
  EXPECT_THAT(Error(WithBody(R"("choose":"after")")), HasSubstr("choose must be"));
  EXPECT_THAT(Error(WithBody(R"("steps":1)")), HasSubstr("steps must be true or false"));
  EXPECT_THAT(Error(WithBody(R"("spread":201)")), HasSubstr("spread must be a whole number from 0 to 200"));
  EXPECT_THAT(Error(WithBody(R"("range":[1])")), HasSubstr("range must be [from, to]"));
}

TEST(ValuesQuery, AThousandSeriesAndNoMore) {
  std::string series;
  for (int i = 0; i < 1000; ++i) series += std::string(i ? "," : "") + R"({"run":"a","tag":"b","kind":"text"})";
  EXPECT_TRUE(ParseValuesQuery("{\"series\":[" + series + "]}").ok());
  EXPECT_THAT(Error("{\"series\":[" + series + R"(,{"run":"a","tag":"b","kind":"text"}]})"),
              HasSubstr("series has 1001 items; the limit is 1000; ask in parts"));
}

// Answers with the same text for every series; what else is asked is nothing.
class OneText : public SeriesReader {
 public:
  explicit OneText(v1::Text text) : text_(std::move(text)) {}

  absl::StatusOr<v1::ListSeriesReply> ListSeries(const GrantedRun&, v1::ListSeriesRequest) override { return No(); }
  absl::StatusOr<v1::ListWritersReply> ListWriters(const GrantedRun&) override { return No(); }
  absl::Status ReadSeries(std::span<const SeriesKey>, const ReadSpec&,
                          const std::function<absl::Status(const v1::ReadSeriesReply&)>&) override {
    return No();
  }
  absl::Status ReadValues(std::span<const SeriesKey> series, const ValuesSpec&,
                          const std::function<absl::Status(const v1::ReadValuesReply&)>& visit) override {
    for (size_t i = 0; i < series.size(); ++i) {
      v1::ReadValuesReply reply;
      reply.set_index(static_cast<uint32_t>(i));
      reply.set_count(1);
      *reply.mutable_point()->mutable_value()->mutable_text() = text_;
      absl::Status visited = visit(reply);
      if (!visited.ok()) return visited;
    }
    return absl::OkStatus();
  }
  absl::Status ReadPoints(const SeriesKey&, bool, uint64_t,
                          const std::function<absl::Status(const v1::ReadPointsReply&)>&) override {
    return No();
  }
  absl::Status ReadBlob(const GrantedRun&, std::string_view, uint64_t, std::optional<uint64_t>,
                        const std::function<absl::Status(const v1::ReadBlobReply&)>&) override {
    return No();
  }
  std::unique_ptr<NewsStream> Watch(std::span<const GrantedRun>, uint64_t) override { return nullptr; }
  absl::Status Check() override { return No(); }

 private:
  static absl::Status No() { return absl::UnimplementedError("not here"); }
  const v1::Text text_;
};

class ValuesAnswer : public ::testing::Test {
 protected:
  ValuesAnswer() {
    options_.problem = [](const absl::Status& error) { return "\"" + std::string(error.message()) + "\""; };
    options_.write = [&](std::string_view data) {
      out_ += data;
      return absl::OkStatus();
    };
    options_.read_blob = [&](const GrantedRun&, const v1::BlobRef& blob) {
      ++blobs_read_;
      return std::string("\1\0\0\0\0\0\0\0", 8) + std::string(blob.size() - 8, 'x');
    };
  }

  // A series of each run; an empty name is a run that is not found.
  absl::Status Ask(SeriesReader& reader, const std::vector<std::string>& ids) {
    ValuesQuery query;
    std::vector<absl::StatusOr<GrantedRun>> runs;
    for (const std::string& id : ids) {
      query.series.push_back({id, "t", v1::KIND_TEXT, std::nullopt});
      runs.push_back(id.empty() ? absl::NotFoundError("no such run")
                                : auth::Authority().Authorize(auth::Principal::Local(), auth::Action::kPointsRead,
                                                              auth::RunRef{7, id, 1, 1, false}));
    }
    return AnswerValues(reader, query, runs, options_);
  }

  ValuesAnswerOptions options_;
  std::string out_;
  int blobs_read_ = 0;
};

TEST_F(ValuesAnswer, ItemsComeInTheOrderAskedWhereverARunIsMissing) {
  v1::Text text;
  text.add_values("x");
  OneText reader(text);
  ASSERT_TRUE(Ask(reader, {"", "a", "", "b", ""}).ok());
  const std::string none = R"({"run":"","tag":"t","kind":"text","error":"no such run"})";
  const auto item = [](const std::string& run) {
    return R"({"run":")" + run + R"(","tag":"t","kind":"text","count":1,"point":{"step":0,"wall":0.0,"value":"x"}})";
  };
  EXPECT_EQ(out_, "{\"items\":[" + none + "," + item("a") + "," + none + "," + item("b") + "," + none + "]}");
}

TEST_F(ValuesAnswer, ABlobThatDoesNotFitIsNotRead) {
  v1::Text text;
  text.mutable_blob()->set_size(1000);
  OneText reader(text);
  options_.most_bytes = 1000;
  ASSERT_TRUE(Ask(reader, {"a"}).ok());
  EXPECT_THAT(out_, HasSubstr("the answer has more than 1000 bytes"));
  EXPECT_EQ(blobs_read_, 0);
}

TEST_F(ValuesAnswer, AfterItsTimeItBreaksOffAndBeforeTheFirstItemNothingIsWritten) {
  OneText reader{v1::Text()};
  options_.deadline = std::chrono::steady_clock::time_point::min();
  EXPECT_TRUE(absl::IsDeadlineExceeded(Ask(reader, {"a"})));
  EXPECT_EQ(out_, "");
}

}  // namespace
}  // namespace stepwell::query
