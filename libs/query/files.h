// Every blob that was logged to a run, as a list a page at a time: series in the order in which they first came, points
// in order of arrival. Points that a rewind hides are left out.
//
// Thread safety: pure functions of their arguments.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "query/series_reader.h"

namespace stepwell::query {

struct LoggedFile {
  std::string tag;
  v1::Kind kind = v1::KIND_UNSPECIFIED;
  int64_t step = 0;
  double wall = 0;
  uint32_t writer = 0;
  v1::BlobRef blob;
  std::string name;  // as logged, or which part of the value it is; may be empty
};
struct FilesAsk {
  v1::Kind kind = v1::KIND_UNSPECIFIED;  // unspecified: all
  std::string prefix;                    // of the tag
  uint32_t limit = 100;
  std::string cursor;
};
struct FilesPage {
  std::vector<LoggedFile> items;
  std::string next;  // empty: the last page
};

// A page may be short where many points without a blob were looked at. INVALID_ARGUMENT: a cursor that no page gave.
absl::StatusOr<FilesPage> ListFiles(SeriesReader& reader, const GrantedRun& run, const FilesAsk& ask);

struct NamedBlob {
  const v1::BlobRef* blob = nullptr;
  std::string name;
};
// The blobs that a value names; valid as long as the value.
std::vector<NamedBlob> BlobsOf(const v1::Value& value);

}  // namespace stepwell::query
