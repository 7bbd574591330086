// Makes batches of the ingest protocol out of a spool's records, in the order of the calls: rows of one layout become
// one axis and its columns, everything else goes beside them. A batch is pushed when it is full; Rest pushes what there
// is. What cannot be sent at all (a record that cannot be read, of an unknown type, larger than a message) is left out
// and told as a warning of the run.
//
// Memory: one batch, and the definitions of one segment: each segment tells its own.
//
// Thread safety: none; one owner.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <tuple>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "absl/status/status.h"
#include "spool/writer.h"
#include "stepwell/v1/ingest.pb.h"

namespace stepwell::sync {

// A batch beyond either is full, as those of libs/push.
inline constexpr size_t kBatchBytes = 1 << 20;
inline constexpr size_t kBatchPoints = 50'000;

struct Ready {
  std::unique_ptr<v1::PushRequest> request;  // without a number
  spool::Position position;                  // of the first record that is not in it
  uint64_t points = 0, blobs = 0, blob_bytes = 0;
};

class Batcher {
 public:
  using Push = std::function<absl::Status(Ready)>;

  // `folder`: of the writer; its name is the spool's id. `push` gets each batch.
  Batcher(std::string folder, const v1::Limits& limits, Push push);

  // The number that the server has for a series of this writer. Before any record.
  void Known(const v1::SeriesInfo& info, uint32_t number);
  void set_ended(bool ended) { ended_ = ended; }

  // A record of the part that the server has: only what it names counts.
  void Pass(std::string_view body, spool::Position at);
  // The record at `at`; `next` follows it.
  absl::Status Add(std::string_view body, spool::Position at, spool::Position next);
  void Note(v1::Note note);
  // A warning of the run: bytes of a segment that are no records.
  void LeaveOutBytes(uint64_t bytes, spool::Position at, const std::string& what);
  absl::Status Rest(spool::Position position);

  bool ended() const { return ended_; }            // a terminal status was read
  double last_wall() const { return last_wall_; }  // of the last point that was read; 0: none

 private:
  using SeriesKey = std::tuple<std::string, int, std::string>;  // tag, kind, plugin
  struct Layout {
    std::vector<uint32_t> series;  // the server's numbers
    // Where its rows go in the present batch.
    uint64_t group = 0;  // 0: nowhere yet
    v1::Axis* axis = nullptr;
    std::vector<v1::Column*> columns;
    uint64_t last_step = 0;
  };

  void EnterSegment(uint32_t segment);
  void Define(std::string_view body);
  void DefineLayout(std::string_view body);
  absl::Status Row(std::string_view body, spool::Position at);
  void Place(Layout& layout);
  absl::Status Value(std::string_view body, spool::Position at);
  absl::Status SendBlob(const v1::BlobRef& blob, spool::Position at);
  void TakeNote(std::string_view body);
  absl::Status Rewind(std::string_view body, spool::Position at);
  void LeaveOut(const std::string& reason);
  bool Fits(size_t bytes) const { return bytes <= message_bytes_; }
  absl::Status MakeRoom(size_t bytes, spool::Position at);
  absl::Status Take(spool::Position position);
  void Clear();

  const std::string folder_, spool_id_;
  const Push push_;
  const size_t part_bytes_, most_points_, message_bytes_, batch_bytes_;
  const uint64_t blob_limit_;  // 0: not told

  std::map<SeriesKey, uint32_t> known_;
  uint32_t free_ = 0;                             // the next number of a new series
  uint32_t segment_ = 0;                          // that the following belong to
  std::unordered_map<uint32_t, uint32_t> names_;  // the spool's number → the server's
  std::unordered_map<uint32_t, Layout> layouts_;
  std::unordered_map<uint32_t, uint64_t> last_group_;  // by series: the group with its latest points
  uint64_t groups_ = 0;
  const Layout* open_ = nullptr;  // that the row before went to

  std::unordered_set<std::string> sent_blobs_;
  std::map<std::string, uint64_t> left_out_;  // by reason, in this session
  bool left_out_changed_ = false;
  bool ended_ = false;
  double last_wall_ = 0;

  std::unique_ptr<v1::PushRequest> request_;
  v1::Batch* batch_ = nullptr;
  size_t points_ = 0, bytes_ = 0, blobs_ = 0, blob_bytes_ = 0;
};

}  // namespace stepwell::sync
