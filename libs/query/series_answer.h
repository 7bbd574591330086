// Items of the answer to POST /api/v1/series:query, as JSON and in the binary form of docs/formats/series.md.
//
// Thread safety: pure functions.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "query/computed.h"
#include "query/series_query.h"
#include "stepwell/v1/reader.pb.h"

namespace stepwell::query {

inline constexpr char kBinaryMediaType[] = "application/vnd.stepwell.series.v1";

// {"run", "tag", "writer"?, "exact", "count", …}; `rewound`: stretches were asked for.
void AppendJsonItem(std::string& out, const AskedSeries& asked, bool rewound, const v1::ReadSeriesReply& reply,
                    const Computed& computed);
// An item that failed: {"run", "tag", "error": problem}.
void AppendJsonError(std::string& out, const AskedSeries& asked, std::string_view problem);

void AppendBinaryHeader(std::string& out, uint32_t items);
void AppendBinaryItem(std::string& out, const v1::ReadSeriesReply& reply, const Computed& computed);
void AppendBinaryError(std::string& out, std::string_view problem);

}  // namespace stepwell::query
