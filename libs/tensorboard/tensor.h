// TensorFlow's tensors: element types, and the elements as one block of bytes wherever the message keeps them.
//
// Thread safety: pure functions.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "tensorboard/event.pb.h"

namespace stepwell::tensorboard {

// A list of one element may stand for a tensor of any size: larger ones are not unfolded (the default limit of a blob).
inline constexpr uint64_t kMaxUnfoldedBytes = uint64_t{64} << 20;
inline constexpr uint64_t kMaxUnfoldedStrings = uint64_t{1} << 20;

struct Dtype {
  enum class Form { kSigned, kUnsigned, kFloat, kFloat16, kBfloat16, kBool, kComplex, kFloat8, kString };
  int32_t number;         // TensorFlow's DataType
  std::string_view name;  // numpy's, where it has one
  uint32_t size;          // bytes an element; 0 for strings
  Form form;
  bool IsNumber() const { return form != Form::kComplex && form != Form::kFloat8 && form != Form::kString; }
};

// Null for types whose elements cannot be kept (resources, variants, packed 2- and 4-bit numbers). Reference types are
// their own types.
const Dtype* FindDtype(int32_t number);

struct DecodedTensor {
  const Dtype* dtype = nullptr;
  std::vector<int64_t> shape;
  uint64_t count = 0;                     // elements; the product of `shape`
  std::string data;                       // count * dtype->size bytes, little-endian, row by row; empty for strings
  std::vector<std::string_view> strings;  // [count], into the message
};

// INVALID_ARGUMENT if type, shape and elements do not fit together.
absl::StatusOr<DecodedTensor> DecodeTensor(const wire::Tensor& tensor);

// One element as float64: exact for all but 64-bit integers beyond 2^53, which round. REQUIRES: dtype.IsNumber().
double ElementAsDouble(const Dtype& dtype, const char* at);

// The number, if the tensor is exactly one.
std::optional<double> OneNumber(const DecodedTensor& tensor);

}  // namespace stepwell::tensorboard
