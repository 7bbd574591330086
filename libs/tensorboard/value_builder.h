// Summaries as TensorBoard writes them → values as Stepwell keeps them. Large parts go to the sink as blobs first.
// Private to the converter; knows nothing of series.
//
// Every builder gives nothing (and says why) if the summary is not what its plugin writes; the caller then keeps it as
// it is, so that nothing that was logged is lost.
//
// Thread safety: pure but for the calls on the sink.
#pragma once

#include <string_view>

#include "absl/status/statusor.h"
#include "stepwell/v1/value.pb.h"
#include "tensorboard/event.pb.h"
#include "tensorboard/sink.h"
#include "tensorboard/tensor.h"

namespace stepwell::tensorboard {

// Gives the bytes to the sink and names them.
v1::BlobRef PutBlob(std::string_view bytes, Sink& sink);

// The old forms.
v1::Value BuildLegacyImage(const wire::Summary::Image& image, Sink& sink);
v1::Value BuildLegacyAudio(const wire::Summary::Audio& audio, Sink& sink);
v1::Value BuildLegacyHistogram(const wire::Histogram& histogram);

// The tensor forms, by plugin.
absl::StatusOr<v1::Value> BuildText(const DecodedTensor& tensor, Sink& sink);                       // any shape
absl::StatusOr<v1::Value> BuildImage(const DecodedTensor& tensor, Sink& sink);                      // [2 + n]
absl::StatusOr<v1::Value> BuildAudio(const DecodedTensor& tensor, Sink& sink);                      // [k, 2] or [k]
absl::StatusOr<v1::Value> BuildHistogram(const DecodedTensor& tensor);                              // [k, 3]
absl::StatusOr<v1::Value> BuildPrCurve(DecodedTensor&& tensor, Sink& sink);                         // [6, n]
absl::StatusOr<v1::Value> BuildMesh(DecodedTensor&& tensor, std::string_view content, Sink& sink);  // [b, n, 3 or 4]
absl::StatusOr<v1::Value> BuildGraph(const DecodedTensor& tensor, std::string_view format, Sink& sink);  // one string

// A tensor of any plugin.
v1::Value BuildTensor(DecodedTensor&& tensor, Sink& sink);
// Bytes that nothing here knows.
v1::Value BuildBytes(std::string_view bytes, std::string_view format, Sink& sink);

}  // namespace stepwell::tensorboard
