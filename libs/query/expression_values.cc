#include "query/expression_values.h"

#include <algorithm>
#include <cmath>

namespace stepwell::query {
namespace {

using Op = Expression::Op;

double OfTwo(Op op, double a, double b) {
  switch (op) {
    case Op::kAdd:
      return a + b;
    case Op::kSubtract:
      return a - b;
    case Op::kMultiply:
      return a * b;
    case Op::kDivide:
      return a / b;
    case Op::kPower:
      return std::pow(a, b);
    // NaN where one is: not the other one, as fmin would say.
    case Op::kMin:
      return std::isnan(a) || a < b ? a : b;
    default:
      return std::isnan(a) || a > b ? a : b;
  }
}

double OfOne(Op op, double a) {
  switch (op) {
    case Op::kNegate:
      return -a;
    case Op::kLog:
      return std::log(a);
    case Op::kExp:
      return std::exp(a);
    default:
      return std::abs(a);
  }
}

void Ema(double w, ExpressionValues& of) {
  double sum = 0, left = 1;
  for (size_t i = of.lead; i < of.values.size(); ++i) {
    if (!std::isfinite(of.values[i])) continue;
    sum = w * sum + (1 - w) * of.values[i];
    left *= w;
    of.values[i] = sum / (1 - left);
  }
}

void Cumsum(ExpressionValues& of) {
  for (size_t i = of.lead + 1; i < of.values.size(); ++i) of.values[i] += of.values[i - 1];
}

void Diff(ExpressionValues& of) {
  for (size_t i = of.values.size(); i-- > of.lead + 1;) of.values[i] -= of.values[i - 1];
  of.lead = std::min(of.lead + 1, of.values.size());
}

}  // namespace

ExpressionValues EvaluateRows(const Expression& expression, const std::vector<std::vector<double>>& metrics,
                              std::span<const double> params, size_t rows) {
  std::vector<ExpressionValues> stack;
  const auto of_two = [&](Op op) {
    const ExpressionValues right = std::move(stack.back());
    stack.pop_back();
    ExpressionValues& left = stack.back();
    for (size_t i = 0; i < rows; ++i) left.values[i] = OfTwo(op, left.values[i], right.values[i]);
    left.lead = std::max(left.lead, right.lead);
  };
  for (const Expression::Node& node : expression.nodes) {
    switch (node.op) {
      case Op::kNumber:
        stack.push_back({std::vector<double>(rows, node.number)});
        break;
      case Op::kParam:
        stack.push_back({std::vector<double>(rows, params[node.index])});
        break;
      case Op::kMetric:
        stack.push_back({metrics[node.index]});
        break;
      case Op::kAdd:
      case Op::kSubtract:
      case Op::kMultiply:
      case Op::kDivide:
      case Op::kPower:
      case Op::kMin:
      case Op::kMax:
        of_two(node.op);
        break;
      case Op::kNegate:
      case Op::kLog:
      case Op::kExp:
      case Op::kAbs:
        for (double& value : stack.back().values) value = OfOne(node.op, value);
        break;
      case Op::kEma:
        Ema(node.number, stack.back());
        break;
      case Op::kDiff:
        Diff(stack.back());
        break;
      case Op::kCumsum:
        Cumsum(stack.back());
        break;
    }
  }
  return std::move(stack.back());
}

}  // namespace stepwell::query
