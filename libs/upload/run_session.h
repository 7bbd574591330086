// One run as the server knows it, during an upload: its id, its series, and the writers that are opened in it.
//
// Thread safety: none; one owner at a time.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "push/connection.h"
#include "push/run_writer.h"
#include "tensorboard/run_converter.h"
#include "upload/report.h"

namespace stepwell::upload {

struct UploadOptions {
  std::string workspace;  // empty: the server's default
  std::string experiment;
  bool follow = false;
  int workers = 2;  // runs that are read at the same time
};

// What all parts of one upload share. Outlives them.
struct UploadContext {
  push::Connection* connection = nullptr;
  UploadOptions options;
  Report* report = nullptr;
};

class RunSession {
 public:
  RunSession(UploadContext* context, std::string run_name) : context_(context), name_(std::move(run_name)) {}

  // Opens the run too, the first time, and learns its series.
  absl::StatusOr<std::unique_ptr<push::RunWriter>> OpenWriter(const std::string& writer_id);

  // REQUIRES: a writer was opened, for the following.
  tensorboard::RunConverter& converter() { return *converter_; }
  const std::string& run_id() const { return run_id_; }
  // (converter key, number) of the series that the writer has on the server already.
  const std::vector<std::pair<uint32_t, uint32_t>>& KnownSeries(uint32_t writer_number) {
    return known_[writer_number];
  }

  bool opened() const { return converter_ != nullptr; }
  const std::string& name() const { return name_; }
  UploadContext& context() { return *context_; }

 private:
  absl::Status LearnSeries();

  UploadContext* const context_;
  const std::string name_;
  std::string run_id_;
  std::unique_ptr<tensorboard::RunConverter> converter_;
  std::map<uint32_t, std::vector<std::pair<uint32_t, uint32_t>>> known_;  // by writer number
};

}  // namespace stepwell::upload
