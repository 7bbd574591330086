#include "codec/zstd.h"

#include <zstd.h>

#include <memory>

namespace stepwell::codec {
namespace {

struct FreeCompressor {
  void operator()(ZSTD_CCtx* context) const { ZSTD_freeCCtx(context); }
};
struct FreeDecompressor {
  void operator()(ZSTD_DCtx* context) const { ZSTD_freeDCtx(context); }
};

ZSTD_CCtx* Compressor(int level) {
  thread_local std::unique_ptr<ZSTD_CCtx, FreeCompressor> context;
  if (!context) {
    context.reset(ZSTD_createCCtx());
    ZSTD_CCtx_setParameter(context.get(), ZSTD_c_contentSizeFlag, 0);
    ZSTD_CCtx_setParameter(context.get(), ZSTD_c_checksumFlag, 0);
  }
  ZSTD_CCtx_setParameter(context.get(), ZSTD_c_compressionLevel, level);
  return context.get();
}

ZSTD_DCtx* Decompressor() {
  thread_local std::unique_ptr<ZSTD_DCtx, FreeDecompressor> context;
  if (!context) context.reset(ZSTD_createDCtx());
  return context.get();
}

}  // namespace

bool AppendZstd(std::string_view bytes, int level, size_t below, std::string& out) {
  if (below == 0) return false;
  const size_t before = out.size();
  // A frame that does not fit is an error of zstd, so what is not shorter stops early.
  out.resize(before + below - 1);
  const size_t size = ZSTD_compress2(Compressor(level), out.data() + before, below - 1, bytes.data(), bytes.size());
  const bool fits = !ZSTD_isError(size);
  out.resize(fits ? before + size : before);
  return fits;
}

bool ReadZstd(std::string_view frame, char* out, size_t size) {
  const size_t got = ZSTD_decompressDCtx(Decompressor(), out, size, frame.data(), frame.size());
  return !ZSTD_isError(got) && got == size;
}

}  // namespace stepwell::codec
