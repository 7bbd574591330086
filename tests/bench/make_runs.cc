// Makes an experiment of many finished runs as clients do: each run is opened, gets parameters, labels and metrics of a
// few points, and ends. For measuring the run table with as many runs as a large team has.
//
//   make_runs --server 127.0.0.1:7008 --experiment many --runs 100000
//
// Parameters: lr (log-uniform), opt, arch (words), seed, and p4, p5, ... (uniform); metrics: val/acc, train/loss, m2,
// m3, ...
#include <grpcpp/grpcpp.h>

#include <CLI/CLI.hpp>
#include <atomic>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <memory>
#include <mutex>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "stepwell/v1/ingest.grpc.pb.h"

namespace {

namespace v1 = stepwell::v1;

struct Plan {
  std::string server;
  std::string experiment = "many";
  int runs = 100'000;
  int params = 20;
  int metrics = 20;
  int points = 8;  // of each metric
  int threads = 16;
};

constexpr const char* kOptimizers[] = {"adam", "adamw", "lion", "sgd"};
constexpr const char* kArchitectures[] = {"convnext-t", "resnet50", "vit-b16", "vit-s16"};

void AddParam(v1::Batch& batch, const std::string& key, const std::string& json) {
  v1::Param& param = *batch.add_notes()->mutable_param();
  param.set_key(key);
  param.set_json(json);
}

// Everything of a run in one batch; the same number gives the same run.
v1::PushRequest Content(const Plan& plan, int number) {
  std::mt19937_64 random(static_cast<uint64_t>(number));
  std::uniform_real_distribution<double> uniform(0, 1);
  v1::PushRequest request;
  v1::Batch& batch = *request.mutable_batch();
  batch.set_seq(1);
  AddParam(batch, "lr", std::to_string(std::pow(10, -5 + 4 * uniform(random))));
  AddParam(batch, "opt", '"' + std::string(kOptimizers[number % 4]) + '"');
  AddParam(batch, "arch", '"' + std::string(kArchitectures[number / 4 % 4]) + '"');
  AddParam(batch, "seed", std::to_string(number % 100));
  for (int i = 4; i < plan.params; ++i) AddParam(batch, "p" + std::to_string(i), std::to_string(uniform(random)));
  v1::Label& label = *batch.add_notes()->mutable_label();
  label.set_key("team");
  label.set_value(number % 3 == 0 ? "vision" : "language");
  v1::Axis& axis = *batch.add_axes();
  for (int step = 0; step < plan.points; ++step) {
    axis.add_step_deltas(step == 0 ? 0 : 100);
    axis.add_walls(1.7e9 + number + 60.0 * step);
  }
  for (int i = 0; i < plan.metrics; ++i) {
    v1::Define& define = *batch.add_define();
    define.set_series(static_cast<uint32_t>(i));
    define.mutable_info()->set_tag(i == 0 ? "val/acc" : i == 1 ? "train/loss" : "m" + std::to_string(i));
    define.mutable_info()->set_kind(v1::KIND_SCALAR);
    define.mutable_info()->set_plugin("scalars");
    define.mutable_info()->set_value_type("float64");
    v1::Column& column = *batch.add_columns();
    column.set_series(static_cast<uint32_t>(i));
    const double level = uniform(random);
    for (int step = 0; step < plan.points; ++step) column.add_scalars(level + 1.0 / (1.0 + step));
  }
  batch.add_notes()->mutable_status()->set_status(number % 10 == 0 ? "failed" : "finished");
  return request;
}

// Empty, or what went wrong.
std::string Make(v1::Ingest::Stub& stub, const Plan& plan, int number) {
  v1::OpenRunRequest open;
  open.set_experiment(plan.experiment);
  open.set_run_id("many-" + plan.experiment + "-" + std::to_string(number));
  open.set_name("run " + std::to_string(number));
  open.set_writer("make_runs");
  open.set_client("make_runs");
  v1::OpenRunReply opened;
  grpc::ClientContext opening;
  opening.set_wait_for_ready(true);
  if (auto status = stub.OpenRun(&opening, open, &opened); !status.ok()) return status.error_message();
  if (opened.durable_seq() > 0) return "";
  grpc::ClientContext pushing;
  auto stream = stub.Push(&pushing);
  v1::PushRequest hello;
  hello.mutable_hello()->set_run_id(opened.run_id());
  hello.mutable_hello()->set_writer_number(opened.writer_number());
  hello.mutable_hello()->set_epoch(opened.epoch());
  stream->Write(hello);
  stream->Write(Content(plan, number));
  stream->WritesDone();
  uint64_t durable = 0;
  for (v1::PushReply reply; stream->Read(&reply);) durable = std::max(durable, reply.durable_seq());
  if (auto status = stream->Finish(); !status.ok()) return status.error_message();
  return durable == 1 ? "" : "run " + std::to_string(number) + " was not acknowledged";
}

}  // namespace

int main(int argc, char** argv) {
  Plan plan;
  CLI::App app{"Many finished runs for a Stepwell server"};
  app.add_option("--server", plan.server, "gRPC address")->required();
  app.add_option("--experiment", plan.experiment, "its name");
  app.add_option("--runs", plan.runs, "how many");
  app.add_option("--params", plan.params, "parameters of each run, at least 4");
  app.add_option("--metrics", plan.metrics, "metrics of each run");
  app.add_option("--points", plan.points, "points of each metric");
  CLI11_PARSE(app, argc, argv);

  auto channel = grpc::CreateChannel(plan.server, grpc::InsecureChannelCredentials());
  std::atomic<int> next{0};
  std::mutex mutex;
  std::string error;
  std::vector<std::thread> threads;
  for (int t = 0; t < plan.threads; ++t) {
    threads.emplace_back([&] {
      auto stub = v1::Ingest::NewStub(channel);
      for (int i = next++; i < plan.runs; i = next++) {
        std::string wrong = Make(*stub, plan, i);
        if (wrong.empty()) continue;
        std::lock_guard lock(mutex);
        if (error.empty()) error = wrong;
        next = plan.runs;
      }
    });
  }
  for (auto& thread : threads) thread.join();
  if (error.empty()) return 0;
  std::fprintf(stderr, "%s\n", error.c_str());
  return 1;
}
