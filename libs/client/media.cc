// Values of sound, moving pictures and curves of precision: what they become is the Python client's, to the last bit.
#include <algorithm>
#include <bit>
#include <cmath>
#include <span>
#include <utility>

#include "base/bytes.h"
#include "base/media_type.h"
#include "client/encoded.h"
#include "client/messages.h"
#include "client/parts.h"
#include "client/png.h"
#include "stepwell/values.h"

namespace stepwell {
namespace {

using client::kClassBlobs;
using client::Kind;
using client::Message;
using client::PutBlob;
using client::Refuse;
using internal::Encoded;

// Floats × 32767, rounded; beyond ±1 they are cut off, NaN is silence.
template <typename T>
std::string ToPcm16(const T* samples, size_t count) {
  std::string out;
  out.reserve(2 * count);
  double peak = 0;
  for (size_t i = 0; i < count; ++i) {
    double value = static_cast<double>(samples[i]);
    value = std::isnan(value) ? 0 : std::isinf(value) ? (value > 0 ? 1 : -1) : value;
    peak = std::max(peak, std::abs(value));
    const auto pcm = static_cast<uint16_t>(static_cast<int16_t>(std::nearbyint(std::clamp(value, -1.0, 1.0) * 32767)));
    out += {static_cast<char>(pcm), static_cast<char>(pcm >> 8)};
  }
  if (peak > 2 && peak < 1e300)
    Refuse("floats are taken as -1 to 1; these reach " + std::to_string(peak) + ": scale them, or pass int16");
  return out;
}

void PutLe16(std::string& out, size_t number) {
  out += {static_cast<char>(number & 0xFF), static_cast<char>(number >> 8 & 0xFF)};
}

// RIFF/WAVE of PCM: the header of 44 bytes, and the samples.
std::string ToWav(std::string_view pcm, size_t width, size_t channels, uint32_t rate) {
  constexpr uint32_t kHeader = 36, kFormat = 16;  // bytes after "RIFF" and its size; of the format chunk
  std::string out = "RIFF";
  PutLe32(out, static_cast<uint32_t>(kHeader + pcm.size()));
  out += "WAVEfmt ";
  PutLe32(out, kFormat);
  PutLe16(out, 1);
  PutLe16(out, channels);
  PutLe32(out, rate);
  PutLe32(out, static_cast<uint32_t>(channels * rate * width));
  PutLe16(out, channels * width);
  PutLe16(out, 8 * width);
  out += "data";
  PutLe32(out, static_cast<uint32_t>(pcm.size()));
  return out.append(pcm);
}

std::string_view TypeOfFormat(std::string_view format) {
  constexpr std::pair<std::string_view, std::string_view> kTypes[] = {
      {"mp4", "video/mp4"},        {"webm", "video/webm"}, {"avi", "video/x-msvideo"}, {"mov", "video/quicktime"},
      {"mkv", "video/x-matroska"}, {"mpeg", "video/mpeg"}, {"mpg", "video/mpeg"}};
  for (const auto& [name, type] : kTypes)
    if (name == format) return type;
  return kOctetStream;
}

}  // namespace

Audio Audio::OfFile(std::string_view bytes, std::string caption) {
  Audio made;
  made.file_ = bytes;
  made.caption_ = std::move(caption);
  return made;
}

std::vector<Encoded> Audio::Encode(std::string_view tag) const {
  constexpr size_t kMostChannels = 16;
  std::string file(file_);
  if (samples_ != nullptr) {
    if (frames_ == 0 || channels_ == 0 || channels_ > kMostChannels || rate_ == 0)
      Refuse("a clip has a frame, a rate, and 1 to 16 channels; this one has " + std::to_string(frames_) + ", " +
             std::to_string(rate_) + " and " + std::to_string(channels_));
    const size_t count = frames_ * channels_;
    const auto plain = [&](size_t width) { return std::string(static_cast<const char*>(samples_), width * count); };
    if (dtype_ == "float32")
      file = ToWav(ToPcm16(static_cast<const float*>(samples_), count), 2, channels_, rate_);
    else if (dtype_ == "float64")
      file = ToWav(ToPcm16(static_cast<const double*>(samples_), count), 2, channels_, rate_);
    else if (dtype_ == "int16" || dtype_ == "int32" || dtype_ == "uint8")
      file = ToWav(plain(dtype_ == "int16"   ? 2
                         : dtype_ == "int32" ? 4
                                             : 1),
                   dtype_ == "int16"   ? 2
                   : dtype_ == "int32" ? 4
                                       : 1,
                   channels_, rate_);
    else
      Refuse("samples are floats from -1 to 1, int16, int32 or uint8, not " + std::string(dtype_));
  } else {
    const std::string_view type = SniffMediaType(file);
    if (!type.starts_with("audio/") && type != "video/mp4" && type != "video/webm")
      Refuse("these bytes are no WAV, MP3, Ogg, FLAC, MP4 or WebM");
  }
  const WavFormat format = ReadWavFormat(file).value_or(WavFormat());
  Encoded out;
  out.info = client::SeriesInfo(tag, {Kind::kAudio, "audio", {}, kClassBlobs});
  Message item;
  item.Item(1, PutBlob(out.blobs, std::move(file))).Bytes(2, caption_);
  if (format.rate != 0) item.Double(3, format.rate);
  item.Number(4, format.channels).Number(5, format.frames);
  out.value = Message().Item(4, Message().Item(1, item.bytes()).bytes()).bytes();
  return {out};
}

Video Video::OfFile(std::string_view bytes, std::string format) {
  Video made;
  made.file_ = bytes;
  made.format_ = std::move(format);
  return made;
}

std::vector<Encoded> Video::Encode(std::string_view tag) const {
  constexpr double kMostFps = 600;
  std::string file(file_), format = format_;
  std::string_view type = "image/png";
  if (frames_ != nullptr) {
    client::CheckPixels(height_, width_, channels_);
    if (count_ == 0) Refuse("a video has at least one frame");
    if (!(fps_ > 0 && fps_ <= kMostFps)) Refuse("fps is a number up to 600, not " + std::to_string(fps_));
    file = client::EncodeAnimation(frames_, count_, height_, width_, channels_, fps_);
    format = "apng";
  } else {
    type = SniffMediaType(file);
    if (type == kOctetStream) type = TypeOfFormat(format);
    if (!type.starts_with("video/") && type != "image/gif" && type != "image/png" && type != "image/webp")
      Refuse("these bytes are no video that is known; say which by a format, such as \"mp4\"");
    if (format.empty()) format = type.substr(type.find('/') + 1);
  }
  Encoded out;
  out.info = client::SeriesInfo(tag, {Kind::kVideo, "video", {}, 0});
  const std::string blob = PutBlob(out.blobs, std::move(file), type);
  out.value = Message().Item(8, Message().Item(1, blob).Bytes(3, format).bytes()).bytes();
  return {out};
}

std::vector<Encoded> PrCurve::Encode(std::string_view tag) const {
  constexpr int kMost = 100'000;
  constexpr double kLeast = 1e-7;  // TensorBoard's guard against a division by zero
  const int n = thresholds_;
  if (n < 2 || n > kMost) Refuse("thresholds is a whole number from 2 to 100,000, not " + std::to_string(n));
  const auto size = static_cast<size_t>(n);
  std::vector<double> tp(size), fp(size);
  for (size_t i = 0; i < scores_.size(); ++i) {
    if (!(scores_[i] >= 0 && scores_[i] <= 1)) Refuse("predictions are from 0 to 1");
    ++(labels_[i] ? tp : fp)[static_cast<size_t>(scores_[i] * (n - 1))];
  }
  for (size_t i = size - 1; i > 0; --i) {  // at each threshold, what is at it or above
    tp[i - 1] += tp[i];
    fp[i - 1] += fp[i];
  }
  std::string rows;
  for (const double value : tp) PutDouble(rows, value);
  for (const double value : fp) PutDouble(rows, value);
  for (const double value : fp) PutDouble(rows, fp[0] - value);
  for (const double value : tp) PutDouble(rows, tp[0] - value);
  for (size_t i = 0; i < size; ++i) PutDouble(rows, tp[i] / std::max(kLeast, tp[i] + fp[i]));
  for (size_t i = 0; i < size; ++i) PutDouble(rows, tp[i] / std::max(kLeast, tp[i] + (tp[0] - tp[i])));
  Encoded out;
  const std::string content = Message().Number(2, size).bytes();  // PrCurvePluginData
  out.info = client::SeriesInfo(tag, {Kind::kPrCurve, "pr_curves", "float64", client::kClassTensor, content});
  const int64_t shape[] = {6, n};
  out.value =
      Message().Item(6, Message().Item(1, client::TensorBytes("float64", shape, rows, out.blobs)).bytes()).bytes();
  return {out};
}

}  // namespace stepwell
