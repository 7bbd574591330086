// Whatever the text, the parser answers with an expression that can be evaluated, or an error with a message, within
// its limits.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "query/expression.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using Op = stepwell::query::Expression::Op;
  const auto parsed = stepwell::query::ParseExpression({reinterpret_cast<const char*>(data), size});
  if (!parsed.ok()) {
    if (parsed.status().message().empty()) std::abort();
    return 0;
  }
  if (parsed->nodes.size() > stepwell::query::kExpressionNodes || parsed->metrics.empty()) std::abort();
  size_t operands = 0;
  for (const auto& node : parsed->nodes) {
    const bool leaf = node.op <= Op::kParam, of_two = !leaf && node.op <= Op::kMax;
    if (operands < (leaf ? 0u : of_two ? 2u : 1u)) std::abort();
    operands += leaf ? 1 : 0;
    operands -= of_two ? 1 : 0;
    if (node.op == Op::kMetric && node.index >= parsed->metrics.size()) std::abort();
    if (node.op == Op::kParam && node.index >= parsed->params.size()) std::abort();
  }
  if (operands != 1) std::abort();
  return 0;
}
