#include "query/answer_series.h"

#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "query/computed.h"
#include "query/expression_series.h"
#include "query/item_answer.h"
#include "query/series_answer.h"

namespace stepwell::query {
namespace {

class SeriesAnswer final : public ItemAnswer<v1::ReadSeriesReply> {
 public:
  SeriesAnswer(SeriesReader& reader, const SeriesQuery& query, std::span<const absl::StatusOr<GrantedRun>> runs,
               const SeriesAnswerOptions& options)
      : ItemAnswer(runs, options.deadline, options.write), reader_(reader), query_(query), options_(options) {}

 private:
  bool IsRead(size_t at) const override { return !query_.series[at].parsed; }

  SeriesKey KeyOf(size_t at) const override {
    const AskedSeries& asked = query_.series[at];
    return {run(at), asked.tag, asked.kind, asked.writer};
  }

  absl::Status Read(const std::vector<SeriesKey>& keys, const Visitor& visit) override {
    return reader_.ReadSeries(keys, query_.spec, visit);
  }

  absl::Status WriteItem(size_t at, const SeriesKey& key, const v1::ReadSeriesReply& reply, std::string& out) override {
    const AskedSeries& asked = query_.series[at];
    Computed computed;
    if (asked.smoothing)
      RETURN_IF_ERROR(AddSmoothed(reader_, *options_.raw, key, query_.spec, *asked.smoothing, reply, &computed));
    if (asked.x_tag) RETURN_IF_ERROR(AddX(reader_, *options_.raw, key, query_.spec, *asked.x_tag, reply, &computed));
    if (asked.x_tag && reply.rewound_size() > 0)
      RETURN_IF_ERROR(AddXOfRewound(reader_, key, query_.spec, *asked.x_tag, reply, &computed));
    Append(asked, reply, computed, out);
    return absl::OkStatus();
  }

  // An expression.
  absl::Status WriteOwn(size_t at, std::string& out) override {
    const AskedSeries& asked = query_.series[at];
    ExpressionRun of{run(at), {}};
    std::optional<ExpressionRun> base;
    if (asked.parsed->NeedsBase() && options_.base) {
      RETURN_IF_ERROR(options_.base->status());
      base.emplace(ExpressionRun{**options_.base, {}});
    }
    if (!asked.parsed->params.empty()) {
      ASSIGN_OR_RETURN(of.params, options_.params(of.run));
      if (base) {
        ASSIGN_OR_RETURN(base->params, options_.params(base->run));
      }
    }
    ASSIGN_OR_RETURN(
        const ExpressionLine line,
        Evaluate(reader_, *options_.raw, {*asked.parsed, of, base ? &*base : nullptr, asked.writer}, query_.spec));
    ASSIGN_OR_RETURN(const v1::ReadSeriesReply reply, AnswerOf(line.points, query_.spec));
    Computed computed;
    computed.approximate = line.approximate;
    if (asked.smoothing) computed.smoothed = SmoothLine(query_.spec, *asked.smoothing, line.points, reply);
    Append(asked, reply, computed, out);
    return absl::OkStatus();
  }

  void WriteError(size_t at, const absl::Status& error, std::string& out) const override {
    const std::string problem = options_.problem(error);
    options_.binary ? AppendBinaryError(out, problem) : AppendJsonError(out, query_.series[at], problem);
  }

  bool IsFull() const override { return written() > options_.most_bytes; }
  absl::Status Full() const override {
    return absl::ResourceExhaustedError(
        absl::StrCat("the answer has ", options_.most_bytes,
                     " bytes, the limit of a request (--query-memory); ask for fewer columns or in parts"));
  }

  void Append(const AskedSeries& asked, const v1::ReadSeriesReply& reply, const Computed& computed, std::string& out) {
    options_.binary ? AppendBinaryItem(out, reply, computed)
                    : AppendJsonItem(out, asked, query_.spec.include_rewound, reply, computed);
    if (options_.count) options_.count(reply);
  }

  SeriesReader& reader_;
  const SeriesQuery& query_;
  const SeriesAnswerOptions& options_;
};

}  // namespace

absl::Status AnswerSeries(SeriesReader& reader, const SeriesQuery& query,
                          std::span<const absl::StatusOr<GrantedRun>> runs, const SeriesAnswerOptions& options) {
  ItemFrame frame{"{\"items\":[", ",", "]}"};
  if (options.binary) {
    frame = {};
    AppendBinaryHeader(frame.begin, static_cast<uint32_t>(runs.size()));
  }
  return SeriesAnswer(reader, query, runs, options).Run(std::move(frame));
}

}  // namespace stepwell::query
