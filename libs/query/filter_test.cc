#include "query/filter.h"
#include "gtest/gtest.h"
namespace stepwell::query {
TEST(FilterTest, Parses) {
  EXPECT_TRUE(ParseFilter("metrics.\"val/loss\".min < 0.1 and (params.lr >= 1e-4 or labels.team in "
                          "(\"vision\",\"nlp\")) and not name ~ \"debug\"")
                  .ok());
}
}  // namespace stepwell::query
