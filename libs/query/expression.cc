#include "query/expression.h"

#include <algorithm>
#include <array>
#include <limits>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "query/filter.h"
#include "query/filter_lexer.h"

namespace stepwell::query {
namespace {

using Op = Expression::Op;

constexpr std::string_view kWhat = "expression";
constexpr std::array<std::pair<std::string_view, Op>, 5> kOfOne = {
    {{"log", Op::kLog}, {"exp", Op::kExp}, {"abs", Op::kAbs}, {"diff", Op::kDiff}, {"cumsum", Op::kCumsum}}};

class Parser {
 public:
  explicit Parser(std::vector<Token> tokens) : tokens_(std::move(tokens)) {}

  absl::StatusOr<Expression> Parse() {
    RETURN_IF_ERROR(Sum(0));
    if (Now().kind != Token::Kind::kEnd) {
      return Error(IsSymbol(")")
                       ? "this \")\" closes nothing; take it out, or open one before"
                       : "expected one of + - * / ^ or the end here; names with other characters go in \"quotes\"");
    }
    if (out_.metrics.empty()) {
      return ErrorAt(kWhat, 1, 0, "it names no metric; write one like m.loss or m.\"train/loss\"");
    }
    return std::move(out_);
  }

 private:
  const Token& Now() const { return tokens_[at_]; }
  bool IsSymbol(std::string_view symbol) const { return Now().kind == Token::Kind::kSymbol && Now().text == symbol; }
  bool TakeSymbol(std::string_view symbol) {
    if (!IsSymbol(symbol)) return false;
    ++at_;
    return true;
  }
  absl::Status Expect(std::string_view symbol) {
    if (TakeSymbol(symbol)) return absl::OkStatus();
    return Error(absl::StrCat("expected \"", std::string(symbol), "\" here"));
  }
  absl::Status Error(std::string_view message) const { return ErrorAt(kWhat, Now().column, Now().length, message); }

  absl::Status Put(Op op, double number = 0, size_t index = 0) {
    if (out_.nodes.size() == kExpressionNodes)
      return Error(absl::StrCat("an expression has at most ", kExpressionNodes, " numbers, names and operations"));
    out_.nodes.push_back({op, number, index});
    return absl::OkStatus();
  }

  absl::Status Sum(int depth) {
    if (depth >= kFilterDepth) return Error(absl::StrCat("this is nested deeper than ", kFilterDepth, " levels"));
    RETURN_IF_ERROR(Product(depth));
    for (;;) {
      const bool add = TakeSymbol("+");
      if (!add && !TakeSymbol("-")) return absl::OkStatus();
      RETURN_IF_ERROR(Product(depth));
      RETURN_IF_ERROR(Put(add ? Op::kAdd : Op::kSubtract));
    }
  }

  absl::Status Product(int depth) {
    RETURN_IF_ERROR(Unary(depth));
    for (;;) {
      const bool multiply = TakeSymbol("*");
      if (!multiply && !TakeSymbol("/")) return absl::OkStatus();
      RETURN_IF_ERROR(Unary(depth));
      RETURN_IF_ERROR(Put(multiply ? Op::kMultiply : Op::kDivide));
    }
  }

  absl::Status Unary(int depth) {
    if (depth >= kFilterDepth) return Error(absl::StrCat("this is nested deeper than ", kFilterDepth, " levels"));
    if (TakeSymbol("+")) return Unary(depth + 1);
    if (TakeSymbol("-")) {
      RETURN_IF_ERROR(Unary(depth + 1));
      return Put(Op::kNegate);
    }
    RETURN_IF_ERROR(Atom(depth));
    if (!TakeSymbol("^")) return absl::OkStatus();
    RETURN_IF_ERROR(Unary(depth + 1));
    return Put(Op::kPower);
  }

  absl::Status Atom(int depth) {
    if (TakeSymbol("(")) {
      RETURN_IF_ERROR(Sum(depth + 1));
      return Expect(")");
    }
    const Token token = Now();
    if (token.kind == Token::Kind::kNumber) {
      ++at_;
      return Put(Op::kNumber, token.number);
    }
    if (token.kind != Token::Kind::kWord)
      return Error("expected a number, a metric like m.loss, params.x or a function");
    ++at_;
    if (token.text == "NaN") return Put(Op::kNumber, std::numeric_limits<double>::quiet_NaN());
    if (token.text == "Infinity") return Put(Op::kNumber, std::numeric_limits<double>::infinity());
    if (token.text == "m") return Name(token, Op::kMetric, out_.metrics);
    if (token.text == "params") return Name(token, Op::kParam, out_.params);
    return Call(token, depth);
  }

  absl::Status Name(const Token& space, Op op, std::vector<Expression::Name>& names) {
    if (!TakeSymbol(".")) return Error(absl::StrCat("expected a dot and a name after ", space.text));
    ASSIGN_OR_RETURN(std::string name, Parts());
    const auto same = [&](const Expression::Name& one) { return one.name == name && one.base == base_; };
    auto it = std::find_if(names.begin(), names.end(), same);
    if (it == names.end()) {
      if (op == Op::kMetric && names.size() == kExpressionMetrics)
        return ErrorAt(kWhat, space.column, space.length,
                       absl::StrCat("an expression has at most ", kExpressionMetrics, " metrics"));
      it = names.insert(names.end(), {std::move(name), base_, space.column});
    }
    return Put(op, 0, static_cast<size_t>(it - names.begin()));
  }

  // A quoted name, or bare ones with dots between.
  absl::StatusOr<std::string> Parts() {
    if (Now().kind == Token::Kind::kString) return tokens_[at_++].text;
    std::string name;
    do {
      if (Now().kind != Token::Kind::kWord) return Error("expected a name here; odd ones go in \"quotes\"");
      absl::StrAppend(&name, name.empty() ? "" : ".", tokens_[at_++].text);
    } while (TakeSymbol("."));
    return name;
  }

  absl::Status Call(const Token& name, int depth) {
    if (!IsSymbol("(")) {
      return ErrorAt(kWhat, name.column, name.length,
                     absl::StrCat("\"", name.text, "\" is no name here; write a metric as m.", name.text,
                                  ", a parameter as params.", name.text));
    }
    ++at_;
    for (const auto& [word, op] : kOfOne) {
      if (name.text != word) continue;
      RETURN_IF_ERROR(Sum(depth + 1));
      RETURN_IF_ERROR(Expect(")"));
      return Put(op);
    }
    if (name.text == "min" || name.text == "max") return Extreme(name, depth);
    if (name.text == "ema") return Ema(depth);
    if (name.text == "base") return Base(name, depth);
    return ErrorAt(kWhat, name.column, name.length,
                   absl::StrCat("there is no function \"", name.text,
                                "\"; there are log, exp, abs, min, max, ema, diff, cumsum and base"));
  }

  absl::Status Extreme(const Token& name, int depth) {
    RETURN_IF_ERROR(Sum(depth + 1));
    if (!IsSymbol(",")) return Error(absl::StrCat(name.text, " takes two or more with commas between them"));
    while (TakeSymbol(",")) {
      RETURN_IF_ERROR(Sum(depth + 1));
      RETURN_IF_ERROR(Put(name.text == "min" ? Op::kMin : Op::kMax));
    }
    return Expect(")");
  }

  absl::Status Ema(int depth) {
    RETURN_IF_ERROR(Sum(depth + 1));
    RETURN_IF_ERROR(Expect(","));
    const Token w = Now();
    if (w.kind != Token::Kind::kNumber || !(w.number >= 0 && w.number < 1))
      return Error("ema takes a number from 0 to below 1 here: ema(m.loss, 0.9)");
    ++at_;
    RETURN_IF_ERROR(Expect(")"));
    return Put(Op::kEma, w.number);
  }

  absl::Status Base(const Token& name, int depth) {
    if (base_) return ErrorAt(kWhat, name.column, name.length, "base stands inside base; once is enough");
    base_ = true;
    RETURN_IF_ERROR(Sum(depth + 1));
    base_ = false;
    return Expect(")");
  }

  std::vector<Token> tokens_;
  size_t at_ = 0;
  bool base_ = false;  // inside base(…)
  Expression out_;
};

}  // namespace

bool Expression::NeedsBase() const {
  const auto of_base = [](const Name& name) { return name.base; };
  return std::any_of(metrics.begin(), metrics.end(), of_base) || std::any_of(params.begin(), params.end(), of_base);
}

absl::StatusOr<Expression> ParseExpression(std::string_view text) {
  if (text.size() > kExpressionBytes) {
    return absl::InvalidArgumentError(
        absl::StrCat("expression: it has ", text.size(), " bytes; at most ", kExpressionBytes, " are read"));
  }
  ASSIGN_OR_RETURN(std::vector<Token> tokens, Lex(kWhat, text, Grammar::kExpression));
  return Parser(std::move(tokens)).Parse();
}

}  // namespace stepwell::query
