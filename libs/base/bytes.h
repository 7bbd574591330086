// Numbers in bytes: fixed-width little-endian for values, big-endian for keys (so that byte order is number order), and
// LEB128 varints; a cursor that reads them and never past the end. Digests and hexadecimal.
//
// Thread safety: values; no shared state.
#pragma once

#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

#include "absl/status/status.h"

namespace stepwell {

inline void PutLe32(std::string& out, uint32_t v) { out.append(reinterpret_cast<const char*>(&v), 4); }
inline void PutLe64(std::string& out, uint64_t v) { out.append(reinterpret_cast<const char*>(&v), 8); }
void PutBe32(std::string& out, uint32_t v);
void PutBe64(std::string& out, uint64_t v);
void PutVarint(std::string& out, uint64_t v);
void PutDouble(std::string& out, double v);  // its 8 bytes, little-endian
// Varint length, then the bytes.
void PutBytes(std::string& out, std::string_view v);

constexpr uint64_t ZigZag(int64_t v) { return (static_cast<uint64_t>(v) << 1) ^ static_cast<uint64_t>(v >> 63); }
constexpr int64_t UnZigZag(uint64_t v) { return static_cast<int64_t>((v >> 1) ^ (~(v & 1) + 1)); }

uint32_t GetBe32(std::string_view at);  // REQUIRES: at.size() >= 4
uint64_t GetBe64(std::string_view at);  // REQUIRES: at.size() >= 8

// Reads from the front of a buffer. After a read past the end, ok() is false, and every further read gives zeros.
class ByteReader {
 public:
  explicit ByteReader(std::string_view data) : data_(data) {}

  bool ok() const { return ok_; }
  bool done() const { return data_.empty(); }
  size_t left() const { return data_.size(); }

  uint8_t Byte();
  uint32_t Le32();
  uint64_t Le64();
  uint64_t Varint();
  double Double();
  std::string_view Raw(size_t size);
  std::string_view Bytes();  // as PutBytes wrote

 private:
  std::string_view data_;
  bool ok_ = true;
};

std::string ToHex(std::string_view bytes);
bool FromHex(std::string_view hex, std::string* bytes);

// 32 bytes.
std::string Sha256(std::string_view bytes);

}  // namespace stepwell
