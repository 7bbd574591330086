// Points of one series, in order of arrival, as columns of equal length. A series is of scalars or of payloads (a
// serialised stepwell.v1.Value each); the other column stays empty.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace stepwell::series {

// Points in a full chunk. Measured on training curves: chunks of 128 cost 5 to 17 % more bytes, of 4,096 save 2 to 7 %.
inline constexpr size_t kChunkPoints = 1024;
// Points that the finest summary stands for.
inline constexpr size_t kSummaryPoints = 128;

struct Points {
  std::vector<int64_t> step;
  std::vector<double> wall;
  std::vector<double> value;         // scalars
  std::vector<std::string> payload;  // other kinds

  size_t size() const { return step.size(); }
  bool empty() const { return step.empty(); }
};

}  // namespace stepwell::series
