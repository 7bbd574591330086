#include "stepwell/values.h"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <span>
#include <stdexcept>

#include "base/bytes.h"
#include "base/json.h"
#include "base/media_type.h"
#include "client/encoded.h"
#include "client/messages.h"
#include "client/parts.h"
#include "client/png.h"

namespace stepwell {
namespace {

using client::kClassBlobs;
using client::kClassTensor;
using client::Kind;
using client::Message;
using client::PutBlob;
using client::Refuse;
using internal::Encoded;

constexpr size_t kMaxBins = 2500;  // three float64 each: what fits into a value without a blob

struct Named {
  std::string_view name;
  size_t bytes;  // of an element
};
constexpr Named kTypes[] = {{"bool", 1},
                            {"int8", 1},
                            {"int16", 2},
                            {"int32", 4},
                            {"int64", 8},
                            {"uint8", 1},
                            {"uint16", 2},
                            {"uint32", 4},
                            {"uint64", 8},
                            {"float16", 2},
                            {"bfloat16", 2},
                            {"float32", 4},
                            {"float64", 8},
                            {"complex64", 8},
                            {"complex128", 16},
                            {"float8_e5m2", 1},
                            {"float8_e4m3fn", 1},
                            {"float8_e4m3fnuz", 1},
                            {"float8_e5m2fnuz", 1},
                            {"float8_e4m3b11fnuz", 1}};

struct Buckets {
  std::vector<double> edges, counts;
};

void Check(const Buckets& buckets) {
  const auto& [edges, counts] = buckets;
  if (counts.empty() || edges.size() != counts.size() + 1)
    Refuse(std::to_string(counts.size()) + " counts need " + std::to_string(counts.size() + 1) + " edges, not " +
           std::to_string(edges.size()));
  if (counts.size() > kMaxBins)
    Refuse("it has " + std::to_string(counts.size()) + " buckets; the limit is " + std::to_string(kMaxBins));
  for (size_t i = 0; i + 1 < edges.size(); ++i)
    if (!(edges[i] <= edges[i + 1])) Refuse("the edges do not rise");
  for (const double count : counts)
    if (!(count >= 0)) Refuse("a count is negative or NaN");
}

// The same buckets as the Python client's, to the last bit. Computed with a quarter of each value, so that the distance
// of the greatest floats can be told; exact, as it is a power of two.
Buckets Count(const std::vector<double>& values, int bins) {
  if (bins < 1 || bins > static_cast<int>(kMaxBins))
    Refuse("bins is a whole number from 1 to " + std::to_string(kMaxBins) + ", not " + std::to_string(bins));
  std::vector<double> finite;
  for (const double value : values)
    if (std::isfinite(value)) finite.push_back(value * 0.25);
  if (finite.empty()) Refuse("it has no finite value");
  const auto [least, most] = std::minmax_element(finite.begin(), finite.end());
  const double low = *least, high = *most;
  if (low == high) return {{4 * low - 0.5, 4 * low + 0.5}, {static_cast<double>(finite.size())}};
  Buckets found;
  for (int i = 0; i < bins; ++i) found.edges.push_back(low + (high - low) * (static_cast<double>(i) / bins));
  found.edges.push_back(high);
  std::vector<double> rising = found.edges;  // rounding may have made an edge smaller than the one before
  for (size_t i = 1; i < rising.size(); ++i) rising[i] = std::max(rising[i - 1], rising[i]);
  found.counts.resize(static_cast<size_t>(bins));
  for (const double value : finite) {
    // A bucket has its left edge, the last one its right edge too.
    const auto after = static_cast<size_t>(std::upper_bound(rising.begin(), rising.end(), value) - rising.begin());
    ++found.counts[std::min(after, found.counts.size()) - 1];
  }
  for (double& edge : found.edges) edge *= 4;
  return found;
}

size_t ElementBytes(const std::string& dtype) {
  const auto* found = std::find_if(std::begin(kTypes), std::end(kTypes), [&](auto& one) { return one.name == dtype; });
  if (found == std::end(kTypes)) Refuse("there is no type \"" + dtype + "\"");
  return found->bytes;
}

}  // namespace

std::vector<Encoded> Text::Encode(std::string_view tag) const {
  constexpr size_t kRoom = 256 + 6;  // for the messages around
  Encoded out;
  out.info = client::SeriesInfo(tag, {Kind::kText, "text", {}, kClassTensor});
  Message text;
  if (text_.size() + kRoom <= client::kInlineBytes) {
    text.Item(2, text_);
  } else {
    std::string blob;
    PutLe64(blob, text_.size());
    blob += text_;
    text.Item(3, PutBlob(out.blobs, std::move(blob)));
  }
  out.value = Message().Item(2, text.bytes()).bytes();
  return {out};
}

Histogram Histogram::OfBuckets(std::vector<double> edges, std::vector<double> counts) {
  Histogram made;
  made.counted_ = true;
  made.edges_ = std::move(edges);
  made.counts_ = std::move(counts);
  return made;
}

std::vector<Encoded> Histogram::Encode(std::string_view tag) const {
  const Buckets buckets = counted_ ? Buckets{edges_, counts_} : Count(values_, bins_);
  Check(buckets);
  const std::span<const double> edges(buckets.edges);
  Message histogram;
  histogram.Doubles(1, edges.first(edges.size() - 1)).Doubles(2, edges.subspan(1)).Doubles(3, buckets.counts);
  return {Encoded{client::SeriesInfo(tag, {Kind::kHistogram, "histograms", {}, kClassTensor}),
                  Message().Item(1, histogram.bytes()).bytes(),
                  {}}};
}

Image Image::OfFile(std::string_view bytes) {
  Image made;
  made.file_ = bytes;
  return made;
}

std::vector<Encoded> Image::Encode(std::string_view tag) const {
  Encoded out;
  out.info = client::SeriesInfo(tag, {Kind::kImage, "images", {}, kClassBlobs});
  size_t width = width_, height = height_;
  std::string file(file_);
  if (pixels_ != nullptr) {
    client::CheckPixels(height, width, channels_);
    file = client::EncodePng(pixels_, height, width, channels_);
  } else {
    if (!SniffMediaType(file).starts_with("image/")) Refuse("these bytes are no PNG, JPEG, GIF, WebP, BMP or SVG");
    const ImageSize size = ReadImageSize(file).value_or(ImageSize());
    width = size.width;
    height = size.height;
  }
  const auto number = [](size_t size) { return size == 0 ? std::string() : std::to_string(size); };
  Message image;
  image.Bytes(1, number(width)).Bytes(2, number(height)).Item(3, PutBlob(out.blobs, std::move(file)));
  out.value = Message().Item(3, image.bytes()).bytes();
  return {out};
}

std::vector<Encoded> Tensor::Encode(std::string_view tag) const {
  size_t bytes = ElementBytes(dtype_);
  for (const int64_t n : shape_)
    if (n < 0 || __builtin_mul_overflow(bytes, static_cast<size_t>(n), &bytes))
      Refuse("no memory holds a tensor of its shape");
  if (bytes_ != kFromShape && bytes_ != bytes)
    Refuse("its shape and type need " + std::to_string(bytes) + " bytes, not " + std::to_string(bytes_));
  if (data_ == nullptr && bytes > 0) Refuse("there is no data");
  const std::string_view data(static_cast<const char*>(data_), bytes);
  Encoded out;
  out.info = client::SeriesInfo(tag, {Kind::kTensor, "tensors", dtype_, kClassTensor});
  out.value = Message().Item(5, client::TensorBytes(dtype_, shape_, data, out.blobs)).bytes();
  return {out};
}

// ---- parameters ----

Json::Json(std::string_view text) { AppendJsonString(text_, text); }

Json::Json(std::initializer_list<std::pair<std::string, Json>> members) : members_(members) {
  text_ = "{";
  for (const auto& [key, value] : members) {
    if (text_.size() > 1) text_ += ", ";
    AppendJsonString(text_, key);
    text_ += ": " + value.text_;
  }
  text_ += "}";
}

std::string Json::OfDouble(double value) {
  std::string out;
  AppendJsonNumber(out, value);
  return out;
}

std::string Json::OfList(const std::vector<Json>& values) {
  std::string out = "[";
  for (const Json& value : values) {
    if (out.size() > 1) out += ", ";
    out += value.text_;
  }
  return out + "]";
}

}  // namespace stepwell
