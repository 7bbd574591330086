// Content codings of answers: br, zstd, gzip by what the client accepts.
//
// Thread safety: a Compressor is used by one thread at a time; the functions are pure.
#pragma once

#include <memory>
#include <string>
#include <string_view>

namespace stepwell::net {

enum class Coding { kIdentity, kGzip, kZstd, kBrotli };

std::string_view CodingName(Coding coding);  // "gzip"; identity: ""

// The best coding that an Accept-Encoding header allows (RFC 9110 section 12.5.3, q=0 refuses). Zstandard is first:
// what is made for one answer should cost little time, and level 3 is the cheapest of the three for about the same
// bytes.
Coding Negotiate(std::string_view accept_encoding);
// Whether it allows exactly this one.
bool Accepts(std::string_view accept_encoding, Coding coding);

class Compressor {
 public:
  virtual ~Compressor() = default;
  // Appends what is ready to `out`.
  virtual void Add(std::string_view data, std::string& out) = 0;
  virtual void Finish(std::string& out) = 0;
  // nullptr for identity. `best`: as small as it gets, for what is kept and sent often.
  static std::unique_ptr<Compressor> Make(Coding coding, bool best = false);
};

std::string Compress(Coding coding, std::string_view data, bool best = false);

}  // namespace stepwell::net
