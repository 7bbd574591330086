#include "tensorboard/series_table.h"

#include <utility>

#include "absl/strings/string_view.h"
#include "base/json.h"
#include "tensorboard/utf8.h"

namespace stepwell::tensorboard {

TagEntry& SeriesTable::Tag(std::string_view raw) {
  const absl::string_view key(raw.data(), raw.size());
  const auto found = tags_.find(key);
  if (found != tags_.end()) return *found->second;
  if (!IsUtf8(raw)) return Tag(CleanUtf8(raw));
  auto entry = std::make_unique<TagEntry>();
  entry->tag = std::string(raw);
  TagEntry& result = *entry;
  tags_.emplace(result.tag, std::move(entry));
  return result;
}

const TagEntry* SeriesTable::FindTag(std::string_view tag) const {
  const auto found = tags_.find(absl::string_view(tag.data(), tag.size()));
  return found == tags_.end() ? nullptr : found->second.get();
}

uint32_t SeriesTable::Find(const TagEntry& entry, v1::Kind kind, std::string_view plugin) const {
  for (const uint32_t key : entry.keys) {
    if (series_[key].kind() == kind && series_[key].plugin() == plugin) return key;
  }
  return kNoKey;
}

uint32_t SeriesTable::Add(TagEntry& entry, v1::SeriesInfo info) {
  const auto key = static_cast<uint32_t>(series_.size());
  series_.push_back(std::move(info));
  entry.keys.push_back(key);
  return key;
}

}  // namespace stepwell::tensorboard
