#include "client/messages.h"

#include <algorithm>

#include "base/bytes.h"
#include "base/json.h"

namespace stepwell::client {

void Message::Key(uint32_t field, uint32_t wire_type) { PutVarint(bytes_, field << 3 | wire_type); }

Message& Message::Bytes(uint32_t field, std::string_view bytes) { return bytes.empty() ? *this : Item(field, bytes); }

Message& Message::Number(uint32_t field, uint64_t number) {
  if (number == 0) return *this;
  Key(field, 0);
  PutVarint(bytes_, number);
  return *this;
}

Message& Message::Double(uint32_t field, double number) {
  Key(field, 1);
  PutDouble(bytes_, number);
  return *this;
}

Message& Message::Doubles(uint32_t field, std::span<const double> numbers) {
  std::string packed;
  packed.reserve(8 * numbers.size());
  for (const double number : numbers) PutDouble(packed, number);
  return Bytes(field, packed);
}

Message& Message::Numbers(uint32_t field, std::span<const int64_t> numbers) {
  std::string packed;
  for (const int64_t number : numbers) PutVarint(packed, static_cast<uint64_t>(number));
  return Bytes(field, packed);
}

Message& Message::Item(uint32_t field, std::string_view bytes) {
  Key(field, 2);
  PutBytes(bytes_, bytes);
  return *this;
}

std::string Utf8(std::string_view text) {
  if (IsUtf8(text)) return std::string(text);
  std::string out;
  for (size_t i = 0; i < text.size();) {
    size_t size = std::min<size_t>(4, text.size() - i);
    while (size > 0 && !IsUtf8(text.substr(i, size))) --size;
    // The longest run of whole characters within four bytes; none: one byte that is no text.
    if (size > 0)
      out += text.substr(i, size);
    else
      out += "\xEF\xBF\xBD";
    i += std::max<size_t>(size, 1);
  }
  return out;
}

std::string ParamNote(std::string_view key, std::string_view json) {
  return Message().Item(1, Message().Bytes(1, Utf8(key)).Bytes(2, Utf8(json)).bytes()).bytes();
}

std::string LabelNote(std::string_view key, std::string_view value) {
  return Message().Item(2, Message().Bytes(1, Utf8(key)).Bytes(2, Utf8(value)).bytes()).bytes();
}

std::string StatusNote(std::string_view status, double wall) {
  return Message().Item(3, Message().Bytes(1, status).Double(2, wall).bytes()).bytes();
}

std::string WarningNote(std::string_view reason, uint64_t count, double wall) {
  constexpr uint64_t kNoOffset = ~uint64_t{0};  // -1
  Message warning;
  warning.Bytes(1, "client").Number(3, kNoOffset).Bytes(5, Utf8(reason)).Number(6, count).Double(7, wall);
  return Message().Item(4, warning.bytes()).bytes();
}

std::string TextNote(std::string_view text) { return Message().Item(5, Utf8(text)).bytes(); }

std::string SeriesInfo(std::string_view tag, const Series& series) {
  return Message()
      .Bytes(1, tag)
      .Number(2, static_cast<uint32_t>(series.kind))
      .Bytes(3, series.plugin)
      .Bytes(4, series.content)
      .Bytes(5, series.display_name)
      .Bytes(7, series.value_type)
      .Number(8, series.data_class)
      .bytes();
}

std::string ScalarInfo(std::string_view tag, Scalar::Type type) {
  constexpr std::string_view kNames[] = {"float64", "float32", "int64", "uint64", "bool"};
  return SeriesInfo(tag, {Kind::kScalar, "scalars", kNames[static_cast<size_t>(type)]});
}

}  // namespace stepwell::client
