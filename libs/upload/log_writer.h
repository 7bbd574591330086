// Writes event files, for tests: framing and the few forms that they need.
//
// Thread safety: values; functions of the file system.
#pragma once

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/crc32c.h"
#include "tensorboard/event.pb.h"

namespace stepwell::upload {

namespace wire = stepwell::tensorboard::wire;

inline std::string Record(std::string_view data) {
  std::string out;
  PutLe64(out, data.size());
  PutLe32(out, MaskCrc(Crc32c(out)));
  out += data;
  PutLe32(out, MaskCrc(Crc32c(data)));
  return out;
}

inline std::string Header(double wall = 1e9) {
  wire::Event event;
  event.set_wall_time(wall);
  event.set_file_version("brain.Event:2");
  return Record(event.SerializeAsString());
}

inline std::string ScalarEvent(std::string_view tag, int64_t step, float value, double wall = 1e9) {
  wire::Event event;
  event.set_wall_time(wall + static_cast<double>(step));
  event.set_step(step);
  wire::Summary::Value* v = event.mutable_summary()->add_value();
  v->set_tag(std::string(tag));
  v->set_simple_value(value);
  return Record(event.SerializeAsString());
}

inline std::string ImageEvent(std::string_view tag, int64_t step, std::string_view encoded) {
  wire::Event event;
  event.set_wall_time(1e9 + static_cast<double>(step));
  event.set_step(step);
  wire::Summary::Value* v = event.mutable_summary()->add_value();
  v->set_tag(std::string(tag));
  v->mutable_image()->set_width(1);
  v->mutable_image()->set_height(1);
  v->mutable_image()->set_encoded_image_string(std::string(encoded));
  return Record(event.SerializeAsString());
}

inline std::string StartEvent(int64_t step) {
  wire::Event event;
  event.set_wall_time(1e9);
  event.set_step(step);
  event.mutable_session_log()->set_status(1);
  return Record(event.SerializeAsString());
}

// A folder of its own that is gone at the end.
class TestFolder {
 public:
  TestFolder() {
    std::string name = std::filesystem::temp_directory_path() / "stepwell-upload-XXXXXX";
    path_ = mkdtemp(name.data());
  }
  ~TestFolder() { std::filesystem::remove_all(path_); }
  const std::filesystem::path& path() const { return path_; }

  // Appends to a file below the folder, made with its parents if it is new.
  void Append(const std::string& file, std::string_view bytes) const {
    std::filesystem::create_directories((path_ / file).parent_path());
    std::ofstream(path_ / file, std::ios::binary | std::ios::app) << bytes;
  }
  void Replace(const std::string& file, std::string_view bytes) const {
    std::ofstream(path_ / file, std::ios::binary | std::ios::trunc) << bytes;
  }

 private:
  std::filesystem::path path_;
};

}  // namespace stepwell::upload
