#include "base/bytes.h"

#include <openssl/sha.h>

#include <bit>

namespace stepwell {

static_assert(std::endian::native == std::endian::little, "values are written as they are in memory");

void PutBe32(std::string& out, uint32_t v) { PutLe32(out, __builtin_bswap32(v)); }
void PutBe64(std::string& out, uint64_t v) { PutLe64(out, __builtin_bswap64(v)); }

void PutVarint(std::string& out, uint64_t v) {
  while (v > 0x7F) {
    out.push_back(static_cast<char>(v | 0x80));
    v >>= 7;
  }
  out.push_back(static_cast<char>(v));
}

void PutDouble(std::string& out, double v) { PutLe64(out, std::bit_cast<uint64_t>(v)); }

void PutBytes(std::string& out, std::string_view v) {
  PutVarint(out, v.size());
  out.append(v);
}

uint32_t GetBe32(std::string_view at) {
  uint32_t v;
  std::memcpy(&v, at.data(), 4);
  return __builtin_bswap32(v);
}

uint64_t GetBe64(std::string_view at) {
  uint64_t v;
  std::memcpy(&v, at.data(), 8);
  return __builtin_bswap64(v);
}

std::string_view ByteReader::Raw(size_t size) {
  if (!ok_ || size > data_.size()) {
    ok_ = false;
    data_ = {};
    return {};
  }
  std::string_view out = data_.substr(0, size);
  data_.remove_prefix(size);
  return out;
}

uint8_t ByteReader::Byte() {
  std::string_view raw = Raw(1);
  return ok_ ? static_cast<uint8_t>(raw[0]) : 0;
}

uint32_t ByteReader::Le32() {
  std::string_view raw = Raw(4);
  uint32_t v = 0;
  if (ok_) std::memcpy(&v, raw.data(), 4);
  return v;
}

uint64_t ByteReader::Le64() {
  std::string_view raw = Raw(8);
  uint64_t v = 0;
  if (ok_) std::memcpy(&v, raw.data(), 8);
  return v;
}

double ByteReader::Double() { return std::bit_cast<double>(Le64()); }

uint64_t ByteReader::Varint() {
  uint64_t v = 0;
  for (int shift = 0; shift < 64; shift += 7) {
    uint8_t b = Byte();
    if (!ok_) return 0;
    v |= static_cast<uint64_t>(b & 0x7F) << shift;
    if (!(b & 0x80)) return v;
  }
  ok_ = false;
  return 0;
}

std::string_view ByteReader::Bytes() {
  uint64_t size = Varint();
  if (!ok_ || size > data_.size()) {
    ok_ = false;
    data_ = {};
    return {};
  }
  return Raw(size);
}

std::string ToHex(std::string_view bytes) {
  constexpr char kDigits[] = "0123456789abcdef";
  std::string out;
  out.reserve(bytes.size() * 2);
  for (unsigned char b : bytes) {
    out.push_back(kDigits[b >> 4]);
    out.push_back(kDigits[b & 15]);
  }
  return out;
}

bool FromHex(std::string_view hex, std::string* bytes) {
  auto digit = [](char c) { return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1; };
  if (hex.size() % 2 != 0) return false;
  bytes->clear();
  for (size_t i = 0; i < hex.size(); i += 2) {
    int high = digit(hex[i]);
    int low = digit(hex[i + 1]);
    if (high < 0 || low < 0) return false;
    bytes->push_back(static_cast<char>(high << 4 | low));
  }
  return true;
}

std::string Sha256(std::string_view bytes) {
  std::string out(SHA256_DIGEST_LENGTH, '\0');
  SHA256(reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size(),
         reinterpret_cast<unsigned char*>(out.data()));
  return out;
}

}  // namespace stepwell
