#include "push/batch_builder.h"

#include <algorithm>
#include <cstring>
#include <utility>

namespace stepwell::push {
namespace {

// Bytes of a point on the wire: wall time and value, and about two for the difference of the steps.
constexpr size_t kPointBytes = 18;
// What a message around a field costs, at most.
constexpr size_t kFrame = 16;

bool SameBits(const google::protobuf::RepeatedField<double>& a, const google::protobuf::RepeatedField<double>& b) {
  return a.size() == b.size() && std::memcmp(a.data(), b.data(), sizeof(double) * static_cast<size_t>(a.size())) == 0;
}

// Wall times differ first and soonest between axes that are not the same.
bool SameAxis(const v1::Axis& a, const v1::Axis& b) {
  return SameBits(a.walls(), b.walls()) &&
         std::equal(a.step_deltas().begin(), a.step_deltas().end(), b.step_deltas().begin(), b.step_deltas().end());
}

}  // namespace

BatchBuilder::BatchBuilder() { Take(); }

std::unique_ptr<v1::PushRequest> BatchBuilder::Take() {
  if (request_) {
    ShareAxes();
  }
  auto taken = std::move(request_);
  request_ = std::make_unique<v1::PushRequest>();
  batch_ = request_->mutable_batch();
  ++number_;
  bytes_ = 0;
  points_ = 0;
  return taken;
}

void BatchBuilder::Define(uint32_t series, const v1::SeriesInfo& info) {
  v1::Define* define = batch_->add_define();
  define->set_series(series);
  *define->mutable_info() = info;
  bytes_ += info.ByteSizeLong() + kFrame;
}

inline BatchBuilder::Slot& BatchBuilder::Place(uint32_t series, int64_t step, double wall) {
  if (series >= slots_.size()) {
    slots_.resize(series + 1);
  }
  Slot& slot = slots_[series];
  if (slot.batch != number_) {
    slot.batch = number_;
    slot.column = batch_->add_columns();
    slot.column->set_series(series);
    slot.column->set_axis(static_cast<uint32_t>(batch_->axes_size()));
    slot.axis = batch_->add_axes();
    slot.last_step = 0;
    bytes_ += 2 * kFrame;
  }
  const auto now = static_cast<uint64_t>(step);
  slot.axis->add_step_deltas(static_cast<int64_t>(now - slot.last_step));
  slot.last_step = now;
  slot.axis->add_walls(wall);
  ++points_;
  bytes_ += kPointBytes;
  return slot;
}

void BatchBuilder::Scalar(uint32_t series, int64_t step, double wall, double value) {
  Place(series, step, wall).column->add_scalars(value);
}

void BatchBuilder::Value(uint32_t series, int64_t step, double wall, v1::Value&& value) {
  bytes_ += value.ByteSizeLong() + kFrame;
  *Place(series, step, wall).column->add_values() = std::move(value);
}

void BatchBuilder::Blob(std::string_view sha256, std::string_view bytes, size_t part_bytes) {
  size_t offset = 0;
  do {  // a blob of no bytes is one part
    BlobPart(sha256, bytes.size(), offset, bytes.substr(offset, part_bytes));
    offset += part_bytes;
  } while (offset < bytes.size());
}

void BatchBuilder::BlobPart(std::string_view sha256, uint64_t size, uint64_t offset, std::string_view data) {
  v1::BlobPart* part = batch_->add_blobs();
  part->set_sha256(std::string(sha256));
  part->set_size(size);
  part->set_offset(offset);
  part->set_data(std::string(data));
  bytes_ += data.size() + sha256.size() + 2 * kFrame;
}

void BatchBuilder::Rewind(int64_t step, bool spare_own) {
  v1::Rewind* rewind = batch_->add_rewinds();
  rewind->set_step(step);
  rewind->set_spare_own(spare_own);
  bytes_ += kFrame;
}

v1::Note* BatchBuilder::AddNote() {
  bytes_ += kFrame + 256;  // notes are small and few: their real size changes nothing
  return batch_->add_notes();
}

// Values logged in one call have the same steps and wall times, and their columns follow each other.
void BatchBuilder::ShareAxes() {
  auto& axes = *batch_->mutable_axes();
  int kept = 0;
  std::vector<uint32_t> place(static_cast<size_t>(axes.size()));
  for (int i = 0; i < axes.size(); ++i) {
    int same = -1;
    if (kept > 0 && SameAxis(axes[i], axes[kept - 1])) {
      same = kept - 1;
    } else if (kept > 1 && SameAxis(axes[i], axes[0])) {
      same = 0;
    }
    if (same < 0) {
      same = kept++;
      if (same != i) {
        axes.SwapElements(same, i);
      }
    }
    place[static_cast<size_t>(i)] = static_cast<uint32_t>(same);
  }
  if (kept == axes.size()) {
    return;
  }
  axes.DeleteSubrange(kept, axes.size() - kept);
  for (v1::Column& column : *batch_->mutable_columns()) {
    column.set_axis(place[column.axis()]);
  }
}

}  // namespace stepwell::push
