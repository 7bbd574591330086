#include "query/answer_series.h"

#include <vector>

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "query/computed.h"
#include "query/expression_series.h"
#include "query/series_answer.h"

namespace stepwell::query {
namespace {

absl::Status ErrorOf(const v1::ReadSeriesReply& reply) {
  return absl::Status(static_cast<absl::StatusCode>(reply.code()), reply.error());
}

class Answering {
 public:
  Answering(SeriesReader& reader, const SeriesQuery& query, std::span<const absl::StatusOr<GrantedRun>> runs,
            const SeriesAnswerOptions& options)
      : reader_(reader), query_(query), runs_(runs), options_(options) {}

  absl::Status Run() {
    for (size_t i = 0; i < runs_.size(); ++i) {
      const AskedSeries& asked = query_.series[i];
      if (!runs_[i].ok() || asked.parsed) continue;
      keys_.push_back({*runs_[i], asked.tag, asked.kind, asked.writer});
      asked_at_.push_back(i);
    }
    options_.binary ? AppendBinaryHeader(out_, static_cast<uint32_t>(runs_.size())) : void(out_ += "{\"items\":[");
    if (!keys_.empty()) {
      absl::Status read =
          reader_.ReadSeries(keys_, query_.spec, [&](const v1::ReadSeriesReply& reply) { return Visit(reply); });
      if (!read.ok() && !TooMuch()) return read;
    }
    if (TooMuch()) WriteRestAsTooMuch();
    RETURN_IF_ERROR(WriteOwnBefore(runs_.size()));
    if (TooMuch()) WriteRestAsTooMuch();
    if (next_ != runs_.size()) return absl::InternalError("fewer answers than series");
    if (!options_.binary) out_ += "]}";
    return options_.write(out_);
  }

 private:
  void Comma() {
    if (!options_.binary && next_ > 0) out_ += ',';
  }

  void WriteError(const absl::Status& error) {
    Comma();
    const std::string problem = options_.problem(error);
    options_.binary ? AppendBinaryError(out_, problem) : AppendJsonError(out_, query_.series[next_], problem);
    ++next_;
  }

  // Items of runs that were not found, and expressions, stand between those that ingest answers.
  absl::Status WriteOwnBefore(size_t end) {
    while (next_ < end && !TooMuch() && (!runs_[next_].ok() || query_.series[next_].parsed)) {
      if (std::chrono::steady_clock::now() > options_.deadline)
        return absl::DeadlineExceededError("the answer takes longer than --query-timeout; ask in parts");
      const absl::Status status = runs_[next_].ok() ? WriteExpression(next_) : runs_[next_].status();
      if (!status.ok()) WriteError(status);
      RETURN_IF_ERROR(Flush());
    }
    return absl::OkStatus();
  }

  absl::Status WriteExpression(size_t at) {
    const AskedSeries& asked = query_.series[at];
    ExpressionRun run{*runs_[at], {}};
    std::optional<ExpressionRun> base;
    if (asked.parsed->NeedsBase() && options_.base) {
      RETURN_IF_ERROR(options_.base->status());
      base.emplace(ExpressionRun{**options_.base, {}});
    }
    if (!asked.parsed->params.empty()) {
      ASSIGN_OR_RETURN(run.params, options_.params(run.run));
      if (base) {
        ASSIGN_OR_RETURN(base->params, options_.params(base->run));
      }
    }
    ASSIGN_OR_RETURN(
        const ExpressionLine line,
        Evaluate(reader_, *options_.raw, {*asked.parsed, run, base ? &*base : nullptr, asked.writer}, query_.spec));
    ASSIGN_OR_RETURN(const v1::ReadSeriesReply reply, AnswerOf(line.points, query_.spec));
    Computed computed;
    computed.approximate = line.approximate;
    if (asked.smoothing) computed.smoothed = SmoothLine(query_.spec, *asked.smoothing, line.points, reply);
    WriteItem(asked, reply, computed);
    return absl::OkStatus();
  }

  void WriteItem(const AskedSeries& asked, const v1::ReadSeriesReply& reply, const Computed& computed) {
    Comma();
    options_.binary ? AppendBinaryItem(out_, reply, computed)
                    : AppendJsonItem(out_, asked, query_.spec.include_rewound, reply, computed);
    ++next_;
    if (options_.count) options_.count(reply);
  }

  absl::Status Flush() {
    RETURN_IF_ERROR(options_.write(out_));
    written_ += out_.size();
    out_.clear();
    return absl::OkStatus();
  }

  bool TooMuch() const { return written_ > options_.most_bytes; }

  // The answer stays whole: each item that does not fit says why.
  void WriteRestAsTooMuch() {
    const absl::Status error = absl::ResourceExhaustedError(
        absl::StrCat("the answer has ", options_.most_bytes,
                     " bytes, the limit of a request (--query-memory); ask for fewer columns or in parts"));
    while (next_ < runs_.size()) WriteError(runs_[next_].ok() ? error : runs_[next_].status());
  }

  absl::Status Visit(const v1::ReadSeriesReply& reply) {
    if (reply.index() >= asked_at_.size()) return absl::InternalError("an answer to nothing that was asked");
    const size_t at = asked_at_[reply.index()];
    RETURN_IF_ERROR(WriteOwnBefore(at));
    if (TooMuch()) return absl::CancelledError("the answer is full");
    if (next_ != at) return absl::InternalError("answers are out of order");
    const AskedSeries& asked = query_.series[at];
    Computed computed;
    const absl::Status status =
        reply.code() != 0 ? ErrorOf(reply) : Compute(asked, keys_[reply.index()], reply, &computed);
    status.ok() ? WriteItem(asked, reply, computed) : WriteError(status);
    RETURN_IF_ERROR(Flush());
    return TooMuch() ? absl::CancelledError("the answer is full") : absl::OkStatus();
  }

  absl::Status Compute(const AskedSeries& asked, const SeriesKey& key, const v1::ReadSeriesReply& reply,
                       Computed* computed) {
    if (asked.smoothing)
      RETURN_IF_ERROR(AddSmoothed(reader_, *options_.raw, key, query_.spec, *asked.smoothing, reply, computed));
    if (asked.x_tag) RETURN_IF_ERROR(AddX(reader_, *options_.raw, key, query_.spec, *asked.x_tag, reply, computed));
    if (asked.x_tag && reply.rewound_size() > 0)
      RETURN_IF_ERROR(AddXOfRewound(reader_, key, query_.spec, *asked.x_tag, reply, computed));
    return absl::OkStatus();
  }

  SeriesReader& reader_;
  const SeriesQuery& query_;
  const std::span<const absl::StatusOr<GrantedRun>> runs_;
  const SeriesAnswerOptions& options_;
  std::vector<SeriesKey> keys_;
  std::vector<size_t> asked_at_;  // of keys_, in query_.series
  std::string out_;
  uint64_t written_ = 0;  // bytes that left out_
  size_t next_ = 0;       // item to be written
};

}  // namespace

absl::Status AnswerSeries(SeriesReader& reader, const SeriesQuery& query,
                          std::span<const absl::StatusOr<GrantedRun>> runs, const SeriesAnswerOptions& options) {
  return Answering(reader, query, runs, options).Run();
}

}  // namespace stepwell::query
