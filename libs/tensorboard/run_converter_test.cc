#include "tensorboard/run_converter.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include "tensorboard/testing.h"

namespace stepwell::tensorboard {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr double kInf = std::numeric_limits<double>::infinity();

// A converter, the state of one file, and what came out.
struct Conversion {
  RunConverter converter;
  FileState file;
  KeptSink sink;
  void Event(const wire::Event& event) { converter.Convert(event.SerializeAsString(), file, sink); }
};

TEST(RunConverter, AScalarSeriesIsToldOnceAndKeepsEveryPoint) {
  Conversion run;
  for (int64_t step = -2; step < 3; ++step) run.converter.Convert(ScalarEvent("loss", step, 0.1f), run.file, run.sink);
  ASSERT_EQ(run.sink.series.size(), 1u);
  const KeptSink::Kept& kept = run.sink.series[0];
  EXPECT_EQ(kept.info.tag(), "loss");
  EXPECT_EQ(kept.info.plugin(), "scalars");
  EXPECT_EQ(kept.info.value_type(), "float32");
  ASSERT_EQ(kept.points.size(), 5u);
  EXPECT_EQ(kept.points[0].step, -2);
  EXPECT_EQ(kept.points[4].scalar, static_cast<double>(0.1f));
  EXPECT_TRUE(run.sink.in_order);
}

TEST(RunConverter, StepsAndWallTimesAreKeptWhateverTheyAre) {
  Conversion run;
  run.converter.Convert(ScalarEvent("x", std::numeric_limits<int64_t>::min(), 1, std::nan("")), run.file, run.sink);
  run.converter.Convert(ScalarEvent("x", std::numeric_limits<int64_t>::max(), 2, -1.5), run.file, run.sink);
  const auto& points = run.sink.series[0].points;
  EXPECT_EQ(points[0].step, std::numeric_limits<int64_t>::min());
  EXPECT_TRUE(std::isnan(points[0].wall));
  EXPECT_EQ(points[1].step, std::numeric_limits<int64_t>::max());
  EXPECT_EQ(points[1].wall, -1.5);
}

TEST(RunConverter, NonFiniteAndTinyValuesStayBitForBit) {
  KeptSink sink;
  sink.ReadRun("cases/05-nonfinite-and-tiny-values/logdir");
  const std::vector<double> wide = sink.Scalars("f64");
  ASSERT_EQ(wide.size(), 8u);
  EXPECT_TRUE(std::isnan(wide[0]));
  EXPECT_EQ(wide[1], kInf);
  EXPECT_TRUE(std::signbit(wide[3]) && wide[3] == 0);
  EXPECT_EQ(wide[4], 5e-324);
  EXPECT_EQ(wide[6], 0.1 + 0.2);
  EXPECT_EQ(sink.Scalars("f32")[4], static_cast<double>(1e-45f));
  EXPECT_THAT(sink.warnings, IsEmpty());
}

TEST(RunConverter, EveryNumericTypeIsAScalar) {
  KeptSink sink;
  sink.ReadRun("cases/06-scalar-dtypes/logdir");
  EXPECT_THAT(sink.Scalars("double/content"), ElementsAre(0.1));
  EXPECT_THAT(sink.Scalars("int64/content"), ElementsAre(-9007199254740992.0));
  EXPECT_THAT(sink.Scalars("uint32/val"), ElementsAre(4294967295.0));
  EXPECT_THAT(sink.Scalars("half/val"), ElementsAre(1.0009765625));
  EXPECT_THAT(sink.Scalars("bfloat16/content"), ElementsAre(kInf));
  EXPECT_THAT(sink.Scalars("bool/val"), ElementsAre(1.0));
  EXPECT_THAT(sink.Scalars("rank1/one"), ElementsAre(2.5));
  EXPECT_EQ(sink.Find("uint8/val", v1::KIND_SCALAR)->info.value_type(), "uint8");
}

TEST(RunConverter, WhatIsNotOneNumberIsNamedAndTheValueBesideItArrives) {
  KeptSink sink;
  sink.ReadRun("cases/06-scalar-dtypes/logdir");
  EXPECT_THAT(sink.warnings, ElementsAre("bad/text: not one number", "bad/two_values: not one number",
                                         "bad/short_content: not one number"));
  for (const std::string tag : {"bad/text", "bad/two_values", "bad/short_content"}) {
    EXPECT_THAT(sink.Scalars("after/" + tag), ElementsAre(1.0));
    EXPECT_EQ(sink.Find(tag, v1::KIND_SCALAR), nullptr);
  }
}

TEST(RunConverter, EveryTagIsItsOwnSeriesUnderItsName) {
  KeptSink sink;
  sink.ReadRun("cases/09-tag-names/logdir");
  EXPECT_THAT(sink.Scalars(""), ElementsAre(11.5));
  EXPECT_THAT(sink.Scalars(std::string_view("nul\0inside", 10)), ElementsAre(24.5));
  EXPECT_THAT(sink.Scalars("\u00e9"), ElementsAre(17.5));
  EXPECT_THAT(sink.Scalars("e\u0301"), ElementsAre(18.5));
  EXPECT_EQ(sink.series.size(), 28u + 2u);
}

TEST(RunConverter, ATagThatIsNotUtf8IsToldOnceAndKept) {
  KeptSink sink;
  sink.ReadRun("cases/09-tag-names/logdir");
  EXPECT_THAT(sink.warnings, ElementsAre("perte_\ufffd: tag is not UTF-8"));
  EXPECT_THAT(sink.Scalars("perte_\ufffd"), ElementsAre(7.5));
  EXPECT_THAT(sink.Scalars("after the latin-1 tag"), ElementsAre(99.5));
}

TEST(RunConverter, OneTagCanHaveTwoKinds) {
  KeptSink sink;
  sink.ReadRun("cases/10-same-tag-two-kinds/logdir");
  EXPECT_THAT(sink.Scalars("layer/w"), ElementsAre(0.25, 1.25, 2.25));
  EXPECT_EQ(sink.Find("layer/w", v1::KIND_HISTOGRAM)->points.size(), 3u);
  EXPECT_EQ(sink.Find("conv1", v1::KIND_HISTOGRAM)->points.size(), 3u);
  EXPECT_EQ(sink.Find("conv1", v1::KIND_IMAGE)->points.size(), 3u);
}

TEST(RunConverter, TheFirstMetadataOfATagHoldsInAllFiles) {
  KeptSink sink;
  sink.ReadRun("cases/11-metadata-only-on-first-value/logdir/run");
  EXPECT_THAT(sink.Scalars("loss"), ElementsAre(4, 3, 2, 1));
  const v1::SeriesInfo& loss = sink.Find("loss", v1::KIND_SCALAR)->info;
  EXPECT_EQ(loss.display_name(), "Training loss");
  EXPECT_EQ(loss.description(), "Mean over the *batch*.");
  const KeptSink::Kept* custom = sink.Find("custom", v1::KIND_TENSOR);
  ASSERT_NE(custom, nullptr);
  EXPECT_EQ(custom->info.plugin(), "my_plugin");
  EXPECT_EQ(custom->info.content(), std::string("\x00\xff\x01opaque", 9));
  EXPECT_EQ(custom->points.size(), 3u);
  EXPECT_EQ(sink.Find("bare", v1::KIND_TENSOR)->info.plugin(), "");
}

TEST(RunConverter, ASeededConverterPutsValuesWithoutMetadataIntoTheKnownSeries) {
  std::vector<v1::SeriesInfo> known;
  {
    KeptSink before;
    before.ReadRun("cases/11-metadata-only-on-first-value/logdir/run");
    for (const auto& [key, kept] : before.series) known.push_back(kept.info);
  }
  RunConverter converter(known);
  ASSERT_EQ(converter.series_count(), known.size());
  KeptSink sink;
  FileState file;
  for (const std::string tag : {"loss", "custom", "loss", "custom", "loss"}) {
    wire::Event event = EventAt(9);
    AddTensor(event, tag, "", 1, {})->mutable_tensor()->add_float_val(8);
    converter.Convert(event.SerializeAsString(), file, sink);
  }
  EXPECT_EQ(sink.series[*converter.Find("loss", v1::KIND_SCALAR, "scalars")].points.size(), 3u);
  EXPECT_EQ(sink.series[*converter.Find("custom", v1::KIND_TENSOR, "my_plugin")].points.size(), 2u);
  EXPECT_EQ(converter.series_count(), known.size());
}

TEST(RunConverter, AfterSeedingATensorOfStringsGoesToTheSeriesThatHoldsStrings) {
  v1::SeriesInfo histogram;
  histogram.set_tag("w");
  histogram.set_kind(v1::KIND_HISTOGRAM);
  histogram.set_plugin("histograms");
  v1::SeriesInfo text = histogram;
  text.set_kind(v1::KIND_TEXT);
  text.set_plugin("text");
  const std::vector<v1::SeriesInfo> known = {histogram, text, text};
  Conversion run{RunConverter(known), {}, {}};
  EXPECT_EQ(run.converter.series_count(), 2u);
  wire::Event event = EventAt(1);
  AddTensor(event, "w", "", 7, {})->mutable_tensor()->add_string_val("hello");
  run.Event(event);
  ASSERT_EQ(run.sink.series.size(), 1u);
  EXPECT_EQ(run.sink.series[1].points[0].value.text().values(0), "hello");
}

TEST(RunConverter, MetadataOfAnotherPluginStartsAnotherSeries) {
  Conversion run;
  wire::Event event = EventAt(1);
  AddTensor(event, "t", "scalars", 1, {})->mutable_tensor()->add_float_val(1);
  AddTensor(event, "t", "mine", 1, {})->mutable_tensor()->add_float_val(2);
  AddTensor(event, "t", "", 1, {})->mutable_tensor()->add_float_val(3);
  run.Event(event);
  EXPECT_THAT(run.sink.Scalars("t"), ElementsAre(1, 3));
  EXPECT_EQ(run.sink.Find("t", v1::KIND_TENSOR)->points.size(), 1u);
}

TEST(RunConverter, SimpleValuesWithEmptyPluginAreScalars) {
  Conversion run;
  wire::Event event = EventAt(1);
  auto* value = event.mutable_summary()->add_value();
  value->set_tag("t");
  value->set_simple_value(4);
  value->mutable_metadata()->set_display_name("Shown");
  run.Event(event);
  EXPECT_EQ(run.sink.series[0].info.plugin(), "scalars");
  EXPECT_EQ(run.sink.series[0].info.display_name(), "Shown");
}

TEST(RunConverter, APluginNobodyKnowsWithScalarDataIsAScalarOfThatPlugin) {
  Conversion run;
  for (int i = 0; i < 3; ++i) {
    wire::Event event = EventAt(i);
    auto* value = AddTensor(event, "t", i == 0 ? "theirs" : "", 1, {});
    value->mutable_tensor()->add_float_val(static_cast<float>(i));
    if (i == 0) value->mutable_metadata()->set_data_class(1);
    run.Event(event);
  }
  EXPECT_EQ(run.sink.series[0].info.plugin(), "theirs");
  EXPECT_EQ(run.sink.series[0].info.data_class(), 1u);
  EXPECT_THAT(run.sink.Scalars("t"), ElementsAre(0, 1, 2));
}

TEST(RunConverter, OnlyTheFirstStartOfAFileSparesWhatTheFileBrought) {
  Conversion run;
  wire::Event event = EventAt(6);
  for (const int status : {3, 1, 2, 1}) {  // CHECKPOINT, START, STOP, START
    event.mutable_session_log()->set_status(status);
    run.Event(event);
  }
  EXPECT_THAT(run.sink.starts, ElementsAre(std::pair<int64_t, bool>(6, true), std::pair<int64_t, bool>(6, false)));
}

TEST(RunConverter, TheStateOfAFileSurvivesARestart) {
  FileState state;
  EXPECT_FALSE(FileState::Parse(state.Serialize()).started);
  state.started = true;
  EXPECT_TRUE(FileState::Parse(state.Serialize()).started);
  EXPECT_LE(state.Serialize().size(), 100u);
  EXPECT_FALSE(FileState::Parse("rubbish").started);
  EXPECT_FALSE(FileState::Parse("").started);
}

TEST(RunConverter, HyperparametersKeepTheirTypes) {
  KeptSink a, b, c;
  a.ReadRun("cases/18-hparams-different-keys/logdir/a");
  b.ReadRun("cases/18-hparams-different-keys/logdir/b");
  c.ReadRun("cases/18-hparams-different-keys/logdir/c");
  using Params = std::map<std::string, std::string>;
  EXPECT_EQ(a.params, (Params{{"lr", "0.1"}, {"bs", "32"}, {"amp", "true"}}));
  EXPECT_EQ(b.params, (Params{{"lr", "0.01"}, {"optimizer", "\"adam\""}, {"amp", "false"}, {"note", "null"}}));
  EXPECT_EQ(c.params, (Params{{"lr", "\"auto\""}, {"bs", "64"}, {"layers", "[64,32]"}}));
  EXPECT_THAT(a.statuses, ElementsAre("finished"));
  EXPECT_THAT(b.statuses, ElementsAre("failed"));
  EXPECT_THAT(c.statuses, IsEmpty());
  const auto* start = a.Find("_hparams_/session_start_info", v1::KIND_HPARAMS);
  ASSERT_NE(start, nullptr);
  EXPECT_THAT(start->points[0].value.json().text(), HasSubstr("\"type\":\"session_start\""));
  EXPECT_EQ(start->points[0].value.json().raw(), start->info.content());
}

TEST(RunConverter, HyperparametersOfAValueWithoutDataAreKept) {
  Conversion run;
  wire::Event event = EventAt(0);
  auto* value = event.mutable_summary()->add_value();
  value->set_tag("_hparams_/experiment");
  value->mutable_metadata()->mutable_plugin_data()->set_plugin_name("hparams");
  value->mutable_metadata()->mutable_plugin_data()->set_content(
      std::string("\x12\x00\xfa\x01\x02hi", 7));  // and a field nobody knows
  run.Event(event);
  ASSERT_EQ(run.sink.series.size(), 1u);
  EXPECT_EQ(run.sink.series[0].points[0].value.json().raw(), value->metadata().plugin_data().content());
  EXPECT_THAT(run.sink.series[0].points[0].value.json().text(), HasSubstr("\"type\":\"experiment\""));
}

TEST(RunConverter, ARecordThatIsNoEventIsAWarningAndTheNextOneArrives) {
  Conversion run;
  run.converter.Convert("\xff\xff\xff", run.file, run.sink);
  run.converter.Convert("\xff\xff\xff", run.file, run.sink);
  run.converter.Convert(ScalarEvent("x", 1, 2), run.file, run.sink);
  EXPECT_THAT(run.sink.warnings, ElementsAre(": record is not an event"));
  EXPECT_THAT(run.sink.Scalars("x"), ElementsAre(2));
}

TEST(RunConverter, SeriesFromElsewhereGetKeysOfTheSameCount) {
  Conversion run;
  run.converter.Convert(ScalarEvent("x", 1, 2), run.file, run.sink);
  v1::SeriesInfo info;
  info.set_tag("plugins/profile/s/f");
  info.set_kind(v1::KIND_PROFILE);
  info.set_plugin("profile");
  EXPECT_EQ(run.converter.KeyOf(info, run.sink), 1u);
  EXPECT_EQ(run.converter.KeyOf(info, run.sink), 1u);
  EXPECT_EQ(run.converter.Info(1).kind(), v1::KIND_PROFILE);
  EXPECT_TRUE(run.sink.in_order);
}

TEST(RunConverter, NoCutOrFlippedEventHarmsIt) {
  const std::string file =
      ReadWhole(DataFolder() / "cases/10-same-tag-two-kinds/logdir/events.out.tfevents.1700000000.host.1.0");
  Conversion run;
  std::vector<std::string> records;
  for (size_t at = 0; at < file.size();) {
    ByteReader reader(std::string_view(file).substr(at));
    records.emplace_back(file, at + 12, reader.Le64());
    at += records.back().size() + 16;
  }
  for (const std::string& record : records) {
    for (size_t i = 0; i < record.size(); ++i) {
      run.converter.Convert(std::string_view(record).substr(0, i), run.file, run.sink);
      std::string flipped = record;
      for (int bit = 0; bit < 8; ++bit) {
        flipped[i] = static_cast<char>(record[i] ^ 1 << bit);
        run.converter.Convert(flipped, run.file, run.sink);
      }
    }
    run.converter.Convert(record, run.file, run.sink);
  }
  EXPECT_TRUE(run.sink.in_order);
  EXPECT_THAT(run.sink.Scalars("layer/w"), Contains(2.25));
}

}  // namespace
}  // namespace stepwell::tensorboard
