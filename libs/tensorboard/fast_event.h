// The commonest event, read without protobuf: wall time, step, and a summary of one value that is one number. A
// training logs it millions of times; the general parser costs several times as much (tensorboard_bench.cc).
//
// Thread safety: pure functions.
#pragma once

#include <cstdint>
#include <string_view>

namespace stepwell::tensorboard {

struct FastScalar {
  double wall = 0;
  int64_t step = 0;
  std::string_view tag;  // into the record
  double value = 0;
  bool is_tensor = false;  // a float32 or float64 tensor without dimensions; else simple_value
  bool is_double = false;
};

// False: not of this shape (whatever else it may be, damaged included); ask the general parser. Accepts nothing that
// the general parser would read differently: a field that repeats or that is not known here is a no.
bool ReadFastScalar(std::string_view record, FastScalar* out);

}  // namespace stepwell::tensorboard
