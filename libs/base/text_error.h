// An error at a place of a text that somebody wrote (a filter, an order), with what an editor needs to underline it.
//
// Thread safety: functions without state.
#pragma once

#include <cstddef>
#include <optional>
#include <string>

#include "absl/status/status.h"

namespace stepwell {

struct TextPlace {
  std::string text;   // which text: "filter", "order"
  size_t column = 1;  // in bytes, from 1
  size_t length = 0;  // bytes that are wrong; 0: something is missing at `column`
  std::string hint;   // what is wrong and what to write
};

// INVALID_ARGUMENT "filter, column 3: hint" that carries its place.
absl::Status TextError(const TextPlace& place);
// nullopt: the error is of no such text.
std::optional<TextPlace> PlaceOf(const absl::Status& error);

}  // namespace stepwell
