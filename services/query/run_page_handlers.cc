// What a run's page shows beside its series: console, writers, files.
#include <charconv>
#include <cmath>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "base/clock.h"
#include "base/status_macros.h"
#include "query/blob_id.h"
#include "query/console.h"
#include "query/files.h"
#include "query/handlers.h"
#include "query/kinds.h"
#include "query/parameters.h"

namespace stepwell::query {
namespace {

using auth::Action;

template <typename Number>
absl::StatusOr<std::optional<Number>> ReadNumber(std::string_view name, const std::optional<std::string>& text,
                                                 std::string_view meaning) {
  if (!text) return std::optional<Number>();
  Number number{};
  const auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), number);
  if (error != std::errc() || end != text->data() + text->size() || number != number)
    return absl::InvalidArgumentError(absl::StrCat(std::string(name), " must be ", std::string(meaning)));
  return std::optional<Number>(number);
}

absl::Status ReadConsolePlace(const net::Request& request, ConsoleAsk* ask) {
  constexpr std::string_view kLine = "a line's number";
  ASSIGN_OR_RETURN(ask->after, ReadNumber<uint64_t>("after", request.query.Find("after"), kLine));
  ASSIGN_OR_RETURN(ask->before, ReadNumber<uint64_t>("before", request.query.Find("before"), kLine));
  ASSIGN_OR_RETURN(ask->tail, ReadFlag(request, "tail"));
  if ((ask->after ? 1 : 0) + (ask->before ? 1 : 0) + (ask->tail ? 1 : 0) > 1)
    return absl::InvalidArgumentError("after, before and tail each say where the page is; give one of them");
  ASSIGN_OR_RETURN(const auto limit, ReadNumber<uint32_t>("limit", request.query.Find("limit"), "a whole number"));
  ask->limit = limit.value_or(ask->limit);
  if (ask->limit >= 1 && ask->limit <= kConsoleLines) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrCat("limit must be a whole number from 1 to ", kConsoleLines));
}

absl::StatusOr<ConsoleAsk> ReadConsoleAsk(const net::Request& request) {
  ConsoleAsk ask;
  RETURN_IF_ERROR(ReadConsolePlace(request, &ask));
  for (const std::string& text : request.query.FindAll("writer")) {
    ASSIGN_OR_RETURN(
        const auto writer,
        ReadNumber<uint32_t>("writer", text, "a writer's number, as /api/v1/runs/{run}/writers lists them"));
    ask.writers.insert(*writer);
  }
  ask.match = request.query.Find("match").value_or("");
  if (ask.match.size() > kConsoleMatchBytes) {
    return absl::InvalidArgumentError(
        absl::StrCat("match has ", ask.match.size(), " bytes; the limit is ", kConsoleMatchBytes));
  }
  for (const std::string& levels : request.query.FindAll("level")) {
    for (const auto level : absl::StrSplit(levels, ',', absl::SkipEmpty())) ask.levels.emplace(level);
  }
  constexpr std::string_view kTime = "a time in seconds since the epoch";
  ASSIGN_OR_RETURN(ask.from, ReadNumber<double>("from", request.query.Find("from"), kTime));
  ASSIGN_OR_RETURN(ask.to, ReadNumber<double>("to", request.query.Find("to"), kTime));
  return ask;
}

void WriteLine(JsonWriter& json, const ConsoleLine& line) {
  const bool stream = line.level == "stdout" || line.level == "stderr";
  json.Object().Key("line").Uint(line.line).Key("wall").Double(line.wall).Key("writer").Uint(line.writer);
  json.Key("stream");
  stream ? json.String(line.level) : json.Null();
  json.Key("level");
  stream || line.level.empty() ? json.Null() : json.String(line.level);
  json.Key("text").String(line.text).End();
}

absl::StatusOr<net::Response> Console(Services& services, const net::Request& request) {
  RETURN_IF_ERROR(
      CheckParameters(request, {"writer", "after", "before", "tail", "limit", "match", "level", "from", "to"}));
  ASSIGN_OR_RETURN(ConsoleAsk ask, ReadConsoleAsk(request));
  ASSIGN_OR_RETURN(const GrantedRun run,
                   services.finder.Run(request.principal, Action::kPointsRead, request.params.at("run")));
  net::Response response;
  // The first look at a long console takes a while.
  response.stream = [&services, run, ask = std::move(ask)](net::BodyWriter& body) -> absl::Status {
    ASSIGN_OR_RETURN(const ConsolePage page, services.consoles.Read(services.reader, run, ask));
    std::string out;
    JsonWriter json(out);
    json.Object().Key("items").Array();
    for (const ConsoleLine& line : page.items) WriteLine(json, line);
    json.End().Key("total").Uint(page.total);
    if (page.earlier > 0) json.Key("earlier").Uint(page.earlier);
    if (page.matched) json.Key("matched").Uint(*page.matched);
    json.Key("next");
    page.next ? json.Uint(*page.next) : json.Null();
    json.End();
    return body.Write(out);
  };
  return response;
}

absl::StatusOr<net::Response> Writers(Services& services, const net::Request& request) {
  RETURN_IF_ERROR(CheckParameters(request, {"limit", "cursor"}));
  ASSIGN_OR_RETURN(const Paging paging, ReadPaging(request));
  ASSIGN_OR_RETURN(const GrantedRun run,
                   services.finder.Run(request.principal, Action::kRunRead, request.params.at("run")));
  ASSIGN_OR_RETURN(const auto page, services.catalog.ListWriters(run, paging.limit, paging.cursor));
  ASSIGN_OR_RETURN(const v1::ListWritersReply logged, services.reader.ListWriters(run));
  const auto write = [&](JsonWriter& json, const catalog::WriterRow& row) {
    const auto& all = logged.writers();
    const auto found = std::lower_bound(all.begin(), all.end(), row.number, [](const auto& stats, uint32_t number) {
      return stats.writer_number() < number;
    });
    const bool has = found != all.end() && found->writer_number() == row.number;
    json.Object().Key("writer").Uint(row.number).Key("name").String(row.name).Key("client").String(row.client);
    json.Key("opened").String(FormatTime(row.opened)).Key("epoch").Uint(row.epoch);
    json.Key("points").Uint(has ? found->points() : 0).Key("first_wall");
    has && found->has_walls() ? json.Double(found->first_wall()) : json.Null();
    json.Key("last_wall");
    has && found->has_walls() ? json.Double(found->last_wall()) : json.Null();
    json.End();
  };
  return ListAnswer(
      [&](JsonWriter& json) {
        for (const catalog::WriterRow& row : page.items) write(json, row);
      },
      page.next);
}

absl::StatusOr<net::Response> Files(Services& services, const net::Request& request) {
  RETURN_IF_ERROR(CheckParameters(request, {"kind", "prefix", "limit", "cursor"}));
  ASSIGN_OR_RETURN(const Paging paging, ReadPaging(request));
  FilesAsk ask;
  ASSIGN_OR_RETURN(ask.kind, ReadKind(request));
  ask.prefix = request.query.Find("prefix").value_or("");
  ask.limit = paging.limit;
  ask.cursor = paging.cursor;
  ASSIGN_OR_RETURN(const GrantedRun run,
                   services.finder.Run(request.principal, Action::kPointsRead, request.params.at("run")));
  ASSIGN_OR_RETURN(const FilesPage page, ListFiles(services.reader, run, ask));
  return ListAnswer(
      [&](JsonWriter& json) {
        for (const LoggedFile& file : page.items) {
          json.Object();
          WriteTag(json, file.tag);
          json.Key("kind").String(KindName(file.kind)).Key("step").Int(file.step).Key("wall").Double(file.wall);
          json.Key("writer").Uint(file.writer).Key("blob").String(FormatBlobId(run->number, file.blob.sha256()));
          json.Key("type").String(file.blob.type()).Key("bytes").Uint(file.blob.size());
          if (!file.name.empty()) json.Key("name").String(file.name);
          json.End();
        }
      },
      page.next);
}

}  // namespace

absl::Status AddRunPageRoutes(net::Router& router, Services& services) {
  const auto bind = [&services](auto handler) {
    return [&services, handler](const net::Request& r) { return handler(services, r); };
  };
  RETURN_IF_ERROR(router.Add("GET", "/api/v1/runs/{run}/console", bind(Console)));
  RETURN_IF_ERROR(router.Add("GET", "/api/v1/runs/{run}/files", bind(Files)));
  return router.Add("GET", "/api/v1/runs/{run}/writers", bind(Writers));
}

}  // namespace stepwell::query
