#include "net/problem.h"

#include <optional>
#include <utility>

#include "absl/strings/cord.h"
#include "absl/types/optional.h"
#include "base/json.h"
#include "base/text_error.h"

namespace stepwell::net {
namespace {

constexpr char kStatusPayload[] = "stepwell/http-status";

// A name for programs; it never changes for a status.
std::string_view TypeOf(int status) {
  switch (status) {
    case 400:
      return "bad-request";
    case 401:
      return "unauthenticated";
    case 403:
      return "forbidden";
    case 404:
      return "not-found";
    case 405:
      return "method-not-allowed";
    case 406:
      return "not-acceptable";
    case 408:
      return "timeout";
    case 409:
      return "conflict";
    case 413:
      return "too-large";
    case 414:
      return "url-too-long";
    case 415:
      return "unsupported-media-type";
    case 416:
      return "range-not-satisfiable";
    case 429:
      return "too-many-requests";
    case 431:
      return "headers-too-large";
    case 503:
      return "unavailable";
    case 504:
      return "deadline-exceeded";
    default:
      return "internal";
  }
}

int StatusOf(const absl::Status& error) {
  if (const absl::optional<absl::Cord> payload = error.GetPayload(kStatusPayload)) {
    return std::stoi(std::string(*payload));
  }
  return HttpStatus(error.code());
}

std::string Document(int status, std::string_view detail, const std::optional<TextPlace>& place,
                     std::string_view request_id) {
  std::string out;
  JsonWriter json(out);
  json.Object().Key("type").String("urn:stepwell:problem:" + std::string(TypeOf(status)));
  json.Key("title").String(ReasonPhrase(status)).Key("status").Int(status).Key("detail").String(detail);
  if (place) {
    json.Key("text").String(place->text).Key("position").Uint(place->column).Key("length").Uint(place->length);
    json.Key("hint").String(place->hint);
  }
  if (!request_id.empty()) json.Key("request_id").String(request_id);
  json.End();
  return out;
}

Response Answer(int status, std::string document) {
  Response response;
  response.status = status;
  response.content_type = "application/problem+json";
  response.body = std::move(document);
  response.Set("Cache-Control", "no-store");
  if (status == 429 || status == 503) response.Set("Retry-After", "2");
  return response;
}

}  // namespace

int HttpStatus(absl::StatusCode code) {
  switch (code) {
    case absl::StatusCode::kOk:
      return 200;
    case absl::StatusCode::kInvalidArgument:
    case absl::StatusCode::kOutOfRange:
      return 400;
    case absl::StatusCode::kUnauthenticated:
      return 401;
    case absl::StatusCode::kPermissionDenied:
      return 403;
    case absl::StatusCode::kNotFound:
      return 404;
    case absl::StatusCode::kAlreadyExists:
    case absl::StatusCode::kAborted:
    case absl::StatusCode::kFailedPrecondition:
      return 409;
    case absl::StatusCode::kResourceExhausted:
      return 429;
    case absl::StatusCode::kCancelled:
      return 499;
    case absl::StatusCode::kUnimplemented:
      return 501;
    case absl::StatusCode::kUnavailable:
      return 503;
    case absl::StatusCode::kDeadlineExceeded:
      return 504;
    default:
      return 500;
  }
}

std::string PublicDetail(const absl::Status& error, std::string_view request_id) {
  switch (error.code()) {
    case absl::StatusCode::kInternal:
    case absl::StatusCode::kUnknown:
    case absl::StatusCode::kDataLoss:
      return "the server failed at this request; its log says why under request_id " + std::string(request_id);
    default:
      return std::string(error.message());
  }
}

std::string ProblemJson(int status, std::string_view detail, std::string_view request_id) {
  return Document(status, detail, std::nullopt, request_id);
}
std::string ProblemJson(const absl::Status& error, std::string_view request_id) {
  return Document(StatusOf(error), PublicDetail(error, request_id), PlaceOf(error), request_id);
}

Response Problem(int status, std::string_view detail, std::string_view request_id) {
  return Answer(status, ProblemJson(status, detail, request_id));
}
Response Problem(const absl::Status& error, std::string_view request_id) {
  return Answer(StatusOf(error), ProblemJson(error, request_id));
}

absl::Status HttpError(int status, std::string_view detail) {
  absl::Status error(absl::StatusCode::kInvalidArgument, absl::string_view(detail.data(), detail.size()));
  error.SetPayload(kStatusPayload, absl::Cord(std::to_string(status)));
  return error;
}

}  // namespace stepwell::net
