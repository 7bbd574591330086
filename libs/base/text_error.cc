#include "base/text_error.h"

#include "absl/strings/cord.h"
#include "absl/strings/str_cat.h"
#include "absl/types/optional.h"
#include "base/bytes.h"

namespace stepwell {
namespace {

constexpr char kPayload[] = "stepwell/text-place";

}  // namespace

absl::Status TextError(const TextPlace& place) {
  absl::Status error =
      absl::InvalidArgumentError(absl::StrCat(place.text, ", column ", place.column, ": ", place.hint));
  std::string bytes;
  PutBytes(bytes, place.text);
  PutVarint(bytes, place.column);
  PutVarint(bytes, place.length);
  PutBytes(bytes, place.hint);
  error.SetPayload(kPayload, absl::Cord(bytes));
  return error;
}

std::optional<TextPlace> PlaceOf(const absl::Status& error) {
  const absl::optional<absl::Cord> payload = error.GetPayload(kPayload);
  if (!payload) return std::nullopt;
  const std::string bytes(*payload);
  ByteReader reader(bytes);
  TextPlace place;
  place.text = reader.Bytes();
  place.column = reader.Varint();
  place.length = reader.Varint();
  place.hint = reader.Bytes();
  return place;
}

}  // namespace stepwell
