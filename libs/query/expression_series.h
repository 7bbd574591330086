// An expression as a series: evaluated at the steps at which a writer has all of its metrics (the last value of each at
// a step), writer by writer, and answered like a tag: exact points or columns, and a smoothed curve if one is asked
// for.
//
// Evaluation is total: log of a negative number is NaN, a division by zero is what IEEE says. ema is TensorBoard's
// (smoothing.h), cumsum sums up, diff is the difference to the step before and has no value at a writer's first step.
// Metrics inside base(…) are those of the base run, all its writers as one line. A metric with more points than are
// computed on takes part as columns, its values between them interpolated; the answer is then approximate.
//
// Points that a rewind hides take no part.
//
// Thread safety: pure functions of their arguments.
#pragma once

#include <map>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "query/computed.h"
#include "query/expression.h"
#include "query/raw_points.h"

namespace stepwell::query {

struct ExpressionRun {
  GrantedRun run;
  std::map<std::string, std::string> params;  // name → JSON
};
struct ExpressionAsk {
  const Expression& expression;
  const ExpressionRun& run;
  const ExpressionRun* base = nullptr;  // nullptr: there is none, and the expression does not need it
  std::optional<uint32_t> writer;       // of the run
};

struct ExpressionLine {
  RawPoints points;  // in order of x
  bool approximate = false;
};

// NOT_FOUND and INVALID_ARGUMENT name the column of the metric or parameter that is missing.
absl::StatusOr<ExpressionLine> Evaluate(SeriesReader& reader, RawPointsCache& raw, const ExpressionAsk& ask,
                                        const ReadSpec& spec);

// Points in order of x as an answer under `spec`, as ingest would give it.
absl::StatusOr<v1::ReadSeriesReply> AnswerOf(const RawPoints& points, const ReadSpec& spec);

}  // namespace stepwell::query
