// The web application's files: a table made at start, compressed once. No file is opened from a request.
//
// Thread safety: constant after Load.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "net/http.h"

namespace stepwell::query {

class StaticFiles {
 public:
  // All regular files below `folder` (links are not followed). An empty name gives a page that says what is missing.
  static absl::StatusOr<StaticFiles> Load(const std::string& folder);

  // The file, or the application's page for addresses that it draws itself; NOT_FOUND otherwise.
  absl::StatusOr<net::Response> Answer(const net::Request& request) const;

 private:
  // Shared: answers on their way hold the bytes.
  using Bytes = std::shared_ptr<const std::string>;
  struct File {
    Bytes plain, gzip, brotli;  // null: not smaller
    std::string type;
    bool hashed = false;  // its name changes with its content
  };
  void Add(const std::string& path, std::string bytes);

  std::map<std::string, File, std::less<>> files_;  // by path: "/index.html"
};

}  // namespace stepwell::query
