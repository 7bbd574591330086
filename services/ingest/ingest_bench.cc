// What the write path takes over real loopback gRPC: clients and server share this machine's cores. Prints a JSON line
// for each figure. Needs no database: the catalog is a fake.
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <thread>
#include <vector>

#include "ingest/byte_budget.h"
#include "ingest/ingest_service.h"
#include "ingest/ingest_testing.h"
#include "push/run_writer.h"
#include "push/stopper.h"

namespace stepwell::ingest {
namespace {

using std::chrono::steady_clock;

std::unique_ptr<v1::PushRequest> MakeBatch(uint32_t tags, int steps, bool define, int64_t first_step) {
  auto request = std::make_unique<v1::PushRequest>();
  v1::Batch* batch = request->mutable_batch();
  v1::Axis* axis = batch->add_axes();
  for (int i = 0; i < steps; ++i) {
    axis->add_step_deltas(i == 0 ? first_step : 1);
    axis->add_walls(1.7e9 + 0.01 * static_cast<double>(first_step + i));
  }
  for (uint32_t tag = 0; tag < tags; ++tag) {
    if (define) {
      v1::Define* made = batch->add_define();
      made->set_series(tag);
      made->mutable_info()->set_tag("train/metric_" + std::to_string(tag));
      made->mutable_info()->set_kind(v1::KIND_SCALAR);
    }
    v1::Column* column = batch->add_columns();
    column->set_series(tag);
    for (int i = 0; i < steps; ++i)
      column->add_scalars(static_cast<float>(1.0 / (1.0 + static_cast<double>(tag + 1) * (first_step + i))));
  }
  return request;
}

void Load(const std::string& address, const std::string& run, uint32_t tags, int steps, steady_clock::time_point until,
          std::atomic<uint64_t>* points) {
  push::Stopper stopper;
  push::Connection connection(address, {}, &stopper);
  v1::OpenRunRequest open;
  open.set_run_id(run);
  open.set_writer("w");
  auto writer = push::RunWriter::Open(&connection, open);
  if (!writer.ok()) return;
  int64_t step = 0;
  uint64_t sent = 0;
  while (steady_clock::now() < until) {
    if (!(*writer)->Push(MakeBatch(tags, steps, step == 0, step)).ok()) return;
    step += steps;
    sent += static_cast<uint64_t>(steps) * tags;
  }
  if ((*writer)->Flush().ok()) *points += sent;
}

void Measure(const std::string& address, const char* name, uint32_t tags, int steps) {
  std::atomic<uint64_t> points{0};
  const auto start = steady_clock::now();
  std::vector<std::thread> clients;
  clients.reserve(4);
  for (int i = 0; i < 4; ++i) {
    clients.emplace_back(
        [&, i] { Load(address, name + std::to_string(i), tags, steps, start + std::chrono::seconds(5), &points); });
  }
  for (std::thread& client : clients) client.join();
  const double seconds = std::chrono::duration<double>(steady_clock::now() - start).count();
  std::printf("{\"name\": \"%s\", \"value\": %.0f, \"unit\": \"points/s\"}\n", name,
              static_cast<double>(points) / seconds);
  std::fflush(stdout);
}

int Bench() {
  std::string folder = std::filesystem::temp_directory_path() / "ingest-bench-XXXXXX";
  if (!mkdtemp(folder.data())) return 1;
  auto store = store::OpenRocksDb({folder, 64 << 20});
  if (!store.ok()) return 1;
  FakeBook book;
  Metrics metrics(nullptr);
  IngestOptions options;
  options.sniff = [](std::string_view) { return "application/octet-stream"; };
  options.log = [](const std::string& line) { std::fprintf(stderr, "%s\n", line.c_str()); };
  auto ingest = Ingest::Start(store->get(), &book, &metrics, options);
  if (!ingest.ok()) return 1;
  ByteBudget budget(
      uint64_t{1} << 30, uint64_t{8} << 20, [&] { return (*ingest)->tail_bytes(); }, &metrics.unacknowledged_bytes);
  IngestService service(ingest->get(), &book, &budget);
  grpc::ServerBuilder builder;
  service.ListenOn("127.0.0.1:0", builder);
  std::unique_ptr<grpc::Server> server = builder.BuildAndStart();
  const std::string address = "127.0.0.1:" + std::to_string(service.port());
  Measure(address, "ingest_10_tags_100_steps_4_writers", 10, 100);
  Measure(address, "ingest_1000_tags_1_step_4_writers", 1000, 1);
  server->Shutdown(std::chrono::system_clock::now() + std::chrono::seconds(1));
  service.Stop();
  (*ingest)->Stop();
  ingest->reset();
  store->reset();
  std::filesystem::remove_all(folder);
  return 0;
}

}  // namespace
}  // namespace stepwell::ingest

int main() { return stepwell::ingest::Bench(); }
