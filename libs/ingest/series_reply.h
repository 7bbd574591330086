// Questions and answers about points: between the messages of reader.proto and the query engine's types.
//
// Thread safety: pure functions.
#pragma once

#include <cstdint>
#include <vector>

#include "series/pick.h"
#include "series/query.h"
#include "stepwell/v1/reader.pb.h"

namespace stepwell::ingest {

// `first_wall`: of the line that is asked about; zero of relative times.
series::QuerySpec ToSpec(const v1::ReadSeriesRequest& request, double first_wall);
series::PickSpec ToSpec(const v1::ReadValuesRequest& request, double first_wall);
void ToReply(const series::Answer& answer, v1::ReadSeriesReply* reply);
// Points [from, to); `hidden`: one a point, or empty.
void ToColumns(const series::Points& points, const std::vector<uint8_t>& hidden, v1::PointColumns* out, size_t from,
               size_t to);

}  // namespace stepwell::ingest
