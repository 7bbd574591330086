// Any bytes as what the projector reads: tables of vectors and metadata, a checkpoint's index, Snappy blocks.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "tensorboard/checkpoint.h"
#include "tensorboard/embedding_table.h"
#include "tensorboard/snappy.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace stepwell::tensorboard;
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  if (const auto vectors = ParseVectors(bytes);
      vectors.ok() && vectors->data.size() != vectors->rows * vectors->dimensions * 4)
    std::abort();
  if (ReadMetadataShape(bytes, size / 7).rows > size) std::abort();
  if (const auto plain = UndoSnappy(bytes, 1 << 20); plain.ok() && plain->size() > 1 << 20) std::abort();
  (void)FindInTable(bytes, "e");
  (void)FindInTable(bytes, "");
  return 0;
}
