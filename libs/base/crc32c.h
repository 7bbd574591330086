// CRC-32C (Castagnoli, RFC 3720 appendix B.4), with the processor's instruction where it has one, and the masked form
// that TFRecord stores (TensorFlow, tsl/lib/hash/crc32c.h: rotate right by 15, then add 0xa282ead8).
#pragma once

#include <cstdint>
#include <string_view>

namespace stepwell {

uint32_t Crc32c(std::string_view data);
// Continues: Crc32cExtend(Crc32c(a), b) == Crc32c(a + b).
uint32_t Crc32cExtend(uint32_t crc, std::string_view data);

constexpr uint32_t MaskCrc(uint32_t crc) { return ((crc >> 15) | (crc << 17)) + 0xa282ead8u; }

}  // namespace stepwell
