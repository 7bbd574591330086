#include "codec/strings.h"

#include <algorithm>

#include "base/bytes.h"
#include "codec/integers.h"
#include "codec/zstd.h"

namespace stepwell::codec {
namespace {

enum Encoding : uint8_t { kRaw = 0, kZstd = 1 };
constexpr int kLevel = 3;

absl::Status Broken(std::string_view what) { return absl::DataLossError(std::string("string column: ").append(what)); }

}  // namespace

void EncodeStrings(std::span<const std::string> values, std::string& out) {
  if (values.empty()) return;
  std::vector<int64_t> lengths;
  std::string row;
  for (const std::string& value : values) {
    lengths.push_back(static_cast<int64_t>(value.size()));
    row.append(value);
  }
  std::string packed_lengths;
  EncodeIntegers(lengths, packed_lengths);
  const size_t head = out.size();
  out.push_back(kZstd);
  PutBytes(out, packed_lengths);
  if (!AppendZstd(row, kLevel, row.size(), out)) {
    out[head] = kRaw;
    out.append(row);
  }
}

absl::Status DecodeStrings(std::string_view bytes, size_t count, std::vector<std::string>* values) {
  values->clear();
  if (count == 0) return bytes.empty() ? absl::OkStatus() : Broken("bytes though there are no values");
  ByteReader in(bytes);
  const uint8_t encoding = in.Byte();
  std::string_view packed_lengths = in.Bytes();
  if (!in.ok() || encoding > kZstd) return Broken("unknown encoding");
  std::vector<int64_t> lengths;
  if (absl::Status status = DecodeIntegers(packed_lengths, count, &lengths); !status.ok()) return status;
  std::string_view row = in.Raw(in.left());
  const size_t most = encoding == kRaw ? row.size() : std::min(kMaxStringColumn, MostFromZstd(row.size()));
  size_t total = 0;
  for (int64_t length : lengths) {
    if (length < 0 || static_cast<uint64_t>(length) > most - total) return Broken("the lengths do not fit the bytes");
    total += static_cast<size_t>(length);
  }
  std::string unpacked;
  if (encoding == kZstd) {
    unpacked.resize(total);
    if (!ReadZstd(row, unpacked.data(), total)) return Broken("the bytes do not unpack");
    row = unpacked;
  }
  if (row.size() != total) return Broken("the lengths do not fit the bytes");
  values->reserve(count);
  for (int64_t length : lengths) {
    values->emplace_back(row.substr(0, static_cast<size_t>(length)));
    row.remove_prefix(static_cast<size_t>(length));
  }
  return absl::OkStatus();
}

}  // namespace stepwell::codec
