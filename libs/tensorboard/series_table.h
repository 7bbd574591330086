// The series of a run by name, and what the run knows of each tag. Private to the converter.
//
// A tag can have several series (kind and plugin part them). Values of TensorBoard's tensor form say what they are in
// metadata that comes once: the first that came is kept with the tag and holds for all that come without.
//
// Thread safety: none; one owner.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "stepwell/v1/value.pb.h"
#include "tensorboard/event.pb.h"

namespace stepwell::tensorboard {

inline constexpr uint32_t kNoKey = 0xFFFFFFFF;

struct TagEntry {
  std::string tag;                      // UTF-8
  std::vector<uint32_t> keys;           // its series, oldest first
  uint32_t simple_key = kNoKey;         // where simple_value goes, once known
  uint32_t tensor_scalar_key = kNoKey;  // where a tensor of one number without metadata goes, once known
  bool has_metadata = false;            // `metadata` came with a value of tensor form
  wire::SummaryMetadata metadata;
  TagEntry* next = nullptr;  // the tag that came after this one the last time: logging goes in rounds
};

class SeriesTable {
 public:
  // The entry of a tag, made if it is new. A tag that is not UTF-8 has the entry of CleanUtf8(raw). Stable addresses.
  TagEntry& Tag(std::string_view raw);
  // The same, faster when tags come in the same order again and again.
  TagEntry& NextTag(std::string_view raw) {
    TagEntry* guess = last_ == nullptr ? nullptr : last_->next;
    if (guess == nullptr || guess->tag != raw) {
      guess = &Tag(raw);
      if (last_ != nullptr) last_->next = guess;
    }
    last_ = guess;
    return *guess;
  }

  const TagEntry* FindTag(std::string_view tag) const;
  uint32_t Find(const TagEntry& entry, v1::Kind kind, std::string_view plugin) const;  // kNoKey: none
  uint32_t Add(TagEntry& entry, v1::SeriesInfo info);

  const std::deque<v1::SeriesInfo>& series() const { return series_; }

 private:
  absl::flat_hash_map<std::string, std::unique_ptr<TagEntry>> tags_;
  std::deque<v1::SeriesInfo> series_;
  TagEntry* last_ = nullptr;
};

}  // namespace stepwell::tensorboard
