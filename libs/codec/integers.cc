#include "codec/integers.h"

#include <algorithm>
#include <array>
#include <bit>
#include <optional>

#include "base/bytes.h"
#include "codec/lanes.h"

namespace stepwell::codec {
namespace {

enum Encoding : uint8_t { kStride = 0, kPlain = 1, kDelta = 2, kDelta2 = 3, kDictionary = 4 };
constexpr size_t kMaxDistinct = 256;

// Two's complement differences and sums that wrap instead of overflowing.
int64_t Minus(int64_t a, int64_t b) {
  return static_cast<int64_t>(static_cast<uint64_t>(a) - static_cast<uint64_t>(b));
}
int64_t Plus(int64_t a, int64_t b) { return static_cast<int64_t>(static_cast<uint64_t>(a) + static_cast<uint64_t>(b)); }

void PutZigZag(int64_t v, std::string& out) { PutVarint(out, ZigZag(v)); }

uint64_t Difference(std::span<const int64_t> v, size_t i) { return ZigZag(Minus(v[i], v[i - 1])); }
uint64_t Difference2(std::span<const int64_t> v, size_t i) {
  return ZigZag(Minus(Minus(v[i], v[i - 1]), Minus(v[i - 1], v[i - 2])));
}

// Significant bits that each order of differences leaves in about 256 values: which of them is worth trying is decided
// by that, without compressing.
struct Bits {
  int plain = 0, delta = 0, delta2 = 0;
};

Bits CountBits(std::span<const int64_t> v) {
  Bits bits;
  for (size_t i = 2; i < v.size(); i += 1 + v.size() / 256) {
    bits.plain += std::bit_width(ZigZag(v[i]));
    bits.delta += std::bit_width(Difference(v, i));
    bits.delta2 += std::bit_width(Difference2(v, i));
  }
  return bits;
}

bool IsStride(std::span<const int64_t> v) {
  if (v.size() < 2) return true;
  const int64_t stride = Minus(v[1], v[0]);
  for (size_t i = 2; i < v.size(); ++i) {
    if (Minus(v[i], v[i - 1]) != stride) return false;
  }
  return true;
}

// Sorted distinct values; nullopt if there are more than a byte can number.
std::optional<std::vector<int64_t>> FewDistinct(std::span<const int64_t> v) {
  constexpr size_t kSlots = 1024;
  std::array<int64_t, kSlots> slot;
  std::array<bool, kSlots> used{};
  std::vector<int64_t> distinct;
  for (int64_t value : v) {
    size_t at = (static_cast<uint64_t>(value) * 0x9E3779B97F4A7C15u) >> 54;
    while (used[at] && slot[at] != value) at = (at + 1) % kSlots;
    if (used[at]) continue;
    if (distinct.size() == kMaxDistinct) return std::nullopt;
    used[at] = true;
    slot[at] = value;
    distinct.push_back(value);
  }
  std::sort(distinct.begin(), distinct.end());
  return distinct;
}

void PutDictionary(std::span<const int64_t> v, const std::vector<int64_t>& distinct, std::string& out) {
  out.push_back(kDictionary);
  out.push_back(static_cast<char>(distinct.size() - 1));
  std::string table;
  EncodeIntegers(distinct, table);
  PutBytes(out, table);
  std::string index(v.size(), '\0');
  for (size_t i = 0; i < v.size(); ++i) {
    index[i] = static_cast<char>(std::lower_bound(distinct.begin(), distinct.end(), v[i]) - distinct.begin());
  }
  PutLane(index, out);
}

absl::Status Broken(std::string_view what) { return absl::DataLossError(std::string("integer column: ").append(what)); }

absl::Status GetDictionary(ByteReader& in, size_t count, std::vector<int64_t>* values) {
  const size_t distinct = size_t{in.Byte()} + 1;
  std::string_view bytes = in.Bytes();
  if (!in.ok() || bytes.empty() || bytes[0] == kDictionary) return Broken("the table does not fit");
  std::vector<int64_t> table;
  if (absl::Status status = DecodeIntegers(bytes, distinct, &table); !status.ok()) return status;
  std::string index(count, '\0');
  if (!GetLane(in, index.data(), count)) return Broken("the index does not fit");
  for (size_t i = 0; i < count; ++i) {
    const size_t at = static_cast<uint8_t>(index[i]);
    if (at >= distinct) return Broken("an index points past the table");
    (*values)[i] = table[at];
  }
  return absl::OkStatus();
}

absl::Status GetResiduals(ByteReader& in, size_t order, size_t count, std::vector<int64_t>* values) {
  if (count < order) return Broken("fewer values than its encoding needs");
  int64_t first = order >= 1 ? UnZigZag(in.Varint()) : 0;
  int64_t difference = order >= 2 ? UnZigZag(in.Varint()) : 0;
  thread_local std::vector<uint64_t> residuals;
  residuals.resize(count - order);
  if (!in.ok() || !GetLanes(in, residuals)) return Broken("the lanes do not fit");
  int64_t* out = values->data();
  if (order == 0) {
    for (uint64_t r : residuals) *out++ = UnZigZag(r);
    return absl::OkStatus();
  }
  *out++ = first;
  if (order == 1) {
    for (uint64_t r : residuals) *out++ = first = Plus(first, UnZigZag(r));
    return absl::OkStatus();
  }
  *out++ = first = Plus(first, difference);
  for (uint64_t r : residuals) {
    difference = Plus(difference, UnZigZag(r));
    *out++ = first = Plus(first, difference);
  }
  return absl::OkStatus();
}

}  // namespace

void EncodeIntegers(std::span<const int64_t> values, std::string& out) {
  if (values.empty()) return;
  if (IsStride(values)) {
    out.push_back(kStride);
    PutZigZag(values[0], out);
    PutZigZag(values.size() > 1 ? Minus(values[1], values[0]) : 0, out);
    return;
  }
  const Bits bits = CountBits(values);
  thread_local std::vector<uint64_t> residuals;
  const size_t before = out.size();
  const size_t order = bits.delta <= bits.delta2 ? 1 : 2;
  residuals.resize(values.size() - order);
  out.push_back(order == 1 ? kDelta : kDelta2);
  PutZigZag(values[0], out);
  if (order == 1) {
    for (size_t i = 1; i < values.size(); ++i) residuals[i - 1] = Difference(values, i);
  } else {
    PutZigZag(Minus(values[1], values[0]), out);
    for (size_t i = 2; i < values.size(); ++i) residuals[i - 2] = Difference2(values, i);
  }
  PutLanes(residuals, out);
  std::string other;
  auto keep_smaller = [&] {
    if (other.size() < out.size() - before) out.replace(before, std::string::npos, other);
    other.clear();
  };
  // Differences that halve the bits are not beaten by lanes of the values themselves.
  if (2 * std::min(bits.delta, bits.delta2) > bits.plain) {
    residuals.resize(values.size());
    for (size_t i = 0; i < values.size(); ++i) residuals[i] = ZigZag(values[i]);
    other.push_back(kPlain);
    PutLanes(residuals, other);
    keep_smaller();
  }
  if (values.size() >= 16) {
    if (auto distinct = FewDistinct(values); distinct && distinct->size() < values.size() / 2) {
      PutDictionary(values, *distinct, other);
      keep_smaller();
    }
  }
}

absl::Status DecodeIntegers(std::string_view bytes, size_t count, std::vector<int64_t>* values) {
  values->clear();
  if (count == 0) return bytes.empty() ? absl::OkStatus() : Broken("bytes though there are no values");
  values->resize(count);
  ByteReader in(bytes);
  absl::Status status;
  switch (in.Byte()) {
    case kStride: {
      int64_t value = UnZigZag(in.Varint());
      const int64_t stride = UnZigZag(in.Varint());
      for (int64_t& v : *values) {
        v = value;
        value = Plus(value, stride);
      }
      break;
    }
    case kPlain:
      status = GetResiduals(in, 0, count, values);
      break;
    case kDelta:
      status = GetResiduals(in, 1, count, values);
      break;
    case kDelta2:
      status = GetResiduals(in, 2, count, values);
      break;
    case kDictionary:
      status = GetDictionary(in, count, values);
      break;
    default:
      return Broken("unknown encoding");
  }
  if (status.ok() && (!in.ok() || !in.done())) status = Broken("its size does not fit");
  return status;
}

}  // namespace stepwell::codec
