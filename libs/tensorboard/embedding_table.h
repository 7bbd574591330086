// The tables of the projector: vectors and their metadata, as tab-separated text.
//
// Thread safety: pure functions.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"

namespace stepwell::tensorboard {

struct Vectors {
  uint64_t rows = 0;
  uint64_t dimensions = 0;
  std::string data;  // float32, little-endian, row by row
};

// One vector a line, numbers apart by tabs (or blanks). Empty lines do not count. INVALID_ARGUMENT names the line.
absl::StatusOr<Vectors> ParseVectors(std::string_view text);

struct MetadataShape {
  std::vector<std::string> columns;  // names; "label" where there is no header
  bool has_header = false;
  uint64_t rows = 0;  // without the header
};

// One column: as many lines as vectors are labels, one more is a header and labels. Several columns: the first line is
// always a header. Lines end in LF or CRLF, the last one perhaps in nothing; an empty line is an empty label.
MetadataShape ReadMetadataShape(std::string_view text, uint64_t vectors);

}  // namespace stepwell::tensorboard
