#include "tensorboard/checkpoint.h"

#include <cstdio>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "base/bytes.h"
#include "base/crc32c.h"
#include "base/status_macros.h"
#include "tensorboard/file_bytes.h"
#include "tensorboard/projector.pb.h"
#include "tensorboard/snappy.h"

namespace stepwell::tensorboard {
namespace {

constexpr uint64_t kTableMagic = 0xdb4775248b80fb57u;
constexpr size_t kFooterBytes = 48;
constexpr size_t kTrailerBytes = 5;  // type and checksum behind a block
constexpr uint64_t kMaxIndexBytes = uint64_t{256} << 20;
constexpr uint64_t kMaxBlockBytes = uint64_t{64} << 20;

absl::Status Damaged() { return absl::DataLossError("the checkpoint's index is damaged"); }

struct Handle {
  uint64_t offset = 0;
  uint64_t size = 0;
};

Handle ReadHandle(ByteReader& reader) {
  Handle handle;
  handle.offset = reader.Varint();
  handle.size = reader.Varint();
  return handle;
}

// A block's entries, without restarts and trailer.
absl::StatusOr<std::string> ReadBlock(std::string_view table, Handle handle) {
  if (handle.offset > table.size() || table.size() - handle.offset < kTrailerBytes ||
      handle.size > table.size() - handle.offset - kTrailerBytes) {
    return Damaged();
  }
  const std::string_view checked = table.substr(handle.offset, handle.size + 1);
  ByteReader trailer(table.substr(handle.offset + handle.size, kTrailerBytes));
  const uint8_t type = trailer.Byte();
  if (trailer.Le32() != MaskCrc(Crc32c(checked))) return Damaged();
  std::string block(checked.substr(0, handle.size));
  if (type == 1) {
    ASSIGN_OR_RETURN(block, UndoSnappy(block, kMaxBlockBytes));
  } else if (type != 0) {
    return absl::UnimplementedError(absl::StrCat("the checkpoint's index has a block of type ", type));
  }
  if (block.size() < 4) return Damaged();
  ByteReader count(std::string_view(block).substr(block.size() - 4));
  const uint64_t restarts = 4 * uint64_t{count.Le32()} + 4;
  if (restarts > block.size()) return Damaged();
  block.resize(block.size() - restarts);
  return block;
}

// The first entry of a block whose key is at or after `key`; false if there is none.
absl::StatusOr<bool> Seek(std::string_view block, std::string_view key, std::string* found, std::string_view* value) {
  ByteReader reader(block);
  found->clear();
  while (!reader.done()) {
    const uint64_t shared = reader.Varint();
    const uint64_t unshared = reader.Varint();
    const uint64_t size = reader.Varint();
    if (!reader.ok() || shared > found->size() || unshared > reader.left() || size > reader.left() - unshared)
      return Damaged();
    found->resize(shared);
    found->append(reader.Raw(unshared));
    *value = reader.Raw(size);
    if (*found >= key) return true;
  }
  return false;
}

std::string DataPath(const std::string& prefix, int32_t shard, int32_t shards) {
  char suffix[48];
  std::snprintf(suffix, sizeof(suffix), ".data-%05d-of-%05d", shard, shards);
  return prefix + suffix;
}

// The tensor of an entry whose bytes are still to come.
absl::StatusOr<DecodedTensor> Describe(const wire::BundleEntry& entry, std::string_view name, uint64_t limit) {
  const std::string shown(name);
  if (entry.slices_size() > 0)
    return absl::UnimplementedError(absl::StrCat("variable \"", shown, "\" is kept in slices"));
  if (entry.offset() < 0 || entry.size() < 0) return Damaged();
  if (static_cast<uint64_t>(entry.size()) > limit) {
    return absl::ResourceExhaustedError(
        absl::StrCat("variable \"", shown, "\" has ", entry.size(), " bytes; the limit is ", limit));
  }
  DecodedTensor tensor;
  tensor.dtype = FindDtype(entry.dtype());
  if (tensor.dtype == nullptr || !tensor.dtype->IsNumber()) {
    return absl::InvalidArgumentError(absl::StrCat("variable \"", shown, "\" is not of numbers"));
  }
  const uint64_t elements = static_cast<uint64_t>(entry.size()) / tensor.dtype->size;
  tensor.count = 1;
  for (const auto& dim : entry.shape().dim()) {
    if (dim.size() < 0 || (dim.size() > 0 && tensor.count > elements / static_cast<uint64_t>(dim.size())))
      return Damaged();
    tensor.shape.push_back(dim.size());
    tensor.count *= static_cast<uint64_t>(dim.size());
  }
  if (tensor.count * tensor.dtype->size != static_cast<uint64_t>(entry.size())) return Damaged();
  return tensor;
}

}  // namespace

absl::StatusOr<std::string> FindInTable(std::string_view table, std::string_view key) {
  if (table.size() < kFooterBytes) return Damaged();
  ByteReader footer(table.substr(table.size() - kFooterBytes));
  ReadHandle(footer);  // metaindex: filters, which these tables have not
  const Handle index_handle = ReadHandle(footer);
  ByteReader magic(table.substr(table.size() - 8));
  if (!footer.ok() || magic.Le64() != kTableMagic) return absl::DataLossError("not the index of a checkpoint");
  ASSIGN_OR_RETURN(const std::string index, ReadBlock(table, index_handle));
  // An index entry's key is at or after the last key of its block.
  std::string found;
  std::string_view value;
  ASSIGN_OR_RETURN(const bool has_block, Seek(index, key, &found, &value));
  if (!has_block) return absl::NotFoundError("no such variable in the checkpoint");
  ByteReader reader(value);
  const Handle handle = ReadHandle(reader);
  if (!reader.ok()) return Damaged();
  ASSIGN_OR_RETURN(const std::string block, ReadBlock(table, handle));
  ASSIGN_OR_RETURN(const bool has_entry, Seek(block, key, &found, &value));
  if (!has_entry || found != key) return absl::NotFoundError("no such variable in the checkpoint");
  return std::string(value);
}

absl::StatusOr<DecodedTensor> ReadVariable(const std::string& prefix, std::string_view name, uint64_t limit) {
  ASSIGN_OR_RETURN(const std::string table, ReadFileBytes(prefix + ".index", kMaxIndexBytes));
  ASSIGN_OR_RETURN(const std::string header_bytes, FindInTable(table, ""));
  ASSIGN_OR_RETURN(const std::string entry_bytes, FindInTable(table, name));
  wire::BundleHeader header;
  wire::BundleEntry entry;
  if (!header.ParseFromString(header_bytes) || !entry.ParseFromString(entry_bytes)) return Damaged();
  if (header.endianness() != 0) return absl::UnimplementedError("the checkpoint is big-endian");
  ASSIGN_OR_RETURN(DecodedTensor tensor, Describe(entry, name, limit));
  ASSIGN_OR_RETURN(tensor.data,
                   ReadFileRange(DataPath(prefix, entry.shard_id(), header.num_shards()),
                                 static_cast<uint64_t>(entry.offset()), static_cast<uint64_t>(entry.size())));
  if (entry.crc32c() != 0 && entry.crc32c() != MaskCrc(Crc32c(tensor.data))) {
    return absl::DataLossError(absl::StrCat("the checksum of variable \"", std::string(name), "\" is wrong"));
  }
  return tensor;
}

}  // namespace stepwell::tensorboard
