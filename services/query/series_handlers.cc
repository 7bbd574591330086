#include <algorithm>
#include <chrono>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "net/problem.h"
#include "query/answer_series.h"
#include "query/answer_values.h"
#include "query/catalog_json.h"
#include "query/handlers.h"
#include "query/kinds.h"
#include "query/parameters.h"
#include "query/points_export.h"
#include "query/series_answer.h"

namespace stepwell::query {
namespace {

using auth::Action;

// Of an exact answer: three numbers of up to 20 digits.
constexpr uint64_t kBytesPerPoint = 64;
constexpr uint32_t kLookPage = 1000;
constexpr uint64_t kMaxTextBlob = uint64_t{64} << 20;

absl::StatusOr<net::Response> List(Services& services, const net::Request& request) {
  RETURN_IF_ERROR(CheckParameters(request, {"kind", "prefix", "match", "limit", "cursor"}));
  ASSIGN_OR_RETURN(const Paging paging, ReadPaging(request));
  v1::ListSeriesRequest ask;
  ASSIGN_OR_RETURN(const v1::Kind kind, ReadKind(request));
  ask.set_kind(kind);
  ask.set_prefix(request.query.Find("prefix").value_or(""));
  ask.set_match(request.query.Find("match").value_or(""));
  ask.set_limit(paging.limit);
  std::string cursor;
  if (!absl::WebSafeBase64Unescape(paging.cursor, &cursor))
    return absl::InvalidArgumentError("cursor is none that this server gave out");
  ask.set_cursor(cursor);
  ASSIGN_OR_RETURN(const GrantedRun run,
                   services.finder.Run(request.principal, Action::kSeriesRead, request.params.at("run")));
  ASSIGN_OR_RETURN(const v1::ListSeriesReply reply, services.reader.ListSeries(run, std::move(ask)));
  return ListAnswer(
      [&](JsonWriter& json) {
        for (const auto& item : reply.items()) WriteSeriesItem(json, item);
      },
      absl::WebSafeBase64Escape(reply.next()));
}

using FoundRuns = std::shared_ptr<const std::vector<absl::StatusOr<GrantedRun>>>;

// The run of each series that is asked for; an error if nobody can say.
template <typename Asked>
absl::StatusOr<FoundRuns> FindRuns(Services& services, const net::Request& request, const std::vector<Asked>& series) {
  std::map<std::string, absl::StatusOr<GrantedRun>> by_id;
  auto runs = std::make_shared<std::vector<absl::StatusOr<GrantedRun>>>();
  for (const Asked& asked : series) {
    auto it = by_id.find(asked.run);
    if (it == by_id.end()) {
      absl::StatusOr<GrantedRun> run = services.finder.Run(request.principal, Action::kPointsRead, asked.run);
      if (!run.ok() && run.status().code() == absl::StatusCode::kUnavailable) return run.status();
      it = by_id.emplace(asked.run, std::move(run)).first;
    }
    runs->push_back(it->second);
  }
  return runs;
}

absl::StatusOr<net::Response> Query(Services& services, const net::Request& request) {
  RETURN_IF_ERROR(CheckParameters(request, {}));
  RETURN_IF_ERROR(CheckJsonBody(request));
  // Shared: std::function copies what it holds.
  ASSIGN_OR_RETURN(SeriesQuery parsed, ParseSeriesQuery(request.body));
  // One series is in memory as a whole: what would not fit is cut, and says so (`truncated`).
  const uint64_t most_points = services.query_memory / kBytesPerPoint;
  parsed.spec.max_points = parsed.spec.max_points == 0 ? most_points : std::min(parsed.spec.max_points, most_points);
  auto query = std::make_shared<const SeriesQuery>(std::move(parsed));
  const bool binary = request.Header("accept").find(kBinaryMediaType) != std::string_view::npos;
  ASSIGN_OR_RETURN(const FoundRuns runs, FindRuns(services, request, query->series));
  auto base = std::make_shared<std::optional<absl::StatusOr<GrantedRun>>>();
  if (!query->base.empty()) *base = services.finder.Run(request.principal, Action::kPointsRead, query->base);
  net::Response response;
  if (binary) response.content_type = kBinaryMediaType;
  response.Set("Vary", "Accept");
  response.stream = [&services, query, runs, base, binary, id = request.id](net::BodyWriter& body) {
    SeriesAnswerOptions options;
    options.raw = &services.raw_points;
    options.params = [&](const GrantedRun& run) -> absl::StatusOr<std::map<std::string, std::string>> {
      ASSIGN_OR_RETURN(catalog::Run found, services.catalog.GetRun(run));
      return std::move(found.params);
    };
    options.base = *base;
    options.deadline = std::chrono::steady_clock::now() + services.query_timeout;
    options.binary = binary;
    options.problem = [&](const absl::Status& error) { return net::ProblemJson(error, id); };
    options.write = [&](std::string_view data) { return body.Write(data); };
    options.count = services.count_series;
    options.most_bytes = services.query_memory;
    return AnswerSeries(services.reader, *query, *runs, options);
  };
  return response;
}

struct FoundTag {
  v1::Kind kind = v1::KIND_UNSPECIFIED;
  bool several_writers = false;
};

// Which kind is meant where the request names none, and whether more than one writer logged it.
absl::StatusOr<FoundTag> FindTag(SeriesReader& reader, const GrantedRun& run, const std::string& tag, v1::Kind kind) {
  std::map<v1::Kind, int> writers;
  v1::ListSeriesRequest ask;
  ask.set_kind(kind);
  ask.set_prefix(tag);
  ask.set_limit(kLookPage);
  do {
    ASSIGN_OR_RETURN(const v1::ListSeriesReply reply, reader.ListSeries(run, ask));
    for (const v1::SeriesItem& item : reply.items()) {
      if (item.info().tag() == tag) ++writers[item.info().kind()];
    }
    ask.set_cursor(reply.next());
  } while (!ask.cursor().empty());
  if (writers.empty()) {
    return absl::NotFoundError(absl::StrCat("the run has no ",
                                            kind == v1::KIND_UNSPECIFIED ? "" : std::string(KindName(kind)) + " ",
                                            "series with this tag; /api/v1/runs/{run}/series lists what it has"));
  }
  if (writers.size() > 1) {
    std::string names;
    for (const auto& [one, count] : writers)
      absl::StrAppend(&names, names.empty() ? "" : ", ", std::string(KindName(one)));
    return absl::InvalidArgumentError(
        absl::StrCat("the tag has series of several kinds (", names, "); choose one with kind="));
  }
  return FoundTag{writers.begin()->first, writers.begin()->second > 1};
}

absl::StatusOr<ExportFormat> ReadFormat(const net::Request& request) {
  const std::string name = request.query.Find("format").value_or("json");
  if (name == "json") return ExportFormat::kJson;
  if (name == "jsonl") return ExportFormat::kJsonl;
  if (name == "csv") return ExportFormat::kCsv;
  return absl::InvalidArgumentError("format must be json, jsonl or csv");
}

std::string_view MediaType(ExportFormat format) {
  switch (format) {
    case ExportFormat::kJson:
      return "application/json";
    case ExportFormat::kJsonl:
      return "application/jsonl";
    case ExportFormat::kCsv:
      return "text/csv; charset=utf-8";
  }
  return "";
}

absl::StatusOr<std::optional<uint32_t>> ReadWriter(const net::Request& request) {
  const std::optional<std::string> text = request.query.Find("writer");
  if (!text) return std::optional<uint32_t>();
  uint32_t number = 0;
  if (text->empty() || text->size() > 9 || text->find_first_not_of("0123456789") != std::string::npos) {
    return absl::InvalidArgumentError("writer must be a writer's number, as the run's series have it");
  }
  for (const char c : *text) number = number * 10 + static_cast<uint32_t>(c - '0');
  return std::optional<uint32_t>(number);
}

absl::StatusOr<std::string> ReadWholeBlob(SeriesReader& reader, const GrantedRun& run, const v1::BlobRef& blob) {
  if (blob.size() > kMaxTextBlob) return absl::ResourceExhaustedError("a value is larger than 64 MiB");
  std::string bytes;
  RETURN_IF_ERROR(reader.ReadBlob(run, blob.sha256(), 0, std::nullopt, [&](const v1::ReadBlobReply& part) {
    bytes += part.data();
    return absl::OkStatus();
  }));
  return bytes;
}

absl::StatusOr<net::Response> Values(Services& services, const net::Request& request) {
  RETURN_IF_ERROR(CheckParameters(request, {}));
  RETURN_IF_ERROR(CheckJsonBody(request));
  ASSIGN_OR_RETURN(ValuesQuery parsed, ParseValuesQuery(request.body));
  auto query = std::make_shared<const ValuesQuery>(std::move(parsed));
  ASSIGN_OR_RETURN(const FoundRuns runs, FindRuns(services, request, query->series));
  net::Response response;
  response.stream = [&services, query, runs, id = request.id](net::BodyWriter& body) {
    ValuesAnswerOptions options;
    options.deadline = std::chrono::steady_clock::now() + services.query_timeout;
    options.most_bytes = std::min(options.most_bytes, services.query_memory);
    options.problem = [&](const absl::Status& error) { return net::ProblemJson(error, id); };
    options.write = [&](std::string_view data) { return body.Write(data); };
    options.read_blob = [&](const GrantedRun& run, const v1::BlobRef& blob) {
      return ReadWholeBlob(services.reader, run, blob);
    };
    return AnswerValues(services.reader, *query, *runs, options);
  };
  return response;
}

absl::StatusOr<net::Response> Points(Services& services, const net::Request& request) {
  RETURN_IF_ERROR(CheckParameters(request, {"tag", "kind", "writer", "hidden", "format"}));
  const std::optional<std::string> tag = request.query.Find("tag");
  if (!tag) return absl::InvalidArgumentError("tag is missing: /api/v1/runs/{run}/points?tag=train/loss");
  ASSIGN_OR_RETURN(const ExportFormat format, ReadFormat(request));
  ASSIGN_OR_RETURN(const v1::Kind kind, ReadKind(request));
  ASSIGN_OR_RETURN(const std::optional<uint32_t> writer, ReadWriter(request));
  ASSIGN_OR_RETURN(const bool hidden, ReadFlag(request, "hidden"));
  ASSIGN_OR_RETURN(const GrantedRun run,
                   services.finder.Run(request.principal, Action::kPointsRead, request.params.at("run")));
  ASSIGN_OR_RETURN(const FoundTag found, FindTag(services.reader, run, *tag, kind));
  ExportHead head{run->id, *tag, found.kind, hidden, found.several_writers && !writer};
  SeriesKey key{run, *tag, found.kind, writer};
  net::Response response;
  response.content_type = MediaType(format);
  response.stream = [&services, format, head, key, hidden](net::BodyWriter& body) -> absl::Status {
    const auto read_blob = [&](const v1::BlobRef& blob) { return ReadWholeBlob(services.reader, key.run, blob); };
    PointsExport points(format, head, ValueWriter(key.run->number, read_blob));
    std::string out;
    points.Begin(out);
    RETURN_IF_ERROR(services.reader.ReadPoints(key, hidden, 0, [&](const v1::ReadPointsReply& part) -> absl::Status {
      RETURN_IF_ERROR(points.Add(part, out));
      RETURN_IF_ERROR(body.Write(out));
      out.clear();
      return absl::OkStatus();
    }));
    points.End(out);
    return body.Write(out);
  };
  return response;
}

}  // namespace

absl::Status AddSeriesRoutes(net::Router& router, Services& services) {
  const auto bind = [&services](auto handler) {
    return [&services, handler](const net::Request& r) { return handler(services, r); };
  };
  RETURN_IF_ERROR(router.Add("GET", "/api/v1/runs/{run}/series", bind(List)));
  RETURN_IF_ERROR(router.Add("POST", "/api/v1/series:query", bind(Query)));
  RETURN_IF_ERROR(router.Add("POST", "/api/v1/values:query", bind(Values)));
  return router.Add("GET", "/api/v1/runs/{run}/points", bind(Points));
}

}  // namespace stepwell::query
