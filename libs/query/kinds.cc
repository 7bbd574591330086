#include "query/kinds.h"

#include <array>

namespace stepwell::query {
namespace {

// By number; value.proto says the same.
constexpr std::array<std::string_view, 16> kNames = {"",        "scalar", "histogram", "image",    "audio", "video",
                                                     "text",    "tensor", "graph",     "pr_curve", "mesh",  "embedding",
                                                     "hparams", "layout", "profile",   "other"};

}  // namespace

std::string_view KindName(v1::Kind kind) {
  const auto number = static_cast<size_t>(kind);
  return number >= 1 && number < kNames.size() ? kNames[number] : kNames.back();
}

std::optional<v1::Kind> FindKind(std::string_view name) {
  for (size_t i = 1; i < kNames.size(); ++i) {
    if (kNames[i] == name) return static_cast<v1::Kind>(i);
  }
  return std::nullopt;
}

std::string KindNames() {
  std::string all;
  for (size_t i = 1; i < kNames.size(); ++i) all.append(i > 1 ? ", " : "").append(kNames[i]);
  return all;
}

void WriteTag(JsonWriter& json, std::string_view tag) {
  json.Key("tag").String(tag);
  if (!IsUtf8(tag)) json.Key("tag_base64").String(Base64(tag));
}

}  // namespace stepwell::query
