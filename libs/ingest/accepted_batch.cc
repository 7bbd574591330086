#include "ingest/accepted_batch.h"

namespace stepwell::ingest {

std::unique_ptr<ParsedBatch> ParsedBatch::Parse(std::string_view bytes) {
  auto parsed = std::make_unique<ParsedBatch>();
  parsed->batch = google::protobuf::Arena::CreateMessage<v1::Batch>(&parsed->arena);
  if (!parsed->batch->ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) return nullptr;
  parsed->axes.reserve(static_cast<size_t>(parsed->batch->axes_size()));
  for (const v1::Axis& axis : parsed->batch->axes()) {
    AxisPoints points;
    const size_t size = static_cast<size_t>(std::min(axis.step_deltas_size(), axis.walls_size()));
    if (axis.step_deltas_size() == axis.walls_size()) {
      points.steps.resize(size);
      uint64_t step = 0;  // modulo 2^64
      for (size_t i = 0; i < size; ++i) {
        step += static_cast<uint64_t>(axis.step_deltas(static_cast<int>(i)));
        points.steps[i] = static_cast<int64_t>(step);
      }
    }
    points.walls = axis.walls().data();
    parsed->axes.push_back(std::move(points));
  }
  return parsed;
}

ColumnPoints ParsedBatch::PointsOf(const v1::Column& column) const {
  if (column.axis() >= axes.size()) return {};
  const AxisPoints& axis = axes[column.axis()];
  const bool scalar = column.scalars_size() > 0;
  const size_t size = static_cast<size_t>(scalar ? column.scalars_size() : column.values_size());
  if (size == 0 || size != axis.steps.size() || (scalar && column.values_size() > 0)) return {};
  ColumnPoints points{.steps = axis.steps.data(), .walls = axis.walls, .size = size};
  if (scalar) {
    points.scalars = column.scalars().data();
  } else {
    points.values = &column.values();
  }
  return points;
}

}  // namespace stepwell::ingest
