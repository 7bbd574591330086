#include "sync/batcher.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "base/bytes.h"
#include "base/status_macros.h"
#include "spool/format.h"
#include "sync/blob_refs.h"
#include "sync/position.h"

namespace stepwell::sync {
namespace {

// What a message around a field costs, at most.
constexpr size_t kFrame = 16;
// Used when a server announces none: the protocol's own.
constexpr size_t kBlobPart = 1 << 20;
constexpr size_t kMessage = 4 << 20;
// Of a message, for what is beside one large item.
constexpr size_t kMessageRoom = 64 << 10;
// Beyond this the set of blobs that need not be sent again is forgotten.
constexpr size_t kRememberedBlobs = 10'000;

constexpr char kUnreadable[] = "records of the client's spool that cannot be read were left out";

bool IsTerminal(std::string_view status) {
  return status == "finished" || status == "failed" || status == "killed" || status == "crashed";
}

size_t Announced(uint64_t limit, size_t most) { return limit > 0 ? std::min<uint64_t>(limit, most) : most; }

v1::Warning* AddWarning(v1::Batch* batch, std::string reason, uint64_t count) {
  v1::Warning* warning = batch->add_notes()->mutable_warning();
  warning->set_source("client");
  warning->set_offset(-1);
  warning->set_reason(std::move(reason));
  warning->set_count(count);
  return warning;
}

// An open file that is closed.
class File {
 public:
  explicit File(const std::string& path) : file_(open(path.c_str(), O_RDONLY | O_CLOEXEC)) {}
  ~File() {
    if (file_ >= 0) close(file_);
  }
  File(const File&) = delete;
  File& operator=(const File&) = delete;
  bool ok() const { return file_ >= 0; }
  uint64_t size() const {
    struct stat about {};
    return fstat(file_, &about) == 0 ? static_cast<uint64_t>(about.st_size) : 0;
  }
  bool Read(uint64_t offset, size_t size, std::string* out) const {
    out->resize(size);
    size_t got = 0;
    while (got < size) {
      const ssize_t part = pread(file_, out->data() + got, size - got, static_cast<off_t>(offset + got));
      if (part < 0 && errno == EINTR) continue;
      if (part <= 0) return false;
      got += static_cast<size_t>(part);
    }
    return true;
  }

 private:
  const int file_;
};

}  // namespace

Batcher::Batcher(std::string folder, const v1::Limits& limits, Push push)
    : folder_(std::move(folder)),
      spool_id_(std::filesystem::path(folder_).filename().string()),
      push_(std::move(push)),
      part_bytes_(Announced(limits.blob_part_bytes(), kBlobPart)),
      most_points_(Announced(limits.points_per_batch(), kBatchPoints)),
      message_bytes_(std::max(Announced(limits.message_bytes(), kMessage), 2 * kMessageRoom) - kMessageRoom),
      batch_bytes_(std::min(kBatchBytes, message_bytes_)),
      blob_limit_(limits.blob_bytes()) {
  Clear();
}

void Batcher::Known(const v1::SeriesInfo& info, uint32_t number) {
  known_[{info.tag(), info.kind(), info.plugin()}] = number;
  free_ = std::max(free_, number + 1);
}

void Batcher::Clear() {
  request_ = std::make_unique<v1::PushRequest>();
  batch_ = request_->mutable_batch();
  points_ = bytes_ = blobs_ = blob_bytes_ = 0;
  open_ = nullptr;
  for (auto& [number, layout] : layouts_) layout.group = 0;
}

// Series and layouts are told again in each segment before their first use there.
void Batcher::EnterSegment(uint32_t segment) {
  if (segment == segment_) return;
  segment_ = segment;
  names_.clear();
  layouts_.clear();
  open_ = nullptr;
}

void Batcher::Pass(std::string_view body, spool::Position at) {
  EnterSegment(at.segment);
  const auto type = static_cast<spool::RecordType>(body.front());
  if (type == spool::RecordType::kSeries) {
    Define(body);
  } else if (type == spool::RecordType::kLayout) {
    DefineLayout(body);
  } else if (type == spool::RecordType::kRow || type == spool::RecordType::kValue) {
    ByteReader in(body.substr(1));
    in.Raw(4 + 8);
    const double wall = in.Double();
    if (in.ok()) last_wall_ = wall;
  }
}

absl::Status Batcher::Add(std::string_view body, spool::Position at, spool::Position next) {
  EnterSegment(at.segment);
  switch (static_cast<spool::RecordType>(body.front())) {
    case spool::RecordType::kSeries:
      Define(body);
      break;
    case spool::RecordType::kLayout:
      DefineLayout(body);
      break;
    case spool::RecordType::kRow:
      RETURN_IF_ERROR(Row(body, at));
      break;
    case spool::RecordType::kValue:
      RETURN_IF_ERROR(Value(body, at));
      break;
    case spool::RecordType::kNote:
      RETURN_IF_ERROR(MakeRoom(body.size(), at));
      TakeNote(body.substr(1));
      break;
    case spool::RecordType::kRewind:
      RETURN_IF_ERROR(Rewind(body, at));
      break;
    default:
      LeaveOut(absl::StrCat("records of a newer client (type ", static_cast<uint8_t>(body.front()),
                            ") were left out; upgrade the uploader"));
  }
  return points_ >= most_points_ || bytes_ >= batch_bytes_ ? Take(next) : absl::OkStatus();
}

absl::Status Batcher::Rest(spool::Position position) {
  const bool something = points_ > 0 || batch_->notes_size() > 0 || batch_->rewinds_size() > 0 ||
                         batch_->define_size() > 0 || left_out_changed_;
  return something ? Take(position) : absl::OkStatus();
}

// ---- what names something ----

void Batcher::Define(std::string_view body) {
  ByteReader in(body.substr(1));
  const uint32_t number = in.Le32();
  v1::SeriesInfo info;
  if (!in.ok()) return LeaveOut(kUnreadable);
  if (names_.contains(number)) return;
  const std::string_view bytes = in.Raw(in.left());
  if (!info.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) return LeaveOut(kUnreadable);
  if (!Fits(bytes_ + bytes.size()))
    return LeaveOut("series whose metadata is larger than a message of the server were left out (--max-batch)");
  const auto [known, added] = known_.try_emplace({info.tag(), info.kind(), info.plugin()}, free_);
  if (added) {
    v1::Define* define = batch_->add_define();
    define->set_series(free_++);
    *define->mutable_info() = std::move(info);
    bytes_ += bytes.size() + kFrame;
  }
  names_[number] = known->second;
}

void Batcher::DefineLayout(std::string_view body) {
  ByteReader in(body.substr(1));
  const uint32_t number = in.Le32(), count = in.Le32();
  if (!in.ok() || in.left() != uint64_t{count} * 4) return LeaveOut(kUnreadable);
  std::vector<uint32_t> series;
  series.reserve(count);
  for (uint32_t i = 0; i < count; ++i) {
    const auto name = names_.find(in.Le32());
    if (name == names_.end()) return LeaveOut(kUnreadable);
    series.push_back(name->second);
  }
  Layout& layout = layouts_[number];
  if (layout.series == series) return;
  layout = Layout{.series = std::move(series), .columns = {}};
  open_ = nullptr;
}

// ---- points ----

absl::Status Batcher::Row(std::string_view body, spool::Position at) {
  ByteReader in(body.substr(1));
  const auto found = layouts_.find(in.Le32());
  const uint64_t step = in.Le64();
  const double wall = in.Double();
  if (!in.ok() || found == layouts_.end() || in.left() != found->second.series.size() * sizeof(double)) {
    LeaveOut(kUnreadable);
    return absl::OkStatus();
  }
  Layout& layout = found->second;
  const size_t width = layout.series.size();
  if (width == 0) return absl::OkStatus();
  const size_t most = (layout.group == 0 ? width * (sizeof(double) + kFrame) : body.size()) + kFrame;
  if (!Fits(most)) {
    LeaveOut("calls with more values than a message of the server holds were left out (--max-batch)");
    return absl::OkStatus();
  }
  if (points_ > 0 && points_ + width > most_points_) RETURN_IF_ERROR(Take(at));
  RETURN_IF_ERROR(MakeRoom(most, at));
  Place(layout);
  layout.axis->add_step_deltas(static_cast<int64_t>(step - layout.last_step));
  layout.last_step = step;
  layout.axis->add_walls(wall);
  const std::string_view values = in.Raw(in.left());
  for (size_t i = 0; i < width; ++i) {
    double value;
    std::memcpy(&value, values.data() + i * sizeof value, sizeof value);
    layout.columns[i]->add_scalars(value);
  }
  last_wall_ = wall;
  points_ += width;
  bytes_ += body.size();
  return absl::OkStatus();
}

// The group that rows of this layout have, unless one of its series has later points elsewhere: then a new one.
inline void Batcher::Place(Layout& layout) {
  if (open_ == &layout && layout.group != 0) return;
  open_ = &layout;
  if (layout.group != 0 && std::all_of(layout.series.begin(), layout.series.end(),
                                       [&](uint32_t one) { return last_group_[one] == layout.group; }))
    return;
  layout.group = ++groups_;
  layout.axis = batch_->add_axes();
  layout.columns.clear();
  layout.last_step = 0;
  for (const uint32_t series : layout.series) {
    v1::Column* column = batch_->add_columns();
    column->set_series(series);
    column->set_axis(static_cast<uint32_t>(batch_->axes_size() - 1));
    layout.columns.push_back(column);
    last_group_[series] = layout.group;
  }
  bytes_ += layout.series.size() * kFrame;
}

absl::Status Batcher::Value(std::string_view body, spool::Position at) {
  ByteReader in(body.substr(1));
  const auto name = names_.find(in.Le32());
  const uint64_t step = in.Le64();
  const double wall = in.Double();
  const std::string_view bytes = in.Raw(in.left());
  v1::Value value;
  if (!in.ok() || name == names_.end() || !value.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) {
    LeaveOut(kUnreadable);
    return absl::OkStatus();
  }
  if (!Fits(bytes.size())) {
    LeaveOut("values larger than a message of the server were left out (--max-batch)");
    return absl::OkStatus();
  }
  const std::vector<const v1::BlobRef*> blobs = BlobRefs(value);
  for (const v1::BlobRef* blob : blobs) {
    if (blob_limit_ == 0 || blob->size() <= blob_limit_) continue;
    LeaveOut(absl::StrCat("values with a blob of more than ", blob_limit_,
                          " bytes, the server's limit, were left out (--max-blob)"));
    return absl::OkStatus();
  }
  for (const v1::BlobRef* blob : blobs) {
    if (!sent_blobs_.contains(blob->sha256())) RETURN_IF_ERROR(SendBlob(*blob, at));
  }
  RETURN_IF_ERROR(MakeRoom(bytes.size(), at));
  v1::Axis* axis = batch_->add_axes();
  axis->add_step_deltas(static_cast<int64_t>(step));
  axis->add_walls(wall);
  v1::Column* column = batch_->add_columns();
  column->set_series(name->second);
  column->set_axis(static_cast<uint32_t>(batch_->axes_size() - 1));
  *column->add_values() = std::move(value);
  last_wall_ = wall;
  ++points_;
  bytes_ += bytes.size() + 3 * kFrame;
  return absl::OkStatus();
}

// In parts; the record that names it comes after them, so the position stays before it. A blob that is not there is not
// sent: the server refuses the value and says why.
absl::Status Batcher::SendBlob(const v1::BlobRef& blob, spool::Position at) {
  const File file(absl::StrCat(spool::BlobsPath(folder_, at.segment), "/", ToHex(blob.sha256())));
  if (!file.ok()) return absl::OkStatus();
  const uint64_t size = file.size();
  uint64_t offset = 0;
  std::string data;
  do {  // a blob of no bytes is one part
    const size_t part = std::min<uint64_t>(part_bytes_, size - offset);
    if (!file.Read(offset, part, &data)) return absl::OkStatus();
    RETURN_IF_ERROR(MakeRoom(part, at));
    v1::BlobPart* out = batch_->add_blobs();
    out->set_sha256(blob.sha256());
    out->set_size(size);
    out->set_offset(offset);
    out->set_data(std::move(data));
    bytes_ += part + 4 * kFrame;
    blob_bytes_ += part;
    offset += part;
  } while (offset < size);
  ++blobs_;
  if (sent_blobs_.size() >= kRememberedBlobs) sent_blobs_.clear();
  sent_blobs_.insert(blob.sha256());
  return absl::OkStatus();
}

// ---- the rest ----

void Batcher::TakeNote(std::string_view body) {
  v1::Note note;
  if (!note.ParseFromArray(body.data(), static_cast<int>(body.size()))) return LeaveOut(kUnreadable);
  if (!Fits(body.size())) return LeaveOut("notes larger than a message of the server were left out (--max-batch)");
  ended_ = note.has_status() ? IsTerminal(note.status().status()) : ended_;
  Note(std::move(note));
}

void Batcher::Note(v1::Note note) {
  bytes_ += note.ByteSizeLong() + kFrame;
  *batch_->add_notes() = std::move(note);
}

absl::Status Batcher::Rewind(std::string_view body, spool::Position at) {
  ByteReader in(body.substr(1));
  const auto step = static_cast<int64_t>(in.Le64());
  const bool spare_own = in.Byte() != 0;
  if (!in.ok()) {
    LeaveOut(kUnreadable);
    return absl::OkStatus();
  }
  // It takes effect before its batch's columns.
  if (points_ > 0 || batch_->notes_size() > 0) RETURN_IF_ERROR(Take(at));
  v1::Rewind* rewind = batch_->add_rewinds();
  rewind->set_step(step);
  rewind->set_spare_own(spare_own);
  bytes_ += kFrame;
  return absl::OkStatus();
}

void Batcher::LeaveOut(const std::string& reason) {
  ++left_out_[reason];
  left_out_changed_ = true;
}

void Batcher::LeaveOutBytes(uint64_t bytes, spool::Position at, const std::string& what) {
  v1::Warning* warning =
      AddWarning(batch_, absl::StrCat(bytes, " bytes of the client's spool were left out: ", what), 1);
  warning->set_file(absl::StrFormat("%08d.seg", at.segment));
  warning->set_offset(static_cast<int64_t>(at.offset));
  bytes_ += 256;
}

absl::Status Batcher::MakeRoom(size_t bytes, spool::Position at) {
  return bytes_ > 0 && bytes_ + bytes > batch_bytes_ ? Take(at) : absl::OkStatus();
}

absl::Status Batcher::Take(spool::Position position) {
  // The same warning again, with a larger count: the server keeps the largest.
  if (std::exchange(left_out_changed_, false)) {
    for (const auto& [reason, count] : left_out_) AddWarning(batch_, reason, count);
  }
  batch_->set_position(EncodePosition(spool_id_, {position, ended_}));
  Ready ready{std::move(request_), position, points_, blobs_, blob_bytes_};
  Clear();
  return push_(std::move(ready));
}

}  // namespace stepwell::sync
