// Expressions: grammar, errors with their columns, and values by IEEE's rules.
#include "query/expression.h"

#include <cmath>
#include <limits>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "query/expression_series.h"
#include "query/expression_values.h"

namespace stepwell::query {
namespace {

using ::testing::HasSubstr;
constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
constexpr double kInfinity = std::numeric_limits<double>::infinity();

Expression Parsed(std::string_view text) {
  auto parsed = ParseExpression(text);
  EXPECT_TRUE(parsed.ok()) << text << ": " << parsed.status();
  return parsed.ok() ? *std::move(parsed) : Expression();
}

std::string Error(std::string_view text) {
  const auto parsed = ParseExpression(text);
  EXPECT_FALSE(parsed.ok()) << text;
  return std::string(parsed.status().message());
}

// Values where metrics are a = 1, 2, 4, NaN and b = 10, 0, -4, 3, and the parameter lr is 0.5; without the lead.
std::vector<double> Values(std::string_view text) {
  const Expression expression = Parsed(text);
  std::vector<std::vector<double>> metrics;
  for (const Expression::Name& name : expression.metrics)
    metrics.push_back(name.name == "a" ? std::vector<double>{1, 2, 4, kNan} : std::vector<double>{10, 0, -4, 3});
  const std::vector<double> params(expression.params.size(), 0.5);
  ExpressionValues result = EvaluateRows(expression, metrics, params, 4);
  result.values.erase(result.values.begin(), result.values.begin() + static_cast<std::ptrdiff_t>(result.lead));
  return result.values;
}

void ExpectValues(std::string_view text, const std::vector<double>& want) {
  const std::vector<double> got = Values(text);
  ASSERT_EQ(got.size(), want.size()) << text;
  for (size_t i = 0; i < got.size(); ++i) {
    if (std::isnan(want[i]))
      EXPECT_TRUE(std::isnan(got[i])) << text << " at " << i;
    else
      EXPECT_EQ(got[i], want[i]) << text << " at " << i;
  }
}

TEST(Expression, OperatorsBindAsInMathematics) {
  ExpectValues("m.b + m.b * 2", {30, 0, -12, 9});
  ExpectValues("(m.b + m.b) * 2", {40, 0, -16, 12});
  ExpectValues("m.b - 1 - 1", {8, -2, -6, 1});
  ExpectValues("m.b / 2 / 5", {1, 0, -0.4, 0.3});
  ExpectValues("-m.b ^ 2", {-100, -0.0, -16, -9});
  ExpectValues("0 * m.b + 2 ^ 3 ^ 2", {512, 512, 512, 512});
  ExpectValues("0 * m.b + 2 ^ -1", {0.5, 0.5, 0.5, 0.5});
  ExpectValues("--m.b - +1", {9, -1, -5, 2});
  ExpectValues("m.b*2-1", {19, -1, -9, 5});
  ExpectValues("m.b * params.lr", {5, 0, -2, 1.5});
}

TEST(Expression, IsTotal) {
  ExpectValues("1 / m.b", {0.1, kInfinity, -0.25, 1.0 / 3});
  ExpectValues("log(m.b)", {std::log(10.0), -kInfinity, kNan, std::log(3.0)});
  ExpectValues("exp(m.b * 1000)", {kInfinity, 1, 0, kInfinity});
  ExpectValues("m.a - m.a", {0, 0, 0, kNan});
  ExpectValues("min(m.a, m.b, 3)", {1, 0, -4, kNan});
  ExpectValues("max(m.b, m.a)", {10, 2, 4, kNan});
  ExpectValues("abs(m.b) ^ 0.5", {std::sqrt(10.0), 0, 2, std::sqrt(3.0)});
  ExpectValues("m.b + Infinity", {kInfinity, kInfinity, kInfinity, kInfinity});
}

TEST(Expression, WhatGoesFromRowToRow) {
  ExpectValues("cumsum(m.b)", {10, 10, 6, 9});
  ExpectValues("diff(m.b)", {-10, -4, 7});
  ExpectValues("diff(diff(m.b))", {6, 11});
  ExpectValues("cumsum(diff(m.b)) + m.b", {-10, -18, -4});
  ExpectValues("diff(m.b) - diff(diff(m.b))", {-10, -4});
  ExpectValues("ema(m.a, 0.5)", {1, 1.25 / 0.75, 2.625 / 0.875, kNan});
}

TEST(Expression, NamesAreTheFilterLanguages) {
  const Expression expression = Parsed(R"(m."train/loss" - base(m.train/loss + params."a b") * m.x.y - m.train/loss)");
  ASSERT_EQ(expression.metrics.size(), 3u);
  EXPECT_EQ(expression.metrics[0].name, "train/loss");
  EXPECT_FALSE(expression.metrics[0].base);
  EXPECT_EQ(expression.metrics[1].name, "train/loss");
  EXPECT_TRUE(expression.metrics[1].base);
  EXPECT_EQ(expression.metrics[1].column, 23u);
  EXPECT_EQ(expression.metrics[2].name, "x.y");
  ASSERT_EQ(expression.params.size(), 1u);
  EXPECT_EQ(expression.params[0].name, "a b");
  EXPECT_TRUE(expression.NeedsBase());
  EXPECT_FALSE(Parsed("m.loss").NeedsBase());
}

TEST(Expression, ErrorsNameTheColumnAndTheWayOut) {
  EXPECT_THAT(Error(""), HasSubstr("column 1:"));
  EXPECT_THAT(Error("1 + 2"), HasSubstr("names no metric"));
  EXPECT_THAT(Error("loss * 2"), AllOf(HasSubstr("column 1:"), HasSubstr("m.loss")));
  EXPECT_THAT(Error("m.a + sin(m.b)"), AllOf(HasSubstr("column 7:"), HasSubstr("no function \"sin\"")));
  EXPECT_THAT(Error("m.a m.b"), HasSubstr("column 5:"));
  EXPECT_THAT(Error("m.a)"), AllOf(HasSubstr("column 4:"), HasSubstr("closes nothing")));
  EXPECT_THAT(Error("(m.a"), AllOf(HasSubstr("column 5:"), HasSubstr("\")\"")));
  EXPECT_THAT(Error("m.a = 1"), HasSubstr("column 5:"));
  EXPECT_THAT(Error("m"), HasSubstr("a dot and a name"));
  EXPECT_THAT(Error("ema(m.a)"), HasSubstr("\",\""));
  EXPECT_THAT(Error("ema(m.a, 1)"), AllOf(HasSubstr("column 10:"), HasSubstr("below 1")));
  EXPECT_THAT(Error("min(m.a)"), HasSubstr("two or more"));
  EXPECT_THAT(Error("base(base(m.a))"), HasSubstr("column 6:"));
  EXPECT_THAT(Error(std::string(40, '(') + "m.a" + std::string(40, ')')), HasSubstr("32 levels"));
  EXPECT_THAT(Error(std::string(40, '-') + "m.a"), HasSubstr("32 levels"));
  EXPECT_THAT(Error(std::string(3000, ' ') + "m.a"), HasSubstr("2048"));
  std::string many = "m.a", names = "m.m0";
  for (int i = 0; i < 200; ++i) many += " + 1";
  for (int i = 1; i <= 16; ++i) names += " + m.m" + std::to_string(i);
  EXPECT_THAT(Error(many), HasSubstr("256"));
  EXPECT_THAT(Error(names), HasSubstr("16 metrics"));
}

TEST(ExpressionAnswer, IsExactOrColumnsLikeATag) {
  RawPoints points;
  for (int i = 0; i < 1000; ++i) {
    points.step.push_back(i);
    points.wall.push_back(50 + i);
    points.value.push_back(i == 7 ? kNan : i % 10);
  }
  ReadSpec spec;
  spec.columns = 10;
  const auto columns = AnswerOf(points, spec);
  ASSERT_TRUE(columns.ok()) << columns.status();
  EXPECT_FALSE(columns->exact());
  EXPECT_EQ(columns->count(), 1000u);
  EXPECT_EQ(columns->nan(), 1u);
  // Whole blocks, as of a tag.
  ASSERT_GE(columns->counts_size(), 5);
  ASSERT_LE(columns->counts_size(), 10);
  uint64_t sum = 0;
  for (int i = 0; i < columns->counts_size(); ++i) {
    sum += columns->counts(i);
    EXPECT_EQ(columns->min().value(i), 0);
    EXPECT_EQ(columns->max().value(i), 9);
  }
  EXPECT_EQ(sum, 1000u);
  spec.x = v1::AXIS_RELATIVE;
  spec.from = Bound{0, 100};
  spec.to = Bound{0, 109};
  const auto part = AnswerOf(points, spec);
  ASSERT_TRUE(part.ok()) << part.status();
  EXPECT_TRUE(part->exact());
  ASSERT_EQ(part->points().step_size(), 10);
  EXPECT_EQ(part->points().step(0), 100);
  EXPECT_EQ(part->points().value(9), 9);
  EXPECT_TRUE(AnswerOf(RawPoints(), spec)->exact());
}

}  // namespace
}  // namespace stepwell::query
