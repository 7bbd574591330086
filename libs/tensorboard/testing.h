// Event files and their parts, written for tests: framing, events, and a sink that keeps what it is told.
#pragma once

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "base/crc32c.h"
#include "tensorboard/event.pb.h"
#include "tensorboard/record_reader.h"
#include "tensorboard/run_converter.h"
#include "tensorboard/sink.h"

namespace stepwell::tensorboard {

inline std::string Framed(std::string_view data) {
  std::string record;
  PutLe64(record, data.size());
  PutLe32(record, MaskCrc(Crc32c(record)));
  record.append(data);
  PutLe32(record, MaskCrc(Crc32c(data)));
  return record;
}

inline wire::Event EventAt(int64_t step, double wall = 1.7e9) {
  wire::Event event;
  event.set_wall_time(wall);
  event.set_step(step);
  return event;
}

inline std::string ScalarEvent(std::string_view tag, int64_t step, float value, double wall = 1.7e9) {
  wire::Event event = EventAt(step, wall);
  wire::Summary::Value* one = event.mutable_summary()->add_value();
  one->set_tag(std::string(tag));
  one->set_simple_value(value);
  return event.SerializeAsString();
}

// A value of tensor form; set its tensor and metadata through the event.
inline wire::Summary::Value* AddTensor(wire::Event& event, std::string_view tag, std::string_view plugin, int32_t dtype,
                                       std::initializer_list<int64_t> shape) {
  wire::Summary::Value* value = event.mutable_summary()->add_value();
  value->set_tag(std::string(tag));
  if (!plugin.empty()) value->mutable_metadata()->mutable_plugin_data()->set_plugin_name(std::string(plugin));
  value->mutable_tensor()->set_dtype(dtype);
  for (const int64_t size : shape) value->mutable_tensor()->mutable_tensor_shape()->add_dim()->set_size(size);
  return value;
}

// A folder of its own for each test; gone afterwards.
class TempFolder {
 public:
  TempFolder() {
    std::string pattern = (std::filesystem::temp_directory_path() / "stepwell-tb-XXXXXX").string();
    path_ = mkdtemp(pattern.data());
  }
  ~TempFolder() { std::filesystem::remove_all(path_); }
  TempFolder(const TempFolder&) = delete;
  TempFolder& operator=(const TempFolder&) = delete;

  std::string operator/(const std::string& name) const { return (path_ / name).string(); }
  const std::string& path() const { return path_.native(); }
  std::string Write(const std::string& name, std::string_view bytes) const {
    const std::filesystem::path path = path_ / name;
    std::filesystem::create_directories(path.parent_path());
    std::ofstream(path, std::ios::binary).write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
    return path.string();
  }
  void Append(const std::string& name, std::string_view bytes) const {
    std::ofstream(path_ / name, std::ios::binary | std::ios::app)
        .write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  }

 private:
  std::filesystem::path path_;
};

// tests/data of the source tree.
inline std::filesystem::path DataFolder() {
  const char* source = std::getenv("STEPWELL_SOURCE");
  return std::filesystem::path(source == nullptr ? "." : source) / "tests" / "data";
}

inline std::string ReadWhole(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

struct KeptPoint {
  int64_t step = 0;
  double wall = 0;
  double scalar = 0;
  v1::Value value;
};

struct KeptSink : Sink {
  struct Kept {
    v1::SeriesInfo info;
    std::vector<KeptPoint> points;
  };
  std::map<uint32_t, Kept> series;
  std::map<std::string, std::string> blobs;  // by sha256
  std::vector<std::string> warnings;         // "tag: reason"
  std::map<std::string, std::string> params;
  std::vector<std::string> statuses;
  std::vector<std::pair<int64_t, bool>> starts;
  bool in_order = true;  // nothing was used before it was told

  void Series(uint32_t key, const v1::SeriesInfo& info) override {
    in_order = in_order && series.count(key) == 0;
    series[key].info = info;
  }
  void Scalar(uint32_t key, int64_t step, double wall, double value) override {
    in_order = in_order && series.count(key) == 1;
    series[key].points.push_back({step, wall, value, {}});
  }
  void Value(uint32_t key, int64_t step, double wall, v1::Value&& value) override {
    in_order = in_order && series.count(key) == 1;
    series[key].points.push_back({step, wall, 0, std::move(value)});
  }
  void Blob(std::string_view sha256, std::string_view bytes, std::string_view) override {
    blobs[std::string(sha256)] = std::string(bytes);
  }
  void SessionStart(int64_t step, bool first_in_file) override { starts.emplace_back(step, first_in_file); }
  void Param(std::string_view key, std::string_view json) override { params[std::string(key)] = std::string(json); }
  void Status(std::string_view status, double) override { statuses.emplace_back(status); }
  void Warning(std::string_view tag, std::string_view reason) override {
    warnings.push_back(std::string(tag) + ": " + std::string(reason));
  }

  // Converts a whole file.
  void Read(const std::string& path, RunConverter& converter) {
    auto reader = RecordReader::Open(path);
    FileState state;
    while (reader.ok() && (*reader)->Next() == RecordReader::Outcome::kRecord)
      converter.Convert((*reader)->record(), state, *this);
  }
  // The event files of a folder of tests/data, in order, as one run.
  void ReadRun(const std::string& folder) {
    std::vector<std::string> paths;
    for (const auto& file : std::filesystem::directory_iterator(DataFolder() / folder)) {
      if (file.path().filename().string().find("tfevents") != std::string::npos) paths.push_back(file.path().string());
    }
    std::sort(paths.begin(), paths.end());
    RunConverter converter;
    for (const std::string& path : paths) Read(path, converter);
  }
  std::vector<double> Scalars(std::string_view tag) const {
    std::vector<double> values;
    const Kept* kept = Find(tag, v1::KIND_SCALAR);
    if (kept != nullptr) {
      for (const KeptPoint& point : kept->points) values.push_back(point.scalar);
    }
    return values;
  }

  // The series of a tag and kind, or null.
  const Kept* Find(std::string_view tag, v1::Kind kind) const {
    for (const auto& [key, kept] : series) {
      if (kept.info.tag() == tag && kept.info.kind() == kind) return &kept;
    }
    return nullptr;
  }
};

}  // namespace stepwell::tensorboard
