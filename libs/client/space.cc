// Values of points in space: what they become is the Python client's, to the last bit.
#include <algorithm>
#include <cmath>
#include <set>
#include <utility>

#include "client/encoded.h"
#include "client/messages.h"
#include "client/parts.h"
#include "client/png.h"
#include "stepwell/values.h"

namespace stepwell {
namespace {

using client::Kind;
using client::Message;
using client::PutBlob;
using client::Refuse;
using internal::Encoded;

template <typename T>
std::string_view BytesOf(const T* data, size_t count) {
  return {reinterpret_cast<const char*>(data), count * sizeof(T)};
}

// A cell or a header of a TSV.
std::string Cell(std::string text) {
  for (char& c : text)
    if (c == '\t' || c == '\r' || c == '\n') c = ' ';
  return text;
}

void PutLine(std::string& out, const std::vector<std::string>& cells) {
  for (size_t i = 0; i < cells.size(); ++i) out += (i == 0 ? "" : "\t") + Cell(cells[i]);
  out += '\n';
}

}  // namespace

// ---- meshes ----

std::vector<Encoded> Mesh::Encode(std::string_view tag) const {
  if (vertices_ == nullptr || count_ == 0) Refuse("a mesh has at least one vertex");
  if ((faces_ == nullptr) != (faces_count_ == 0)) Refuse("faces are none: leave them out");
  for (size_t i = 0; i < 3 * faces_count_; ++i)
    if (faces_[i] < 0 || static_cast<size_t>(faces_[i]) >= count_)
      Refuse("faces are numbers of vertices, from 0 to " + std::to_string(count_ - 1) + ", not " +
             std::to_string(faces_[i]));
  struct Part {
    std::string_view name, suffix, dtype;
    uint32_t number;
    size_t rows;
    std::string_view data;
  };
  std::vector<Part> parts = {{"vertex", "_VERTEX", "float32", 1, count_, BytesOf(vertices_, 3 * count_)}};
  if (faces_ != nullptr)
    parts.push_back({"face", "_FACE", "int32", 2, faces_count_, BytesOf(faces_, 3 * faces_count_)});
  if (colors_ != nullptr) parts.push_back({"color", "_COLOR", "uint8", 3, count_, BytesOf(colors_, 3 * count_)});
  uint64_t components = 0;
  for (const Part& part : parts) components |= uint64_t{1} << part.number;
  std::vector<Encoded> points;
  for (const Part& part : parts) {
    const int64_t shape[] = {1, static_cast<int64_t>(part.rows), 3};
    Message content;  // MeshPluginData
    content.Item(2, tag).Number(3, part.number).Bytes(5, config_).Numbers(6, shape).Number(7, components);
    Encoded& out = points.emplace_back();
    const std::string series = std::string(tag).append(part.suffix);
    out.info =
        client::SeriesInfo(series, {Kind::kMesh, "mesh", part.dtype, client::kClassTensor, content.bytes(), tag});
    Message mesh;
    mesh.Item(1, client::TensorBytes(part.dtype, shape, part.data, out.blobs));
    mesh.Bytes(2, part.name).Bytes(3, config_).Bytes(4, client::Utf8(tag));
    out.value = Message().Item(7, mesh.bytes()).bytes();
  }
  return points;
}

// ---- embeddings ----

Embedding& Embedding::Labels(const std::vector<std::string>& labels) {
  columns_ = {"label"};
  metadata_.clear();
  for (const std::string& label : labels) metadata_.push_back({label});
  return *this;
}

Embedding& Embedding::Metadata(std::vector<std::string> columns, std::vector<std::vector<std::string>> rows) {
  columns_ = std::move(columns);
  metadata_ = std::move(rows);
  return *this;
}

Embedding& Embedding::Images(const std::uint8_t* pixels, std::size_t height, std::size_t width, std::size_t channels) {
  pixels_ = pixels;
  height_ = height;
  width_ = width;
  channels_ = channels;
  return *this;
}

// The metadata as the projector's TSV: a header line if there is more than one column.
std::string Embedding::Table() const {
  if (metadata_.size() != rows_)
    Refuse(std::to_string(rows_) + " vectors, but metadata of " + std::to_string(metadata_.size()) + " rows");
  std::string out;
  if (columns_.size() > 1) PutLine(out, columns_);
  for (const std::vector<std::string>& row : metadata_) {
    if (row.size() != columns_.size())
      Refuse("a row of metadata has " + std::to_string(row.size()) + " values, and there are " +
             std::to_string(columns_.size()) + " columns");
    PutLine(out, row);
  }
  return out;
}

// The pictures, row by row in a square, as the projector reads them.
std::string Embedding::Sheet() const {
  constexpr size_t kMostPixels = 8192;  // of a side: what graphics cards take as a texture
  client::CheckPixels(height_, width_, channels_);
  auto side = static_cast<size_t>(std::ceil(std::sqrt(static_cast<double>(rows_))));
  if (std::max(height_, width_) * side > kMostPixels)
    Refuse(std::to_string(rows_) + " images of " + std::to_string(width_) + " x " + std::to_string(height_) +
           " are more than one sheet holds");
  const size_t line = width_ * channels_;
  std::vector<std::uint8_t> sheet(side * side * height_ * line);
  for (size_t tile = 0; tile < rows_; ++tile)
    for (size_t y = 0; y < height_; ++y) {
      const std::uint8_t* const from = pixels_ + (tile * height_ + y) * line;
      const size_t row = tile / side * height_ + y;
      std::copy(from, from + line, sheet.begin() + static_cast<std::ptrdiff_t>((row * side + tile % side) * line));
    }
  return client::EncodePng(sheet.data(), side * height_, side * width_, channels_);
}

std::vector<Encoded> Embedding::Encode(std::string_view tag) const {
  if (vectors_ == nullptr || rows_ == 0 || dimensions_ == 0)
    Refuse("vectors have the shape [rows, dimensions], not [" + std::to_string(rows_) + ", " +
           std::to_string(dimensions_) + "]");
  Encoded out;
  out.info = client::SeriesInfo(tag, {Kind::kEmbedding, "projector", "float32"});
  const int64_t shape[] = {static_cast<int64_t>(rows_), static_cast<int64_t>(dimensions_)};
  Message embedding;
  embedding.Item(1, client::TensorBytes("float32", shape, BytesOf(vectors_, rows_ * dimensions_), out.blobs));
  if (!columns_.empty() || !metadata_.empty()) {
    const std::string table = PutBlob(out.blobs, Table(), "text/tab-separated-values");
    for (const std::string& column : columns_) embedding.Item(2, client::Utf8(column));
    embedding.Item(3, table);
  }
  if (pixels_ != nullptr) embedding.Item(4, PutBlob(out.blobs, Sheet())).Number(5, width_).Number(6, height_);
  if (columns_.size() > 1) embedding.Number(7, 1);
  embedding.Bytes(8, client::Utf8(tag));
  out.value = Message().Item(9, embedding.bytes()).bytes();
  return {out};
}

}  // namespace stepwell
