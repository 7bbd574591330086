// Expressions over the metrics and parameters of a run, from text to postfix order:
//
//   log(m."train/loss") - ema(base(m."train/loss"), 0.9) * params.scale
//
//   sum      = product { ("+" | "-") product }
//   product  = unary { ("*" | "/") unary }
//   unary    = ("-" | "+") unary | power             -2^2 is -4
//   power    = atom [ "^" unary ]                    2^3^2 is 2^9
//   atom     = number | "NaN" | "Infinity" | "(" sum ")" | call | "m." name | "params." name
//   call     = ("log" | "exp" | "abs" | "diff" | "cumsum" | "base") "(" sum ")"
//            | ("min" | "max") "(" sum "," sum { "," sum } ")" | "ema" "(" sum "," number ")"
//
// Names, numbers and strings are those of the filter language (filter.h), its lexer's: a bare name may hold "-" and
// "/", so operators after one stand apart from it.
//
// Errors are INVALID_ARGUMENT with the column (in bytes, from 1) and a hint. At most 2 KiB, 32 levels, 256 operations
// and 16 metrics.
//
// Thread safety: values; functions without state.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"

namespace stepwell::query {

inline constexpr size_t kExpressionBytes = 2048;
inline constexpr size_t kExpressionNodes = 256;
inline constexpr size_t kExpressionMetrics = 16;

struct Expression {
  enum class Op {
    kNumber,  // `number`
    kMetric,  // metrics[index]
    kParam,   // params[index]
    kAdd,
    kSubtract,
    kMultiply,
    kDivide,
    kPower,
    kMin,
    kMax,
    kNegate,
    kLog,
    kExp,
    kAbs,
    kEma,  // w is `number`
    kDiff,
    kCumsum,
  };
  struct Node {
    Op op = Op::kNumber;
    double number = 0;
    size_t index = 0;
  };
  struct Name {
    std::string name;   // of a tag or a parameter
    bool base = false;  // of the base run
    size_t column = 0;  // where it stands, from 1
  };
  std::vector<Node> nodes;            // operands before their operation
  std::vector<Name> metrics, params;  // each once; at least one metric
  bool NeedsBase() const;
};

absl::StatusOr<Expression> ParseExpression(std::string_view text);

}  // namespace stepwell::query
