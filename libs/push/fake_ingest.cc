#include "push/fake_ingest.h"

#include "absl/strings/str_cat.h"
#include "base/bytes.h"

namespace stepwell::push {
namespace {

constexpr size_t kMessageBytes = 4 << 20;

}  // namespace

FakeRun* FakeIngest::Find(const std::string& id) {
  for (const auto& run : runs_) {
    if (run->id == id) {
      return run.get();
    }
  }
  return nullptr;
}

std::unique_ptr<FakeRun> FakeIngest::Run(const std::string& name) const {
  std::lock_guard lock(mutex_);
  for (const auto& run : runs_) {
    if (run->name == name) {
      return std::make_unique<FakeRun>(*run);
    }
  }
  return nullptr;
}

void FakeIngest::DeleteRun(const std::string& name) {
  std::lock_guard lock(mutex_);
  for (const auto& run : runs_) {
    run->deleted = run->deleted || run->name == name;
  }
}

grpc::Status FakeIngest::OpenRun(grpc::ServerContext*, const v1::OpenRunRequest* request, v1::OpenRunReply* reply) {
  std::lock_guard lock(mutex_);
  if (turn_away_ > 0) {
    --turn_away_;
    return {grpc::StatusCode::UNAVAILABLE, "the database is away"};
  }
  FakeRun* run = Find(request->run_id());
  if (run == nullptr) {
    run = runs_.emplace_back(std::make_unique<FakeRun>()).get();
    run->id = request->run_id();
    run->name = request->name();
    reply->set_created(true);
  }
  if (run->deleted) {
    return {grpc::StatusCode::FAILED_PRECONDITION, "run \"" + run->name + "\" was deleted"};
  }
  uint32_t number = 0;
  while (number < run->writers.size() && run->writers[number].id != request->writer()) {
    ++number;
  }
  if (number == run->writers.size()) {
    run->writers.push_back({request->writer(), 0, 0, "", {}});
  }
  FakeWriter& writer = run->writers[number];
  reply->set_run_id(run->id);
  reply->set_writer_number(number);
  reply->set_epoch(++writer.epoch);
  reply->set_durable_seq(writer.durable_seq);
  reply->set_position(writer.position);
  reply->mutable_limits()->set_blob_bytes(8 << 20);
  reply->mutable_limits()->set_blob_part_bytes(1 << 20);
  return grpc::Status::OK;
}

grpc::Status FakeIngest::Push(grpc::ServerContext* context,
                              grpc::ServerReaderWriter<v1::PushReply, v1::PushRequest>* stream) {
  v1::PushRequest request;
  if (!stream->Read(&request) || !request.has_hello()) {
    return {grpc::StatusCode::INVALID_ARGUMENT, "no hello"};
  }
  const v1::Hello hello = request.hello();
  while (stream->Read(&request)) {
    v1::PushReply reply;
    {
      std::lock_guard lock(mutex_);
      if (full_) {
        ++turned_away_;
        changed_.notify_all();
        context->AddTrailingMetadata("retry-after-ms", "1");
        return {grpc::StatusCode::RESOURCE_EXHAUSTED, "the disk is full"};
      }
      FakeRun* run = Find(hello.run_id());
      if (run == nullptr || run->deleted) {
        return {grpc::StatusCode::FAILED_PRECONDITION, "the run was deleted"};
      }
      FakeWriter& writer = run->writers.at(hello.writer_number());
      if (hello.epoch() != writer.epoch) {
        return {grpc::StatusCode::FAILED_PRECONDITION, "another process took the writer's place"};
      }
      const int fault = break_one_in_ > 0 ? static_cast<int>(random_() % static_cast<uint32_t>(3 * break_one_in_)) : 3;
      breaks_ += fault < 3 ? 1 : 0;
      if (fault == 0) {
        return {grpc::StatusCode::UNAVAILABLE, "broken before"};
      }
      if (grpc::Status status = Take(*run, writer, hello.writer_number(), request.batch()); !status.ok()) {
        return status;
      }
      if (fault == 1) {
        return {grpc::StatusCode::UNAVAILABLE, "broken after"};
      }
      if (fault == 2) {
        return grpc::Status::OK;  // a stream that just ends
      }
      reply.set_durable_seq(writer.durable_seq);
    }
    stream->Write(reply);
  }
  return grpc::Status::OK;
}

grpc::Status FakeIngest::Take(FakeRun& run, FakeWriter& writer, uint32_t number, const v1::Batch& batch) {
  if (batch.seq() <= writer.durable_seq) {
    return grpc::Status::OK;
  }
  if (batch.seq() != writer.durable_seq + 1) {
    return {grpc::StatusCode::OUT_OF_RANGE, absl::StrCat("mark ", writer.durable_seq, ", batch ", batch.seq())};
  }
  ++batches_;
  if (batch.ByteSizeLong() > kMessageBytes || batch.position().size() > 1024) {
    Complain(absl::StrCat("batch of ", batch.ByteSizeLong(), " bytes, position of ", batch.position().size()));
  }
  for (const v1::Define& define : batch.define()) {
    const auto [it, added] = writer.series.emplace(define.series(), define.info());
    if (!added && it->second.tag() != define.info().tag()) {
      Complain("a series number was given twice");
    }
  }
  for (const v1::BlobPart& part : batch.blobs()) {
    std::string& bytes = run.parts[part.sha256()];
    if (part.offset() == 0) {
      bytes.clear();
    }
    if (bytes.size() != part.offset() || part.data().size() > (1 << 20)) {
      Complain("a blob's parts are out of order or too large");
    }
    bytes += part.data();
    if (bytes.size() == part.size()) {
      run.blobs[part.sha256()] = bytes;
      if (Sha256(bytes) != part.sha256()) {
        Complain("a blob's bytes are not what its name says");
      }
    }
  }
  for (const v1::Rewind& rewind : batch.rewinds()) {
    for (auto& [tag, points] : run.points) {
      for (FakePoint& point : points) {
        point.hidden = point.hidden || (point.step >= rewind.step() && !(rewind.spare_own() && point.writer == number));
      }
    }
  }
  for (const v1::Column& column : batch.columns()) {
    if (!writer.series.contains(column.series()) || column.axis() >= static_cast<uint32_t>(batch.axes_size())) {
      Complain("a column of an unknown series or axis");
      continue;
    }
    const v1::Axis& axis = batch.axes(static_cast<int>(column.axis()));
    const int n = axis.step_deltas_size();
    if (axis.walls_size() != n || column.scalars_size() + column.values_size() != n) {
      Complain("a column's sizes differ");
      continue;
    }
    uint64_t step = 0;
    for (int i = 0; i < n; ++i) {
      step += static_cast<uint64_t>(axis.step_deltas(i));
      FakePoint point;
      point.step = static_cast<int64_t>(step);
      point.wall = axis.walls(i);
      point.writer = number;
      if (column.scalars_size() > 0) {
        point.scalar = column.scalars(i);
      } else {
        point.value = column.values(i);
      }
      run.points[writer.series[column.series()].tag()].push_back(std::move(point));
    }
  }
  for (const v1::Note& note : batch.notes()) {
    if (note.has_param()) {
      run.params[note.param().key()] = note.param().json();
    } else if (note.has_status()) {
      run.statuses.push_back(note.status().status());
    } else if (note.has_warning()) {
      const v1::Warning& w = note.warning();
      run.warnings.insert(absl::StrCat(w.file(), "|", w.offset(), "|", w.tag(), "|", w.reason()));
    }
  }
  writer.durable_seq = batch.seq();
  if (!batch.position().empty()) {
    writer.position = batch.position();
  }
  return grpc::Status::OK;
}

grpc::Status FakeIngest::DescribeSeries(grpc::ServerContext*, const v1::DescribeSeriesRequest* request,
                                        grpc::ServerWriter<v1::DescribeSeriesReply>* stream) {
  v1::DescribeSeriesReply reply;
  {
    std::lock_guard lock(mutex_);
    const FakeRun* run = Find(request->run_id());
    for (uint32_t number = 0; run != nullptr && number < run->writers.size(); ++number) {
      for (const auto& [series, info] : run->writers[number].series) {
        auto* item = reply.add_items();
        item->set_series(series);
        item->set_writer_number(number);
        *item->mutable_info() = info;
      }
    }
  }
  stream->Write(reply);
  return grpc::Status::OK;
}

}  // namespace stepwell::push
