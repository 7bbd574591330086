#include "query/tensor_json.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <limits>

namespace stepwell::query {
namespace {

template <typename T>
T Load(const char* at) {
  T value;
  std::memcpy(&value, at, sizeof(T));
  return value;
}

// sign | exponent | mantissa, IEEE 754's way with `kBias`; `kFinite`: the format has no infinities, and only the
// all-ones pattern is NaN (OCP 8-bit floating point specification, E4M3).
template <int kExponent, int kMantissa, bool kFinite>
double SmallFloat(uint32_t bits) {
  constexpr int kBias = (1 << (kExponent - 1)) - 1;
  constexpr uint32_t kTop = (1u << kExponent) - 1;
  const double sign = bits >> (kExponent + kMantissa) & 1 ? -1 : 1;
  const uint32_t exponent = bits >> kMantissa & kTop, mantissa = bits & ((1u << kMantissa) - 1);
  if (exponent == kTop && (!kFinite || mantissa == (1u << kMantissa) - 1)) {
    if (mantissa != 0) return std::numeric_limits<double>::quiet_NaN();
    return sign * std::numeric_limits<double>::infinity();
  }
  if (exponent == 0) return sign * std::ldexp(mantissa, 1 - kBias - kMantissa);
  return sign * std::ldexp(mantissa | 1u << kMantissa, static_cast<int>(exponent) - kBias - kMantissa);
}

using Writer = void (*)(JsonWriter&, const char*);
struct Dtype {
  std::string_view name;
  size_t size;
  Writer write;
};

template <typename T>
void WriteInt(JsonWriter& json, const char* at) {
  if constexpr (std::is_signed_v<T>) {
    json.Int(Load<T>(at));
  } else {
    json.Uint(Load<T>(at));
  }
}
template <typename T>
void WriteFloat(JsonWriter& json, const char* at) {
  json.Double(static_cast<double>(Load<T>(at)));
}
template <typename T>
void WriteComplex(JsonWriter& json, const char* at) {
  json.Array().Double(static_cast<double>(Load<T>(at))).Double(static_cast<double>(Load<T>(at + sizeof(T)))).End();
}
template <typename T, int kExponent, int kMantissa, bool kFinite>
void WriteSmall(JsonWriter& json, const char* at) {
  json.Double(SmallFloat<kExponent, kMantissa, kFinite>(Load<T>(at)));
}

constexpr Dtype kDtypes[] = {
    {"float32", 4, WriteFloat<float>},
    {"float64", 8, WriteFloat<double>},
    {"float16", 2, WriteSmall<uint16_t, 5, 10, false>},
    {"bfloat16", 2, WriteSmall<uint16_t, 8, 7, false>},
    {"float8_e5m2", 1, WriteSmall<uint8_t, 5, 2, false>},
    {"float8_e4m3fn", 1, WriteSmall<uint8_t, 4, 3, true>},
    {"int8", 1, WriteInt<int8_t>},
    {"int16", 2, WriteInt<int16_t>},
    {"int32", 4, WriteInt<int32_t>},
    {"int64", 8, WriteInt<int64_t>},
    {"uint8", 1, WriteInt<uint8_t>},
    {"uint16", 2, WriteInt<uint16_t>},
    {"uint32", 4, WriteInt<uint32_t>},
    {"uint64", 8, WriteInt<uint64_t>},
    {"bool", 1, [](JsonWriter& json, const char* at) { json.Bool(*at != 0); }},
    {"complex64", 8, WriteComplex<float>},
    {"complex128", 16, WriteComplex<double>},
};

const Dtype* Find(std::string_view name) {
  const auto it = std::find_if(std::begin(kDtypes), std::end(kDtypes), [&](const Dtype& d) { return d.name == name; });
  return it == std::end(kDtypes) ? nullptr : it;
}

}  // namespace

size_t ElementBytes(std::string_view dtype) {
  const Dtype* found = Find(dtype);
  return found == nullptr ? 0 : found->size;
}

void WriteElements(JsonWriter& json, std::string_view dtype, std::string_view data, size_t from, size_t count) {
  const Dtype* found = Find(dtype);
  const char* at = data.data() + from * found->size;
  for (size_t i = 0; i < count; ++i, at += found->size) found->write(json, at);
}

void WriteText(JsonWriter& json, std::string_view bytes) {
  if (IsUtf8(bytes)) {
    json.String(bytes);
  } else {
    json.Object().Key("base64").String(Base64(bytes)).End();
  }
}

void WriteTensorMembers(JsonWriter& json, const v1::Tensor& tensor) {
  json.Key("dtype").String(tensor.dtype()).Key("shape").Array();
  for (const int64_t size : tensor.shape()) json.Int(size);
  json.End();
  if (tensor.dtype() == "string") {
    json.Key("data").Array();
    for (const std::string& text : tensor.strings()) WriteText(json, text);
    json.End();
    return;
  }
  const size_t size = ElementBytes(tensor.dtype());
  if (size == 0 || tensor.data().size() % size != 0) {
    json.Key("base64").String(Base64(tensor.data()));
    return;
  }
  json.Key("data").Array();
  WriteElements(json, tensor.dtype(), tensor.data(), 0, tensor.data().size() / size);
  json.End();
}

}  // namespace stepwell::query
