// Reads a spool from a position on: whole records only. What is no record at the end of the last segment is a torn
// tail, and is waited for while the writer lives; in a segment that is followed by another it is damage, and the rest
// of that segment is passed over.
//
// Thread safety: one thread at a time.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "spool/writer.h"

namespace stepwell::spool {

class SpoolReader {
 public:
  enum class Outcome {
    kRecord,  // body() is valid until the next call
    kNothing  // no more now; if the writer is dead, for ever
  };

  explicit SpoolReader(std::string folder, Position from = {});
  ~SpoolReader();
  SpoolReader(const SpoolReader&) = delete;
  SpoolReader& operator=(const SpoolReader&) = delete;

  // `dead`: the writer was seen dead before this call.
  Outcome Next(bool dead);
  // Whether it is worth to call Next again: two looks at the file system, and no reading.
  bool MayHaveMore() const;
  std::string_view body() const { return body_; }
  Position position() const { return at_; }  // of the first record that was not given

  uint64_t cut() const { return cut_; }          // bytes of a torn tail, once the writer is dead
  uint64_t damaged() const { return damaged_; }  // bytes that were passed over as damage

 private:
  bool Open();  // false: the segment is not there
  void Close();
  void Fill(size_t needed);  // buffer_ := what is from at_.offset on: at least `needed` bytes, or all that there is
  bool ReadRecord();
  uint64_t Left() const;  // bytes of the segment from at_.offset on
  void EndOfDead();

  const std::string folder_;
  Position at_;
  int file_ = -1;
  std::string buffer_;
  size_t used_ = 0;  // of buffer_
  std::string_view body_;
  uint64_t cut_ = 0, damaged_ = 0;
};

}  // namespace stepwell::spool
