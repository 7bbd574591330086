#include "query/value_json.h"

#include <algorithm>
#include <charconv>
#include <vector>

#include "base/bytes.h"
#include "base/status_macros.h"
#include "query/blob_id.h"
#include "query/json_check.h"
#include "query/tensor_json.h"

namespace stepwell::query {
namespace {

// TensorBoard logs sizes as text: a whole number becomes one, anything else stays as it came.
void WriteSize(JsonWriter& json, std::string_view logged) {
  int64_t number = 0;
  const auto [end, error] = std::from_chars(logged.data(), logged.data() + logged.size(), number);
  const bool plain = error == std::errc() && end == logged.data() + logged.size() && std::to_string(number) == logged;
  plain ? void(json.Int(number)) : WriteText(json, logged);
}

void WriteJsonText(JsonWriter& json, std::string_view text) {
  IsJson(text) ? void(json.Raw(text)) : WriteText(json, text);
}

// Nested lists in the tensor's shape; `values` are row by row and may be fewer than the shape says.
template <typename Values>
void WriteNested(JsonWriter& json, const v1::Text& text, const Values& values, int depth, size_t* at) {
  if (depth == text.shape_size()) {
    WriteText(json, *at < values.size() ? std::string_view(values[*at]) : std::string_view());
    ++*at;
    return;
  }
  json.Array();
  for (int64_t i = 0; i < text.shape(depth) && *at < values.size(); ++i) WriteNested(json, text, values, depth + 1, at);
  json.End();
}

absl::StatusOr<std::vector<std::string>> SplitTexts(std::string_view bytes) {
  std::vector<std::string> texts;
  ByteReader reader(bytes);
  while (!reader.done()) {
    const uint64_t size = reader.Le64();
    texts.emplace_back(reader.Raw(size));
    if (!reader.ok()) return absl::DataLossError("a text's blob ends in the middle");
  }
  return texts;
}

}  // namespace

void ValueWriter::Blob(JsonWriter& json, const v1::BlobRef& blob) const {
  json.Key("blob")
      .String(FormatBlobId(run_, blob.sha256()))
      .Key("type")
      .String(blob.type())
      .Key("bytes")
      .Uint(blob.size());
}

void ValueWriter::Histogram(JsonWriter& json, const v1::Histogram& histogram) const {
  json.Object().Key("buckets").Array();
  const int buckets = std::min({histogram.left_size(), histogram.right_size(), histogram.count_size()});
  for (int i = 0; i < buckets; ++i) {
    json.Array().Double(histogram.left(i)).Double(histogram.right(i)).Double(histogram.count(i)).End();
  }
  json.End();
  if (histogram.has_legacy()) {
    const v1::Histogram::Legacy& old = histogram.legacy();
    json.Key("min").Double(old.min()).Key("max").Double(old.max()).Key("num").Double(old.num());
    json.Key("sum").Double(old.sum()).Key("sum_squares").Double(old.sum_squares());
  }
  json.End();
}

absl::Status ValueWriter::Text(JsonWriter& json, const v1::Text& text) const {
  size_t at = 0;
  if (!text.has_blob()) {
    WriteNested(json, text, std::vector<std::string>(text.values().begin(), text.values().end()), 0, &at);
    return absl::OkStatus();
  }
  ASSIGN_OR_RETURN(const std::string bytes, read_blob_(text.blob()));
  ASSIGN_OR_RETURN(const std::vector<std::string> values, SplitTexts(bytes));
  WriteNested(json, text, values, 0, &at);
  return absl::OkStatus();
}

void ValueWriter::Image(JsonWriter& json, const v1::Image& image) const {
  json.Object().Key("width");
  WriteSize(json, image.width());
  json.Key("height");
  WriteSize(json, image.height());
  json.Key("items").Array();
  for (const v1::BlobRef& item : image.items()) {
    json.Object();
    Blob(json, item);
    json.End();
  }
  json.End().End();
}

void ValueWriter::Audio(JsonWriter& json, const v1::Audio& audio) const {
  json.Object().Key("items").Array();
  for (const v1::Audio::Item& item : audio.items()) {
    json.Object();
    Blob(json, item.blob());
    json.Key("label");
    WriteText(json, item.label());
    // 0 means that the bytes' header could not be read.
    if (item.rate() != 0) json.Key("rate").Double(item.rate());
    if (item.channels() != 0) json.Key("channels").Uint(item.channels()).Key("frames").Uint(item.frames());
    json.End();
  }
  json.End().End();
}

void ValueWriter::Tensor(JsonWriter& json, const v1::Tensor& tensor) const {
  if (!tensor.has_blob()) return WriteTensorMembers(json, tensor);
  Blob(json, tensor.blob());
  json.Key("dtype").String(tensor.dtype()).Key("shape").Array();
  for (const int64_t size : tensor.shape()) json.Int(size);
  json.End();
}

absl::Status ValueWriter::PrCurve(JsonWriter& json, const v1::PrCurve& curve) const {
  const v1::Tensor& tensor = curve.rows();
  std::string read;
  if (tensor.has_blob()) {
    ASSIGN_OR_RETURN(read, read_blob_(tensor.blob()));
  }
  const std::string_view data = tensor.has_blob() ? std::string_view(read) : std::string_view(tensor.data());
  const size_t size = ElementBytes(tensor.dtype());
  const size_t rows = tensor.shape_size() == 2 && tensor.shape(0) > 0 ? static_cast<size_t>(tensor.shape(0)) : 0;
  const size_t elements = size == 0 ? 0 : data.size() / size;
  const size_t thresholds = rows == 0 ? 0 : elements / rows;
  json.Object().Key("thresholds").Uint(thresholds).Key("rows").Array();
  for (size_t i = 0; i < rows && thresholds > 0; ++i) {
    json.Array();
    WriteElements(json, tensor.dtype(), data, i * thresholds, thresholds);
    json.End();
  }
  json.End().End();
  return absl::OkStatus();
}

void ValueWriter::Mesh(JsonWriter& json, const v1::Mesh& mesh) const {
  json.Object();
  Tensor(json, mesh.tensor());
  json.Key("part").String(mesh.part());
  if (!mesh.name().empty()) json.Key("name").String(mesh.name());
  json.Key("config");
  mesh.config().empty() ? void(json.Null()) : WriteJsonText(json, mesh.config());
  json.End();
}

void ValueWriter::Embedding(JsonWriter& json, const v1::Embedding& embedding) const {
  json.Object();
  Tensor(json, embedding.vectors());
  if (!embedding.tensor_name().empty()) json.Key("tensor_name").String(embedding.tensor_name());
  json.Key("columns").Array();
  for (const std::string& column : embedding.columns()) json.String(column);
  json.End();
  if (embedding.has_metadata()) {
    json.Key("metadata").Object();
    Blob(json, embedding.metadata());
    json.Key("has_header").Bool(embedding.metadata_has_header()).End();
  }
  if (embedding.has_sprite()) {
    json.Key("sprite").Object();
    Blob(json, embedding.sprite());
    json.Key("width").Uint(embedding.sprite_width()).Key("height").Uint(embedding.sprite_height()).End();
  }
  json.End();
}

absl::Status ValueWriter::Write(JsonWriter& json, const v1::Value& value) const {
  switch (value.kind_case()) {
    case v1::Value::kHistogram:
      Histogram(json, value.histogram());
      break;
    case v1::Value::kText:
      return Text(json, value.text());
    case v1::Value::kImage:
      Image(json, value.image());
      break;
    case v1::Value::kAudio:
      Audio(json, value.audio());
      break;
    case v1::Value::kTensor:
      json.Object();
      Tensor(json, value.tensor());
      json.End();
      break;
    case v1::Value::kPrCurve:
      return PrCurve(json, value.pr_curve());
    case v1::Value::kMesh:
      Mesh(json, value.mesh());
      break;
    case v1::Value::kBytes:
      json.Object();
      Blob(json, value.bytes().blob());
      if (!value.bytes().name().empty()) json.Key("name").String(value.bytes().name());
      if (!value.bytes().format().empty()) json.Key("format").String(value.bytes().format());
      json.End();
      break;
    case v1::Value::kEmbedding:
      Embedding(json, value.embedding());
      break;
    case v1::Value::kJson:
      WriteJsonText(json, value.json().text());
      break;
    case v1::Value::KIND_NOT_SET:
      json.Null();
      break;
  }
  return absl::OkStatus();
}

}  // namespace stepwell::query
