#include "client/records.h"

#include "base/bytes.h"
#include "client/messages.h"
#include "spool/format.h"

namespace stepwell::client {
namespace {

using spool::RecordType;

// What tells one set of types and tags from another. A size before each tag keeps ("a", "bc") apart from ("ab", "c").
void PutKey(std::string& key, const Scalar* values, size_t count) {
  for (size_t i = 0; i < count; ++i) {
    key.push_back(static_cast<char>(values[i].type));
    PutBytes(key, values[i].tag);
  }
}

std::string Body(RecordType type, uint32_t number) {
  std::string body(1, static_cast<char>(type));
  PutLe32(body, number);
  return body;
}

}  // namespace

Layout* Records::Find(const Scalar* values, size_t count) {
  thread_local std::string key;  // its memory is kept from call to call
  key.clear();
  PutKey(key, values, count);
  std::lock_guard lock(mutex_);
  const auto found = layouts_.find(key);
  return found == layouts_.end() ? nullptr : &found->second;
}

Layout* Records::Make(const Scalar* values, size_t count) {
  std::string key;
  PutKey(key, values, count);
  std::lock_guard lock(mutex_);
  const auto number = static_cast<uint32_t>(layouts_.size());
  const auto [found, made] = layouts_.try_emplace(key);
  Layout& layout = found->second;
  if (!made) return &layout;
  layout.number = number;
  layout.definition.body = Body(RecordType::kLayout, number);
  PutLe32(layout.definition.body, static_cast<uint32_t>(count));
  for (size_t i = 0; i < count; ++i) {
    Series& series = SeriesOf(ScalarInfo(values[i].tag, values[i].type));
    layout.needs.push_back(&series.definition);
    PutLe32(layout.definition.body, series.number);
  }
  layout.needs.push_back(&layout.definition);
  return &layout;
}

Records::Series& Records::SeriesOf(const std::string& info) {
  const auto number = static_cast<uint32_t>(series_.size());
  const auto [found, made] = series_.try_emplace(info);
  Series& series = found->second;
  if (made) {
    series.number = number;
    series.definition.body = Body(RecordType::kSeries, number) + info;
  }
  return series;
}

spool::Status Records::Row(const Layout& layout, const Scalar* values, size_t count, int64_t step, double wall) {
  std::string body = Body(RecordType::kRow, layout.number);
  body.reserve(body.size() + 8 * (2 + count));
  PutLe64(body, static_cast<uint64_t>(step));
  PutDouble(body, wall);
  for (size_t i = 0; i < count; ++i) PutDouble(body, values[i].value);
  return writer_->Append({.body = body, .needs = layout.needs});
}

spool::Status Records::Value(const internal::Encoded& encoded, int64_t step, double wall) {
  Series* series;
  {
    std::lock_guard lock(mutex_);
    series = &SeriesOf(encoded.info);
  }
  std::string body = Body(RecordType::kValue, series->number);
  PutLe64(body, static_cast<uint64_t>(step));
  PutDouble(body, wall);
  body += encoded.value;
  spool::Definition* const needs[] = {&series->definition};
  const std::vector<std::string_view> blobs(encoded.blobs.begin(), encoded.blobs.end());
  return writer_->Append({.body = body, .needs = needs, .blobs = blobs});
}

spool::Status Records::Note(std::string_view note) {
  std::string body(1, static_cast<char>(RecordType::kNote));
  body += note;
  return writer_->Append({.body = body, .always = true});
}

spool::Status Records::Rewind(int64_t step, bool spare_own) {
  std::string body(1, static_cast<char>(RecordType::kRewind));
  PutLe64(body, static_cast<uint64_t>(step));
  body.push_back(spare_own ? 1 : 0);
  {
    std::lock_guard lock(mutex_);
    for (auto& [key, layout] : layouts_) layout.step = std::numeric_limits<int64_t>::min();
  }
  return writer_->Append({.body = body, .always = true});
}

}  // namespace stepwell::client
