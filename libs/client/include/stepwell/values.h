// What can be logged to a stepwell::Run. Standard types only, C++17 or later.
//
// A value of a type of its own keeps what it is given until it is logged; what points to the caller's memory says so.
// What a type cannot take is told by Run::Log (docs/guide/cpp.md), never by a constructor.
#pragma once

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace stepwell {

namespace internal {
struct Encoded;

// numpy's names of types.
template <typename T>
constexpr const char* TypeName() {
  static_assert(std::is_arithmetic_v<T> && sizeof(T) <= 8, "a number of at most 64 bits");
  constexpr const char* kInts[] = {"int8", "int16", "int32", "int64"};
  constexpr const char* kUints[] = {"uint8", "uint16", "uint32", "uint64"};
  constexpr int kLog = sizeof(T) == 1 ? 0 : sizeof(T) == 2 ? 1 : sizeof(T) == 4 ? 2 : 3;
  if constexpr (std::is_same_v<T, bool>) return "bool";
  if constexpr (std::is_floating_point_v<T>) return sizeof(T) == 4 ? "float32" : "float64";
  return std::is_signed_v<T> ? kInts[kLog] : kUints[kLog];
}
}  // namespace internal

// A number under a tag. Its value is kept as a float64, beside its type: "float32", "float64", "bool", and "int64" or
// "uint64" for all whole numbers.
struct Scalar {
  enum class Type : std::uint8_t { kFloat64, kFloat32, kInt64, kUint64, kBool };

  template <typename T, std::enable_if_t<std::is_arithmetic_v<T>, int> = 0>
  Scalar(std::string_view tag, T value) : tag(tag), value(static_cast<double>(value)), type(TypeOf<T>()) {}

  std::string_view tag;
  double value;
  Type type;

 private:
  template <typename T>
  static constexpr Type TypeOf() {
    if (std::is_same_v<T, bool>) return Type::kBool;
    if (std::is_floating_point_v<T>) return sizeof(T) == 4 ? Type::kFloat32 : Type::kFloat64;
    return std::is_signed_v<T> ? Type::kInt64 : Type::kUint64;
  }
};

// A value that is more than a number.
class Value {
 public:
  virtual ~Value() = default;

 private:
  friend class Run;
  // Throws std::invalid_argument with the reason.
  virtual internal::Encoded Encode(std::string_view tag) const = 0;
};

// A text, shown as Markdown.
class Text : public Value {
 public:
  explicit Text(std::string text) : text_(std::move(text)) {}

 private:
  internal::Encoded Encode(std::string_view tag) const override;
  std::string text_;
};

class Histogram : public Value {
 public:
  // Of values: `bins` buckets of equal width from the least to the greatest; NaN and infinities are left out.
  template <typename T>
  Histogram(const T* values, std::size_t count, int bins = 64) : values_(values, values + count), bins_(bins) {}
  template <typename T>
  explicit Histogram(const std::vector<T>& values, int bins = 64)
      : values_(values.begin(), values.end()), bins_(bins) {}
  // Of buckets that were counted already: k + 1 edges, rising, and k counts, which need not be whole.
  static Histogram OfBuckets(std::vector<double> edges, std::vector<double> counts);

 private:
  Histogram() = default;
  internal::Encoded Encode(std::string_view tag) const override;

  std::vector<double> values_, edges_, counts_;
  int bins_ = 0;
  bool counted_ = false;  // made of edges and counts
};

// Points to the caller's memory, which is read when it is logged.
class Image : public Value {
 public:
  // Samples row by row, channels last: 1 grey, 2 grey and alpha, 3 RGB, 4 RGBA. Kept as PNG.
  Image(const std::uint8_t* pixels, std::size_t height, std::size_t width, std::size_t channels)
      : pixels_(pixels), height_(height), width_(width), channels_(channels) {}
  // A PNG, JPEG, GIF, WebP, BMP or SVG, kept as it is.
  static Image OfFile(std::string_view bytes);

 private:
  Image() = default;
  internal::Encoded Encode(std::string_view tag) const override;

  const std::uint8_t* pixels_ = nullptr;  // null: of a file
  std::size_t height_ = 0, width_ = 0, channels_ = 0;
  std::string_view file_;
};

// An array of any shape, kept bit for bit. Points to the caller's memory, which is read when it is logged.
class Tensor : public Value {
 public:
  // Row by row.
  template <typename T>
  Tensor(const T* data, std::vector<std::int64_t> shape)
      : data_(data), bytes_(kFromShape), dtype_(internal::TypeName<T>()), shape_(std::move(shape)) {}
  // Little-endian elements of a type that C++ may not have: "float16", "bfloat16", "complex64", "float8_e4m3fn", ...
  Tensor(const void* data, std::size_t bytes, std::string dtype, std::vector<std::int64_t> shape)
      : data_(data), bytes_(bytes), dtype_(std::move(dtype)), shape_(std::move(shape)) {}

 private:
  static constexpr std::size_t kFromShape = static_cast<std::size_t>(-1);
  internal::Encoded Encode(std::string_view tag) const override;

  const void* data_;
  std::size_t bytes_;
  std::string dtype_;
  std::vector<std::int64_t> shape_;
};

// What a parameter can be: any JSON value. Objects become dotted keys.
class Json {
 public:
  Json(std::nullptr_t) : text_("null") {}
  Json(const char* text) : Json(std::string_view(text)) {}
  Json(const std::string& text) : Json(std::string_view(text)) {}
  Json(std::string_view text);
  template <typename T, std::enable_if_t<std::is_arithmetic_v<T>, int> = 0>
  Json(T value) {
    if constexpr (std::is_same_v<T, bool>)
      text_ = value ? "true" : "false";
    else if constexpr (std::is_floating_point_v<T>)
      text_ = OfDouble(static_cast<double>(value));
    else
      text_ = std::to_string(value);
  }
  template <typename T>
  Json(const std::vector<T>& values) {
    std::vector<Json> parts;
    parts.reserve(values.size());
    for (const auto& value : values) parts.emplace_back(static_cast<T>(value));
    text_ = OfList(parts);
  }
  Json(std::initializer_list<std::pair<std::string, Json>> members);

  const std::string& text() const { return text_; }  // as JSON
  const std::vector<std::pair<std::string, Json>>& members() const { return members_; }

 private:
  static std::string OfDouble(double value);
  static std::string OfList(const std::vector<Json>& values);

  std::string text_;
  std::vector<std::pair<std::string, Json>> members_;  // of an object that is not empty
};

using Params = std::vector<std::pair<std::string, Json>>;

}  // namespace stepwell
