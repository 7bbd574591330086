#include "query/answer_values.h"

#include <vector>

#include "absl/strings/str_cat.h"
#include "base/json.h"
#include "base/status_macros.h"
#include "query/item_answer.h"
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

class ValuesAnswer final : public ItemAnswer<v1::ReadValuesReply> {
 public:
  ValuesAnswer(SeriesReader& reader, const ValuesQuery& query, std::span<const absl::StatusOr<GrantedRun>> runs,
               const ValuesAnswerOptions& options)
      : ItemAnswer(runs, options.deadline, options.write), reader_(reader), query_(query), options_(options) {}

 private:
  SeriesKey KeyOf(size_t at) const override {
    const AskedValues& asked = query_.series[at];
    return {run(at), asked.tag, asked.kind, asked.writer};
  }

  absl::Status Read(const std::vector<SeriesKey>& keys, const Visitor& visit) override {
    ValuesSpec spec = query_.spec;
    spec.max_bytes = options_.most_bytes;
    return reader_.ReadValues(keys, spec, visit);
  }

  // What of an item there is room for; RESOURCE_EXHAUSTED before more than that is in memory.
  absl::Status WriteItem(size_t at, const SeriesKey& key, const v1::ReadValuesReply& reply, std::string& out) override {
    const auto room = [&](uint64_t more) {
      return written() + out.size() + more > options_.most_bytes ? TooMuch() : absl::OkStatus();
    };
    const ValueWriter values(key.run->number, [&](const v1::BlobRef& blob) -> absl::StatusOr<std::string> {
      RETURN_IF_ERROR(room(blob.size()));
      return options_.read_blob(key.run, blob);
    });
    JsonWriter json(out);
    const auto write_point = [&](const v1::ValuePoint& point) -> absl::Status {
      json.Object().Key("step").Int(point.step()).Key("wall").Double(point.wall()).Key("value");
      RETURN_IF_ERROR(values.Write(json, point.value()));
      json.End();
      return room(0);
    };
    WriteName(json, query_.series[at]);
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
    return room(0);
  }

  // Where ingest has no room for a value, the limit is that of the request too.
  void WriteError(size_t at, const absl::Status& error, std::string& out) const override {
    JsonWriter json(out);
    WriteName(json, query_.series[at]);
    json.Key("error").Raw(options_.problem(absl::IsResourceExhausted(error) ? TooMuch() : error)).End();
  }

  absl::Status TooMuch() const {
    return absl::ResourceExhaustedError(
        absl::StrCat("with this series the answer has more than ", options_.most_bytes,
                     " bytes, the limit of a request; ask for fewer points (spread), without steps, or in parts"));
  }

  SeriesReader& reader_;
  const ValuesQuery& query_;
  const ValuesAnswerOptions& options_;
};

}  // namespace

absl::Status AnswerValues(SeriesReader& reader, const ValuesQuery& query,
                          std::span<const absl::StatusOr<GrantedRun>> runs, const ValuesAnswerOptions& options) {
  return ValuesAnswer(reader, query, runs, options).Run({"{\"items\":[", ",", "]}"});
}

}  // namespace stepwell::query
