// Variables out of a TensorFlow V2 checkpoint: `<prefix>.index` says what there is and where,
// `<prefix>.data-NNNNN-of-NNNNN` hold the bytes.
//
//   index  := block* metaindex-block index-block footer         (the table format of LevelDB, doc/table_format.md)
//   block  := entries restart-offset[n]:u32le n:u32le  type:u8 (0 plain, 1 Snappy)  masked_crc32c(block, type):u32le
//   entry  := shared:varint unshared:varint value-size:varint key-suffix[unshared] value[value-size]
//   footer := metaindex-handle index-handle padding (40 bytes together)  0xdb4775248b80fb57:u64le
//   handle := offset:varint size:varint
// The key "" has a BundleHeader, every other key is a variable's name and has a BundleEntry (tensor_bundle.proto).
//
// Thread safety: a function of the file system.
#pragma once

#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "tensorboard/tensor.h"

namespace stepwell::tensorboard {

// The variable `name` of the checkpoint with this prefix. NOT_FOUND if there is none of that name; DATA_LOSS if a
// checksum is wrong; UNIMPLEMENTED for variables that are kept in slices and big-endian checkpoints; RESOURCE_EXHAUSTED
// beyond `limit` bytes.
absl::StatusOr<DecodedTensor> ReadVariable(const std::string& prefix, std::string_view name, uint64_t limit);

// The BundleEntry's or BundleHeader's bytes under `key` in a table's bytes. Exposed for the fuzzer.
absl::StatusOr<std::string> FindInTable(std::string_view table, std::string_view key);

}  // namespace stepwell::tensorboard
