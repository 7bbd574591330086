// Any bytes as an image, a clip, or text that was logged as JSON.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "base/json.h"
#include "base/media_type.h"
#include "tensorboard/json_check.h"
#include "tensorboard/utf8.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace stepwell;
  using namespace stepwell::tensorboard;
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  if (SniffMediaType(bytes).empty()) std::abort();
  if (const auto image = ReadImageSize(bytes); image && uint64_t{image->width} * image->height > 100'000'000)
    std::abort();
  if (const auto wav = ReadWavFormat(bytes); wav && (wav->rate == 0 || wav->frames > size)) std::abort();
  IsJson(bytes);
  if (!stepwell::IsUtf8(CleanUtf8(bytes))) std::abort();
  return 0;
}
