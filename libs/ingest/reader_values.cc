// Chosen points of series that are not of scalars.
#include "base/status_macros.h"
#include "ingest/reader.h"
#include "ingest/series_reply.h"
#include "series/pick.h"

namespace stepwell::ingest {
namespace {

void ToValuePoint(const series::PickedPoint& point, const std::string& payload, v1::ValuePoint* out) {
  out->set_step(point.step);
  out->set_wall(point.wall);
  if (!out->mutable_value()->ParseFromString(payload)) out->mutable_value()->Clear();
}

absl::Status ReadPicks(std::span<series::Source* const> sources, const series::Picks& picks, uint64_t most_bytes,
                       v1::ReadValuesReply* reply) {
  std::vector<series::PickedPoint> wanted = picks.spread;
  if (picks.point) wanted.push_back(*picks.point);
  ASSIGN_OR_RETURN(const std::vector<std::string> payloads, series::ReadPayloads(sources, wanted, most_bytes));
  reply->set_count(picks.count);
  for (const series::PickedPoint& point : picks.steps) {
    reply->mutable_steps()->add_step(point.step);
    reply->mutable_steps()->add_wall(point.wall);
  }
  for (size_t i = 0; i < picks.spread.size(); ++i) ToValuePoint(wanted[i], payloads[i], reply->add_points());
  if (picks.point) ToValuePoint(wanted.back(), payloads.back(), reply->mutable_point());
  return absl::OkStatus();
}

}  // namespace

void Reader::ReadValues(const v1::ReadValuesRequest& request, const v1::SeriesSelector& selector,
                        v1::ReadValuesReply* reply) {
  absl::StatusOr<Line> line = Open(selector, request.x() == v1::AXIS_RELATIVE);
  absl::Status status = line.status();
  if (line.ok() && line->scalar) {
    status = absl::InvalidArgumentError("scalars are read with ReadSeries");
  } else if (line.ok()) {
    const series::PickSpec spec = ToSpec(request, line->first_wall);
    const auto read = [&](std::span<series::Source* const> sources) -> absl::Status {
      ASSIGN_OR_RETURN(const series::Picks picks, series::Pick(sources, line->rewinds, spec));
      return ReadPicks(sources, picks, request.max_bytes(), reply);
    };
    status = ReadGood(*line, read, reply->mutable_damage());
  }
  if (status.ok()) return;
  reply->set_code(static_cast<uint32_t>(status.raw_code()));
  reply->set_error(std::string(status.message()));
}

}  // namespace stepwell::ingest
