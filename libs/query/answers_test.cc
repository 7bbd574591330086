// Answers of the read path without a server: bodies in, JSON and bytes out.
#include <cmath>
#include <cstring>
#include <limits>

#include "base/bytes.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "query/blob_id.h"
#include "query/json_check.h"
#include "query/kinds.h"
#include "query/points_export.h"
#include "query/series_answer.h"
#include "query/series_query.h"
#include "query/tensor_json.h"
#include "query/value_json.h"

namespace stepwell::query {
namespace {

using ::testing::HasSubstr;

std::string ToJson(const v1::Value& value, ValueWriter::ReadBlob read = nullptr) {
  std::string out;
  JsonWriter json(out);
  const absl::Status status = ValueWriter(7, std::move(read)).Write(json, value);
  return status.ok() ? out : status.ToString();
}

std::string Error(std::string_view body) { return std::string(ParseSeriesQuery(body).status().message()); }

TEST(SeriesQuery, TheContractsBodyIsTaken) {
  const auto query = ParseSeriesQuery(
      R"({"series":[{"run":"a","tag":"train/loss"},{"run":"b","tag":"x","writer":3,"smoothing":{"kind":"ema","amount":0.6}}],)"
      R"("x":"step","range":[-5,9223372036854775807],"columns":200,"include_hidden":true})");
  ASSERT_TRUE(query.ok()) << query.status();
  ASSERT_EQ(query->series.size(), 2u);
  EXPECT_EQ(query->series[1].writer, 3u);
  EXPECT_EQ(query->series[1].smoothing->amount, 0.6);
  EXPECT_EQ(query->spec.from->step, -5);
  EXPECT_EQ(query->spec.to->step, std::numeric_limits<int64_t>::max());
  EXPECT_EQ(query->spec.columns, 200u);
  EXPECT_TRUE(query->spec.include_hidden);
}

TEST(SeriesQuery, ColumnsNullIsEveryPointAndARangeMayBeOpen) {
  const auto query = ParseSeriesQuery(R"({"series":[],"x":"wall","range":[null,1.5],"columns":null})");
  ASSERT_TRUE(query.ok()) << query.status();
  EXPECT_EQ(query->spec.columns, 0u);
  EXPECT_FALSE(query->spec.from);
  EXPECT_EQ(query->spec.to->seconds, 1.5);
}

TEST(SeriesQuery, WhatIsNotUnderstoodIsRefusedNotIgnored) {
  EXPECT_THAT(Error("{"), HasSubstr("not JSON"));
  EXPECT_THAT(Error("[]"), HasSubstr("object"));
  EXPECT_THAT(Error(R"({"serie":[]})"), HasSubstr("\"serie\""));
  EXPECT_THAT(Error(R"({"series":[{"run":"a","tag":"b","x_tag":1}]})"), HasSubstr("series[0].x_tag"));
  EXPECT_THAT(Error(R"({"series":[{"run":"a"}]})"), HasSubstr("series[0].tag"));
  EXPECT_THAT(Error(R"({"series":[],"x":"epoch"})"), HasSubstr("x must be"));
  EXPECT_THAT(Error(R"({"series":[],"range":[0.5,1]})"), HasSubstr("whole number"));
  EXPECT_THAT(Error(R"({"series":[],"columns":0})"), HasSubstr("columns"));
  EXPECT_THAT(Error(R"({"series":[],"include_rewound":1})"), HasSubstr("include_rewound must be true or false"));
  EXPECT_THAT(Error(R"({"series":[],"include_hidden":true,"include_rewound":true})"), HasSubstr("ask for one of them"));
  EXPECT_THAT(Error(R"({"series":[{"run":"a","tag":"b","smoothing":{"kind":"ema","amount":1}}]})"),
              HasSubstr("below 1"));
  for (const char* amount :
       {R"("gauss","amount":0)", R"("gauss","amount":101)", R"("mean","amount":1.5)", R"("mean","amount":0)",
        R"("twema","amount":1)", R"("mean","amount":3,"range":0)", R"("mean","amount":3,"range":"x")"}) {
    EXPECT_THAT(Error(std::string(R"({"series":[{"run":"a","tag":"b","smoothing":{"kind":)") + amount + "}}]}"),
                HasSubstr("series[0].smoothing."))
        << amount;
  }
  EXPECT_THAT(Error(R"({"series":[{"run":"a","tag":"b","smoothing":{"kind":"loess","amount":1}}]})"),
              HasSubstr("ema, twema, gauss or mean"));
  EXPECT_THAT(Error(std::string(100, '[')), HasSubstr("not JSON"));
}

TEST(SeriesQuery, TheCostIsBounded) {
  std::string series;
  for (int i = 0; i < 10'000; ++i) series += std::string(i ? "," : "") + R"({"run":"a","tag":"b"})";
  EXPECT_TRUE(ParseSeriesQuery("{\"series\":[" + series + "],\"columns\":200}").ok());
  EXPECT_THAT(Error("{\"series\":[" + series + "],\"columns\":201}"), HasSubstr("2000000"));
  EXPECT_TRUE(ParseSeriesQuery("{\"series\":[" + series + "],\"columns\":18,\"include_rewound\":true}").ok());
  EXPECT_THAT(Error("{\"series\":[" + series + "],\"columns\":19,\"include_rewound\":true}"), HasSubstr("2090000"));
  EXPECT_THAT(Error("{\"series\":[" + series + R"(,{"run":"a","tag":"b"}],"columns":1})"), HasSubstr("10000"));
}

TEST(ValueJson, HistogramsKeepWhatTheOldFormSays) {
  v1::Value value;
  auto* histogram = value.mutable_histogram();
  histogram->add_left(-1);
  histogram->add_right(0.5);
  histogram->add_count(3);
  EXPECT_EQ(ToJson(value), R"({"buckets":[[-1.0,0.5,3.0]]})");
  histogram->mutable_legacy()->set_num(3);
  EXPECT_THAT(ToJson(value), HasSubstr(R"("num":3.0,"sum":0.0,"sum_squares":0.0)"));
}

TEST(ValueJson, TextsKeepTheirShapeAndTheirBytes) {
  v1::Value value;
  auto* text = value.mutable_text();
  text->add_values("a");
  EXPECT_EQ(ToJson(value), R"("a")");
  text->set_values(0, "\xFF");
  EXPECT_EQ(ToJson(value), R"({"base64":"/w=="})");
  text->set_values(0, "a");
  for (const char* more : {"b", "c", "d"}) text->add_values(more);
  text->add_shape(2);
  text->add_shape(2);
  EXPECT_EQ(ToJson(value), R"([["a","b"],["c","d"]])");
}

TEST(ValueJson, LongTextsComeOutOfTheirBlob) {
  v1::Value value;
  auto* text = value.mutable_text();
  text->add_shape(2);
  text->mutable_blob()->set_size(20);
  std::string bytes;
  for (const std::string& one : {std::string("ab"), std::string("cd")}) {
    PutLe64(bytes, one.size());
    bytes += one;
  }
  EXPECT_EQ(ToJson(value, [&](const v1::BlobRef&) { return bytes; }), R"(["ab","cd"])");
  bytes.pop_back();
  EXPECT_THAT(ToJson(value, [&](const v1::BlobRef&) { return bytes; }), HasSubstr("DATA_LOSS"));
}

TEST(ValueJson, ImagesNameTheirBlobsByRunAndContent) {
  v1::Value value;
  auto* image = value.mutable_image();
  image->set_width("640");
  image->set_height("wide");
  auto* item = image->add_items();
  item->set_sha256(std::string(32, '\xAB'));
  item->set_size(70);
  item->set_type("image/png");
  std::string hex;
  for (int i = 0; i < 32; ++i) hex += "ab";
  EXPECT_EQ(ToJson(value),
            R"({"width":640,"height":"wide","items":[{"blob":"7-)" + hex + R"(","type":"image/png","bytes":70}]})");
}

TEST(ValueJson, PrCurvesAreRows) {
  v1::Value value;
  auto* rows = value.mutable_pr_curve()->mutable_rows();
  rows->set_dtype("float32");
  rows->add_shape(6);
  rows->add_shape(2);
  for (int i = 0; i < 12; ++i) {
    const float number = static_cast<float>(i);
    rows->mutable_data()->append(reinterpret_cast<const char*>(&number), 4);
  }
  EXPECT_THAT(ToJson(value), HasSubstr(R"("thresholds":2,"rows":[[0.0,1.0],[2.0,3.0])"));
}

TEST(ValueJson, TensorsAreFlatAndEveryDtypeIsExact) {
  const auto element = [](const char* dtype, const std::string& bytes) {
    std::string out;
    JsonWriter json(out);
    json.Array();
    WriteElements(json, dtype, bytes, 0, 1);
    json.End();
    return out;
  };
  EXPECT_EQ(element("float16", std::string("\x00\x3C", 2)), "[1.0]");
  EXPECT_EQ(element("float16", std::string("\x01\x00", 2)), "[5.960464477539063e-08]");
  EXPECT_EQ(element("float16", std::string("\x00\xFC", 2)), "[\"-Infinity\"]");
  EXPECT_EQ(element("bfloat16", std::string("\x80\x3F", 2)), "[1.0]");
  EXPECT_EQ(element("float8_e4m3fn", "\x7E"), "[448.0]");
  EXPECT_EQ(element("float8_e4m3fn", "\x7F"), "[\"NaN\"]");
  EXPECT_EQ(element("uint64", std::string(8, '\xFF')), "[18446744073709551615]");
  EXPECT_EQ(element("int8", "\xFF"), "[-1]");
  EXPECT_EQ(element("bool", "\x01"), "[true]");
  EXPECT_EQ(element("complex64", std::string("\0\0\x80\x3F\0\0\0\x80", 8)), "[[1.0,-0.0]]");
  v1::Value value;
  value.mutable_tensor()->set_dtype("string");
  value.mutable_tensor()->add_strings("x");
  EXPECT_EQ(ToJson(value), R"({"dtype":"string","shape":[],"data":["x"]})");
}

TEST(ValueJson, WhatIsLoggedAsJsonButIsNoneBreaksNoAnswer) {
  v1::Value value;
  value.mutable_json()->set_text(R"({"type":"experiment"})");
  EXPECT_EQ(ToJson(value), R"({"type":"experiment"})");
  value.mutable_json()->set_text(R"({"type":)");
  EXPECT_EQ(ToJson(value), R"("{\"type\":")");
  EXPECT_FALSE(IsJson("{} {}"));
  EXPECT_FALSE(IsJson(""));
  EXPECT_TRUE(IsJson(" [1, null] "));
}

v1::ReadPointsReply ThreePoints() {
  v1::ReadPointsReply part;
  const double values[] = {0.1, std::nan(""), -0.0};
  for (int i = 0; i < 3; ++i) {
    part.mutable_points()->add_step(i == 2 ? std::numeric_limits<int64_t>::max() : i);
    part.mutable_points()->add_wall(1700000000.25);
    part.mutable_points()->add_value(values[i]);
    part.mutable_points()->add_hidden(i == 1);
  }
  return part;
}

std::string Export(ExportFormat format, ExportHead head, const v1::ReadPointsReply& part) {
  PointsExport points(format, std::move(head), ValueWriter(1, nullptr));
  std::string out;
  points.Begin(out);
  EXPECT_TRUE(points.Add(part, out).ok());
  points.End(out);
  return out;
}

TEST(PointsExport, JsonIsTheContracts) {
  EXPECT_EQ(Export(ExportFormat::kJson, {"r", "loss", v1::KIND_SCALAR, true, false}, ThreePoints()),
            R"({"run":"r","tag":"loss","kind":"scalar","items":[{"step":0,"wall":1700000000.25,"value":0.1},)"
            R"({"step":1,"wall":1700000000.25,"value":"NaN","hidden":true},)"
            R"({"step":9223372036854775807,"wall":1700000000.25,"value":-0.0}]})");
}

TEST(PointsExport, LinesAndCsv) {
  const std::string lines = Export(ExportFormat::kJsonl, {"r", "loss", v1::KIND_SCALAR, false, false}, ThreePoints());
  EXPECT_EQ(std::count(lines.begin(), lines.end(), '\n'), 3);
  EXPECT_EQ(Export(ExportFormat::kCsv, {"r", "loss", v1::KIND_SCALAR, true, false}, ThreePoints()),
            "step,wall,value,hidden\r\n0,1700000000.25,0.1,false\r\n1,1700000000.25,NaN,true\r\n"
            "9223372036854775807,1700000000.25,-0.0,false\r\n");
  std::string field;
  AppendCsvField(field, "a,\"b\"\n");
  EXPECT_EQ(field, "\"a,\"\"b\"\"\n\"");
}

TEST(PointsExport, ColumnsThatDoNotFitAreAnErrorNotACrash) {
  v1::ReadPointsReply part = ThreePoints();
  part.mutable_points()->mutable_wall()->RemoveLast();
  PointsExport points(ExportFormat::kJson, {}, ValueWriter(1, nullptr));
  std::string out;
  EXPECT_EQ(points.Add(part, out).code(), absl::StatusCode::kInternal);
}

v1::ReadSeriesReply Buckets() {
  v1::ReadSeriesReply reply;
  reply.set_count(7);
  for (v1::PointColumns* points :
       {reply.mutable_first(), reply.mutable_last(), reply.mutable_min(), reply.mutable_max()}) {
    points->add_step(5);
    points->add_wall(6);
    points->add_value(points == &reply.min() || points == &reply.max() ? std::nan("") : 1.0);
  }
  reply.add_counts(7);
  reply.add_sums(0);
  return reply;
}

TEST(SeriesAnswer, ABucketWithoutAFiniteValueHasNoExtremes) {
  std::string out;
  AskedSeries asked;
  asked.run = "r";
  asked.tag = "t";
  AppendJsonItem(out, asked, /*rewound=*/false, Buckets(), {});
  EXPECT_THAT(out, HasSubstr(R"("exact":false,"count":7)"));
  EXPECT_THAT(out, HasSubstr(R"("first":{"step":[5],"wall":[6.0],"value":[1.0]})"));
  EXPECT_THAT(out, HasSubstr(R"("min":{"step":[null],"wall":[null],"value":[null]})"));
}

TEST(SeriesAnswer, BinaryItemsStandAtMultiplesOfEight) {
  std::string out;
  AppendBinaryHeader(out, 2);
  AppendBinaryError(out, "{\"status\":404}");
  EXPECT_EQ(out.size() % 8, 0u);
  const size_t second = out.size();
  AppendBinaryItem(out, Buckets(), {});
  EXPECT_EQ(out.size() - second, 64u + (4 * 3 + 2) * 8);
  uint64_t count;
  std::memcpy(&count, out.data() + second + 8, 8);
  EXPECT_EQ(count, 7u);
}

TEST(SeriesAnswer, StretchesFollowTheirSeries) {
  v1::ReadSeriesReply reply = Buckets();
  v1::RewoundStretch* stretch = reply.add_rewound();
  stretch->set_step(-4);
  stretch->set_last_wall(9.5);
  *stretch->mutable_line() = Buckets();
  reply.set_rewound_left_out(3);
  Computed computed;
  computed.x_of_rewound.emplace_back().x = {0.25};
  AskedSeries asked;
  asked.run = "r";
  asked.tag = "t";
  std::string json;
  AppendJsonItem(json, asked, /*rewound=*/true, reply, computed);
  EXPECT_THAT(json, HasSubstr(R"("rewound":[{"rewind":{"step":-4,"wall":9.5},"exact":false,"count":7)"));
  EXPECT_THAT(json, HasSubstr(R"("x":[0.25]}],"rewound_left_out":3})"));
  json.clear();
  AppendJsonItem(json, asked, /*rewound=*/true, Buckets(), {});
  EXPECT_THAT(json, HasSubstr(R"("rewound":[]})"));

  std::string out;
  AppendBinaryItem(out, reply, computed);
  const size_t second = 64 + (4 * 3 + 2) * 8;
  EXPECT_EQ(out.size(), 2 * second + 3 * 8);
  const auto number = [&]<typename T>(size_t at, T) {
    T value;
    std::memcpy(&value, out.data() + at, sizeof value);
    return value;
  };
  EXPECT_EQ(number(48, uint32_t{}), 1u);
  EXPECT_EQ(number(52, uint32_t{}), 3u);
  EXPECT_EQ(number(second, uint32_t{}), 128u | 32u);
  EXPECT_EQ(number(second + 48, uint64_t{}), 0u);
  EXPECT_EQ(number(second + 64, int64_t{}), -4);
  EXPECT_EQ(number(second + 72, double{}), 9.5);
}

TEST(BlobId, OneNameForOneBlob) {
  const std::string name = FormatBlobId(12, std::string(32, '\x01'));
  const auto id = ParseBlobId(name);
  ASSERT_TRUE(id.ok());
  EXPECT_EQ(id->run, 12u);
  for (const std::string& bad :
       {std::string("12"), std::string("-"), "0" + name, name + "0", std::string("12-ABC"), "x" + name}) {
    EXPECT_FALSE(ParseBlobId(bad).ok()) << bad;
  }
}

TEST(Kinds, NamesLeadThereAndBack) {
  for (int i = 1; i <= 15; ++i) EXPECT_EQ(FindKind(KindName(static_cast<v1::Kind>(i))), static_cast<v1::Kind>(i));
  EXPECT_FALSE(FindKind("").has_value());
  std::string out;
  JsonWriter json(out);
  json.Object();
  WriteTag(json, "a\xFF");
  json.End();
  EXPECT_EQ(out, "{\"tag\":\"a\xEF\xBF\xBD\",\"tag_base64\":\"Yf8=\"}");
}

}  // namespace
}  // namespace stepwell::query
