// What values of each type become, read back with the generated classes from the spool that a run writes.
#include "stepwell/values.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "client/png.h"
#include "client/testing.h"
#include "stepwell/run.h"

namespace stepwell {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

class Values : public client::SpoolTest {
 protected:
  // The one point that logging the value makes.
  client::Point Log(const Value& value) {
    {
      Run run(Options());
      run.Log("a", value, 7, 1.25);
    }
    const client::Spool spool = Read();
    EXPECT_THAT(spool.points, SizeIs(1)) << testing::PrintToString(warnings_);
    if (spool.points.empty()) return {};
    EXPECT_EQ(spool.points[0].step, 7);
    EXPECT_EQ(spool.points[0].wall, 1.25);
    EXPECT_EQ(spool.points[0].info.tag(), "a");
    return spool.points[0];
  }
  // The warning of a value that is left out.
  std::string Refused(const Value& value) {
    {
      Run run(Options());
      run.Log("a", value);
    }
    EXPECT_THAT(Read().points, IsEmpty());
    return warnings_.empty() ? "" : warnings_.back();
  }
};

TEST_F(Values, ATextIsKeptAsItIs) {
  const client::Point point = Log(Text("größe\n"));
  EXPECT_EQ(point.info.kind(), v1::KIND_TEXT);
  EXPECT_EQ(point.info.plugin(), "text");
  EXPECT_EQ(point.value.text().shape_size(), 0);
  EXPECT_THAT(point.value.text().values(), ElementsAre("größe\n"));
}

TEST_F(Values, AnEmptyTextIsThere) { EXPECT_THAT(Log(Text("")).value.text().values(), ElementsAre("")); }

TEST_F(Values, ALargeTextIsABlob) {
  const std::string large(100'000, 'x');
  const client::Point point = Log(Text(large));
  EXPECT_EQ(point.value.text().values_size(), 0);
  std::string blob;
  PutLe64(blob, large.size());
  EXPECT_EQ(Blob(point.value.text().blob()), blob + large);
}

TEST_F(Values, AHistogramOfValuesCountsTheFiniteOnes) {
  const std::vector<float> values{0, 1, 2, 3, 4, NAN, INFINITY};
  const client::Point point = Log(Histogram(values, 4));
  EXPECT_EQ(point.info.kind(), v1::KIND_HISTOGRAM);
  EXPECT_EQ(point.info.plugin(), "histograms");
  EXPECT_THAT(point.value.histogram().left(), ElementsAre(0, 1, 2, 3));
  EXPECT_THAT(point.value.histogram().right(), ElementsAre(1, 2, 3, 4));
  EXPECT_THAT(point.value.histogram().count(), ElementsAre(1, 1, 1, 2));
}

TEST_F(Values, AHistogramOfTheGreatestDoublesHasFiniteEdges) {
  constexpr double kMost = std::numeric_limits<double>::max();
  const double values[] = {-kMost, kMost};
  const client::Point point = Log(Histogram(values, 2, 2));
  EXPECT_THAT(point.value.histogram().left(), ElementsAre(-kMost, 0));
  EXPECT_THAT(point.value.histogram().count(), ElementsAre(1, 1));
}

TEST_F(Values, AHistogramOfBucketsIsKeptAsItIs) {
  const client::Point point = Log(Histogram::OfBuckets({0, 0.5, 2}, {3, 0.25}));
  EXPECT_THAT(point.value.histogram().left(), ElementsAre(0, 0.5));
  EXPECT_THAT(point.value.histogram().right(), ElementsAre(0.5, 2));
  EXPECT_THAT(point.value.histogram().count(), ElementsAre(3, 0.25));
}

TEST_F(Values, HistogramsThatCannotBeAreToldAndLeftOut) {
  EXPECT_THAT(Refused(Histogram(std::vector<double>{NAN})), HasSubstr("\"a\" is left out: it has no finite value"));
  EXPECT_THAT(Refused(Histogram(std::vector<double>{1, 2}, 2501)), HasSubstr("from 1 to 2500, not 2501"));
  EXPECT_THAT(Refused(Histogram::OfBuckets({0, 1}, {1, 2})), HasSubstr("2 counts need 3 edges, not 2"));
  EXPECT_THAT(Refused(Histogram::OfBuckets({1, 0}, {1})), HasSubstr("do not rise"));
  EXPECT_THAT(Refused(Histogram::OfBuckets({0, 1}, {-1})), HasSubstr("negative"));
}

TEST_F(Values, PixelsBecomeAPngOfTheirSize) {
  const std::vector<uint8_t> pixels{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12};
  const client::Point point = Log(Image(pixels.data(), 2, 2, 3));
  EXPECT_EQ(point.info.kind(), v1::KIND_IMAGE);
  EXPECT_EQ(point.value.image().width(), "2");
  EXPECT_EQ(point.value.image().height(), "2");
  ASSERT_EQ(point.value.image().items_size(), 1);
  EXPECT_EQ(point.value.image().items(0).type(), "image/png");
  EXPECT_EQ(Blob(point.value.image().items(0)), client::EncodePng(pixels.data(), 2, 2, 3));
}

TEST_F(Values, TheBytesOfAnImageAreKeptAsTheyAre) {
  const std::vector<uint8_t> pixels(640 * 4);
  const std::string file = client::EncodePng(pixels.data(), 4, 640, 1);
  const client::Point point = Log(Image::OfFile(file));
  EXPECT_EQ(point.value.image().width(), "640");
  EXPECT_EQ(Blob(point.value.image().items(0)), file);
}

TEST_F(Values, ImagesThatCannotBeAreToldAndLeftOut) {
  const uint8_t pixel[5] = {};
  EXPECT_THAT(Refused(Image(pixel, 1, 1, 5)), HasSubstr("1 to 4 channels, not 5"));
  EXPECT_THAT(Refused(Image(pixel, 0, 1, 1)), HasSubstr("0 x 1"));
  EXPECT_THAT(Refused(Image::OfFile("no image")), HasSubstr("no PNG"));
}

TEST_F(Values, ATensorIsKeptBitForBit) {
  const float data[] = {1.5f, -0.0f, NAN, 4, 5, 6};
  const client::Point point = Log(Tensor(data, {2, 3}));
  EXPECT_EQ(point.info.kind(), v1::KIND_TENSOR);
  EXPECT_EQ(point.info.value_type(), "float32");
  EXPECT_EQ(point.value.tensor().dtype(), "float32");
  EXPECT_THAT(point.value.tensor().shape(), ElementsAre(2, 3));
  EXPECT_EQ(point.value.tensor().data(), std::string(reinterpret_cast<const char*>(data), sizeof data));
}

TEST_F(Values, ALargeTensorIsABlob) {
  const std::vector<int64_t> data(10'000, 7);
  const client::Point point = Log(Tensor(data.data(), {10'000}));
  EXPECT_EQ(point.value.tensor().data(), "");
  EXPECT_EQ(Blob(point.value.tensor().blob()),
            std::string(reinterpret_cast<const char*>(data.data()), 8 * data.size()));
}

TEST_F(Values, ATensorMayBeOfATypeThatCppHasNot) {
  const client::Point point = Log(Tensor("\x80\x3f\x00\xc0", 4, "bfloat16", {2}));
  EXPECT_EQ(point.value.tensor().dtype(), "bfloat16");
  EXPECT_EQ(point.value.tensor().data().size(), 4u);
}

TEST_F(Values, TensorsThatCannotBeAreToldAndLeftOut) {
  EXPECT_THAT(Refused(Tensor("", 0, "float31", {0})), HasSubstr("no type \"float31\""));
  EXPECT_THAT(Refused(Tensor("1234", 4, "float32", {2})), HasSubstr("need 8 bytes, not 4"));
  EXPECT_THAT(Refused(Tensor("", 0, "float32", {-1})), HasSubstr("no memory holds"));
  EXPECT_THAT(Refused(Tensor("", 0, "float32", {int64_t{1} << 40, int64_t{1} << 40})), HasSubstr("no memory holds"));
}

TEST_F(Values, SoundsAndPicturesThatCannotBeAreToldAndLeftOut) {
  const float samples[] = {0, 3};
  EXPECT_THAT(Refused(Audio(samples, 2, 1, 8000)), HasSubstr("these reach 3"));
  EXPECT_THAT(Refused(Audio(samples, 2, 1, 0)), HasSubstr("a rate"));
  EXPECT_THAT(Refused(Audio(samples, 1, 17, 8000)), HasSubstr("1 to 16 channels"));
  EXPECT_THAT(Refused(Audio::OfFile("silence")), HasSubstr("no WAV"));
  const int64_t long_samples[] = {1};
  EXPECT_THAT(Refused(Audio(long_samples, 1, 1, 8000)), HasSubstr("not int64"));
  const uint8_t pixel[] = {0};
  EXPECT_THAT(Refused(Video(pixel, 0, 1, 1, 1)), HasSubstr("at least one frame"));
  EXPECT_THAT(Refused(Video(pixel, 1, 1, 1, 1, 601)), HasSubstr("up to 600"));
  EXPECT_THAT(Refused(Video(pixel, 1, 1, 1, 5)), HasSubstr("1 to 4 channels"));
  EXPECT_THAT(Refused(Video::OfFile("film", "reel")), HasSubstr("no video that is known"));
}

TEST_F(Values, CurvesAndShapesThatCannotBeAreToldAndLeftOut) {
  const int label[] = {1};
  const double score[] = {1.5};
  EXPECT_THAT(Refused(PrCurve(label, score, 1)), HasSubstr("from 0 to 1"));
  EXPECT_THAT(Refused(PrCurve(label, score, 0, 1)), HasSubstr("from 2 to 100,000, not 1"));
  const float points[] = {0, 1, 2};
  const int32_t face[] = {0, 0, 1};
  EXPECT_THAT(Refused(Mesh(points, 0)), HasSubstr("at least one vertex"));
  EXPECT_THAT(Refused(Mesh(points, 1).Faces(face, 1)), HasSubstr("from 0 to 0, not 1"));
  EXPECT_THAT(Refused(Mesh(points, 1).Faces(nullptr, 1)), HasSubstr("faces are none"));
  EXPECT_THAT(Refused(Mesh(points, 1).Faces(face, 0)), HasSubstr("faces are none"));
  EXPECT_THAT(Refused(Embedding(points, 0, 3)), HasSubstr("[0, 3]"));
  EXPECT_THAT(Refused(Embedding(points, 1, 3).Labels({"a", "b"})), HasSubstr("metadata of 2 rows"));
  EXPECT_THAT(Refused(Embedding(points, 1, 3).Metadata({"x", "y"}, {{"a"}})), HasSubstr("has 1 values"));
  const uint8_t pixel[] = {0};
  EXPECT_THAT(Refused(Embedding(points, 1, 3).Images(pixel, 9000, 1, 1)), HasSubstr("more than one sheet"));
}

TEST_F(Values, NothingMayBeNull) {
  EXPECT_THAT(Refused(Tensor(static_cast<const float*>(nullptr), {1})), HasSubstr("no data"));
  EXPECT_THAT(Refused(Audio(static_cast<const float*>(nullptr), 1, 1, 1)), HasSubstr("no WAV"));
  EXPECT_THAT(Refused(Mesh(nullptr, 1)), HasSubstr("at least one vertex"));
  EXPECT_EQ(Log(Tensor(static_cast<const float*>(nullptr), {0})).value.tensor().shape_size(), 1);
}

TEST_F(Values, ParametersAreJsonAndNestedOnesBecomeDottedKeys) {
  RunOptions options = Options();
  options.params = {{"lr", 1e-4},
                    {"half", 0.1f},
                    {"one", 1.0},
                    {"depth", 4},
                    {"big", ~uint64_t{0}},
                    {"on", true},
                    {"name", "a \"b\""},
                    {"nothing", nullptr},
                    {"inf", INFINITY},
                    {"list", std::vector<int>{1, 2}},
                    {"names", std::vector<std::string>{"x", "y"}},
                    {"model", {{"width", 2}, {"head", {{"kind", "mlp"}}}}},
                    {"mixed", std::vector<Json>{1, "a", {{"k", 2}}}}};
  Run run(options);
  run.LogParams({{"depth", 5}});
  run.Finish();
  const std::vector<std::pair<std::string, std::string>> want = {{"lr", "1e-04"},
                                                                 {"half", "0.10000000149011612"},
                                                                 {"one", "1.0"},
                                                                 {"depth", "4"},
                                                                 {"big", "18446744073709551615"},
                                                                 {"on", "true"},
                                                                 {"name", R"("a \"b\"")"},
                                                                 {"nothing", "null"},
                                                                 {"inf", "\"Infinity\""},
                                                                 {"list", "[1, 2]"},
                                                                 {"names", R"(["x", "y"])"},
                                                                 {"model.width", "2"},
                                                                 {"model.head.kind", "\"mlp\""},
                                                                 {"mixed", R"([1, "a", {"k": 2}])"},
                                                                 {"depth", "5"}};
  EXPECT_EQ(Read().params, want);
}

}  // namespace
}  // namespace stepwell
