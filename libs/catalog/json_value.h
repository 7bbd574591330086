// One JSON value as the catalog files it: its type, and what filters compare.
//
// Thread safety: functions without state.
#pragma once

#include <string>
#include <string_view>

namespace stepwell::catalog {

struct JsonValue {
  char kind = 's';    // number 'n', string 's', boolean 'b', null 'z', array or object 'j'
  double number = 0;  // of a number: the nearest float64
  std::string
      text;  // of a string: its bytes (a lone surrogate escape as its three bytes); of a boolean: "true", "false"
  std::string json;  // the value as it came, without white space around it
};

// What is not valid JSON (RFC 8259, at most 64 deep) is kept as a string of just these bytes.
JsonValue ReadJsonValue(std::string_view text);

// A JSON string of these bytes; those that are not UTF-8 become U+FFFD.
std::string QuoteJson(std::string_view bytes);

}  // namespace stepwell::catalog
