#include "query/filter.h"

#include <limits>
#include <random>
#include <string>

#include "base/text_error.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "query/filter_regex.h"
#include "query/filter_text.h"

namespace stepwell::query {
namespace {

using testing::HasSubstr;

// The tree as text with every bracket written, so that a test can see how it was read.
std::string Show(const Node& node) {
  std::string text = "(";
  if (node.kind == Node::Kind::kNot) return "(not " + Show(node.children[0]) + ")";
  if (node.kind != Node::Kind::kTest) {
    for (const Node& child : node.children) {
      if (text.size() > 1) text += node.kind == Node::Kind::kAnd ? " and " : " or ";
      text += Show(child);
    }
    return text + ")";
  }
  const char* spaces[] = {"", "params:", "labels:", "metrics:"};
  const char* ops[] = {"=", "!=", "<", "<=", ">", ">=", "in", "~", "contains"};
  text = spaces[static_cast<int>(node.key.space)] + node.key.name;
  if (!node.key.attribute.empty()) text += ":" + node.key.attribute;
  text += std::string(" ") + ops[static_cast<int>(node.op)];
  for (const Literal& value : node.values) {
    switch (value.kind) {
      case Literal::Kind::kString:
        text += " '" + value.text + "'";
        break;
      case Literal::Kind::kNumber:
        text += " " + std::to_string(value.number);
        break;
      case Literal::Kind::kTrue:
        text += " true";
        break;
      case Literal::Kind::kFalse:
        text += " false";
        break;
      case Literal::Kind::kNull:
        text += " null";
        break;
    }
  }
  return text;
}
std::string Read(std::string_view text) {
  auto node = ParseFilter(text);
  return node.ok() ? Show(*node) : std::string(node.status().message());
}

TEST(FilterTest, ReadsTheExampleOfTheDocuments) {
  EXPECT_EQ(
      Read(
          R"(metrics."val/loss".min < 0.1 and (params.lr >= 1e-4 or labels.team in ("vision","nlp")) and not name ~ "debug")"),
      "(metrics:val/loss:min < 0.100000 and (params:lr >= 0.000100 or labels:team in 'vision' 'nlp') and (not name ~ "
      "'debug'))");
}

TEST(FilterTest, AndBindsTighterThanOrAndNotTighterThanBoth) {
  EXPECT_EQ(Read("name=\"a\" or name=\"b\" and not name=\"c\" and id=\"d\""),
            "(name = 'a' or (name = 'b' and (not name = 'c') and id = 'd'))");
}

TEST(FilterTest, KeysMayHaveDotsSlashesAndQuotes) {
  EXPECT_EQ(Read("metrics.train/loss > 1"), "metrics:train/loss:last > 1.000000");
  EXPECT_EQ(Read("metrics.last > 1"), "metrics:last:last > 1.000000");
  EXPECT_EQ(Read("metrics.a.b.max > 1"), "metrics:a.b:max > 1.000000");
  EXPECT_EQ(Read("params.optimizer.lr = -1"), "params:optimizer.lr = -1.000000");
  EXPECT_EQ(Read("params.2layers = true"), "params:2layers = true");
  EXPECT_EQ(Read(R"(params."a \"b\" \u00e9\\" = null)"), "params:a \"b\" \u00e9\\ = null");
  EXPECT_EQ(Read(R"(labels.'x y' contains 'z')"), "labels:x y contains 'z'");
}

// "column+length" of what is wrong.
std::string Wrong(std::string_view text) {
  const auto place = PlaceOf(ParseFilter(text).status());
  return place ? std::to_string(place->column) + "+" + std::to_string(place->length) : "nothing";
}

TEST(FilterTest, ErrorsSayWhichBytesAreWrong) {
  EXPECT_EQ(Wrong("name = 'a'"), "nothing");
  EXPECT_EQ(Wrong("  loss < 1"), "3+4");
  EXPECT_EQ(Wrong("name = bob"), "8+3");
  EXPECT_EQ(Wrong("name ="), "7+0") << "something is missing at the end";
  EXPECT_EQ(Wrong("created > 'soon'"), "11+6");
  EXPECT_EQ(Wrong("metrics.\"a b\".mean > 1"), "1+18");
  EXPECT_EQ(Wrong("metrics.x > -'1'"), "13+4");
  EXPECT_EQ(Wrong("params.x < true"), "12+4");
  EXPECT_EQ(Wrong("name = 'no end"), "8+7");
  EXPECT_EQ(Wrong("name = '\u00e9' & id = 'x'"), "13+1") << "in bytes";
  EXPECT_EQ(Wrong("params.x in (1, 2.3.4)"), "17+5");
  EXPECT_EQ(Wrong("name = 'a' name"), "12+4");
  EXPECT_EQ(Wrong("archived = 1"), "12+1");
  EXPECT_EQ(Wrong("duration > '1'"), "12+3");
  EXPECT_EQ(PlaceOf(ParseOrder("-name,best").status())->column, 7u);
  EXPECT_EQ(PlaceOf(ParseOrder("-name,best").status())->text, "order");
}

TEST(FilterTest, KeysAndTextsAreReadAsTheyWereWritten) {
  for (const char* name :
       {"lr", "a.b", "a..b", "", ".", "2d_conv", "-x", "a/b", "a b", "last", "loss.min", "q\"\\\n\x01", "\u00e9"}) {
    for (const Key::Space space : {Key::Space::kParam, Key::Space::kLabel, Key::Space::kMetric}) {
      Key key{space, name, ""};
      if (space == Key::Space::kMetric) key.attribute = "max";
      const auto read = ParseKeys("key", WriteKey(key), 1);
      ASSERT_TRUE(read.ok()) << WriteKey(key) << ": " << read.status();
      EXPECT_EQ(read->front().name, name) << WriteKey(key);
      EXPECT_EQ(read->front().attribute, key.attribute) << WriteKey(key);
    }
  }
  EXPECT_EQ(WriteKey({Key::Space::kMetric, "loss.min", "last"}), "metrics.\"loss.min\"");
  EXPECT_EQ(WriteKey({Key::Space::kMetric, "loss", "last"}), "metrics.loss");
  EXPECT_EQ(WriteKey({Key::Space::kRun, "owner", ""}), "owner");
  std::string bytes;
  for (int c = 0; c < 256; ++c) bytes += static_cast<char>(c);
  EXPECT_EQ(ParseFilter("name = " + WriteText(bytes))->values[0].text, bytes);
  for (const double number : {0.1, -0.0, 1e300, 5e-324, 64.0, std::numeric_limits<double>::infinity()}) {
    EXPECT_EQ(ParseFilter("params.x = " + WriteNumber(number))->values[0].number, number);
  }
}

TEST(FilterTest, AListOfKeysHasALimit) {
  EXPECT_EQ(ParseKeys("by", "params.a, labels.b,status", 3)->size(), 3u);
  EXPECT_THAT(std::string(ParseKeys("by", "id,name", 1).status().message()), HasSubstr("by, column 8: one key"));
  EXPECT_FALSE(ParseKeys("by", "-id", 1).ok());
  EXPECT_FALSE(ParseKeys("by", "", 1).ok());
}

TEST(FilterTest, TheRunsOwnColumnsHaveTypes) {
  EXPECT_EQ(Read("archived = true and duration >= 1e3"), "(archived = true and duration >= 1000.000000)");
  EXPECT_EQ(Read("owner in ('a', 'b') and experiment ~ 'x'"), "(owner in 'a' 'b' and experiment ~ 'x')");
  EXPECT_THAT(Read("archived ~ 'x'"), HasSubstr("archived is none"));
  EXPECT_THAT(Read("archived > true"), HasSubstr("no order"));
  EXPECT_THAT(Read("owner = 1"), HasSubstr("this is text"));
}

TEST(FilterTest, TimesAreSecondsOfUtc) {
  EXPECT_EQ(Read("created >= \"2026-01-02T03:04:05.5Z\""), "created >= 1767323045.500000");
  EXPECT_EQ(Read("created >= \"2026-01-02T05:04:05.5+02:00\""), "created >= 1767323045.500000");
  EXPECT_EQ(Read("finished < \"2026-01-02\""), "finished < 1767312000.000000");
  EXPECT_EQ(Read("updated < 12.5"), "updated < 12.500000");
}

TEST(FilterTest, AnErrorSaysWhereAndWhatToWriteInstead) {
  const std::pair<const char*, const char*> cases[] = {
      {"", "column 1: expected a key here"},
      {"params.lr <", "column 12: expected a value here"},
      {"params.lr < abc", "column 13: \"abc\" is no value; text goes in quotes"},
      {"loss < 1", "column 1: there is no key \"loss\"; perhaps params.loss"},
      {"name = 'a' id = 'b'", "column 12: expected and, or, or the end here"},
      {"(name = 'a'", "column 12: expected \")\""},
      {"name = 'a')", "column 11: this \")\" closes nothing"},
      {"name = 'a", "column 8: this text has no end"},
      {"name & 'a'", "column 6: \"&\" means nothing here"},
      {"name", "column 5: expected one of ="},
      {"name = 3", "column 8: this is text"},
      {"labels.n > 3", "column 12: this is text"},
      {"metrics.loss = 'x'", "column 16: a metric is a number"},
      {"metrics.\"loss\".mean > 1", "\"mean\" is no attribute of a metric"},
      {"metrics.loss ~ 'x'", "~ and contains search text"},
      {"metrics.loss < NaN", "nothing is smaller or greater than NaN"},
      {"params.x < true", "true and false have no order"},
      {"params.x < null", "null goes with ="},
      {"params.x in 3", "expected \"(\" after in"},
      {"params.x in (3", "expected a comma or \")\""},
      {"created > 'yesterday'", "column 11: expected a time like"},
      {"created > 1e300", "in the years 1 to 9999"},
      {"name ~ '('", "column 8: this regular expression is not valid"},
      {"params.x = 1e999", "beyond float64"},
      {"params.x = 1x", "this is no number"},
      {"params. = 1", "expected a name here"},
      {"params = 1", "expected a dot and a name after params"},
  };
  for (const auto& [text, message] : cases) {
    auto node = ParseFilter(text);
    EXPECT_EQ(node.status().code(), absl::StatusCode::kInvalidArgument) << text;
    EXPECT_THAT(std::string(node.status().message()), HasSubstr(message)) << text;
  }
}

TEST(FilterTest, DepthAndSizeHaveLimits) {
  auto nested = [](int depth) { return std::string(depth, '(') + "name = 'a'" + std::string(depth, ')'); };
  EXPECT_TRUE(ParseFilter(nested(kFilterDepth - 1)).ok());
  EXPECT_THAT(Read(nested(kFilterDepth)), HasSubstr("nested deeper than 32"));
  std::string nots;
  for (int i = 0; i < 1000; ++i) nots += "not ";
  EXPECT_THAT(Read(nots + "name = 'a'"), HasSubstr("nested deeper than 32"));
  EXPECT_THAT(Read(std::string(kFilterBytes + 1, ' ')), HasSubstr("at most 8192"));
  std::string wide = "name = 'a'";
  while (wide.size() < kFilterBytes - 20) wide += " or name = 'a'";
  EXPECT_TRUE(ParseFilter(wide).ok()) << "width has no limit of its own";
}

TEST(FilterTest, AnOrderIsKeysWithSigns) {
  auto order = ParseOrder("metrics.\"val/loss\".min,-created, params.lr");
  ASSERT_TRUE(order.ok()) << order.status();
  ASSERT_EQ(order->size(), 3u);
  EXPECT_EQ((*order)[0].key.attribute, "min");
  EXPECT_FALSE((*order)[0].descending);
  EXPECT_TRUE((*order)[1].descending);
  EXPECT_EQ((*order)[2].key.name, "lr");
  EXPECT_FALSE(ParseOrder("").ok());
  EXPECT_FALSE(ParseOrder("name,").ok());
  EXPECT_FALSE(ParseOrder("name desc").ok());
  EXPECT_FALSE(ParseOrder("name,name,name,name,name,name,name,name,name").ok());
}

TEST(FilterTest, NoTextMakesItFailOtherwiseThanWithAMessage) {
  const std::string pieces[] = {"name", "params.", "metrics.", "\"a\"", "(",        ")",    "and",
                                "or",   "not",     "=",        "in",    "~",        "-",    ".",
                                ",",    "1e",      "0x",       "'",     "\\",       "null", " ",
                                "\x80", "<",       ">=",       "last",  "Infinity", "NaN",  "created"};
  std::mt19937 random(7);
  for (int i = 0; i < 20000; ++i) {
    std::string text;
    for (unsigned n = random() % 12; n > 0; --n)
      text += pieces[random() % std::size(pieces)] + (random() % 2 ? " " : "");
    auto filter = ParseFilter(text);
    EXPECT_TRUE(filter.ok() || !filter.status().message().empty()) << text;
    auto order = ParseOrder(text);
    EXPECT_TRUE(order.ok() || !order.status().message().empty()) << text;
  }
}

TEST(FilterRegexTest, TranslatesWhatDiffersAndRefusesWhatPostgresqlCannotSay) {
  EXPECT_EQ(*PostgresRegex("^a.*[0-9]+$"), "^a.*[0-9]+$");
  EXPECT_EQ(*PostgresRegex("\\bword\\b"), "\\yword\\y");
  EXPECT_EQ(*PostgresRegex("\\x41\\d\\."), "\\u0041\\d\\.");
  EXPECT_EQ(*PostgresRegex("(?i)abc(?:d|e)"), "(?i)abc(?:d|e)");
  EXPECT_EQ(*PostgresRegex("[]a(?P]"), "[]a(?P]");
  EXPECT_EQ(*PostgresRegex("[[:alpha:]_]"), "[[:alpha:]_]");
  for (const char* refused :
       {"(a)\\1", "(?=a)", "a(?i)b", "(?P<n>a)", "\\pL", "\\Qa\\E", "\\012", "[\\W]", "a**", "("}) {
    EXPECT_FALSE(PostgresRegex(refused).ok()) << refused;
  }
  EXPECT_FALSE(PostgresRegex(std::string(1001, 'a')).ok());
}

}  // namespace
}  // namespace stepwell::query
