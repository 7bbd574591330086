// A point's value as JSON, for every kind but scalars: the table "A point's value by kind" of the REST contract.
//
// Thread safety: a ValueWriter is used by one thread at a time.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "base/json.h"
#include "stepwell/v1/value.pb.h"

namespace stepwell::query {

class ValueWriter {
 public:
  // Reads a whole blob of the run: long texts are kept as blobs but are answered as what they are.
  using ReadBlob = std::function<absl::StatusOr<std::string>(const v1::BlobRef&)>;

  ValueWriter(uint64_t run_number, ReadBlob read_blob) : run_(run_number), read_blob_(std::move(read_blob)) {}

  // Appends one JSON value. An error leaves `json` in the middle: the answer is lost.
  absl::Status Write(JsonWriter& json, const v1::Value& value) const;

 private:
  void Blob(JsonWriter& json, const v1::BlobRef& blob) const;  // members
  void Histogram(JsonWriter& json, const v1::Histogram& histogram) const;
  absl::Status Text(JsonWriter& json, const v1::Text& text) const;
  void Image(JsonWriter& json, const v1::Image& image) const;
  void Audio(JsonWriter& json, const v1::Audio& audio) const;
  void Tensor(JsonWriter& json, const v1::Tensor& tensor) const;  // members
  absl::Status PrCurve(JsonWriter& json, const v1::PrCurve& curve) const;
  void Mesh(JsonWriter& json, const v1::Mesh& mesh) const;
  void Embedding(JsonWriter& json, const v1::Embedding& embedding) const;

  const uint64_t run_;
  const ReadBlob read_blob_;
};

}  // namespace stepwell::query
