#include "spool/format.h"

#include <zlib.h>

#include <algorithm>
#include <filesystem>
#include <system_error>

#include "absl/strings/numbers.h"
#include "absl/strings/str_format.h"
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
  return absl::StrFormat("%s/%08d.seg", folder, segment);
}

std::vector<uint32_t> Segments(const std::string& folder) {
  std::vector<uint32_t> found;
  std::error_code error;
  for (std::filesystem::directory_iterator entry(folder, error), end; !error && entry != end; entry.increment(error)) {
    uint32_t number = 0;
    if (entry->path().extension() == ".seg" && absl::SimpleAtoi(entry->path().stem().string(), &number) && number > 0)
      found.push_back(number);
  }
  std::sort(found.begin(), found.end());
  return found;
}

}  // namespace stepwell::spool
