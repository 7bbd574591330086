#include "query/answer_series.h"

#include <vector>

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "query/series_answer.h"
#include "query/smoothing.h"

namespace stepwell::query {
namespace {

absl::Status ErrorOf(const v1::ReadSeriesReply& reply) {
  return absl::Status(static_cast<absl::StatusCode>(reply.code()), reply.error());
}

// Where a ranged answer begins in the whole series: both are in order of x, and equal x are all in or all out of a
// range.
size_t OffsetOf(const v1::PointColumns& first, const v1::PointColumns& whole, v1::XAxis x) {
  if (first.step_size() == 0) return 0;
  for (int i = 0; i < whole.step_size(); ++i) {
    if (x == v1::AXIS_STEP ? whole.step(i) == first.step(0) : whole.wall(i) == first.wall(0))
      return static_cast<size_t>(i);
  }
  return 0;
}

class Answering {
 public:
  Answering(SeriesReader& reader, const SeriesQuery& query, std::span<const absl::StatusOr<GrantedRun>> runs,
            const SeriesAnswerOptions& options)
      : reader_(reader), query_(query), runs_(runs), options_(options) {}

  absl::Status Run() {
    for (size_t i = 0; i < runs_.size(); ++i) {
      if (!runs_[i].ok()) continue;
      const AskedSeries& asked = query_.series[i];
      keys_.push_back({*runs_[i], asked.tag, asked.kind, asked.writer});
      asked_at_.push_back(i);
    }
    options_.binary ? AppendBinaryHeader(out_, static_cast<uint32_t>(runs_.size())) : void(out_ += "{\"items\":[");
    if (!keys_.empty()) {
      const absl::Status read =
          reader_.ReadSeries(keys_, query_.spec, [&](const v1::ReadSeriesReply& reply) { return Visit(reply); });
      if (!read.ok() && !TooMuch()) return read;
    }
    if (TooMuch()) WriteRestAsTooMuch();
    WriteErrorsBefore(runs_.size());
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

  // Items of runs that were not found stand between those that ingest answers.
  void WriteErrorsBefore(size_t end) {
    while (next_ < end && !runs_[next_].ok()) WriteError(runs_[next_].status());
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
    WriteErrorsBefore(at);
    if (next_ != at) return absl::InternalError("answers are out of order");
    if (reply.code() != 0) {
      WriteError(ErrorOf(reply));
    } else if (options_.binary) {
      AppendBinaryItem(out_, reply);
      ++next_;
    } else {
      std::optional<std::vector<double>> smoothed;
      if (query_.series[at].smoothing) {
        ASSIGN_OR_RETURN(smoothed, Smooth(keys_[reply.index()], query_.series[at].smoothing->amount, reply));
      }
      Comma();
      AppendJsonItem(out_, query_.series[at], reply, smoothed);
      ++next_;
    }
    if (options_.count) options_.count(reply);
    RETURN_IF_ERROR(options_.write(out_));
    written_ += out_.size();
    out_.clear();
    return TooMuch() ? absl::CancelledError("the answer is full") : absl::OkStatus();
  }

  // Computed over the whole series, so that a zoom shows the same curve; nullopt if that is too long.
  absl::StatusOr<std::optional<std::vector<double>>> Smooth(const SeriesKey& key, double amount,
                                                            const v1::ReadSeriesReply& reply) {
    ReadSpec spec = query_.spec;
    spec.from = spec.to = std::nullopt;
    spec.columns = 0;
    spec.max_points = kMaxSmoothedPoints + 1;
    std::optional<std::vector<double>> smoothed;
    const auto visit = [&](const v1::ReadSeriesReply& whole) {
      if (whole.code() != 0) return ErrorOf(whole);
      const v1::PointColumns& points = whole.points();
      if (whole.truncated() || static_cast<uint64_t>(points.value_size()) > kMaxSmoothedPoints) return absl::OkStatus();
      const std::vector<double> all =
          SmoothEma({points.value().data(), static_cast<size_t>(points.value_size())}, amount);
      const v1::PointColumns& first = reply.exact() ? reply.points() : reply.first();
      size_t at = OffsetOf(first, points, query_.spec.x);
      smoothed.emplace();
      const int rows = reply.exact() ? reply.points().value_size() : reply.counts_size();
      for (int i = 0; i < rows; ++i) {
        at += reply.exact() ? 1 : reply.counts(i);
        if (at > all.size()) {  // the series grew between the two readings
          smoothed = std::nullopt;
          return absl::OkStatus();
        }
        smoothed->push_back(all[at - 1]);
      }
      return absl::OkStatus();
    };
    RETURN_IF_ERROR(reader_.ReadSeries({&key, 1}, spec, visit));
    return smoothed;
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
