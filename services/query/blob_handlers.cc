#include <algorithm>
#include <array>

#include "absl/strings/str_cat.h"
#include "base/bytes.h"
#include "base/status_macros.h"
#include "net/problem.h"
#include "query/blob_id.h"
#include "query/byte_range.h"
#include "query/handlers.h"
#include "query/parameters.h"

namespace stepwell::query {
namespace {

// What browsers may draw or play; everything else is downloaded.
constexpr std::array<std::string_view, 14> kShown = {
    "image/png",  "image/jpeg", "image/gif",  "image/webp", "image/bmp",  "image/svg+xml", "audio/wav",
    "audio/mpeg", "audio/ogg",  "audio/flac", "video/mp4",  "video/webm", "audio/x-wav",   "video/ogg"};

// A page that somebody logged, in a frame of the application: of no origin, without network, and without what it asks
// of the browser. Its own style and its own pictures are all that it may have. What type the bytes are of is for the
// asker to know: HTML is not told from its bytes.
constexpr char kFrame[] =
    "; default-src 'none'; style-src 'unsafe-inline'; font-src data:; media-src data:; form-action 'none'; "
    "base-uri 'none'; frame-ancestors 'self'; ";
constexpr char kStill[] = "img-src data:";
constexpr char kScripts[] = "img-src data: blob:; script-src 'unsafe-inline' 'unsafe-eval' blob:; worker-src blob:";

struct BlobHead {
  uint64_t size = 0;
  std::string type;
};

absl::StatusOr<BlobHead> ReadHead(SeriesReader& reader, const GrantedRun& run, const BlobId& id) {
  BlobHead head;
  RETURN_IF_ERROR(reader.ReadBlob(run, id.sha256, 0, 1, [&](const v1::ReadBlobReply& reply) {
    head.size = std::max(head.size, reply.size());
    if (!reply.type().empty()) head.type = reply.type();
    return absl::OkStatus();
  }));
  return head;
}

// Without a name: the link that one saves it by knows a better one than the hash of its bytes.
void SetAsFile(net::Response& response, const std::string& type) {
  const bool shown = std::find(kShown.begin(), kShown.end(), type) != kShown.end();
  response.content_type = shown ? type : "application/octet-stream";
  if (!shown) response.Set("Content-Disposition", "attachment");
  response.Set("Content-Security-Policy", "sandbox; default-src 'none'");
}

absl::Status SetAsPage(net::Response& response, std::string_view page) {
  if (page != "still" && page != "scripts") return absl::InvalidArgumentError("page must be still or scripts");
  const bool scripts = page == "scripts";
  response.content_type = "text/html; charset=utf-8";
  response.Set("Content-Security-Policy",
               absl::StrCat(scripts ? "sandbox allow-scripts" : "sandbox", kFrame, scripts ? kScripts : kStill));
  response.Set("X-DNS-Prefetch-Control", "off");
  return absl::OkStatus();
}

absl::Status SetHeaders(net::Response& response, const net::Request& request, const std::string& type,
                        const std::string& name) {
  if (const std::optional<std::string> page = request.query.Find("page"); page.has_value()) {
    RETURN_IF_ERROR(SetAsPage(response, *page));
  } else {
    SetAsFile(response, type);
  }
  response.compressible = false;
  response.Set("Cache-Control", "private, max-age=31536000, immutable");
  response.Set("ETag", "\"" + name + "\"");
  response.Set("Accept-Ranges", "bytes");
  return absl::OkStatus();
}

absl::StatusOr<net::Response> Get(Services& services, const net::Request& request) {
  RETURN_IF_ERROR(CheckParameters(request, {"page"}));
  ASSIGN_OR_RETURN(const BlobId id, ParseBlobId(request.params.at("id")));
  absl::StatusOr<GrantedRun> run = services.finder.RunByNumber(request.principal, auth::Action::kBlobRead, id.run);
  if (!run.ok()) {
    return run.status().code() == absl::StatusCode::kNotFound ? absl::NotFoundError("there is no such blob")
                                                              : run.status();
  }
  ASSIGN_OR_RETURN(const BlobHead head, ReadHead(services.reader, *run, id));
  const std::string name = ToHex(id.sha256);
  net::Response response;
  RETURN_IF_ERROR(SetHeaders(response, request, head.type, name));
  if (request.Header("if-none-match").find(name) != std::string_view::npos) {
    response.status = 304;
    return response;
  }
  const std::string_view if_range = request.Header("if-range");
  const bool ranged = if_range.empty() || if_range.find(name) != std::string_view::npos;
  const auto range = ParseRange(ranged ? request.Header("range") : "", head.size);
  if (!range.ok()) {
    net::Response refusal =
        net::Problem(416, absl::StrCat("the range is beyond the blob's ", head.size, " bytes"), request.id);
    refusal.Set("Content-Range", absl::StrCat("bytes */", head.size));
    return refusal;
  }
  const ByteRange part = range->value_or(ByteRange{0, head.size});
  if (range->has_value()) {
    response.status = 206;
    response.Set("Content-Range",
                 absl::StrCat("bytes ", part.offset, "-", part.offset + part.length - 1, "/", head.size));
  }
  response.stream_bytes = part.length;
  response.stream = [&services, run = *run, id, part](net::BodyWriter& body) -> absl::Status {
    if (part.length == 0) return absl::OkStatus();
    return services.reader.ReadBlob(run, id.sha256, part.offset, part.length,
                                    [&](const v1::ReadBlobReply& reply) { return body.Write(reply.data()); });
  };
  return response;
}

}  // namespace

absl::Status AddBlobRoutes(net::Router& router, Services& services) {
  return router.Add("GET", "/api/v1/blobs/{id}",
                    [&services](const net::Request& request) { return Get(services, request); });
}

}  // namespace stepwell::query
