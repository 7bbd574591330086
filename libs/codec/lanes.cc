#include "codec/lanes.h"

#include <algorithm>
#include <bit>

#include "codec/zstd.h"

namespace stepwell::codec {
namespace {

constexpr uint8_t kPlain = 0x80;
enum Mode : uint8_t { kSame = 0, kRaw = 1, kZstd = 2 };
// Below this a frame's header and tables eat what they save.
constexpr size_t kWorthZstd = 24;

size_t WidthOf(std::span<const uint64_t> values) {
  uint64_t any = 0;
  for (uint64_t v : values) any |= v;
  return (static_cast<size_t>(std::bit_width(any)) + 7) / 8;
}

void SplitLane(std::span<const uint64_t> values, size_t lane, char* out) {
  const int shift = static_cast<int>(8 * lane);
  for (size_t i = 0; i < values.size(); ++i) out[i] = static_cast<char>(values[i] >> shift);
}

void JoinLane(const char* lane_bytes, size_t lane, std::span<uint64_t> values) {
  const int shift = static_cast<int>(8 * lane);
  for (size_t i = 0; i < values.size(); ++i) {
    values[i] |= static_cast<uint64_t>(static_cast<uint8_t>(lane_bytes[i])) << shift;
  }
}

std::string& Scratch(size_t size) {
  thread_local std::string scratch;
  scratch.resize(size);
  return scratch;
}

}  // namespace

void PutLane(std::string_view lane, std::string& out) {
  const bool same = lane.find_first_not_of(lane[0]) == std::string_view::npos;
  if (same) {
    out.push_back(kSame);
    out.push_back(lane[0]);
    return;
  }
  if (lane.size() >= kWorthZstd) {
    thread_local std::string frame;
    frame.clear();
    if (AppendZstd(lane, 1, lane.size() - 2, frame)) {
      out.push_back(kZstd);
      PutBytes(out, frame);
      return;
    }
  }
  out.push_back(kRaw);
  out.append(lane);
}

bool GetLane(ByteReader& in, char* lane, size_t count) {
  switch (in.Byte()) {
    case kSame:
      std::fill_n(lane, count, static_cast<char>(in.Byte()));
      return in.ok();
    case kRaw: {
      std::string_view raw = in.Raw(count);
      if (!in.ok()) return false;
      std::copy(raw.begin(), raw.end(), lane);
      return true;
    }
    case kZstd: {
      std::string_view frame = in.Bytes();
      return in.ok() && ReadZstd(frame, lane, count);
    }
    default:
      return false;
  }
}

void PutPlainLanes(std::span<const uint64_t> values, std::string& out) {
  const size_t width = WidthOf(values);
  out.push_back(static_cast<char>(kPlain | width));
  size_t at = out.size();
  out.resize(at + width * values.size());
  for (size_t lane = 0; lane < width; ++lane, at += values.size()) SplitLane(values, lane, out.data() + at);
}

void PutLanes(std::span<const uint64_t> values, std::string& out) {
  const size_t width = WidthOf(values);
  if (values.size() < kWorthZstd || width == 0) return PutPlainLanes(values, out);
  const size_t before = out.size();
  out.push_back(static_cast<char>(width));
  std::string& scratch = Scratch(values.size());
  for (size_t lane = 0; lane < width; ++lane) {
    SplitLane(values, lane, scratch.data());
    PutLane(scratch, out);
  }
  if (out.size() - before > 1 + width * values.size()) {
    out.resize(before);
    PutPlainLanes(values, out);
  }
}

bool GetLanes(ByteReader& in, std::span<uint64_t> values) {
  const uint8_t head = in.Byte();
  const size_t width = head & ~kPlain;
  if (!in.ok() || width > 8) return false;
  std::fill(values.begin(), values.end(), 0);
  std::string& scratch = Scratch(values.size());
  for (size_t lane = 0; lane < width; ++lane) {
    if (head & kPlain) {
      std::string_view raw = in.Raw(values.size());
      if (!in.ok()) return false;
      JoinLane(raw.data(), lane, values);
    } else {
      if (!GetLane(in, scratch.data(), values.size())) return false;
      JoinLane(scratch.data(), lane, values);
    }
  }
  return true;
}

}  // namespace stepwell::codec
