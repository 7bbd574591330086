// What a point costs on its way out of an event file: reading the record (both checksums) and converting the event.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <string>

#include "tensorboard/record_reader.h"
#include "tensorboard/run_converter.h"
#include "tensorboard/testing.h"

namespace stepwell::tensorboard {
namespace {

constexpr int kEvents = 1'000'000;
constexpr int kTags = 20;

struct SumSink : Sink {
  double sum = 0;
  int points = 0;
  void Series(uint32_t, const v1::SeriesInfo&) override {}
  void Scalar(uint32_t, int64_t step, double, double value) override {
    sum += value + static_cast<double>(step);
    ++points;
  }
  void Value(uint32_t, int64_t, double, v1::Value&&) override {}
  void Blob(std::string_view, std::string_view, std::string_view) override {}
  void SessionStart(int64_t, bool) override {}
  void Param(std::string_view, std::string_view) override {}
  void Status(std::string_view, double) override {}
  void Warning(std::string_view, std::string_view) override {}
};

std::string ManyScalars(bool tensors) {
  std::string file;
  for (int i = 0; i < kEvents; ++i) {
    const std::string tag = "train/metric_" + std::to_string(i % kTags);
    if (!tensors) {
      file += Framed(ScalarEvent(tag, i / kTags, static_cast<float>(i), 1.7e9 + i));
      continue;
    }
    wire::Event event = EventAt(i / kTags, 1.7e9 + i);
    AddTensor(event, tag, i < kTags ? "scalars" : "", 1, {})->mutable_tensor()->add_float_val(static_cast<float>(i));
    file += Framed(event.SerializeAsString());
  }
  return file;
}

// Nanoseconds an event, the best of five passes: the file is in the page cache, other programs are noise.
double Measure(bool tensors, bool convert) {
  const TempFolder folder;
  const std::string path = folder.Write("events.out.tfevents.1", ManyScalars(tensors));
  double best = 1e9;
  for (int pass = 0; pass < 5; ++pass) {
    SumSink sink;
    const auto start = std::chrono::steady_clock::now();
    auto reader = RecordReader::Open(path);
    RunConverter converter;
    FileState file;
    while ((*reader)->Next() == RecordReader::Outcome::kRecord) {
      if (convert) converter.Convert((*reader)->record(), file, sink);
    }
    const std::chrono::duration<double, std::nano> took = std::chrono::steady_clock::now() - start;
    best = std::min(best, took.count() / kEvents);
    if (convert && sink.points != kEvents) std::abort();
  }
  return best;
}

}  // namespace
}  // namespace stepwell::tensorboard

int main() {
  using stepwell::tensorboard::Measure;
  std::printf("{\"name\": \"event file: read a record\", \"value\": %.1f, \"unit\": \"ns\"}\n", Measure(false, false));
  std::printf("{\"name\": \"event file: read and convert a simple scalar\", \"value\": %.1f, \"unit\": \"ns\"}\n",
              Measure(false, true));
  std::printf("{\"name\": \"event file: read and convert a tensor scalar\", \"value\": %.1f, \"unit\": \"ns\"}\n",
              Measure(true, true));
}
