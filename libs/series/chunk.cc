// chunk  := version:u8 (= 1) flags:u8 first_ordinal:varint count:varint first_lsn:varint lsns:varint
//           [writer:varint series:varint]       the leader, with flag 4; the chunk of this number has the axis
//           [steps:column]                      codec integers; without a leader
//           walls:column                        codec doubles; beside the leader's, if there is one
//           values:column                       codec doubles, or with flag 2 clear codec strings
//           crc:u32le                           CRC-32C of all before
// column := size:varint byte{size}
// flags  := 1 final | 2 scalar | 4 leader       lsns = last_lsn - first_lsn
#include "series/chunk.h"

#include "base/bytes.h"
#include "base/crc32c.h"
#include "base/status_macros.h"
#include "codec/doubles.h"
#include "codec/integers.h"
#include "codec/strings.h"

namespace stepwell::series {
namespace {

constexpr uint8_t kVersion = 1;
enum Flag : uint8_t { kFinal = 1, kScalar = 2, kLeader = 4 };

absl::Status Invalid(std::string_view what) { return absl::InvalidArgumentError(std::string("chunk: ").append(what)); }
absl::Status Lost(std::string_view what) { return absl::DataLossError(std::string("chunk: ").append(what)); }

absl::Status CheckShape(const ChunkInfo& info, const Points& points, const Points* leader) {
  const size_t n = points.size();
  if (n == 0 || n > kChunkPoints)
    return Invalid("it has " + std::to_string(n) + " points; it must have 1 to " + std::to_string(kChunkPoints));
  if (info.count != n) return Invalid("its count is not that of its points");
  const bool whole = points.wall.size() == n && points.value.size() == (info.scalar ? n : 0) &&
                     points.payload.size() == (info.scalar ? 0 : n);
  if (!whole) return Invalid("its columns differ in length");
  if (info.last_lsn < info.first_lsn) return Invalid("its last lsn is before its first");
  if (info.leader.has_value() != (leader != nullptr)) return Invalid("a leader's name and its points come together");
  if (leader && (leader->step != points.step || leader->wall.size() != n)) return Invalid("its leader has other steps");
  size_t bytes = 0;
  for (const std::string& payload : points.payload) bytes += payload.size();
  if (bytes > codec::kMaxStringColumn) {
    return Invalid("its payloads have " + std::to_string(bytes) + " bytes; the limit is " +
                   std::to_string(codec::kMaxStringColumn) + "; seal fewer points");
  }
  return absl::OkStatus();
}

// After the checksum is known to hold. Leaves `in` before the columns.
absl::StatusOr<ChunkInfo> ReadHead(ByteReader& in) {
  const uint8_t version = in.Byte();
  if (in.ok() && version != kVersion) {
    return Lost("format version " + std::to_string(version) +
                " is not known here (newest: " + std::to_string(kVersion) + ")");
  }
  const uint8_t flags = in.Byte();
  ChunkInfo info;
  info.final = flags & kFinal;
  info.scalar = flags & kScalar;
  info.first_ordinal = in.Varint();
  const uint64_t count = in.Varint();
  info.first_lsn = in.Varint();
  const uint64_t lsns = in.Varint();
  info.last_lsn = info.first_lsn + lsns;
  if (flags & kLeader) {
    const uint64_t writer = in.Varint();
    const uint64_t series = in.Varint();
    if (writer > UINT32_MAX || series > UINT32_MAX) return Lost("its leader has no such number");
    info.leader = SeriesKey{static_cast<uint32_t>(writer), static_cast<uint32_t>(series)};
  }
  if (!in.ok() || flags > (kFinal | kScalar | kLeader) || info.last_lsn < info.first_lsn)
    return Lost("its head does not fit");
  if (count == 0 || count > kChunkPoints) return Lost("it says that it has " + std::to_string(count) + " points");
  info.count = static_cast<uint32_t>(count);
  return info;
}

absl::StatusOr<std::string_view> Checked(std::string_view bytes) {
  if (bytes.size() < 4) return Lost("it is cut off");
  const std::string_view body = bytes.substr(0, bytes.size() - 4);
  if (ByteReader(bytes.substr(body.size())).Le32() != Crc32c(body)) return Lost("its checksum does not hold");
  return body;
}

}  // namespace

absl::StatusOr<std::string> EncodeChunk(const ChunkInfo& info, const Points& points, const Points* leader) {
  RETURN_IF_ERROR(CheckShape(info, points, leader));
  std::string out;
  out.push_back(kVersion);
  out.push_back(static_cast<char>((info.final ? kFinal : 0) | (info.scalar ? kScalar : 0) | (leader ? kLeader : 0)));
  PutVarint(out, info.first_ordinal);
  PutVarint(out, info.count);
  PutVarint(out, info.first_lsn);
  PutVarint(out, info.last_lsn - info.first_lsn);
  std::string column;
  auto put_column = [&] {
    PutBytes(out, column);
    column.clear();
  };
  if (leader) {
    PutVarint(out, info.leader->writer);
    PutVarint(out, info.leader->series);
    codec::EncodeDoublesAgainst(points.wall, leader->wall, column);
  } else {
    codec::EncodeIntegers(points.step, column);
    put_column();
    codec::EncodeDoubles(points.wall, column);
  }
  put_column();
  info.scalar ? codec::EncodeDoubles(points.value, column) : codec::EncodeStrings(points.payload, column);
  put_column();
  PutLe32(out, Crc32c(out));
  return out;
}

absl::StatusOr<ChunkInfo> DecodeChunkInfo(std::string_view bytes) {
  ASSIGN_OR_RETURN(const std::string_view body, Checked(bytes));
  ByteReader in(body);
  return ReadHead(in);
}

namespace {

absl::StatusOr<Points> ReadAxis(ByteReader& in, const ChunkInfo& info, const Points* leader) {
  Points points;
  if (info.leader) {
    if (!leader) return Invalid("it needs its leader's points to be read");
    if (leader->step.size() != info.count || leader->wall.size() != info.count)
      return Lost("its leader has not as many points");
    points.step = leader->step;
  } else {
    RETURN_IF_ERROR(codec::DecodeIntegers(in.Bytes(), info.count, &points.step));
  }
  const std::span<const double> leader_walls =
      info.leader ? std::span<const double>(leader->wall) : std::span<const double>();
  RETURN_IF_ERROR(codec::DecodeDoubles(in.Bytes(), info.count, leader_walls, &points.wall));
  return points;
}

}  // namespace

absl::StatusOr<Points> DecodeAxis(std::string_view bytes, const Points* leader) {
  ASSIGN_OR_RETURN(const std::string_view body, Checked(bytes));
  ByteReader in(body);
  ASSIGN_OR_RETURN(const ChunkInfo info, ReadHead(in));
  return ReadAxis(in, info, leader);
}

absl::StatusOr<Points> DecodeChunk(std::string_view bytes, const Points* leader) {
  ASSIGN_OR_RETURN(const std::string_view body, Checked(bytes));
  ByteReader in(body);
  ASSIGN_OR_RETURN(const ChunkInfo info, ReadHead(in));
  ASSIGN_OR_RETURN(Points points, ReadAxis(in, info, leader));
  RETURN_IF_ERROR(info.scalar ? codec::DecodeDoubles(in.Bytes(), info.count, {}, &points.value)
                              : codec::DecodeStrings(in.Bytes(), info.count, &points.payload));
  if (!in.ok() || !in.done()) return Lost("its columns do not fill it");
  return points;
}

}  // namespace stepwell::series
