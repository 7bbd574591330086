// Kinds of values other than scalars, from the event to what is kept.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include "tensorboard/testing.h"

namespace stepwell::tensorboard {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr double kInf = std::numeric_limits<double>::infinity();

struct Conversion {
  RunConverter converter;
  FileState file;
  KeptSink sink;
  const v1::Value& Event(const wire::Event& event) {
    converter.Convert(event.SerializeAsString(), file, sink);
    static const v1::Value kNone;
    return sink.series.empty() ? kNone : sink.series.rbegin()->second.points.back().value;
  }
};

const v1::Value& Only(const KeptSink& sink, std::string_view tag, v1::Kind kind) {
  static const v1::Value kNone;
  const KeptSink::Kept* kept = sink.Find(tag, kind);
  EXPECT_NE(kept, nullptr) << tag;
  return kept == nullptr ? kNone : kept->points.at(0).value;
}

TEST(Histograms, TheOldFormKeepsBucketsAsLoggedAndItsFiveNumbers) {
  KeptSink sink;
  sink.ReadRun("cases/12-legacy-histograms/logdir");
  const v1::Histogram& padded = Only(sink, "padded", v1::KIND_HISTOGRAM).histogram();
  EXPECT_THAT(padded.left(), ElementsAre(-kInf, -1, -0.5, 0, 0.5));
  EXPECT_THAT(padded.right(), ElementsAre(-1, -0.5, 0, 0.5, 1));
  EXPECT_THAT(padded.count(), ElementsAre(0, 0, 12, 20, 0));
  EXPECT_EQ(padded.legacy().min(), -0.4);
  EXPECT_THAT(Only(sink, "fractional", v1::KIND_HISTOGRAM).histogram().count(), ElementsAre(0.5, 1.25, 0.25));
  EXPECT_EQ(Only(sink, "infinite_limit", v1::KIND_HISTOGRAM).histogram().right(2), kInf);
  EXPECT_TRUE(std::isnan(Only(sink, "nan_range", v1::KIND_HISTOGRAM).histogram().legacy().min()));
  EXPECT_EQ(Only(sink, "no_buckets", v1::KIND_HISTOGRAM).histogram().count_size(), 0);
  EXPECT_THAT(sink.warnings, IsEmpty());
}

TEST(Histograms, TensorRowsAreEdgesAndCounts) {
  Conversion run;
  wire::Event event = EventAt(1);
  auto* tensor = AddTensor(event, "h", "histograms", 2, {2, 3})->mutable_tensor();
  for (const double number : {0.0, 1.0, 5.0, 1.0, 2.0, 0.1}) tensor->add_double_val(number);
  const v1::Histogram& histogram = run.Event(event).histogram();
  EXPECT_THAT(histogram.left(), ElementsAre(0, 1));
  EXPECT_THAT(histogram.count(), ElementsAre(5, 0.1));
  EXPECT_FALSE(histogram.has_legacy());
}

TEST(Histograms, AnotherShapeIsKeptAsATensorWithAWarning) {
  Conversion run;
  wire::Event event = EventAt(1);
  AddTensor(event, "h", "histograms", 1, {2})->mutable_tensor()->add_float_val(1);
  const v1::Value& value = run.Event(event);
  EXPECT_THAT(value.tensor().shape(), ElementsAre(2));
  EXPECT_EQ(run.sink.warnings.size(), 1u);
}

TEST(Texts, AnyShapeAndAnyBytes) {
  KeptSink sink;
  sink.ReadRun("cases/14-text-ranks-and-bytes/logdir");
  EXPECT_THAT(Only(sink, "rank0", v1::KIND_TEXT).text().shape(), IsEmpty());
  EXPECT_THAT(Only(sink, "rank3", v1::KIND_TEXT).text().shape(), ElementsAre(2, 1, 2));
  EXPECT_THAT(Only(sink, "rank3", v1::KIND_TEXT).text().values(), ElementsAre("000", "001", "100", "101"));
  EXPECT_THAT(Only(sink, "rank1", v1::KIND_TEXT).text().values(), ElementsAre("a", "", "c"));
  EXPECT_THAT(Only(sink, "zero_rows", v1::KIND_TEXT).text().shape(), ElementsAre(0, 3));
  EXPECT_THAT(Only(sink, "latin1", v1::KIND_TEXT).text().values(), ElementsAre("caf\xe9"));
  EXPECT_EQ(Only(sink, "nul", v1::KIND_TEXT).text().values(0).size(), 10u);
  EXPECT_THAT(Only(sink, "empty", v1::KIND_TEXT).text().values(), ElementsAre(""));
}

TEST(Texts, OverTheInlineLimitTheyAreABlobOfLengthsAndBytes) {
  Conversion run;
  wire::Event event = EventAt(1);
  auto* tensor = AddTensor(event, "t", "text", 7, {2})->mutable_tensor();
  tensor->add_string_val("short");
  tensor->add_string_val(std::string(kInlineBytes, 'x'));
  const v1::Text& text = run.Event(event).text();
  ASSERT_TRUE(text.has_blob());
  EXPECT_EQ(text.values_size(), 0);
  ByteReader blob(run.sink.blobs.at(text.blob().sha256()));
  EXPECT_EQ(blob.Raw(blob.Le64()), "short");
  EXPECT_EQ(blob.Le64(), kInlineBytes);
}

TEST(Values, NoneWithABlobFormIsLargerThanTheInlineLimit) {
  for (size_t bytes = kInlineBytes - 1024; bytes <= kInlineBytes + 8; bytes += 4) {
    Conversion run;
    wire::Event event = EventAt(1);
    AddTensor(event, "s", "text", 7, {})->mutable_tensor()->add_string_val(std::string(bytes, 'x'));
    auto* tensor = AddTensor(event, "t", "", 1, {static_cast<int64_t>(bytes / 4)})->mutable_tensor();
    tensor->set_tensor_content(std::string(bytes, 'x'));
    run.Event(event);
    for (const auto& [key, kept] : run.sink.series)
      EXPECT_LE(kept.points[0].value.ByteSizeLong(), kInlineBytes) << bytes;
  }
}

TEST(Images, BytesAreKeptWithTheTypeThatTheyShow) {
  KeptSink sink;
  sink.ReadRun("cases/15-image-kinds/logdir");
  const auto type = [&sink](std::string_view tag) { return Only(sink, tag, v1::KIND_IMAGE).image().items(0).type(); };
  EXPECT_EQ(type("grey_1x1"), "image/png");
  EXPECT_EQ(type("animated_gif"), "image/gif");
  EXPECT_EQ(type("jpeg"), "image/jpeg");
  EXPECT_EQ(type("truncated_png"), "image/png");
  EXPECT_EQ(type("not_an_image"), "application/octet-stream");
  EXPECT_EQ(type("empty_bytes"), "application/octet-stream");
  EXPECT_EQ(Only(sink, "batch_of_three", v1::KIND_IMAGE).image().items_size(), 3);
  EXPECT_EQ(Only(sink, "batch_of_none", v1::KIND_IMAGE).image().items_size(), 0);
  EXPECT_EQ(Only(sink, "size_lies", v1::KIND_IMAGE).image().width(), "640");
  const v1::Image& old = Only(sink, "legacy", v1::KIND_IMAGE).image();
  EXPECT_EQ(old.width() + "x" + old.height(), "1x2");
  for (const auto& [sha256, bytes] : sink.blobs) EXPECT_EQ(Sha256(bytes), sha256);
}

TEST(Audio, RateChannelsAndLengthComeFromTheWavHeader) {
  KeptSink sink;
  sink.ReadRun("cases/16-audio-wav/logdir");
  const v1::Audio::Item& wide = Only(sink, "stereo_96000_24bit", v1::KIND_AUDIO).audio().items(0);
  EXPECT_EQ(wide.rate(), 96000);
  EXPECT_EQ(wide.channels(), 2u);
  EXPECT_EQ(wide.frames(), 960u);
  EXPECT_EQ(wide.label(), "*stereo_96000_24bit*");
  const v1::Audio& two = Only(sink, "two_in_a_batch", v1::KIND_AUDIO).audio();
  EXPECT_EQ(two.items_size(), 2);
  EXPECT_EQ(two.items(0).label(), "left");
  EXPECT_EQ(Only(sink, "legacy_without_rate", v1::KIND_AUDIO).audio().items(0).rate(), 22050);
  EXPECT_EQ(Only(sink, "not_wav", v1::KIND_AUDIO).audio().items(0).rate(), 0);
}

TEST(Graphs, KerasModelsAreKeptAndACutOneIsReported) {
  KeptSink sink;
  sink.ReadRun("cases/17-keras-graph-json/logdir");
  const v1::Bytes& model = Only(sink, "keras3", v1::KIND_GRAPH).bytes();
  EXPECT_EQ(model.format(), "keras_json");
  EXPECT_EQ(sink.blobs.at(model.blob().sha256()).front(), '{');
  EXPECT_THAT(sink.warnings, ElementsAre("cut_json: graph cannot be read"));
  EXPECT_THAT(sink.Scalars("loss"), ElementsAre(1));
}

TEST(Graphs, GraphsAndRunMetadataHaveTensorBoardsTags) {
  Conversion run;
  wire::Event event = EventAt(3);
  event.set_graph_def("graph");
  run.Event(event);
  event.set_meta_graph_def("meta");
  run.Event(event);
  event.mutable_tagged_run_metadata()->set_tag("step_3");
  event.mutable_tagged_run_metadata()->set_run_metadata("profile");
  run.Event(event);
  EXPECT_EQ(run.sink.Find("__run_graph__", v1::KIND_GRAPH)->info.plugin(), "graphs");
  EXPECT_EQ(Only(run.sink, "__run_graph__", v1::KIND_GRAPH).bytes().format(), "graph_def");
  EXPECT_EQ(Only(run.sink, "__meta_graph__", v1::KIND_GRAPH).bytes().format(), "meta_graph_def");
  EXPECT_EQ(run.sink.Find("step_3", v1::KIND_GRAPH)->info.plugin(), "graph_tagged_run_metadata");
}

TEST(Meshes, EachStepHasItsOwnConfigurationAndFacesAreChecked) {
  KeptSink sink;
  sink.ReadRun("cases/20-mesh-vertices-only/logdir");
  const KeptSink::Kept* cloud = sink.Find("cloud_VERTEX", v1::KIND_MESH);
  ASSERT_EQ(cloud->points.size(), 2u);
  EXPECT_EQ(cloud->points[0].value.mesh().config(), "{}");
  EXPECT_EQ(cloud->points[1].value.mesh().config(), "{\"camera\": {\"fov\": 75}}");
  EXPECT_EQ(Only(sink, "box_FACE", v1::KIND_MESH).mesh().part(), "face");
  EXPECT_EQ(Only(sink, "box_COLOR", v1::KIND_MESH).mesh().part(), "color");
  EXPECT_EQ(Only(sink, "box_COLOR", v1::KIND_MESH).mesh().name(), "box");
  EXPECT_THAT(Only(sink, "two_VERTEX", v1::KIND_MESH).mesh().tensor().shape(), ElementsAre(2, 4, 3));
  EXPECT_THAT(sink.warnings, ElementsAre("bad_index_FACE: face names vertex 99 of 4"));
}

TEST(Layouts, AreJsonAndUnreadableOnesAreKeptAsTheyCame) {
  KeptSink one, three;
  one.ReadRun("cases/21-custom-scalars-layout/logdir/one");
  three.ReadRun("cases/21-custom-scalars-layout/logdir/three");
  EXPECT_EQ(
      Only(one, "custom_scalars__config__", v1::KIND_LAYOUT).json().text(),
      "{\"version\":0,\"categories\":[{\"title\":\"trig\",\"closed\":false,\"charts\":[{\"title\":\"waves\","
      "\"multiline\":"
      "{\"tags\":[\"sin\",\"cos\"]}}]},{\"title\":\"acc\",\"closed\":false,\"charts\":[{\"title\":\"band\",\"margin\":"
      "{\"series\":[{\"value\":\"acc/mean\",\"lower\":\"acc/low\",\"upper\":\"acc/high\"}]}}]}]}");
  const v1::Json& unreadable = Only(three, "custom_scalars__config__", v1::KIND_LAYOUT).json();
  EXPECT_EQ(unreadable.text(), "null");
  EXPECT_EQ(unreadable.raw(), "\xff\xff not a layout");
}

TEST(PrCurves, AreSixRows) {
  Conversion run;
  wire::Event event = EventAt(1);
  AddTensor(event, "pr", "pr_curves", 1, {6, 2})->mutable_tensor()->add_float_val(0.5f);
  const v1::PrCurve& curve = run.Event(event).pr_curve();
  EXPECT_THAT(curve.rows().shape(), ElementsAre(6, 2));
  EXPECT_EQ(curve.rows().data().size(), 48u);
}

TEST(Tensors, OfStringsComplexAndQuantisedNumbersAreKept) {
  Conversion run;
  wire::Event event = EventAt(1);
  AddTensor(event, "s", "", 7, {2})->mutable_tensor()->add_string_val("p");
  event.mutable_summary()->mutable_value(0)->mutable_tensor()->add_string_val("q");
  auto* complex = AddTensor(event, "c", "", 8, {1})->mutable_tensor();
  complex->add_scomplex_val(1);
  complex->add_scomplex_val(-2);
  AddTensor(event, "q", "", 11, {})->mutable_tensor()->add_int_val(-3);
  AddTensor(event, "u", "", 23, {})->mutable_tensor()->add_uint64_val(std::numeric_limits<uint64_t>::max());
  run.Event(event);
  EXPECT_THAT(Only(run.sink, "s", v1::KIND_TENSOR).tensor().strings(), ElementsAre("p", "q"));
  EXPECT_EQ(Only(run.sink, "c", v1::KIND_TENSOR).tensor().dtype(), "complex64");
  EXPECT_EQ(Only(run.sink, "c", v1::KIND_TENSOR).tensor().data().size(), 8u);
  EXPECT_EQ(Only(run.sink, "q", v1::KIND_TENSOR).tensor().data(), "\xfd");
  EXPECT_EQ(Only(run.sink, "u", v1::KIND_TENSOR).tensor().data(), std::string(8, '\xff'));
}

TEST(Tensors, WhatCannotBeATensorIsKeptAsItsMessage) {
  Conversion run;
  wire::Event event = EventAt(1);
  auto* handle = AddTensor(event, "r", "theirs", 20, {});
  handle->mutable_tensor()->add_resource_handle_val("handle");
  run.Event(event);
  const v1::Bytes& other = Only(run.sink, "r", v1::KIND_OTHER).bytes();
  wire::Tensor back;
  ASSERT_TRUE(back.ParseFromString(run.sink.blobs.at(other.blob().sha256())));
  EXPECT_EQ(back.resource_handle_val(0), "handle");
  EXPECT_EQ(run.sink.series[0].info.plugin(), "theirs");
}

TEST(Tensors, AShapeThatClaimsMoreThanIsThereTakesNoMemory) {
  Conversion run;
  for (const std::vector<int64_t>& shape :
       std::vector<std::vector<int64_t>>{{int64_t{1} << 40}, {1 << 30, 1 << 30, 1 << 30}, {-1}}) {
    wire::Event event = EventAt(1);
    auto* tensor = AddTensor(event, "t", "", 1, {})->mutable_tensor();
    for (const int64_t size : shape) tensor->mutable_tensor_shape()->add_dim()->set_size(size);
    tensor->add_float_val(1);
    run.Event(event);
  }
  EXPECT_EQ(run.sink.Find("t", v1::KIND_OTHER)->points.size(), 3u);
}

TEST(Tensors, OneValueMayStandForAll) {
  Conversion run;
  wire::Event event = EventAt(1);
  auto* tensor = AddTensor(event, "t", "", 3, {2, 2})->mutable_tensor();
  tensor->add_int_val(1);
  tensor->add_int_val(7);
  EXPECT_EQ(run.Event(event).tensor().data(), std::string("\1\0\0\0\7\0\0\0\7\0\0\0\7\0\0\0", 16));
}

TEST(RealTraining, EveryPointOfATorchTrainingArrives) {
  KeptSink sink;
  sink.ReadRun("real/torch-digits/sgd_slow");
  EXPECT_EQ(sink.series.size(), 25u);
  EXPECT_EQ(sink.Scalars("loss/train").size(), 600u);
  EXPECT_EQ(sink.Find("weights/head.bias", v1::KIND_HISTOGRAM)->points.size(), 6u);
  EXPECT_THAT(sink.warnings, IsEmpty());
}

}  // namespace
}  // namespace stepwell::tensorboard
