#include "net/compress.h"

#include <brotli/encode.h>
#include <zlib.h>
#include <zstd.h>

#include <algorithm>
#include <charconv>

namespace stepwell::net {
namespace {

constexpr size_t kBlock = 16 << 10;

std::string_view Trim(std::string_view s) {
  while (!s.empty() && (s.front() == ' ' || s.front() == '\t')) s.remove_prefix(1);
  while (!s.empty() && (s.back() == ' ' || s.back() == '\t')) s.remove_suffix(1);
  return s;
}

bool SameName(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](char x, char y) { return (x | 0x20) == (y | 0x20); });
}

class Gzip : public Compressor {
 public:
  explicit Gzip(int level) {
    constexpr int kGzipWrapper = 15 + 16;  // window of 32 KiB, gzip header
    deflateInit2(&stream_, level, Z_DEFLATED, kGzipWrapper, 8, Z_DEFAULT_STRATEGY);
  }
  ~Gzip() override { deflateEnd(&stream_); }
  void Add(std::string_view data, std::string& out) override { Run(data, Z_NO_FLUSH, out); }
  void Finish(std::string& out) override { Run({}, Z_FINISH, out); }

 private:
  void Run(std::string_view data, int flush, std::string& out) {
    stream_.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(data.data()));
    stream_.avail_in = static_cast<uInt>(data.size());
    char block[kBlock];
    do {
      stream_.next_out = reinterpret_cast<Bytef*>(block);
      stream_.avail_out = kBlock;
      deflate(&stream_, flush);
      out.append(block, kBlock - stream_.avail_out);
    } while (stream_.avail_out == 0);
  }
  z_stream stream_{};
};

class Zstd : public Compressor {
 public:
  explicit Zstd(int level) : context_(ZSTD_createCCtx()) {
    ZSTD_CCtx_setParameter(context_, ZSTD_c_compressionLevel, level);
    // RFC 9659: a browser need not take a window above 8 MiB.
    ZSTD_CCtx_setParameter(context_, ZSTD_c_windowLog, 22);
  }
  ~Zstd() override { ZSTD_freeCCtx(context_); }
  void Add(std::string_view data, std::string& out) override { Run(data, ZSTD_e_continue, out); }
  void Finish(std::string& out) override { Run({}, ZSTD_e_end, out); }

 private:
  void Run(std::string_view data, ZSTD_EndDirective mode, std::string& out) {
    ZSTD_inBuffer in{data.data(), data.size(), 0};
    char block[kBlock];
    for (;;) {
      ZSTD_outBuffer to{block, kBlock, 0};
      const size_t left = ZSTD_compressStream2(context_, &to, &in, mode);
      out.append(block, to.pos);
      if (ZSTD_isError(left)) return;
      if (mode == ZSTD_e_end ? left == 0 : in.pos == in.size) return;
    }
  }
  ZSTD_CCtx* context_;
};

class Brotli : public Compressor {
 public:
  explicit Brotli(uint32_t quality) : state_(BrotliEncoderCreateInstance(nullptr, nullptr, nullptr)) {
    BrotliEncoderSetParameter(state_, BROTLI_PARAM_QUALITY, quality);
  }
  ~Brotli() override { BrotliEncoderDestroyInstance(state_); }
  void Add(std::string_view data, std::string& out) override { Run(data, BROTLI_OPERATION_PROCESS, out); }
  void Finish(std::string& out) override { Run({}, BROTLI_OPERATION_FINISH, out); }

 private:
  void Run(std::string_view data, BrotliEncoderOperation operation, std::string& out) {
    size_t in_left = data.size();
    const auto* in = reinterpret_cast<const uint8_t*>(data.data());
    do {
      size_t no_room = 0;
      uint8_t* no_out = nullptr;
      if (!BrotliEncoderCompressStream(state_, operation, &in_left, &in, &no_room, &no_out, nullptr)) return;
      size_t size = 0;
      const uint8_t* ready = BrotliEncoderTakeOutput(state_, &size);
      out.append(reinterpret_cast<const char*>(ready), size);
    } while (in_left > 0 || BrotliEncoderHasMoreOutput(state_));
  }
  BrotliEncoderState* state_;
};

// The weight that the header gives to a coding; -1 if it does not name it.
double WeightOf(std::string_view header, std::string_view name) {
  while (!header.empty()) {
    const size_t end = std::min(header.find(','), header.size());
    std::string_view item = header.substr(0, end);
    header.remove_prefix(std::min(end + 1, header.size()));
    const size_t semicolon = std::min(item.find(';'), item.size());
    if (!SameName(Trim(item.substr(0, semicolon)), name)) continue;
    std::string_view parameter = Trim(item.substr(std::min(semicolon + 1, item.size())));
    double weight = 1;
    if (parameter.size() > 2 && (parameter[0] | 0x20) == 'q' && parameter[1] == '=') {
      parameter.remove_prefix(2);
      std::from_chars(parameter.data(), parameter.data() + parameter.size(), weight);
    }
    return weight;
  }
  return -1;
}

}  // namespace

std::string_view CodingName(Coding coding) {
  switch (coding) {
    case Coding::kGzip:
      return "gzip";
    case Coding::kZstd:
      return "zstd";
    case Coding::kBrotli:
      return "br";
    case Coding::kIdentity:
      return "";
  }
  return "";
}

bool Accepts(std::string_view accept_encoding, Coding coding) {
  const double named = WeightOf(accept_encoding, CodingName(coding));
  return named >= 0 ? named > 0 : WeightOf(accept_encoding, "*") > 0;
}

Coding Negotiate(std::string_view accept_encoding) {
  if (accept_encoding.empty()) return Coding::kIdentity;
  for (const Coding coding : {Coding::kZstd, Coding::kBrotli, Coding::kGzip}) {
    if (Accepts(accept_encoding, coding)) return coding;
  }
  return Coding::kIdentity;
}

std::unique_ptr<Compressor> Compressor::Make(Coding coding, bool best) {
  switch (coding) {
    case Coding::kGzip:
      return std::make_unique<Gzip>(best ? 9 : 5);
    case Coding::kZstd:
      return std::make_unique<Zstd>(best ? 19 : 3);
    case Coding::kBrotli:
      return std::make_unique<Brotli>(best ? 11 : 4);
    case Coding::kIdentity:
      return nullptr;
  }
  return nullptr;
}

std::string Compress(Coding coding, std::string_view data, bool best) {
  const std::unique_ptr<Compressor> compressor = Compressor::Make(coding, best);
  if (compressor == nullptr) return std::string(data);
  std::string out;
  compressor->Add(data, out);
  compressor->Finish(out);
  return out;
}

}  // namespace stepwell::net
