#include "spool/format.h"

#include <zlib.h>

#include <algorithm>
#include <charconv>
#include <cstdio>
#include <filesystem>
#include <system_error>

#include "base/bytes.h"

namespace stepwell::spool {
namespace {

uint32_t Crc32(std::string_view bytes) {
  return static_cast<uint32_t>(crc32(0, reinterpret_cast<const Bytef*>(bytes.data()), static_cast<uInt>(bytes.size())));
}

}  // namespace

std::string Framed(std::string_view body) {
  std::string record;
  record.reserve(kRecordHead + body.size());
  PutLe32(record, static_cast<uint32_t>(body.size()));
  PutLe32(record, Crc32(body));
  record.append(body);
  return record;
}

size_t WholeRecord(std::string_view bytes) {
  ByteReader head(bytes);
  const uint32_t size = head.Le32(), crc = head.Le32();
  if (!head.ok() || size == 0 || size > kMaxBody || head.left() < size) return 0;
  return Crc32(bytes.substr(kRecordHead, size)) == crc ? kRecordHead + size : 0;
}

std::string SegmentPath(const std::string& folder, uint32_t segment) {
  char name[32];
  std::snprintf(name, sizeof name, "/%08u.seg", segment);
  return folder + name;
}

std::string BlobsPath(const std::string& folder, uint32_t segment) {
  char name[32];
  std::snprintf(name, sizeof name, "/%08u.blobs", segment);
  return folder + name;
}

std::vector<uint32_t> Segments(const std::string& folder) {
  std::vector<uint32_t> found;
  std::error_code error;
  for (std::filesystem::directory_iterator entry(folder, error), end; !error && entry != end; entry.increment(error)) {
    const std::string stem = entry->path().stem().string();
    uint32_t number = 0;
    const auto [after, bad] = std::from_chars(stem.data(), stem.data() + stem.size(), number);
    if (entry->path().extension() == ".seg" && bad == std::errc() && after == stem.data() + stem.size() && number > 0)
      found.push_back(number);
  }
  std::sort(found.begin(), found.end());
  return found;
}

}  // namespace stepwell::spool
