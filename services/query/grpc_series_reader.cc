#include "query/grpc_series_reader.h"

#include <chrono>

#include "absl/strings/str_cat.h"
#include "stepwell/v1/reader.grpc.pb.h"

namespace stepwell::query {
namespace {

using std::chrono::milliseconds;

// A list or a chart that takes longer is of no use to who asked; exports and blobs last as long as they last.
constexpr milliseconds kListDeadline{10'000};
constexpr milliseconds kCheckDeadline{2'000};

absl::Status ToAbsl(const grpc::Status& status) {
  if (status.ok()) return absl::OkStatus();
  return absl::Status(static_cast<absl::StatusCode>(status.error_code()), status.error_message());
}

class Context {
 public:
  explicit Context(const std::string& key, milliseconds deadline = milliseconds(0)) {
    if (!key.empty()) context_.AddMetadata(kInternalKeyMetadata, key);
    if (deadline.count() > 0) context_.set_deadline(std::chrono::system_clock::now() + deadline);
  }
  grpc::ClientContext* get() { return &context_; }

 private:
  grpc::ClientContext context_;
};

// Visits every reply; an error of `visit` cancels the call and is what is returned.
template <typename Reply, typename Visit>
absl::Status ReadAll(grpc::ClientContext* context, std::unique_ptr<grpc::ClientReader<Reply>> reader,
                     const Visit& visit) {
  Reply reply;
  absl::Status visited;
  while (reader->Read(&reply)) {
    visited = visit(reply);
    if (!visited.ok()) {
      context->TryCancel();
      break;
    }
  }
  const grpc::Status status = reader->Finish();
  return visited.ok() ? ToAbsl(status) : visited;
}

class GrpcNews : public NewsStream {
 public:
  GrpcNews(v1::Reader::Stub& stub, const v1::WatchRequest& request, const std::string& key)
      : context_(key), reader_(stub.Watch(context_.get(), request)) {}
  ~GrpcNews() override {
    context_.get()->TryCancel();
    v1::WatchReply rest;
    while (reader_->Read(&rest)) {
    }
    reader_->Finish();
  }
  bool Read(v1::WatchReply* reply) override { return reader_->Read(reply); }
  void Cancel() override { context_.get()->TryCancel(); }

 private:
  Context context_;
  std::unique_ptr<grpc::ClientReader<v1::WatchReply>> reader_;
};

template <typename Spec, typename Request>
void SetRange(const Spec& spec, Request* request) {
  if (spec.from) {
    request->set_has_from(true);
    request->set_from_step(spec.from->step);
    request->set_from(spec.from->seconds);
  }
  if (spec.to) {
    request->set_has_to(true);
    request->set_to_step(spec.to->step);
    request->set_to(spec.to->seconds);
  }
}

void SetSelector(const SeriesKey& key, v1::SeriesSelector* selector) {
  selector->set_run_number(key.run->number);
  selector->set_tag(key.tag);
  selector->set_kind(key.kind);
  selector->set_known_revision(key.known_revision);
  if (key.writer) {
    selector->set_writer_number(*key.writer);
    selector->set_one_writer(true);
  }
}

class GrpcSeriesReader : public SeriesReader {
 public:
  GrpcSeriesReader(std::shared_ptr<grpc::Channel> channel, std::string key, milliseconds chart)
      : stub_(v1::Reader::NewStub(std::move(channel))), key_(std::move(key)), chart_(chart) {}

  absl::StatusOr<v1::ListSeriesReply> ListSeries(const GrantedRun& run, v1::ListSeriesRequest request) override {
    request.set_run_number(run->number);
    Context context(key_, kListDeadline);
    v1::ListSeriesReply reply;
    const grpc::Status status = stub_->ListSeries(context.get(), request, &reply);
    if (!status.ok()) return ToAbsl(status);
    return reply;
  }

  absl::StatusOr<v1::ListWritersReply> ListWriters(const GrantedRun& run) override {
    v1::ListWritersRequest request;
    request.set_run_number(run->number);
    Context context(key_, kListDeadline);
    v1::ListWritersReply reply;
    const grpc::Status status = stub_->ListWriters(context.get(), request, &reply);
    if (!status.ok()) return ToAbsl(status);
    return reply;
  }

  absl::Status ReadSeries(std::span<const SeriesKey> series, const ReadSpec& spec,
                          const std::function<absl::Status(const v1::ReadSeriesReply&)>& visit) override {
    v1::ReadSeriesRequest request;
    for (const SeriesKey& key : series) SetSelector(key, request.add_series());
    request.set_x(spec.x);
    SetRange(spec, &request);
    request.set_columns(spec.columns);
    request.set_include_hidden(spec.include_hidden);
    request.set_include_rewound(spec.include_rewound);
    request.set_max_points(spec.max_points);
    Context context(key_, chart_);
    return ReadAll(context.get(), stub_->ReadSeries(context.get(), request), visit);
  }

  absl::Status ReadValues(std::span<const SeriesKey> series, const ValuesSpec& spec,
                          const std::function<absl::Status(const v1::ReadValuesReply&)>& visit) override {
    v1::ReadValuesRequest request;
    for (const SeriesKey& key : series) SetSelector(key, request.add_series());
    request.set_x(spec.x);
    SetRange(spec, &request);
    if (spec.at) {
      request.set_has_at(true);
      request.set_at_step(spec.at->step);
      request.set_at(spec.at->seconds);
    }
    request.set_before(spec.before);
    request.set_steps(spec.steps);
    request.set_spread(spec.spread);
    request.set_max_bytes(spec.max_bytes);
    Context context(key_, chart_);
    return ReadAll(context.get(), stub_->ReadValues(context.get(), request), visit);
  }

  absl::Status ReadPoints(const SeriesKey& series, bool include_hidden, uint64_t from,
                          const std::function<absl::Status(const v1::ReadPointsReply&)>& visit) override {
    v1::ReadPointsRequest request;
    SetSelector(series, request.mutable_series());
    request.set_include_hidden(include_hidden);
    request.set_from_point(from);
    Context context(key_);
    return ReadAll(context.get(), stub_->ReadPoints(context.get(), request), visit);
  }

  absl::Status ReadBlob(const GrantedRun& run, std::string_view sha256, uint64_t offset, std::optional<uint64_t> length,
                        const std::function<absl::Status(const v1::ReadBlobReply&)>& visit) override {
    v1::ReadBlobRequest request;
    request.set_run_number(run->number);
    request.set_sha256(std::string(sha256));
    request.set_offset(offset);
    request.set_has_length(length.has_value());
    request.set_length(length.value_or(0));
    Context context(key_);
    return ReadAll(context.get(), stub_->ReadBlob(context.get(), request), visit);
  }

  std::unique_ptr<NewsStream> Watch(std::span<const GrantedRun> runs, uint64_t from) override {
    v1::WatchRequest request;
    for (const GrantedRun& run : runs) request.add_run_numbers(run->number);
    request.set_from_lsn(from);
    return std::make_unique<GrpcNews>(*stub_, request, key_);
  }

  // Asks for a run that cannot be: whatever it says, it has answered.
  absl::Status Check() override {
    Context context(key_, kCheckDeadline);
    v1::ListSeriesRequest request;
    request.set_limit(1);
    v1::ListSeriesReply reply;
    const grpc::Status status = stub_->ListSeries(context.get(), request, &reply);
    if (status.error_code() == grpc::StatusCode::UNAVAILABLE ||
        status.error_code() == grpc::StatusCode::DEADLINE_EXCEEDED ||
        status.error_code() == grpc::StatusCode::UNAUTHENTICATED) {
      return absl::UnavailableError(absl::StrCat("ingest does not answer: ", status.error_message()));
    }
    return absl::OkStatus();
  }

 private:
  const std::unique_ptr<v1::Reader::Stub> stub_;
  const std::string key_;
  const milliseconds chart_;
};

}  // namespace

std::unique_ptr<SeriesReader> MakeGrpcSeriesReader(std::shared_ptr<grpc::Channel> channel, std::string internal_key,
                                                   std::chrono::milliseconds chart) {
  return std::make_unique<GrpcSeriesReader>(std::move(channel), std::move(internal_key), chart);
}

}  // namespace stepwell::query
