// How a call of the spool ended. The client library is linked into other people's programs, some of which bring an
// Abseil of their own, so there is none in here.
//
// Thread safety: a value.
#pragma once

#include <cstdint>
#include <string>
#include <utility>

namespace stepwell::spool {

enum class Code : uint8_t {
  kOk,
  kInvalid,  // no such record can be written
  kFull,     // the spool folder holds what it may, and the writer was told to drop
  kNotOurs,  // the writer is of another process: this one was forked from it
  kClosed,
  kFailed  // the disk did not take it
};

class [[nodiscard]] Status {
 public:
  Status() = default;
  Status(Code code, std::string why) : code_(code), why_(std::move(why)) {}

  bool ok() const { return code_ == Code::kOk; }
  Code code() const { return code_; }
  const std::string& why() const { return why_; }

 private:
  Code code_ = Code::kOk;
  std::string why_;
};

}  // namespace stepwell::spool
