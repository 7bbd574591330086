// The bytes of value.proto's and ingest.proto's messages that a client writes, so that a program that links it needs no
// protobuf. messages_test.cc reads them back with the generated classes.
//
// Thread safety: pure functions; a Message is a value.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "stepwell/values.h"

namespace stepwell::client {

// A message that is written field by field. As in proto3, an empty field is left out.
class Message {
 public:
  Message& Bytes(uint32_t field, std::string_view bytes);
  Message& Number(uint32_t field, uint64_t number);
  Message& Double(uint32_t field, double number);
  Message& Doubles(uint32_t field, std::span<const double> numbers);
  Message& Numbers(uint32_t field, std::span<const int64_t> numbers);
  // Written even if it is empty: a member of a oneof or of a repeated field.
  Message& Item(uint32_t field, std::string_view bytes);
  const std::string& bytes() const { return bytes_; }

 private:
  void Key(uint32_t field, uint32_t wire_type);
  std::string bytes_;
};

// The text with U+FFFD for what is no UTF-8: a protobuf string has no other bytes.
std::string Utf8(std::string_view text);

// Notes (ingest.proto).
std::string ParamNote(std::string_view key, std::string_view json);
std::string LabelNote(std::string_view key, std::string_view value);
std::string StatusNote(std::string_view status, double wall);
std::string WarningNote(std::string_view reason, uint64_t count, double wall);  // of the client itself
std::string TextNote(std::string_view text);

// SeriesInfos (value.proto).
enum class Kind : uint32_t {
  kScalar = 1,
  kHistogram = 2,
  kImage = 3,
  kAudio = 4,
  kVideo = 5,
  kText = 6,
  kTensor = 7,
  kPrCurve = 9,
  kMesh = 10,
  kEmbedding = 11
};
struct Series {
  Kind kind;
  std::string_view plugin;
  std::string_view value_type = {};
  uint32_t data_class = 0;        // TensorBoard's DataClass: 2 tensor, 3 blob sequence
  std::string_view content = {};  // the plugin's metadata
  std::string_view display_name = {};
};
std::string SeriesInfo(std::string_view tag, const Series& series);
std::string ScalarInfo(std::string_view tag, Scalar::Type type);

}  // namespace stepwell::client
