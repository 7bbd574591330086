// The operations of expressions on columns of numbers.
//
// Thread safety: pure functions.
#pragma once

#include <span>
#include <vector>

#include "query/expression.h"

namespace stepwell::query {

struct ExpressionValues {
  std::vector<double> values;  // one a row
  size_t lead = 0;             // so many of the first rows have no value
};

// metrics[i]: values of expression.metrics[i], `rows` of each; params[i]: of expression.params[i].
ExpressionValues EvaluateRows(const Expression& expression, const std::vector<std::vector<double>>& metrics,
                              std::span<const double> params, size_t rows);

}  // namespace stepwell::query
