// Load as many training jobs make it: N clients, each with a connection, a run and S series of its own, each series
// with a point every I seconds. Measures how long an acknowledgement takes, as each client sees it.
//
//   load_bench --server 127.0.0.1:7008 --clients 2000 --series 10 --interval 1 --seconds 30
//
// Threads: `main` opens the runs and then is the clock that hands batches to the streams; gRPC's own threads run the
// reactions. A Client's state is guarded by its mutex.
#include <grpcpp/grpcpp.h>
#include <sys/resource.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <cstdio>
#include <deque>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "stepwell/v1/ingest.grpc.pb.h"

namespace {

namespace v1 = stepwell::v1;
using Clock = std::chrono::steady_clock;

struct Load {
  std::string server;
  int clients = 2000;
  int series = 10;      // of each client
  double interval = 1;  // seconds between two points of a series
  double seconds = 30;
};

// A batch has at most this many series: 100,000 points a batch is what the server announces, and 4 MiB a message.
constexpr int kSeriesPerBatch = 5000;

class Client final : public grpc::ClientBidiReactor<v1::PushRequest, v1::PushReply> {
 public:
  Client(const Load& load, int number) : load_(load), number_(number) {
    grpc::ChannelArguments arguments;
    arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);  // a connection of its own
    stub_ = v1::Ingest::NewStub(grpc::CreateCustomChannel(load.server, grpc::InsecureChannelCredentials(), arguments));
  }

  // Opens the run and starts the stream; empty, or what went wrong.
  std::string Open() {
    v1::OpenRunRequest request;
    request.set_experiment("load");
    request.set_name("client-" + std::to_string(number_));
    request.set_writer("load");
    request.set_client("load_bench");
    v1::OpenRunReply reply;
    grpc::ClientContext context;
    context.set_wait_for_ready(true);
    context.set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(60));
    if (auto status = stub_->OpenRun(&context, request, &reply); !status.ok()) return status.error_message();
    seq_ = reply.durable_seq();
    v1::Hello& hello = *outgoing_.emplace_back().mutable_hello();
    hello.set_run_id(reply.run_id());
    hello.set_writer_number(reply.writer_number());
    hello.set_epoch(reply.epoch());
    stub_->async()->Push(&context_, this);
    StartRead(&reply_);
    writing_ = true;
    StartWrite(&outgoing_.front());
    StartCall();
    return "";
  }

  // One point for each of the series [from, to).
  void Log(int from, int to, int64_t step) {
    v1::PushRequest request;
    v1::Batch& batch = *request.mutable_batch();
    const double wall = std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch()).count();
    v1::Axis& axis = *batch.add_axes();
    axis.add_step_deltas(step);
    axis.add_walls(wall);
    for (int i = from; i < to; ++i) {
      if (step == 0) Describe(i, *batch.add_define());
      v1::Column& column = *batch.add_columns();
      column.set_series(static_cast<uint32_t>(i));
      column.add_scalars(1.0 / (1.0 + static_cast<double>(step)) + 0.001 * ((i * 7919 + step * 104729) % 1000));
    }
    std::lock_guard lock(mutex_);
    if (done_) return;
    batch.set_seq(++seq_);
    waiting_.push_back({seq_, Clock::now()});
    points_ += static_cast<uint64_t>(to - from);
    outgoing_.push_back(std::move(request));
    WriteNext();
  }

  // Half-closes and waits for the end of the stream.
  void Finish() {
    {
      std::lock_guard lock(mutex_);
      closing_ = true;
      WriteNext();
    }
    std::unique_lock lock(mutex_);
    if (over_.wait_for(lock, std::chrono::seconds(30), [this] { return done_; })) return;
    lock.unlock();
    context_.TryCancel();
    lock.lock();
    over_.wait(lock, [this] { return done_; });
  }

  void Collect(std::vector<double>& delays, uint64_t& points, uint64_t& lost, std::string& error) {
    std::lock_guard lock(mutex_);
    delays.insert(delays.end(), delays_.begin(), delays_.end());
    points += points_;
    lost += waiting_.size();
    if (!status_.ok() && error.empty()) error = status_.error_message();
  }

 private:
  struct Waiting {
    uint64_t seq;
    Clock::time_point sent;
  };

  static void Describe(int series, v1::Define& define) {
    define.set_series(static_cast<uint32_t>(series));
    define.mutable_info()->set_tag("group" + std::to_string(series / 10) + "/metric" + std::to_string(series));
    define.mutable_info()->set_kind(v1::KIND_SCALAR);
    define.mutable_info()->set_plugin("scalars");
    define.mutable_info()->set_value_type("float64");
  }

  // REQUIRES: mutex_ held.
  void WriteNext() {
    if (writing_ || done_) return;
    if (!outgoing_.empty()) {
      writing_ = true;
      StartWrite(&outgoing_.front());
    } else if (closing_ && !closed_) {
      closed_ = true;
      StartWritesDone();
    }
  }

  void OnWriteDone(bool ok) override {
    std::lock_guard lock(mutex_);
    writing_ = false;
    outgoing_.pop_front();
    if (ok) WriteNext();
  }

  void OnReadDone(bool ok) override {
    if (!ok) return;
    {
      std::lock_guard lock(mutex_);
      const auto now = Clock::now();
      while (!waiting_.empty() && waiting_.front().seq <= reply_.durable_seq()) {
        delays_.push_back(std::chrono::duration<double>(now - waiting_.front().sent).count());
        waiting_.pop_front();
      }
    }
    StartRead(&reply_);
  }

  void OnDone(const grpc::Status& status) override {
    std::lock_guard lock(mutex_);
    status_ = status;
    done_ = true;
    over_.notify_all();
  }

  const Load& load_;
  const int number_;
  std::unique_ptr<v1::Ingest::Stub> stub_;
  grpc::ClientContext context_;
  v1::PushReply reply_;

  std::mutex mutex_;
  std::condition_variable over_;
  std::deque<v1::PushRequest> outgoing_;  // the front is being written while writing_
  std::deque<Waiting> waiting_;           // sent, not acknowledged
  std::vector<double> delays_;            // seconds
  uint64_t seq_ = 0;
  uint64_t points_ = 0;
  bool writing_ = false, closing_ = false, closed_ = false, done_ = false;
  grpc::Status status_;
};

// Opens all clients with a few threads; prints the first error.
bool OpenAll(std::vector<std::unique_ptr<Client>>& clients) {
  std::atomic<size_t> next{0};
  std::mutex mutex;
  std::string error;
  std::vector<std::thread> threads;
  for (int t = 0; t < 8; ++t) {
    threads.emplace_back([&] {
      for (size_t i = next++; i < clients.size(); i = next++) {
        const std::string wrong = clients[i]->Open();
        std::lock_guard lock(mutex);
        if (!wrong.empty() && error.empty()) error = wrong;
      }
    });
  }
  for (auto& thread : threads) thread.join();
  if (!error.empty()) std::fprintf(stderr, "opening runs: %s\n", error.c_str());
  return error.empty();
}

// The clock: spreads each interval's batches evenly over it, so that clients do not all speak at once.
void Run(const Load& load, std::vector<std::unique_ptr<Client>>& clients) {
  struct Slot {
    size_t client;
    int from, to;
  };
  std::vector<Slot> slots;
  for (int from = 0; from < load.series; from += kSeriesPerBatch) {
    for (size_t c = 0; c < clients.size(); ++c)
      slots.push_back({c, from, std::min(from + kSeriesPerBatch, load.series)});
  }
  const auto begin = Clock::now();
  const double apart = load.interval / static_cast<double>(slots.size());
  for (int64_t step = 0; static_cast<double>(step) * load.interval < load.seconds; ++step) {
    for (size_t i = 0; i < slots.size(); ++i) {
      const double due = static_cast<double>(step) * load.interval + static_cast<double>(i) * apart;
      std::this_thread::sleep_until(begin +
                                    std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(due)));
      clients[slots[i].client]->Log(slots[i].from, slots[i].to, step);
    }
  }
}

void Print(const char* name, double value, const char* unit) {
  std::printf("{\"name\": \"%s\", \"value\": %.9g, \"unit\": \"%s\"}\n", name, value, unit);
}

}  // namespace

int main(int argc, char** argv) {
  Load load;
  CLI::App app{"Load from many clients on a Stepwell server"};
  app.add_option("--server", load.server, "gRPC address")->required();
  app.add_option("--clients", load.clients, "how many");
  app.add_option("--series", load.series, "series of each client");
  app.add_option("--interval", load.interval, "seconds between two points of a series");
  app.add_option("--seconds", load.seconds, "how long");
  CLI11_PARSE(app, argc, argv);
  rlimit files{};
  if (getrlimit(RLIMIT_NOFILE, &files) == 0) {
    files.rlim_cur = files.rlim_max;
    setrlimit(RLIMIT_NOFILE, &files);
  }

  std::vector<std::unique_ptr<Client>> clients;
  for (int i = 0; i < load.clients; ++i) clients.push_back(std::make_unique<Client>(load, i));
  if (!OpenAll(clients)) return 1;
  std::printf("ready\n");  // the driver starts to look at the server's memory
  std::fflush(stdout);
  const auto begin = Clock::now();
  Run(load, clients);
  for (auto& client : clients) client->Finish();
  const double took = std::chrono::duration<double>(Clock::now() - begin).count();

  std::vector<double> delays;
  uint64_t points = 0, lost = 0;
  std::string error;
  for (auto& client : clients) client->Collect(delays, points, lost, error);
  if (!error.empty()) std::fprintf(stderr, "a stream ended with: %s\n", error.c_str());
  if (delays.empty()) return 1;
  std::sort(delays.begin(), delays.end());
  const auto at = [&](double q) { return delays[static_cast<size_t>(q * static_cast<double>(delays.size() - 1))]; };
  Print("ack_p50", at(0.5), "s");
  Print("ack_p99", at(0.99), "s");
  Print("ack_max", delays.back(), "s");
  Print("points_per_second", static_cast<double>(points) / took, "points/s");
  Print("batches_unacknowledged", static_cast<double>(lost), "batches");
  return lost == 0 && error.empty() ? 0 : 1;
}
