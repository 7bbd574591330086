// What a run table asks for besides runs: which keys an experiment's runs have, which values, and runs in groups.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace stepwell::catalog {

// A key of the filter language that runs of an experiment have.
struct KeyRow {
  std::string key;    // as the language writes it: params.lr, metrics."a b"
  std::string space;  // run, param, label, metric
  std::string type;   // number, string, boolean, time; mixed: several of these, or arrays and objects alone
  int64_t runs = 0;   // outside the trash that have it; of a run's own columns all
};

// What filters compare; monostate: the run has none.
using KeyValue = std::variant<std::monostate, double, bool, std::string>;

struct KeyValues {
  struct Item {
    KeyValue value;
    int64_t runs = 0;
  };
  std::vector<Item> items;  // the most frequent first
  KeyValue min, max;        // of numbers; of times as RFC 3339 text
};

// Of the finite and infinite numbers of a group's runs.
struct Spread {
  int64_t count = 0;
  std::optional<double> mean, min, max;
  std::optional<double> deviation;  // of the sample, with n - 1; nullopt below two
};

struct Group {
  struct Param {
    int64_t distinct = 0;  // numbers, texts and booleans
    KeyValue value;        // if there is one only
    Spread numbers;
  };
  std::vector<KeyValue> key;  // in the order asked
  int64_t count = 0;
  std::string filter;  // chooses exactly its members
  double newest = 0;   // `created` of its newest run, seconds since the epoch
  std::map<std::string, Param> params;
  std::map<std::string, std::map<std::string, Spread>> metrics;  // tag → attribute
};

}  // namespace stepwell::catalog
