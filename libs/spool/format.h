// The bytes of a spool, a client's durable queue: what was logged and is not acknowledged yet. One folder for each
// writer, in it segments 00000001.seg, 00000002.seg …, each of
//
//   segment := "SWSPOOL1" record*
//   record  := u32 size  u32 crc  body     little-endian; crc: CRC-32 (IEEE, as zlib) of the body
//   body    := u8 type  payload            1 byte to 64 MiB
//
// Thread safety: pure functions.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace stepwell::spool {

inline constexpr std::string_view kMagic = "SWSPOOL1";
inline constexpr size_t kRecordHead = 8;
inline constexpr uint32_t kMaxBody = 64u << 20;

enum class RecordType : uint8_t { kSeries = 1, kLayout = 2, kRow = 3, kValue = 4, kNote = 5, kRewind = 6 };

// REQUIRES: 1 <= body.size() <= kMaxBody.
std::string Framed(std::string_view body);

// The size of the whole record at the start of `bytes`; 0 if there is none: cut, or not what its checksum says.
size_t WholeRecord(std::string_view bytes);

std::string SegmentPath(const std::string& folder, uint32_t segment);
// The folder of the blobs that records of a segment name.
std::string BlobsPath(const std::string& folder, uint32_t segment);

// Numbers of the segments that are in a folder, in order.
std::vector<uint32_t> Segments(const std::string& folder);

}  // namespace stepwell::spool
