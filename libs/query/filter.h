// The filter language of the run table, the API and the command line, from text to a tree; and order clauses, which
// name the same keys.
//
//   metrics."val/loss".min < 0.1 and (params.lr >= 1e-4 or labels.team in ("vision", "nlp")) and not name ~ "debug"
//
//   filter  = and { "or" and }              and = not { "and" not }            not = "not" not | "(" filter ")" | test
//   test    = key ("=" | "!=" | "<" | "<=" | ">" | ">=") value | key "~" string | key "contains" string
//           | key "in" "(" value { "," value } ")"
//   key     = "name" | "id" | "status" | "note" | "owner" | "experiment" | "forked_from" | "archived"
//           | "created" | "updated" | "finished" | "duration"
//           | "params." part | "labels." part | "metrics." part [ "." ("last" | "min" | "max" | "last_step" | "count")
//           ]
//   part    = bare { "." bare } | string    bare = letter, digit, "_", "-", "/"; metrics without an attribute mean last
//   value   = string | number | "NaN" | "Infinity" | "-Infinity" | "true" | "false" | "null"
//   string  = "..." or '...' with \" \' \\ \n \r \t \uXXXX; times are RFC 3339 strings or seconds since the epoch
//   order   = [ "-" ] key { "," [ "-" ] key }
//
// Meaning. A comparison with something that the run does not have is false, with != too; `not` turns it around. `=
// null` asks whether it is missing (or a parameter that is null), `!= null` whether it is there. A parameter has a
// type: 1, "1" and true differ, and < between different types is false. Labels and most of the run's own columns are
// text: `owner` is the name of who made it, `experiment` the name of its experiment, `forked_from` a run's id.
// `archived` is true or false, `duration` are seconds: until it finished or was last heard of, or now. NaN equals NaN
// only, and nothing is smaller or greater. Numbers compare as float64. `~` searches an RE2 expression (without ~ in the
// middle of a word there is no anchor), `contains` plain text; both mind case.
//
// Errors are INVALID_ARGUMENT with their place and a hint (base/text_error.h). At most 8 KiB and 32 levels.
//
// Thread safety: values; functions without state.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace stepwell::query {

inline constexpr size_t kFilterBytes = 8192;
inline constexpr int kFilterDepth = 32;
inline constexpr size_t kOrderKeys = 8;

struct Key {
  enum class Space { kRun, kParam, kLabel, kMetric };
  Space space = Space::kRun;
  std::string name;              // of the run's column, parameter, label or tag
  std::string attribute;         // of a metric
  bool attribute_given = false;  // or `last` was meant without a word
  size_t column = 0;             // where it stands, from 1
  size_t length = 0;             // bytes
};

// What the values of a key are; of a parameter they may be of any type.
enum class KeyType { kText, kTime, kNumber, kBoolean, kAny };
KeyType TypeOf(const Key& key);

// The run's own columns, in the order in which people look for them.
std::span<const std::string_view> RunColumns();

struct Literal {
  enum class Kind { kString, kNumber, kTrue, kFalse, kNull };
  Kind kind = Kind::kString;
  std::string text;   // of a string
  double number = 0;  // of a number, and of a time: seconds since the epoch
  size_t column = 0;  // where it stands, from 1
  size_t length = 0;  // bytes
};

enum class Op { kEqual, kNotEqual, kLess, kLessEqual, kGreater, kGreaterEqual, kIn, kMatches, kContains };

struct Node {
  enum class Kind { kAnd, kOr, kNot, kTest };
  Kind kind = Kind::kTest;
  std::vector<Node> children;  // two or more of and, or; one of not
  Key key;                     // what follows: of a test
  Op op = Op::kEqual;
  std::vector<Literal> values;  // one; one or more of `in`
};

struct OrderKey {
  Key key;
  bool descending = false;
};

// Is it last, min, max, last_step or count?
bool IsAttribute(std::string_view word);

// Does a test of this column of the run occur?
bool Mentions(const Node& filter, std::string_view run_column);

// A tree whose values fit their keys: times are numbers, regular expressions are checked.
absl::StatusOr<Node> ParseFilter(std::string_view text);
// `more`: words that are keys too, as if they were columns of the run.
absl::StatusOr<std::vector<OrderKey>> ParseOrder(std::string_view text, std::span<const std::string_view> more = {});
// 1 to `most` keys with commas between them. `what` opens error messages.
absl::StatusOr<std::vector<Key>> ParseKeys(std::string_view what, std::string_view text, size_t most);

}  // namespace stepwell::query
