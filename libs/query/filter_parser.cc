#include <algorithm>
#include <array>
#include <limits>
#include <optional>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "base/status_macros.h"
#include "query/filter.h"
#include "query/filter_lexer.h"
#include "query/filter_regex.h"

namespace stepwell::query {
namespace {

constexpr std::array<std::string_view, 12> kRunColumns = {"name",       "status",   "owner",       "created",
                                                          "updated",    "finished", "duration",    "archived",
                                                          "experiment", "note",     "forked_from", "id"};
constexpr std::array<std::string_view, 5> kAttributes = {"last", "min", "max", "last_step", "count"};
constexpr size_t kInValues = 1000;
constexpr char kNoValue[] = "expected a value here: a number, \"text\", true, false or null";

template <size_t N>
bool Has(const std::array<std::string_view, N>& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

std::string ColumnNames() {
  std::string names;
  for (std::string_view name : kRunColumns) absl::StrAppend(&names, names.empty() ? "" : ", ", std::string(name));
  return names;
}

class Parser {
 public:
  Parser(std::string_view what, std::vector<Token> tokens, std::span<const std::string_view> more = {})
      : what_(what), tokens_(std::move(tokens)), more_(more) {}

  absl::StatusOr<Node> Filter() {
    ASSIGN_OR_RETURN(Node node, Or(0));
    if (Now().kind != Token::Kind::kEnd) {
      return Error(IsSymbol(")") ? "this \")\" closes nothing; take it out, or open one before"
                                 : "expected and, or, or the end here");
    }
    return node;
  }

  absl::StatusOr<std::vector<OrderKey>> Order() {
    std::vector<OrderKey> keys;
    do {
      OrderKey order;
      order.descending = TakeSymbol("-");
      ASSIGN_OR_RETURN(order.key, ParseKey());
      keys.push_back(std::move(order));
      if (keys.size() > kOrderKeys) return Error(absl::StrCat("an order has at most ", kOrderKeys, " keys"));
    } while (TakeSymbol(","));
    if (Now().kind != Token::Kind::kEnd)
      return Error("expected a comma or the end here; \"-\" before a key turns it around");
    return keys;
  }

  absl::StatusOr<std::vector<Key>> Keys(size_t most) {
    std::vector<Key> keys;
    do {
      ASSIGN_OR_RETURN(Key key, ParseKey());
      keys.push_back(std::move(key));
      if (keys.size() > most && most == 1) return Error("one key is meant here");
      if (keys.size() > most) return Error(absl::StrCat("at most ", most, " keys are meant here"));
    } while (TakeSymbol(","));
    if (Now().kind != Token::Kind::kEnd)
      return Error(most == 1 ? "expected the end here" : "expected a comma or the end here");
    return keys;
  }

 private:
  const Token& Now() const { return tokens_[at_]; }
  bool IsSymbol(std::string_view symbol) const { return Now().kind == Token::Kind::kSymbol && Now().text == symbol; }
  bool TakeSymbol(std::string_view symbol) {
    if (!IsSymbol(symbol)) return false;
    ++at_;
    return true;
  }
  bool IsWord(std::string_view word) const { return Now().kind == Token::Kind::kWord && Now().text == word; }
  bool TakeWord(std::string_view word) {
    if (!IsWord(word)) return false;
    ++at_;
    return true;
  }
  absl::Status Error(std::string_view hint) const { return ErrorAt(what_, Now().column, Now().length, hint); }
  // Bytes from `column` to the end of the token before.
  size_t LengthSince(size_t column) const {
    const Token& last = tokens_[at_ - 1];
    return last.column + last.length - column;
  }

  absl::StatusOr<Node> Or(int depth) { return Chain(Node::Kind::kOr, "or", depth); }
  absl::StatusOr<Node> Chain(Node::Kind kind, std::string_view word, int depth) {
    Node chain;
    chain.kind = kind;
    do {
      ASSIGN_OR_RETURN(Node child, kind == Node::Kind::kOr ? Chain(Node::Kind::kAnd, "and", depth) : Not(depth));
      chain.children.push_back(std::move(child));
    } while (TakeWord(word));
    if (chain.children.size() == 1) {
      Node only = std::move(chain.children[0]);
      return only;
    }
    return chain;
  }

  absl::StatusOr<Node> Not(int depth) {
    if (depth >= kFilterDepth) return Error(absl::StrCat("this is nested deeper than ", kFilterDepth, " levels"));
    if (TakeWord("not")) {
      Node node;
      node.kind = Node::Kind::kNot;
      ASSIGN_OR_RETURN(Node child, Not(depth + 1));
      node.children.push_back(std::move(child));
      return node;
    }
    if (TakeSymbol("(")) {
      ASSIGN_OR_RETURN(Node node, Or(depth + 1));
      if (!TakeSymbol(")")) return Error("expected \")\" here");
      return node;
    }
    return Test();
  }

  absl::StatusOr<Node> Test() {
    Node node;
    ASSIGN_OR_RETURN(node.key, ParseKey());
    ASSIGN_OR_RETURN(node.op, Operator());
    if (node.op != Op::kIn) {
      ASSIGN_OR_RETURN(Literal value, Value());
      node.values.push_back(std::move(value));
    } else {
      if (!TakeSymbol("(")) return Error("expected \"(\" after in: params.lr in (0.1, 0.2)");
      do {
        ASSIGN_OR_RETURN(Literal value, Value());
        node.values.push_back(std::move(value));
        if (node.values.size() > kInValues) return Error(absl::StrCat("in takes at most ", kInValues, " values"));
      } while (TakeSymbol(","));
      if (!TakeSymbol(")")) return Error("expected a comma or \")\" here");
    }
    for (Literal& value : node.values) RETURN_IF_ERROR(Fit(node, value));
    return node;
  }

  absl::StatusOr<Op> Operator() {
    constexpr std::array<std::pair<std::string_view, Op>, 7> kSymbols = {{{"=", Op::kEqual},
                                                                          {"!=", Op::kNotEqual},
                                                                          {"<", Op::kLess},
                                                                          {"<=", Op::kLessEqual},
                                                                          {">", Op::kGreater},
                                                                          {">=", Op::kGreaterEqual},
                                                                          {"~", Op::kMatches}}};
    for (const auto& [symbol, op] : kSymbols) {
      if (TakeSymbol(symbol)) return op;
    }
    if (TakeWord("in")) return Op::kIn;
    if (TakeWord("contains")) return Op::kContains;
    return Error("expected one of = != < <= > >= ~ in contains here; a key alone is no condition (write key != null)");
  }

  absl::StatusOr<Literal> Value() {
    const size_t column = Now().column;
    ASSIGN_OR_RETURN(Literal value, ValueAt(column));
    value.column = column;
    value.length = LengthSince(column);
    return value;
  }

  absl::StatusOr<Literal> ValueAt(size_t column) {
    Literal value;
    bool negative = TakeSymbol("-");
    if (Now().kind == Token::Kind::kEnd) return Error(kNoValue);
    const Token token = Now();
    ++at_;
    constexpr double kInfinity = std::numeric_limits<double>::infinity();
    if (token.kind == Token::Kind::kWord && token.text == "Infinity") {
      value.kind = Literal::Kind::kNumber;
      value.number = negative ? -kInfinity : kInfinity;
      return value;
    }
    if (!negative) {
      if (token.kind == Token::Kind::kString) {
        value.text = token.text;
        return value;
      }
      value.kind = Literal::Kind::kNumber;
      value.number = token.number;
      if (token.kind == Token::Kind::kNumber) return value;
      if (token.kind == Token::Kind::kWord) {
        if (token.text == "NaN") {
          value.number = std::numeric_limits<double>::quiet_NaN();
          return value;
        }
        value.kind = token.text == "true"    ? Literal::Kind::kTrue
                     : token.text == "false" ? Literal::Kind::kFalse
                                             : Literal::Kind::kNull;
        if (value.kind != Literal::Kind::kNull || token.text == "null") return value;
        return ErrorAt(what_, column, token.length,
                       absl::StrCat("\"", token.text, "\" is no value; text goes in quotes: \"", token.text, "\""));
      }
    }
    return ErrorAt(what_, column, LengthSince(column), kNoValue);
  }

  absl::StatusOr<Key> ParseKey() {
    Key key;
    key.column = Now().column;
    if (Now().kind != Token::Kind::kWord) {
      return Error(absl::StrCat("expected a key here: ", ColumnNames(), ", params.x, labels.x or metrics.\"x\".min"));
    }
    std::string word = tokens_[at_++].text;
    key.length = LengthSince(key.column);
    if (Has(kRunColumns, word) || std::ranges::find(more_, word) != more_.end()) {
      key.name = word;
      return key;
    }
    if (word == "params")
      key.space = Key::Space::kParam;
    else if (word == "labels")
      key.space = Key::Space::kLabel;
    else if (word == "metrics")
      key.space = Key::Space::kMetric;
    else
      return ErrorAt(
          what_, key.column, key.length,
          absl::StrCat("there is no key \"", word, "\"; perhaps params.", word, " or metrics.", word, ".last"));
    RETURN_IF_ERROR(Parts(word, key));
    key.length = LengthSince(key.column);
    return key;
  }

  // A dot and a quoted name, or bare names with dots between. The last bare name of a metric may be its attribute.
  absl::Status Parts(const std::string& space, Key& key) {
    if (!TakeSymbol(".")) return Error(absl::StrCat("expected a dot and a name after ", space));
    std::vector<std::string> parts;
    bool quoted = Now().kind == Token::Kind::kString;
    do {
      if (Now().kind != Token::Kind::kWord && !(parts.empty() && quoted))
        return Error("expected a name here; odd ones go in \"quotes\"");
      parts.push_back(tokens_[at_++].text);
    } while (TakeSymbol("."));
    if (key.space == Key::Space::kMetric) {
      key.attribute = "last";
      if (parts.size() > 1 && Has(kAttributes, parts.back())) {
        key.attribute = parts.back();
        key.attribute_given = true;
        parts.pop_back();
      }
    }
    if (quoted && parts.size() > 1) {
      return ErrorAt(what_, key.column, LengthSince(key.column),
                     key.space == Key::Space::kMetric
                         ? absl::StrCat("\"", parts.back(),
                                        "\" is no attribute of a metric; it has last, min, max, last_step and count")
                         : "nothing may follow the quoted name");
    }
    for (const std::string& part : parts) absl::StrAppend(&key.name, key.name.empty() ? "" : ".", part);
    return absl::OkStatus();
  }

  // Does the value make sense for this key and operator?
  absl::Status Fit(const Node& node, Literal& value) const {
    auto wrong = [&](std::string_view hint) { return ErrorAt(what_, value.column, value.length, hint); };
    using Kind = Literal::Kind;
    const KeyType type = TypeOf(node.key);
    bool ordered =
        node.op == Op::kLess || node.op == Op::kLessEqual || node.op == Op::kGreater || node.op == Op::kGreaterEqual;
    if (node.op == Op::kMatches || node.op == Op::kContains) {
      if (type != KeyType::kText && type != KeyType::kAny)
        return wrong(absl::StrCat("~ and contains search text, and ", node.key.name, " is none"));
      if (value.kind != Kind::kString) return wrong("~ and contains take text in \"quotes\"");
      if (node.op == Op::kContains) return absl::OkStatus();
      absl::StatusOr<std::string> regex = PostgresRegex(value.text);
      if (!regex.ok()) return wrong(std::string_view(regex.status().message().data(), regex.status().message().size()));
      value.text = *std::move(regex);
      return absl::OkStatus();
    }
    if (value.kind == Kind::kNull) {
      if (node.op == Op::kEqual || node.op == Op::kNotEqual) return absl::OkStatus();
      return wrong("null goes with = (it is missing) and != (it is there) only");
    }
    if (ordered && (value.kind == Kind::kTrue || value.kind == Kind::kFalse))
      return wrong("true and false have no order; use = or !=");
    if (ordered && value.kind == Kind::kNumber && value.number != value.number)
      return wrong("nothing is smaller or greater than NaN; use = or !=");
    switch (type) {
      case KeyType::kTime:
        return FitTime(value);
      case KeyType::kNumber:
        if (value.kind == Kind::kNumber) return absl::OkStatus();
        return wrong(node.key.space == Key::Space::kMetric
                         ? "a metric is a number; compare it with one, NaN or Infinity"
                         : "a duration is a number of seconds; compare it with one");
      case KeyType::kBoolean:
        if (value.kind == Kind::kTrue || value.kind == Kind::kFalse) return absl::OkStatus();
        return wrong(absl::StrCat(node.key.name, " is true or false"));
      case KeyType::kText:
        return value.kind == Kind::kString ? absl::OkStatus() : wrong("this is text; put the value in \"quotes\"");
      case KeyType::kAny:
        break;
    }
    return absl::OkStatus();
  }

  absl::Status FitTime(Literal& value) const {
    if (value.kind == Literal::Kind::kString) {
      absl::Time time;
      std::string error;
      if (!absl::ParseTime(absl::RFC3339_full, value.text, &time, &error) &&
          !absl::ParseTime("%Y-%m-%d", value.text, &time, &error)) {
        return ErrorAt(what_, value.column, value.length,
                       "expected a time like \"2026-01-31T12:00:00Z\" or \"2026-01-31\" (UTC)");
      }
      value.number = absl::ToDoubleSeconds(time - absl::UnixEpoch());
      value.kind = Literal::Kind::kNumber;
    }
    // The years 1 to 9999, which PostgreSQL and RFC 3339 know both.
    if (value.kind != Literal::Kind::kNumber || !(value.number >= -62135596800.0 && value.number < 253402300799.0)) {
      return ErrorAt(what_, value.column, value.length,
                     "expected a time: \"2026-01-31T12:00:00Z\", or seconds since 1970, in the years 1 to 9999");
    }
    return absl::OkStatus();
  }

  std::string_view what_;
  std::vector<Token> tokens_;
  const std::span<const std::string_view> more_;
  size_t at_ = 0;
};

absl::Status CheckSize(std::string_view what, std::string_view text) {
  if (text.size() <= kFilterBytes) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrCat(std::string(what), ": it has ", text.size(), " bytes; at most ", kFilterBytes, " are read"));
}

}  // namespace

KeyType TypeOf(const Key& key) {
  switch (key.space) {
    case Key::Space::kParam:
      return KeyType::kAny;
    case Key::Space::kLabel:
      return KeyType::kText;
    case Key::Space::kMetric:
      return KeyType::kNumber;
    case Key::Space::kRun:
      break;
  }
  if (key.name == "created" || key.name == "updated" || key.name == "finished") return KeyType::kTime;
  if (key.name == "duration") return KeyType::kNumber;
  return key.name == "archived" ? KeyType::kBoolean : KeyType::kText;
}

std::span<const std::string_view> RunColumns() { return kRunColumns; }

bool IsAttribute(std::string_view word) { return Has(kAttributes, word); }

bool Mentions(const Node& filter, std::string_view run_column) {
  if (filter.kind == Node::Kind::kTest) return filter.key.space == Key::Space::kRun && filter.key.name == run_column;
  return std::ranges::any_of(filter.children, [&](const Node& child) { return Mentions(child, run_column); });
}

absl::StatusOr<Node> ParseFilter(std::string_view text) {
  RETURN_IF_ERROR(CheckSize("filter", text));
  ASSIGN_OR_RETURN(std::vector<Token> tokens, Lex("filter", text));
  return Parser("filter", std::move(tokens)).Filter();
}

absl::StatusOr<std::vector<OrderKey>> ParseOrder(std::string_view text, std::span<const std::string_view> more) {
  RETURN_IF_ERROR(CheckSize("order", text));
  ASSIGN_OR_RETURN(std::vector<Token> tokens, Lex("order", text));
  return Parser("order", std::move(tokens), more).Order();
}

absl::StatusOr<std::vector<Key>> ParseKeys(std::string_view what, std::string_view text, size_t most) {
  RETURN_IF_ERROR(CheckSize(what, text));
  ASSIGN_OR_RETURN(std::vector<Token> tokens, Lex(what, text));
  return Parser(what, std::move(tokens)).Keys(most);
}

}  // namespace stepwell::query
