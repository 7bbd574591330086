#include "codec/doubles.h"

#include "codec/integers.h"

namespace stepwell::codec {
namespace {

enum Kind : uint8_t { kFloat64 = 0, kFloat32 = 1, kAgainstLeader = 2 };

// NaNs and infinities are converted by their bits: what a processor does with a NaN's payload differs.
constexpr uint64_t kExponent64 = 0x7FF0000000000000u;
constexpr uint32_t kExponent32 = 0x7F800000u;
constexpr int kDroppedBits = 52 - 23;

std::vector<int64_t>& Scratch(size_t size) {
  thread_local std::vector<int64_t> scratch;
  scratch.resize(size);
  return scratch;
}

int32_t Mirrored(uint32_t bits) {
  const int32_t as_int = static_cast<int32_t>(bits);
  return as_int >= 0 ? as_int : as_int ^ INT32_MAX;
}

bool ToFloats(std::span<const double> values, std::vector<int64_t>& patterns) {
  // All at once, in a loop that vectorises. Where a processor changes a NaN, that looks like a value that is no
  // float32.
  uint64_t differ = 0;
  for (size_t i = 0; i < values.size(); ++i) {
    const float narrow = static_cast<float>(values[i]);
    differ |= std::bit_cast<uint64_t>(static_cast<double>(narrow)) ^ std::bit_cast<uint64_t>(values[i]);
    patterns[i] = Mirrored(std::bit_cast<uint32_t>(narrow));
  }
  if (differ == 0) return true;
  for (size_t i = 0; i < values.size(); ++i) {
    const std::optional<int32_t> pattern = ToOrderedFloat(values[i]);
    if (!pattern) return false;
    patterns[i] = *pattern;
  }
  return true;
}

}  // namespace

std::optional<int32_t> ToOrderedFloat(double value) {
  const uint64_t wide = std::bit_cast<uint64_t>(value);
  uint32_t bits;
  if ((wide & kExponent64) == kExponent64) {
    if (wide & ((uint64_t{1} << kDroppedBits) - 1)) return std::nullopt;
    bits = static_cast<uint32_t>(wide >> 63) << 31 | kExponent32 |
           static_cast<uint32_t>((wide & ~kExponent64) >> kDroppedBits & 0x7FFFFF);
  } else {
    const float narrow = static_cast<float>(value);
    if (std::bit_cast<uint64_t>(static_cast<double>(narrow)) != wide) return std::nullopt;
    bits = std::bit_cast<uint32_t>(narrow);
  }
  return Mirrored(bits);
}

double FromOrderedFloat(int32_t ordered) {
  const uint32_t bits = static_cast<uint32_t>(ordered >= 0 ? ordered : ordered ^ INT32_MAX);
  if ((bits & kExponent32) == kExponent32) {
    return std::bit_cast<double>(static_cast<uint64_t>(bits >> 31) << 63 | kExponent64 |
                                 static_cast<uint64_t>(bits & 0x7FFFFF) << kDroppedBits);
  }
  return static_cast<double>(std::bit_cast<float>(bits));
}

void EncodeDoubles(std::span<const double> values, std::string& out) {
  if (values.empty()) return;
  std::vector<int64_t>& patterns = Scratch(values.size());
  const bool narrow = ToFloats(values, patterns);
  if (!narrow) {
    for (size_t i = 0; i < values.size(); ++i) patterns[i] = ToOrdered(values[i]);
  }
  out.push_back(narrow ? kFloat32 : kFloat64);
  EncodeIntegers(patterns, out);
}

void EncodeDoublesAgainst(std::span<const double> values, std::span<const double> leader, std::string& out) {
  if (values.empty()) return;
  const size_t before = out.size();
  std::vector<int64_t>& differences = Scratch(values.size());
  for (size_t i = 0; i < values.size(); ++i) {
    differences[i] =
        static_cast<int64_t>(static_cast<uint64_t>(ToOrdered(values[i])) - static_cast<uint64_t>(ToOrdered(leader[i])));
  }
  out.push_back(kAgainstLeader);
  EncodeIntegers(differences, out);
  // A leader that is no help (another clock) costs more than no leader.
  if (out.size() - before > values.size()) {
    std::string alone;
    EncodeDoubles(values, alone);
    if (alone.size() < out.size() - before) out.replace(before, std::string::npos, alone);
  }
}

absl::Status DecodeDoubles(std::string_view bytes, size_t count, std::span<const double> leader,
                           std::vector<double>* values) {
  values->clear();
  if (count == 0)
    return bytes.empty() ? absl::OkStatus() : absl::DataLossError("float column: bytes though there are no values");
  if (bytes.empty()) return absl::DataLossError("float column: no bytes");
  const uint8_t kind = static_cast<uint8_t>(bytes[0]);
  if (kind > kAgainstLeader) return absl::DataLossError("float column: unknown encoding");
  if (kind == kAgainstLeader && leader.size() != count) {
    return absl::DataLossError("float column: it needs its leader's values, and those are not as many");
  }
  std::vector<int64_t>& patterns = Scratch(0);
  if (absl::Status status = DecodeIntegers(bytes.substr(1), count, &patterns); !status.ok()) return status;
  values->resize(count);
  double* out = values->data();
  switch (kind) {
    case kFloat64:
      for (int64_t pattern : patterns) *out++ = FromOrdered(pattern);
      break;
    case kFloat32:
      for (int64_t pattern : patterns) {
        if (pattern != static_cast<int32_t>(pattern))
          return absl::DataLossError("float column: a value is wider than float32");
        *out++ = FromOrderedFloat(static_cast<int32_t>(pattern));
      }
      break;
    default:
      for (size_t i = 0; i < count; ++i) {
        *out++ = FromOrdered(
            static_cast<int64_t>(static_cast<uint64_t>(ToOrdered(leader[i])) + static_cast<uint64_t>(patterns[i])));
      }
  }
  return absl::OkStatus();
}

}  // namespace stepwell::codec
