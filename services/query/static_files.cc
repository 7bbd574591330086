#include "query/static_files.h"

#include <array>
#include <filesystem>
#include <fstream>

#include "absl/strings/str_cat.h"
#include "net/compress.h"

namespace stepwell::query {
namespace {

namespace fs = std::filesystem;

constexpr size_t kMostBytes = size_t{256} << 20;  // of all files: a folder that is not the application is a mistake
constexpr char kMissing[] =
    "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>Stepwell</title><p>This server runs, but it was "
    "started without "
    "the web application. <code>./dev build</code> makes it; <code>--web FOLDER</code> names it.</p></html>";

std::string TypeOf(std::string_view path) {
  constexpr std::array<std::pair<std::string_view, std::string_view>, 13> kTypes = {{
      {".html", "text/html; charset=utf-8"},
      {".js", "text/javascript; charset=utf-8"},
      {".css", "text/css; charset=utf-8"},
      {".svg", "image/svg+xml"},
      {".png", "image/png"},
      {".ico", "image/x-icon"},
      {".woff2", "font/woff2"},
      {".json", "application/json"},
      {".map", "application/json"},
      {".txt", "text/plain; charset=utf-8"},
      {".wasm", "application/wasm"},
      {".webmanifest", "application/manifest+json"},
      {".xml", "application/xml"},
  }};
  for (const auto& [ending, type] : kTypes) {
    if (path.ends_with(ending)) return std::string(type);
  }
  return "application/octet-stream";
}

// Paths that the application draws: it reads the address itself.
bool IsPage(std::string_view path) {
  for (const std::string_view place : {"/w", "/v", "/s", "/me", "/admin", "/setup"}) {
    if (path == place || (path.starts_with(place) && path[place.size()] == '/')) return true;
  }
  return path == "/";
}

}  // namespace

void StaticFiles::Add(const std::string& path, std::string bytes) {
  File file;
  file.type = TypeOf(path);
  file.hashed = path.starts_with("/assets/");
  const bool compressed_already = path.ends_with(".woff2") || path.ends_with(".png");
  if (bytes.size() > 1024 && !compressed_already) {
    file.gzip = std::make_shared<const std::string>(net::Compress(net::Coding::kGzip, bytes));
    file.brotli = std::make_shared<const std::string>(net::Compress(net::Coding::kBrotli, bytes));
  }
  file.plain = std::make_shared<const std::string>(std::move(bytes));
  files_[path] = std::move(file);
}

absl::StatusOr<StaticFiles> StaticFiles::Load(const std::string& folder) {
  StaticFiles files;
  std::error_code error;
  size_t total = 0;
  if (!folder.empty() && !fs::is_directory(folder, error)) {
    return absl::NotFoundError(absl::StrCat("--web ", folder, " is not a folder"));
  }
  for (auto it = fs::recursive_directory_iterator(folder.empty() ? "/nonexistent" : folder, error);
       !error && it != fs::recursive_directory_iterator(); it.increment(error)) {
    if (!it->is_regular_file(error) || it->is_symlink(error)) continue;
    std::ifstream in(it->path(), std::ios::binary);
    std::string bytes((std::istreambuf_iterator<char>(in)), {});
    total += bytes.size();
    if (total > kMostBytes)
      return absl::FailedPreconditionError(
          absl::StrCat("--web ", folder, " holds more than 256 MiB: it is not the web application"));
    files.Add("/" + fs::relative(it->path(), folder, error).generic_string(), std::move(bytes));
  }
  if (!files.files_.contains("/index.html")) files.Add("/index.html", kMissing);
  if (!files.files_.contains("/robots.txt")) files.Add("/robots.txt", "User-agent: *\nDisallow: /\n");
  return files;
}

absl::StatusOr<net::Response> StaticFiles::Answer(const net::Request& request) const {
  auto it = files_.find(request.path);
  if (it == files_.end() && IsPage(request.path)) it = files_.find("/index.html");
  if (it == files_.end())
    return absl::NotFoundError("there is nothing at this path; /api/v1/openapi.yaml lists what there is");
  const File& file = it->second;
  net::Response response;
  response.content_type = file.type;
  response.shared_body = file.plain;
  response.hashed = true;
  const std::string_view accepted = request.Header("accept-encoding");
  response.compressible = false;
  if (file.brotli && net::Accepts(accepted, net::Coding::kBrotli)) {
    response.shared_body = file.brotli;
    response.Set("Content-Encoding", "br");
  } else if (file.gzip && net::Accepts(accepted, net::Coding::kGzip)) {
    response.shared_body = file.gzip;
    response.Set("Content-Encoding", "gzip");
  }
  if (file.gzip) response.Set("Vary", "Accept-Encoding");
  response.Set("Cache-Control", file.hashed ? "public, max-age=31536000, immutable" : "no-cache");
  return response;
}

}  // namespace stepwell::query
