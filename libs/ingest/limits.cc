#include "ingest/limits.h"

namespace stepwell::ingest {

void Limits::ToProto(v1::Limits* out) const {
  out->set_message_bytes(message_bytes);
  out->set_blob_bytes(blob_bytes);
  out->set_blob_part_bytes(blob_part_bytes);
  out->set_inline_bytes(inline_bytes);
  out->set_tag_bytes(tag_bytes);
  out->set_position_bytes(position_bytes);
  out->set_series_per_run(series_per_run);
  out->set_points_per_batch(points_per_batch);
  out->set_param_count(param_count);
  out->set_param_bytes(param_bytes);
}

}  // namespace stepwell::ingest
