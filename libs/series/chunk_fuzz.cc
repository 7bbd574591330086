// Readers of chunks and summary pages on arbitrary bytes. The checksum is made right, so that the layout is what is
// tried.
#include <cstdint>
#include <cstdlib>

#include "base/bytes.h"
#include "base/crc32c.h"
#include "series/chunk.h"
#include "series/summary.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace stepwell;
  if (size < 2) return 0;
  std::string bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
  PutLe32(bytes, Crc32c(bytes));
  if (data[0] & 1) {
    auto page = series::DecodePage(bytes);
    if (page.ok() && !series::DecodePage(series::EncodePage(*page)).ok()) std::abort();
    return 0;
  }
  auto info = series::DecodeChunkInfo(bytes);
  if (!info.ok()) return 0;
  series::Points leader;
  leader.step.assign(info->count, 5);
  leader.wall.assign(info->count, 1.7e9);
  auto points = series::DecodeChunk(bytes, info->leader ? &leader : nullptr);
  if (!points.ok()) return 0;
  auto again = series::EncodeChunk(*info, *points, info->leader ? &leader : nullptr);
  if (!again.ok() || !series::DecodeChunk(*again, info->leader ? &leader : nullptr).ok()) std::abort();
  return 0;
}
