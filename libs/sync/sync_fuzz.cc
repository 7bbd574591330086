// Any bytes as writer.json, and as the bodies of a spool's records: nothing crashes; batches keep to the server's
// limits, name only what they define, and their columns are as long as their axes.
#include <cstdint>
#include <cstdlib>
#include <set>
#include <string>
#include <string_view>

#include "spool/format.h"
#include "sync/about.h"
#include "sync/batcher.h"

using namespace stepwell;

namespace {

void Check(const v1::Batch& batch, const v1::Limits& limits, std::set<uint32_t>& defined) {
  if (batch.ByteSizeLong() > limits.message_bytes()) std::abort();
  for (const v1::Define& define : batch.define()) {
    if (!defined.insert(define.series()).second) std::abort();
  }
  for (const v1::Column& column : batch.columns()) {
    if (!defined.contains(column.series()) || column.axis() >= static_cast<uint32_t>(batch.axes_size())) std::abort();
    const v1::Axis& axis = batch.axes(static_cast<int>(column.axis()));
    const int n = axis.walls_size();
    if (n == 0 || axis.step_deltas_size() != n || column.scalars_size() + column.values_size() != n) std::abort();
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  (void)sync::ParseAbout(bytes);
  v1::Limits limits;
  limits.set_message_bytes(256 << 10);
  limits.set_points_per_batch(50);
  std::set<uint32_t> defined;
  sync::Batcher batcher("/nowhere/01ARZ3NDEKTSV4RRFFQ69G5FAV", limits, [&](sync::Ready ready) {
    Check(ready.request->batch(), limits, defined);
    return absl::OkStatus();
  });
  // A byte tells the size of the next body; its highest bit begins a segment.
  spool::Position at{1, spool::kMagic.size()};
  for (size_t i = 0; i < bytes.size();) {
    const auto head = static_cast<uint8_t>(bytes[i++]);
    const std::string_view body = bytes.substr(i, head & 0x7f);
    i += body.size();
    if (head & 0x80) at = {at.segment + 1, spool::kMagic.size()};
    if (body.empty()) continue;
    const spool::Position next{at.segment, at.offset + spool::kRecordHead + body.size()};
    if (!batcher.Add(body, at, next).ok()) std::abort();
    at = next;
  }
  if (!batcher.Rest(at).ok()) std::abort();
  return 0;
}
