#include "tensorboard/value_builder.h"

#include <algorithm>
#include <limits>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "base/bytes.h"
#include "base/media_type.h"
#include "tensorboard/plugin_data.pb.h"
#include "tensorboard/run_converter.h"
#include "tensorboard/utf8.h"

namespace stepwell::tensorboard {
namespace {

using Form = Dtype::Form;

absl::Status Unlike(const char* what, const DecodedTensor& tensor) {
  return absl::InvalidArgumentError(
      absl::StrCat(what, ", but a ", absl::string_view(tensor.dtype->name.data(), tensor.dtype->name.size()),
                   " tensor of shape [", absl::StrJoin(tensor.shape, ", "), "]"));
}

bool IsStrings(const DecodedTensor& tensor) { return tensor.dtype->form == Form::kString; }

// value.proto: each string as its length (u64le) and its bytes.
std::string Joined(const std::vector<std::string_view>& strings, size_t bytes) {
  std::string out;
  out.reserve(bytes + 8 * strings.size());
  for (const std::string_view text : strings) {
    PutLe64(out, text.size());
    out.append(text);
  }
  return out;
}

size_t TotalBytes(const std::vector<std::string_view>& strings) {
  size_t bytes = 0;
  for (const std::string_view text : strings) bytes += text.size();
  return bytes;
}

// What a list of strings adds to a message at most: the bytes, and a tag and a length each.
bool FitsInline(const std::vector<std::string_view>& strings, size_t bytes) {
  constexpr size_t kRoom = 256;  // for the shape, the type and the messages around
  return bytes + 6 * strings.size() + kRoom <= kInlineBytes;
}

void FillTensor(DecodedTensor&& tensor, Sink& sink, v1::Tensor* out) {
  out->set_dtype(std::string(tensor.dtype->name));
  out->mutable_shape()->Add(tensor.shape.begin(), tensor.shape.end());
  if (IsStrings(tensor)) {
    const size_t bytes = TotalBytes(tensor.strings);
    if (FitsInline(tensor.strings, bytes)) {
      for (const std::string_view text : tensor.strings) out->add_strings(text.data(), text.size());
    } else {
      *out->mutable_blob() = PutBlob(Joined(tensor.strings, bytes), sink);
    }
  } else {
    out->set_data(std::move(tensor.data));
    if (out->ByteSizeLong() + 64 > kInlineBytes) {
      *out->mutable_blob() = PutBlob(out->data(), sink);
      out->clear_data();
    }
  }
}

void AddClip(std::string_view bytes, std::string_view label, Sink& sink, v1::Audio* audio) {
  v1::Audio::Item* item = audio->add_items();
  *item->mutable_blob() = PutBlob(bytes, sink);
  item->set_label(std::string(label));
  if (const auto format = ReadWavFormat(bytes)) {
    item->set_rate(format->rate);
    item->set_channels(format->channels);
    item->set_frames(format->frames);
  }
}

}  // namespace

v1::BlobRef PutBlob(std::string_view bytes, Sink& sink) {
  v1::BlobRef ref;
  const std::string_view type = SniffMediaType(bytes);
  ref.set_sha256(Sha256(bytes));
  ref.set_size(bytes.size());
  ref.set_type(std::string(type));
  sink.Blob(ref.sha256(), bytes, type);
  return ref;
}

v1::Value BuildLegacyImage(const wire::Summary::Image& image, Sink& sink) {
  v1::Value value;
  value.mutable_image()->set_width(absl::StrCat(image.width()));
  value.mutable_image()->set_height(absl::StrCat(image.height()));
  *value.mutable_image()->add_items() = PutBlob(image.encoded_image_string(), sink);
  return value;
}

v1::Value BuildLegacyAudio(const wire::Summary::Audio& audio, Sink& sink) {
  v1::Value value;
  AddClip(audio.encoded_audio_string(), "", sink, value.mutable_audio());
  v1::Audio::Item* item = value.mutable_audio()->mutable_items(0);
  if (item->rate() == 0) {  // not a WAV file: what the summary says is all that there is
    item->set_rate(audio.sample_rate() > 0 ? audio.sample_rate() : 0);
    item->set_channels(
        static_cast<uint32_t>(std::clamp<int64_t>(audio.num_channels(), 0, std::numeric_limits<uint16_t>::max())));
    item->set_frames(static_cast<uint64_t>(std::max<int64_t>(audio.length_frames(), 0)));
  }
  return value;
}

v1::Value BuildLegacyHistogram(const wire::Histogram& histogram) {
  v1::Value value;
  v1::Histogram* out = value.mutable_histogram();
  const int buckets = std::min(histogram.bucket_limit_size(), histogram.bucket_size());
  double left = -std::numeric_limits<double>::infinity();
  for (int i = 0; i < buckets; ++i) {
    out->add_left(left);
    out->add_right(histogram.bucket_limit(i));
    out->add_count(histogram.bucket(i));
    left = histogram.bucket_limit(i);
  }
  out->mutable_legacy()->set_min(histogram.min());
  out->mutable_legacy()->set_max(histogram.max());
  out->mutable_legacy()->set_num(histogram.num());
  out->mutable_legacy()->set_sum(histogram.sum());
  out->mutable_legacy()->set_sum_squares(histogram.sum_squares());
  return value;
}

absl::StatusOr<v1::Value> BuildText(const DecodedTensor& tensor, Sink& sink) {
  if (!IsStrings(tensor)) return Unlike("text is a tensor of strings", tensor);
  v1::Value value;
  v1::Text* text = value.mutable_text();
  text->mutable_shape()->Add(tensor.shape.begin(), tensor.shape.end());
  const size_t bytes = TotalBytes(tensor.strings);
  if (FitsInline(tensor.strings, bytes)) {
    for (const std::string_view one : tensor.strings) text->add_values(one.data(), one.size());
  } else {
    *text->mutable_blob() = PutBlob(Joined(tensor.strings, bytes), sink);
  }
  return value;
}

absl::StatusOr<v1::Value> BuildImage(const DecodedTensor& tensor, Sink& sink) {
  if (!IsStrings(tensor) || tensor.shape.size() != 1 || tensor.strings.size() < 2) {
    return Unlike("images are strings: width, height and any number of encoded images", tensor);
  }
  v1::Value value;
  value.mutable_image()->set_width(std::string(tensor.strings[0]));
  value.mutable_image()->set_height(std::string(tensor.strings[1]));
  for (size_t i = 2; i < tensor.strings.size(); ++i)
    *value.mutable_image()->add_items() = PutBlob(tensor.strings[i], sink);
  return value;
}

absl::StatusOr<v1::Value> BuildAudio(const DecodedTensor& tensor, Sink& sink) {
  const bool labelled = tensor.shape.size() == 2 && tensor.shape[1] == 2;
  const bool bare = tensor.shape.size() == 1 || (tensor.shape.size() == 2 && tensor.shape[1] == 1);
  if (!IsStrings(tensor) || !(labelled || bare))
    return Unlike("audio is pairs of strings: a clip and its label", tensor);
  v1::Value value;
  value.mutable_audio();
  const size_t width = labelled ? 2 : 1;
  for (size_t i = 0; i < tensor.strings.size(); i += width) {
    AddClip(tensor.strings[i], labelled ? tensor.strings[i + 1] : std::string_view(), sink, value.mutable_audio());
  }
  return value;
}

absl::StatusOr<v1::Value> BuildHistogram(const DecodedTensor& tensor) {
  const bool rows = tensor.shape.size() == 2 && tensor.shape[1] == 3;
  if (!tensor.dtype->IsNumber() || !(rows || tensor.count == 0)) {
    return Unlike("a histogram is rows of left edge, right edge and count", tensor);
  }
  v1::Value value;
  v1::Histogram* out = value.mutable_histogram();
  const char* at = tensor.data.data();
  const uint32_t size = tensor.dtype->size;
  for (uint64_t row = 0; row < tensor.count / 3; ++row, at += 3 * size) {
    out->add_left(ElementAsDouble(*tensor.dtype, at));
    out->add_right(ElementAsDouble(*tensor.dtype, at + size));
    out->add_count(ElementAsDouble(*tensor.dtype, at + 2 * size));
  }
  return value;
}

absl::StatusOr<v1::Value> BuildPrCurve(DecodedTensor&& tensor, Sink& sink) {
  if (!tensor.dtype->IsNumber() || tensor.shape.size() != 2 || tensor.shape[0] != 6) {
    return Unlike("a PR curve is six rows of numbers", tensor);
  }
  v1::Value value;
  FillTensor(std::move(tensor), sink, value.mutable_pr_curve()->mutable_rows());
  return value;
}

absl::StatusOr<v1::Value> BuildMesh(DecodedTensor&& tensor, std::string_view content, Sink& sink) {
  wire::MeshPluginData data;
  if (!data.ParseFromArray(content.data(), static_cast<int>(content.size()))) {
    return absl::InvalidArgumentError("the metadata of a mesh cannot be read");
  }
  if (!tensor.dtype->IsNumber() || tensor.shape.size() != 3)
    return Unlike("a mesh is [batch, points, coordinates]", tensor);
  v1::Value value;
  v1::Mesh* mesh = value.mutable_mesh();
  mesh->set_part(data.content_type() == 2 ? "face" : data.content_type() == 3 ? "color" : "vertex");
  mesh->set_config(data.json_config());
  mesh->set_name(CleanUtf8(data.name()));
  FillTensor(std::move(tensor), sink, mesh->mutable_tensor());
  return value;
}

absl::StatusOr<v1::Value> BuildGraph(const DecodedTensor& tensor, std::string_view format, Sink& sink) {
  if (!IsStrings(tensor) || tensor.strings.size() != 1) return Unlike("a graph is one string", tensor);
  return BuildBytes(tensor.strings[0], format, sink);
}

v1::Value BuildTensor(DecodedTensor&& tensor, Sink& sink) {
  v1::Value value;
  FillTensor(std::move(tensor), sink, value.mutable_tensor());
  return value;
}

v1::Value BuildBytes(std::string_view bytes, std::string_view format, Sink& sink) {
  v1::Value value;
  *value.mutable_bytes()->mutable_blob() = PutBlob(bytes, sink);
  value.mutable_bytes()->set_format(std::string(format));
  return value;
}

}  // namespace stepwell::tensorboard
