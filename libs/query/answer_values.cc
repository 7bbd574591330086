#include "query/answer_values.h"

#include <vector>

#include "absl/strings/str_cat.h"
#include "base/json.h"
#include "base/status_macros.h"
#include "query/kinds.h"
#include "query/value_json.h"

namespace stepwell::query {
namespace {

void WriteName(JsonWriter& json, const AskedValues& asked) {
  json.Object().Key("run").String(asked.run);
  WriteTag(json, asked.tag);
  json.Key("kind").String(KindName(asked.kind));
  if (asked.writer) json.Key("writer").Uint(*asked.writer);
}

void WriteSteps(JsonWriter& json, const v1::ReadValuesReply& reply) {
  json.Key("steps").Object().Key("step").Array();
  for (const int64_t step : reply.steps().step()) json.Int(step);
  json.End().Key("wall").Array();
  for (const double wall : reply.steps().wall()) json.Double(wall);
  json.End().Key("thinned").Bool(static_cast<uint64_t>(reply.steps().step_size()) < reply.count()).End();
}

class Answering {
 public:
  Answering(SeriesReader& reader, const ValuesQuery& query, std::span<const absl::StatusOr<GrantedRun>> runs,
            const ValuesAnswerOptions& options)
      : reader_(reader), query_(query), runs_(runs), options_(options) {}

  absl::Status Run() {
    std::vector<SeriesKey> keys;
    for (size_t i = 0; i < runs_.size(); ++i) {
      if (!runs_[i].ok()) continue;
      const AskedValues& asked = query_.series[i];
      keys.push_back({*runs_[i], asked.tag, asked.kind, asked.writer});
      asked_at_.push_back(i);
    }
    RETURN_IF_ERROR(options_.write("{\"items\":["));
    if (!keys.empty()) {
      ValuesSpec spec = query_.spec;
      spec.max_bytes = options_.most_bytes;
      RETURN_IF_ERROR(reader_.ReadValues(keys, spec, [&](const v1::ReadValuesReply& reply) { return Visit(reply); }));
    }
    RETURN_IF_ERROR(WriteNotFoundBefore(runs_.size()));
    if (next_ != runs_.size()) return absl::InternalError("fewer answers than series");
    return options_.write("]}");
  }

 private:
  absl::Status Visit(const v1::ReadValuesReply& reply) {
    if (std::chrono::steady_clock::now() > options_.deadline)
      return absl::DeadlineExceededError("the answer takes longer than --query-timeout; ask in parts");
    if (reply.index() >= asked_at_.size()) return absl::InternalError("an answer to nothing that was asked");
    const size_t at = asked_at_[reply.index()];
    RETURN_IF_ERROR(WriteNotFoundBefore(at));
    if (next_ != at) return absl::InternalError("answers are out of order");
    std::string item;
    const absl::Status status = reply.code() != 0
                                    ? absl::Status(static_cast<absl::StatusCode>(reply.code()), reply.error())
                                    : WriteItem(reply, item);
    if (absl::IsResourceExhausted(status)) return WriteError(TooMuch());
    if (!status.ok()) return WriteError(status);
    written_ += item.size();
    return Write(item);
  }

  // What of an item there is room for; RESOURCE_EXHAUSTED before more than that is in memory.
  absl::Status WriteItem(const v1::ReadValuesReply& reply, std::string& item) {
    const GrantedRun& run = *runs_[next_];
    const ValueWriter values(run->number, [&](const v1::BlobRef& blob) -> absl::StatusOr<std::string> {
      if (written_ + item.size() + blob.size() > options_.most_bytes) return TooMuch();
      return options_.read_blob(run, blob);
    });
    JsonWriter json(item);
    const auto write_point = [&](const v1::ValuePoint& point) -> absl::Status {
      json.Object().Key("step").Int(point.step()).Key("wall").Double(point.wall()).Key("value");
      RETURN_IF_ERROR(values.Write(json, point.value()));
      json.End();
      return written_ + item.size() > options_.most_bytes ? TooMuch() : absl::OkStatus();
    };
    WriteName(json, query_.series[next_]);
    json.Key("count").Uint(reply.count());
    if (!reply.damage().empty()) json.Key("damage").String(reply.damage());
    json.Key("point");
    if (reply.has_point()) {
      RETURN_IF_ERROR(write_point(reply.point()));
    } else {
      json.Null();
    }
    if (query_.spec.steps > 0) WriteSteps(json, reply);
    if (query_.spec.spread > 0) {
      json.Key("points").Array();
      for (const v1::ValuePoint& point : reply.points()) RETURN_IF_ERROR(write_point(point));
      json.End();
    }
    json.End();
    return written_ + item.size() > options_.most_bytes ? TooMuch() : absl::OkStatus();
  }

  absl::Status TooMuch() const {
    return absl::ResourceExhaustedError(
        absl::StrCat("with this series the answer has more than ", options_.most_bytes,
                     " bytes, the limit of a request; ask for fewer points (spread), without steps, or in parts"));
  }

  absl::Status WriteNotFoundBefore(size_t end) {
    while (next_ < end && !runs_[next_].ok()) RETURN_IF_ERROR(WriteError(runs_[next_].status()));
    return absl::OkStatus();
  }

  absl::Status WriteError(const absl::Status& error) {
    std::string item;
    JsonWriter json(item);
    WriteName(json, query_.series[next_]);
    json.Key("error").Raw(options_.problem(error)).End();
    return Write(item);
  }

  absl::Status Write(std::string_view item) {
    if (next_++ > 0) RETURN_IF_ERROR(options_.write(","));
    return options_.write(item);
  }

  SeriesReader& reader_;
  const ValuesQuery& query_;
  const std::span<const absl::StatusOr<GrantedRun>> runs_;
  const ValuesAnswerOptions& options_;
  std::vector<size_t> asked_at_;  // of what the reader is asked, in query_.series
  uint64_t written_ = 0;          // bytes of items
  size_t next_ = 0;               // item to be written
};

}  // namespace

absl::Status AnswerValues(SeriesReader& reader, const ValuesQuery& query,
                          std::span<const absl::StatusOr<GrantedRun>> runs, const ValuesAnswerOptions& options) {
  return Answering(reader, query, runs, options).Run();
}

}  // namespace stepwell::query
