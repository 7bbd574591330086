// For tests of the client: a spool folder of the test's own, and what a run left in it, read with the generated
// classes.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <bit>
#include <condition_variable>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "spool/format.h"
#include "spool/reader.h"
#include "stepwell/run.h"
#include "stepwell/v1/ingest.pb.h"
#include "stepwell/v1/value.pb.h"

namespace stepwell::client {

struct Point {
  v1::SeriesInfo info;
  int64_t step = 0;
  double wall = 0;
  double scalar = 0;
  v1::Value value;  // of kinds other than scalar
};

struct Spool {
  std::string about;  // writer.json
  std::vector<Point> points;
  std::vector<std::pair<std::string, std::string>> params, labels;
  std::vector<std::string> statuses;
  std::vector<v1::Warning> warnings;
  std::vector<int64_t> rewinds;
  std::string note;
};

// A variable of the environment for the life of this object. Made and gone while no run lives.
class Variable {
 public:
  Variable(const char* name, const std::string& value) : name_(name) {
    if (const char* before = std::getenv(name)) before_ = before;  // NOLINT(concurrency-mt-unsafe)
    setenv(name, value.c_str(), 1);                                // NOLINT(concurrency-mt-unsafe)
  }
  ~Variable() {
    if (before_) {
      setenv(name_, before_->c_str(), 1);  // NOLINT(concurrency-mt-unsafe)
    } else {
      unsetenv(name_);  // NOLINT(concurrency-mt-unsafe)
    }
  }

 private:
  const char* const name_;
  std::optional<std::string> before_;
};

class SpoolTest : public testing::Test {
 protected:
  using Run = stepwell::Run;  // not that of testing::Test

  SpoolTest() {
    std::string pattern = testing::TempDir() + "clientXXXXXX";
    root_ = mkdtemp(pattern.data());
  }
  ~SpoolTest() override { std::filesystem::remove_all(root_); }

  RunOptions Options() {
    RunOptions options;
    options.dir = root_;
    options.mode = "offline";
    options.on_warning = [this](const std::string& text) {
      std::lock_guard lock(mutex_);
      warnings_.push_back(text);
      warned_.notify_all();
    };
    return options;
  }
  // The warnings, once there is one.
  std::vector<std::string> AwaitWarnings() {
    std::unique_lock lock(mutex_);
    warned_.wait(lock, [this] { return !warnings_.empty(); });
    return warnings_;
  }

  // In no order: of two that are made in one millisecond the names are not in the order of time.
  std::vector<std::string> Folders() const {
    std::vector<std::string> found;
    for (const auto& entry : std::filesystem::directory_iterator(root_))
      if (entry.is_directory()) found.push_back(entry.path());
    return found;
  }

  // The spool that was not there when this was called before, whose definitions must all be in the segment that needs
  // them; without a new one, the same again.
  Spool Read() {
    int found = 0;
    for (const std::string& folder : Folders()) {
      if (!read_.insert(folder).second) continue;
      newest_ = folder;
      ++found;
    }
    EXPECT_LE(found, 1);
    return ReadFolder(newest_);
  }

  Spool ReadFolder(const std::string& folder) const {
    Spool spool;
    spool.about = FileBytes(folder + "/writer.json");
    spool::SpoolReader reader(folder);
    std::map<uint32_t, v1::SeriesInfo> series;
    std::map<uint32_t, std::vector<uint32_t>> layouts;
    uint32_t segment = 0;
    while (reader.Next(/*dead=*/true) == spool::SpoolReader::Outcome::kRecord) {
      if (std::exchange(segment, reader.position().segment) != segment) {
        series.clear();
        layouts.clear();
      }
      ByteReader body(reader.body());
      switch (static_cast<spool::RecordType>(body.Byte())) {
        case spool::RecordType::kSeries: {
          const uint32_t number = body.Le32();
          EXPECT_TRUE(series[number].ParseFromString(std::string(body.Raw(body.left()))));
          break;
        }
        case spool::RecordType::kLayout: {
          std::vector<uint32_t>& layout = layouts[body.Le32()];
          layout.resize(body.Le32());
          for (uint32_t& number : layout) number = body.Le32();
          break;
        }
        case spool::RecordType::kRow: {
          const std::vector<uint32_t>& layout = layouts.at(body.Le32());
          const auto step = static_cast<int64_t>(body.Le64());
          const double wall = body.Double();
          for (const uint32_t number : layout)
            spool.points.push_back({series.at(number), step, wall, body.Double(), {}});
          break;
        }
        case spool::RecordType::kValue: {
          Point& point = spool.points.emplace_back();
          point.info = series.at(body.Le32());
          point.step = static_cast<int64_t>(body.Le64());
          point.wall = body.Double();
          EXPECT_TRUE(point.value.ParseFromString(std::string(body.Raw(body.left()))));
          break;
        }
        case spool::RecordType::kNote:
          Take(std::string(body.Raw(body.left())), &spool);
          break;
        case spool::RecordType::kRewind:
          spool.rewinds.push_back(static_cast<int64_t>(body.Le64()));
          EXPECT_EQ(body.Byte(), 0);
          break;
      }
      EXPECT_TRUE(body.ok() && body.done());
    }
    EXPECT_EQ(reader.cut() + reader.damaged(), 0u);
    return spool;
  }

  std::string Blob(const v1::BlobRef& ref) const {
    const std::string file = ToHex(ref.sha256());
    std::string bytes = FileBytes(spool::BlobsPath(newest_, spool::Segments(newest_).back()) + "/" + file);
    EXPECT_EQ(ref.size(), bytes.size());
    EXPECT_EQ(ref.sha256(), Sha256(bytes));
    return bytes;
  }

  static std::string FileBytes(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    EXPECT_TRUE(file) << path;
    return {std::istreambuf_iterator<char>(file), {}};
  }

  std::string root_;
  std::mutex mutex_;
  std::condition_variable warned_;
  std::vector<std::string> warnings_;

 private:
  std::set<std::string> read_;
  std::string newest_;

  static void Take(const std::string& bytes, Spool* spool) {
    v1::Note note;
    EXPECT_TRUE(note.ParseFromString(bytes));
    if (note.has_param()) spool->params.emplace_back(note.param().key(), note.param().json());
    if (note.has_label()) spool->labels.emplace_back(note.label().key(), note.label().value());
    if (note.has_status()) spool->statuses.push_back(note.status().status());
    if (note.has_warning()) spool->warnings.push_back(note.warning());
    if (note.note_case() == v1::Note::kText) spool->note = note.text();
  }
};

}  // namespace stepwell::client
