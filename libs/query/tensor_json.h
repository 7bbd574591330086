// Elements of tensors as JSON numbers, unrounded: every dtype that numpy and its extensions name.
//
// Thread safety: pure functions.
#pragma once

#include <string_view>

#include "base/json.h"
#include "stepwell/v1/value.pb.h"

namespace stepwell::query {

// Bytes of an element; 0: not known (or strings).
size_t ElementBytes(std::string_view dtype);

// Appends `count` elements that begin at element `from` as values of the open array. Complex numbers are [re, im].
// REQUIRES: ElementBytes(dtype) > 0 and the bytes are there.
void WriteElements(JsonWriter& json, std::string_view dtype, std::string_view data, size_t from, size_t count);

// {"dtype", "shape", "data": [...]}'s members into the open object; "base64" instead of "data" for elements of unknown
// form.
void WriteTensorMembers(JsonWriter& json, const v1::Tensor& tensor);

// UTF-8 as a string, other bytes as {"base64": ...}.
void WriteText(JsonWriter& json, std::string_view bytes);

}  // namespace stepwell::query
