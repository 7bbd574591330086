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
  // A point, or several of series of their own. Throws std::invalid_argument with the reason.
  virtual std::vector<internal::Encoded> Encode(std::string_view tag) const = 0;
};

// A text, shown as Markdown.
class Text : public Value {
 public:
  explicit Text(std::string text) : text_(std::move(text)) {}

 private:
  std::vector<internal::Encoded> Encode(std::string_view tag) const override;
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
  std::vector<internal::Encoded> Encode(std::string_view tag) const override;

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
  std::vector<internal::Encoded> Encode(std::string_view tag) const override;

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
  std::vector<internal::Encoded> Encode(std::string_view tag) const override;

  const void* data_;
  std::size_t bytes_;
  std::string dtype_;
  std::vector<std::int64_t> shape_;
};

// Sound. Points to the caller's memory, which is read when it is logged.
class Audio : public Value {
 public:
  // Samples frame by frame, the channels of a frame side by side: floats from -1 to 1, kept as 16-bit PCM, or int16,
  // int32 and uint8, kept as they are. `rate`: frames a second.
  template <typename T>
  Audio(const T* samples, std::size_t frames, std::size_t channels, std::uint32_t rate, std::string caption = {})
      : samples_(samples),
        dtype_(internal::TypeName<T>()),
        frames_(frames),
        channels_(channels),
        rate_(rate),
        caption_(std::move(caption)) {}
  // A WAV, MP3, Ogg, FLAC, MP4 or WebM, kept as it is.
  static Audio OfFile(std::string_view bytes, std::string caption = {});

 private:
  Audio() = default;
  std::vector<internal::Encoded> Encode(std::string_view tag) const override;

  const void* samples_ = nullptr;  // null: of a file
  std::string_view dtype_;
  std::size_t frames_ = 0, channels_ = 0;
  std::uint32_t rate_ = 0;
  std::string_view file_;
  std::string caption_;
};

// Points to the caller's memory, which is read when it is logged.
class Video : public Value {
 public:
  // `count` frames, one after the other, each as an Image's pixels. Kept as an animated PNG.
  Video(const std::uint8_t* frames, std::size_t count, std::size_t height, std::size_t width, std::size_t channels,
        double fps = 10)
      : frames_(frames), count_(count), height_(height), width_(width), channels_(channels), fps_(fps) {}
  // An MP4, WebM, GIF, animated PNG or WebP, kept as it is; of another kind if `format` ("avi", "mov", ...) says so.
  static Video OfFile(std::string_view bytes, std::string format = {});

 private:
  Video() = default;
  std::vector<internal::Encoded> Encode(std::string_view tag) const override;

  const std::uint8_t* frames_ = nullptr;  // null: of a file
  std::size_t count_ = 0, height_ = 0, width_ = 0, channels_ = 0;
  double fps_ = 0;
  std::string_view file_;
  std::string format_;
};

// Precision and recall over so many thresholds, of equal distance from 0 to 1.
class PrCurve : public Value {
 public:
  // Of each example: whether it is positive, and its score from 0 to 1.
  template <typename Label, typename Score>
  PrCurve(const Label* labels, const Score* scores, std::size_t count, int thresholds = 127)
      : labels_(labels, labels + count), scores_(scores, scores + count), thresholds_(thresholds) {}

 private:
  std::vector<internal::Encoded> Encode(std::string_view tag) const override;

  std::vector<bool> labels_;
  std::vector<double> scores_;
  int thresholds_;
};

// Points in space, joined by triangles or not. Vertices, faces and colors are series of their own, as in TensorBoard.
// Points to the caller's memory, which is read when it is logged.
class Mesh : public Value {
 public:
  // Three coordinates of each vertex. `config`: JSON of the scene (camera, lights, material), as THREE.js takes it.
  Mesh(const float* vertices, std::size_t count, std::string config = {})
      : vertices_(vertices), count_(count), config_(std::move(config)) {}
  // Three numbers of vertices of each face.
  Mesh& Faces(const std::int32_t* faces, std::size_t count) {
    faces_ = faces;
    faces_count_ = count;
    return *this;
  }
  // Red, green and blue of each vertex.
  Mesh& Colors(const std::uint8_t* colors) {
    colors_ = colors;
    return *this;
  }

 private:
  std::vector<internal::Encoded> Encode(std::string_view tag) const override;

  const float* vertices_;
  std::size_t count_;
  std::string config_;
  const std::int32_t* faces_ = nullptr;
  std::size_t faces_count_ = 0;
  const std::uint8_t* colors_ = nullptr;
};

// Vectors for the projector. Points to the caller's memory, which is read when it is logged.
class Embedding : public Value {
 public:
  Embedding(const float* vectors, std::size_t rows, std::size_t dimensions)
      : vectors_(vectors), rows_(rows), dimensions_(dimensions) {}
  // A label of each row.
  Embedding& Labels(const std::vector<std::string>& labels);
  // Values of each row, under these names.
  Embedding& Metadata(std::vector<std::string> columns, std::vector<std::vector<std::string>> rows);
  // A picture of each row, one after the other, each as an Image's pixels.
  Embedding& Images(const std::uint8_t* pixels, std::size_t height, std::size_t width, std::size_t channels);

 private:
  std::vector<internal::Encoded> Encode(std::string_view tag) const override;
  std::string Table() const;
  std::string Sheet() const;

  const float* vectors_;
  std::size_t rows_, dimensions_;
  std::vector<std::string> columns_;
  std::vector<std::vector<std::string>> metadata_;
  const std::uint8_t* pixels_ = nullptr;
  std::size_t height_ = 0, width_ = 0, channels_ = 0;
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
