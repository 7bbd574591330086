// Spools written record by record, for tests.
//
// Thread safety: none; functions of the file system.
#pragma once

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "spool/format.h"
#include "stepwell/v1/ingest.pb.h"

namespace stepwell::sync {

class TestRoot {
 public:
  TestRoot() {
    std::string name = std::filesystem::temp_directory_path() / "stepwell-sync-XXXXXX";
    path_ = mkdtemp(name.data());
  }
  ~TestRoot() { std::filesystem::remove_all(path_); }
  TestRoot(const TestRoot&) = delete;
  TestRoot& operator=(const TestRoot&) = delete;
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

inline void AppendTo(const std::string& path, std::string_view bytes) {
  std::ofstream(path, std::ios::binary | std::ios::app).write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
}

// ---- bodies of records ----

inline std::string SeriesBody(uint32_t number, const std::string& tag, v1::Kind kind = v1::KIND_SCALAR) {
  v1::SeriesInfo info;
  info.set_tag(tag);
  info.set_kind(kind);
  std::string body = "\1";
  PutLe32(body, number);
  return body + info.SerializeAsString();
}
inline std::string LayoutBody(uint32_t number, const std::vector<uint32_t>& series) {
  std::string body = "\2";
  PutLe32(body, number);
  PutLe32(body, static_cast<uint32_t>(series.size()));
  for (const uint32_t one : series) PutLe32(body, one);
  return body;
}
inline std::string RowBody(uint32_t layout, int64_t step, double wall, const std::vector<double>& values) {
  std::string body = "\3";
  PutLe32(body, layout);
  PutLe64(body, static_cast<uint64_t>(step));
  PutDouble(body, wall);
  for (const double value : values) PutDouble(body, value);
  return body;
}
inline std::string ValueBody(uint32_t series, int64_t step, double wall, const v1::Value& value) {
  std::string body = "\4";
  PutLe32(body, series);
  PutLe64(body, static_cast<uint64_t>(step));
  PutDouble(body, wall);
  return body + value.SerializeAsString();
}
inline std::string StatusBody(const std::string& status) {
  v1::Note note;
  note.mutable_status()->set_status(status);
  return "\5" + note.SerializeAsString();
}
inline std::string RewindBody(int64_t step) {
  std::string body = "\6";
  PutLe64(body, static_cast<uint64_t>(step));
  return body + '\0';
}
inline v1::Value ImageValue(std::string_view blob) {
  v1::Value value;
  v1::BlobRef* item = value.mutable_image()->add_items();
  item->set_sha256(Sha256(blob));
  item->set_size(blob.size());
  return value;
}

// A writer's folder. The files are as a process leaves them that is gone.
class TestWriter {
 public:
  TestWriter(const std::string& root, const std::string& id, const std::string& server, const std::string& more = "")
      : id_(id), folder_(root + "/" + id) {
    std::filesystem::create_directory(folder_);
    AppendTo(folder_ + "/writer.json", "{\"format\": 1, \"spool\": \"" + id + "\", \"server\": \"" + server +
                                           "\", \"workspace\": \"\", \"experiment\": \"e\", \"run\": \"r-" + id +
                                           "\", \"name\": \"" + id + "\", \"writer\": \"w\", \"client\": \"test\"" +
                                           more + "}");
    Begin(1);
  }
  void Begin(uint32_t segment) {
    segment_ = segment;
    AppendTo(path(), spool::kMagic);
  }
  void Add(const std::string& body) { AppendTo(path(), spool::Framed(body)); }
  void AddBlob(std::string_view bytes) {
    const std::string blobs = spool::BlobsPath(folder_, segment_);
    std::filesystem::create_directory(blobs);
    AppendTo(blobs + "/" + ToHex(Sha256(bytes)), bytes);
  }
  // Series 0 "a" and 1 "b", layout 0 of both and 1 of "a" alone.
  void Define() {
    for (const std::string& body : {SeriesBody(0, "a"), SeriesBody(1, "b"), LayoutBody(0, {0, 1}), LayoutBody(1, {0})})
      Add(body);
  }
  // Steps [first, last): "a" at each, "b" at even ones.
  void Rows(int first, int last) {
    for (int step = first; step < last; ++step)
      Add(step % 2 ? RowBody(1, step, step, {1.0 * step}) : RowBody(0, step, step, {1.0 * step, -1.0 * step}));
  }
  std::string path() const { return spool::SegmentPath(folder_, segment_); }
  const std::string& folder() const { return folder_; }
  const std::string& id() const { return id_; }

 private:
  const std::string id_, folder_;
  uint32_t segment_ = 1;
};

}  // namespace stepwell::sync
