// What a value of a type of its own becomes: a point of a series, and the bytes that it names.
#pragma once

#include <string>
#include <vector>

namespace stepwell::internal {

struct Encoded {
  std::string info;   // SeriesInfo
  std::string value;  // Value
  std::vector<std::string> blobs;
};

}  // namespace stepwell::internal
