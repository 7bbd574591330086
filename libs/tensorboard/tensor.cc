#include "tensorboard/tensor.h"

#include <array>
#include <bit>
#include <cmath>
#include <cstring>
#include <limits>

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"

namespace stepwell::tensorboard {
namespace {

using Form = Dtype::Form;

// tensorflow/core/framework/types.proto
constexpr std::array<Dtype, 26> kDtypes = {{
    {1, "float32", 4, Form::kFloat},
    {2, "float64", 8, Form::kFloat},
    {3, "int32", 4, Form::kSigned},
    {4, "uint8", 1, Form::kUnsigned},
    {5, "int16", 2, Form::kSigned},
    {6, "int8", 1, Form::kSigned},
    {7, "string", 0, Form::kString},
    {8, "complex64", 8, Form::kComplex},
    {9, "int64", 8, Form::kSigned},
    {10, "bool", 1, Form::kBool},
    {11, "qint8", 1, Form::kSigned},
    {12, "quint8", 1, Form::kUnsigned},
    {13, "qint32", 4, Form::kSigned},
    {14, "bfloat16", 2, Form::kBfloat16},
    {15, "qint16", 2, Form::kSigned},
    {16, "quint16", 2, Form::kUnsigned},
    {17, "uint16", 2, Form::kUnsigned},
    {18, "complex128", 16, Form::kComplex},
    {19, "float16", 2, Form::kFloat16},
    {22, "uint32", 4, Form::kUnsigned},
    {23, "uint64", 8, Form::kUnsigned},
    {24, "float8_e5m2", 1, Form::kFloat8},
    {25, "float8_e4m3fn", 1, Form::kFloat8},
    {26, "float8_e4m3fnuz", 1, Form::kFloat8},
    {27, "float8_e4m3b11fnuz", 1, Form::kFloat8},
    {28, "float8_e5m2fnuz", 1, Form::kFloat8},
}};
constexpr int32_t kReferenceTypes = 100;  // DT_FLOAT_REF = DT_FLOAT + 100, ...

template <typename T>
T Load(const char* at) {
  T value;
  std::memcpy(&value, at, sizeof(value));
  return value;
}

// Appends the low `size` bytes of each number of a list.
template <typename List>
void AppendLow(std::string& out, const List& list, size_t size) {
  out.reserve(out.size() + static_cast<size_t>(list.size()) * size);
  for (const auto value : list) out.append(reinterpret_cast<const char*>(&value), size);
}

// The elements that are listed, which may be fewer than the shape says.
std::string ListedElements(const wire::Tensor& tensor, const Dtype& dtype) {
  std::string out;
  switch (dtype.number) {
    case 1:
      AppendLow(out, tensor.float_val(), 4);
      break;
    case 2:
      AppendLow(out, tensor.double_val(), 8);
      break;
    case 8:
      AppendLow(out, tensor.scomplex_val(), 4);
      break;
    case 9:
      AppendLow(out, tensor.int64_val(), 8);
      break;
    case 10:
      for (const bool value : tensor.bool_val()) out += static_cast<char>(value);
      break;
    case 14:
    case 19:
      AppendLow(out, tensor.half_val(), 2);
      break;
    case 18:
      AppendLow(out, tensor.dcomplex_val(), 8);
      break;
    case 22:
      AppendLow(out, tensor.uint32_val(), 4);
      break;
    case 23:
      AppendLow(out, tensor.uint64_val(), 8);
      break;
    default:
      if (dtype.form == Form::kFloat8) {
        out = tensor.float8_val();
      } else {
        AppendLow(out, tensor.int_val(), dtype.size);
      }
  }
  return out;
}

absl::Status Misfit(const DecodedTensor& tensor, uint64_t have) {
  return absl::InvalidArgumentError(absl::StrCat("a tensor of ", tensor.count, " elements comes with ", have,
                                                 tensor.dtype->size > 0 ? " bytes" : " strings"));
}

absl::Status DecodeShape(const wire::Tensor& tensor, DecodedTensor* out) {
  if (tensor.tensor_shape().unknown_rank()) return absl::InvalidArgumentError("a tensor of unknown rank");
  uint64_t count = 1;
  bool empty = false;
  for (const auto& dim : tensor.tensor_shape().dim()) {
    const int64_t size = dim.size();
    if (size < 0) return absl::InvalidArgumentError("a tensor with an unknown dimension");
    out->shape.push_back(size);
    if (size == 0) {
      empty = true;
    } else if (count > std::numeric_limits<uint64_t>::max() / 16 / static_cast<uint64_t>(size)) {
      return absl::InvalidArgumentError("a tensor of more elements than can be counted");
    } else {
      count *= static_cast<uint64_t>(size);
    }
  }
  out->count = empty ? 0 : count;
  return absl::OkStatus();
}

absl::Status DecodeStrings(const wire::Tensor& tensor, DecodedTensor* out) {
  const uint64_t have = static_cast<uint64_t>(tensor.string_val_size());
  if (have > out->count || (have < out->count && out->count > kMaxUnfoldedStrings)) return Misfit(*out, have);
  out->strings.assign(tensor.string_val().begin(), tensor.string_val().end());
  const std::string_view last = have > 0 ? out->strings.back() : std::string_view();
  if ((out->count - have) * last.size() > kMaxUnfoldedBytes) return Misfit(*out, have);
  out->strings.resize(out->count, last);
  return absl::OkStatus();
}

absl::Status DecodeNumbers(const wire::Tensor& tensor, DecodedTensor* out) {
  const uint64_t wanted = out->count * out->dtype->size;
  if (!tensor.tensor_content().empty()) {
    if (tensor.tensor_content().size() != wanted) return Misfit(*out, tensor.tensor_content().size());
    out->data = tensor.tensor_content();
    return absl::OkStatus();
  }
  out->data = ListedElements(tensor, *out->dtype);
  const uint64_t have = out->data.size();
  if (have > wanted || have % out->dtype->size != 0) return Misfit(*out, have);
  if (have == wanted) return absl::OkStatus();
  if (wanted > kMaxUnfoldedBytes) return Misfit(*out, have);
  // The writer drops a repeated tail; of nothing, zeros.
  const std::string last = have > 0 ? out->data.substr(have - out->dtype->size) : std::string(out->dtype->size, '\0');
  out->data.reserve(wanted);
  while (out->data.size() < wanted) out->data += last;
  return absl::OkStatus();
}

double Float16AsDouble(uint16_t bits) {
  const int exponent = bits >> 10 & 31;
  const int mantissa = bits & 1023;
  double value = 0;
  if (exponent == 31) {
    value = mantissa != 0 ? std::numeric_limits<double>::quiet_NaN() : std::numeric_limits<double>::infinity();
  } else {
    value = exponent == 0 ? std::ldexp(mantissa, -24) : std::ldexp(1024 + mantissa, exponent - 25);
  }
  return std::copysign(value, bits & 0x8000 ? -1.0 : 1.0);
}

}  // namespace

const Dtype* FindDtype(int32_t number) {
  if (number > kReferenceTypes) number -= kReferenceTypes;
  for (const Dtype& dtype : kDtypes) {
    if (dtype.number == number) return &dtype;
  }
  return nullptr;
}

absl::StatusOr<DecodedTensor> DecodeTensor(const wire::Tensor& tensor) {
  DecodedTensor out;
  out.dtype = FindDtype(tensor.dtype());
  if (out.dtype == nullptr) return absl::InvalidArgumentError(absl::StrCat("a tensor of type ", tensor.dtype()));
  RETURN_IF_ERROR(DecodeShape(tensor, &out));
  RETURN_IF_ERROR(out.dtype->form == Form::kString ? DecodeStrings(tensor, &out) : DecodeNumbers(tensor, &out));
  return out;
}

double ElementAsDouble(const Dtype& dtype, const char* at) {
  switch (dtype.form) {
    case Form::kFloat:
      return dtype.size == 4 ? static_cast<double>(Load<float>(at)) : Load<double>(at);
    case Form::kFloat16:
      return Float16AsDouble(Load<uint16_t>(at));
    case Form::kBfloat16:
      return std::bit_cast<float>(static_cast<uint32_t>(Load<uint16_t>(at)) << 16);
    case Form::kBool:
      return Load<uint8_t>(at) != 0 ? 1 : 0;
    case Form::kSigned:
      switch (dtype.size) {
        case 1:
          return Load<int8_t>(at);
        case 2:
          return Load<int16_t>(at);
        case 4:
          return Load<int32_t>(at);
        default:
          return static_cast<double>(Load<int64_t>(at));
      }
    case Form::kUnsigned:
      switch (dtype.size) {
        case 1:
          return Load<uint8_t>(at);
        case 2:
          return Load<uint16_t>(at);
        case 4:
          return Load<uint32_t>(at);
        default:
          return static_cast<double>(Load<uint64_t>(at));
      }
    default:
      return 0;
  }
}

std::optional<double> OneNumber(const DecodedTensor& tensor) {
  if (tensor.count != 1 || tensor.shape.size() > 1 || !tensor.dtype->IsNumber()) return std::nullopt;
  return ElementAsDouble(*tensor.dtype, tensor.data.data());
}

}  // namespace stepwell::tensorboard
