#include "upload/run_session.h"

#include <optional>

#include "base/status_macros.h"
#include "upload/names.h"

namespace stepwell::upload {

absl::StatusOr<std::unique_ptr<push::RunWriter>> RunSession::OpenWriter(const std::string& writer_id) {
  v1::OpenRunRequest request;
  request.set_workspace(context_->options.workspace);
  request.set_experiment(context_->options.experiment);
  request.set_run_id(RunId(context_->options.workspace, context_->options.experiment, name_));
  request.set_name(name_);
  request.set_writer(writer_id);
  request.set_client("stepwell-upload/0.1.0");
  ASSIGN_OR_RETURN(auto writer, push::RunWriter::Open(context_->connection, request));
  if (!opened()) {
    run_id_ = writer->opened().run_id();
    if (writer->opened().created()) {
      converter_ = std::make_unique<tensorboard::RunConverter>();
    } else {
      RETURN_IF_ERROR(LearnSeries());
    }
    context_->report->AddRun(writer->opened().created());
  }
  return writer;
}

absl::Status RunSession::LearnSeries() {
  v1::DescribeSeriesRequest request;
  request.set_run_id(run_id_);
  request.set_all_writers(true);
  ASSIGN_OR_RETURN(const auto items, context_->connection->DescribeSeries(request));
  std::vector<v1::SeriesInfo> infos;
  infos.reserve(items.size());
  for (const auto& item : items) {
    infos.push_back(item.info());
  }
  converter_ = std::make_unique<tensorboard::RunConverter>(infos);
  for (const auto& item : items) {
    const v1::SeriesInfo& info = item.info();
    if (const std::optional<uint32_t> key = converter_->Find(info.tag(), info.kind(), info.plugin())) {
      known_[item.writer_number()].emplace_back(*key, item.series());
    }
  }
  return absl::OkStatus();
}

}  // namespace stepwell::upload
