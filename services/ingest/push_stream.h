// One Push call: batches go to the session as they are read, acknowledgements go out through one slot that holds the
// newest only (two writes in flight would abort the process). Reading stops while the stream's or the server's budget
// is spent.
//
// Two objects, because acknowledgements come from the committer at any time: gRPC owns the reactor and says when it is
// done; PushStream outlives it as long as somebody may still tell it something.
//
// Thread safety: PushStream's methods may be called from any thread; its mutex is held for gRPC's Start... functions,
// which do not block.
#pragma once

#include <chrono>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>

#include "grpcpp/grpcpp.h"
#include "ingest/byte_budget.h"
#include "ingest/ingest.h"

namespace stepwell::ingest {

class PushStream : public AckSink, public ByteBudget::Waiter, public std::enable_shared_from_this<PushStream> {
 public:
  using Reactor = grpc::ServerBidiReactor<grpc::ByteBuffer, grpc::ByteBuffer>;

  PushStream(Ingest* ingest, ByteBudget* budget) : ingest_(ingest), budget_(budget) {}
  ~PushStream() override;

  // The reactor that gRPC drives; it keeps the stream alive. `refused`: not OK ends the call at once.
  static Reactor* Begin(std::shared_ptr<PushStream> stream, grpc::CallbackServerContext* context,
                        const absl::Status& refused);

  void OnDurable(uint64_t seq, std::vector<v1::Refusal> refused) override;
  void OnFailure(const absl::Status& status) override;
  void OnRoom() override;
  // Asks the client to finish and to connect again.
  void Drain(uint32_t after_ms);

 private:
  class Driver;
  struct Outstanding {
    size_t bytes;
    std::chrono::steady_clock::time_point since;
  };

  absl::Status Take(const grpc::ByteBuffer& message);
  absl::Status TakeBatch(std::string bytes);
  // All REQUIRE mutex_.
  void ReadOn();
  void WriteOn();
  void Release(uint64_t seq);

  Ingest* const ingest_;
  ByteBudget* const budget_;
  std::unique_ptr<Session> session_;  // of the reading thread

  std::mutex mutex_;
  Reactor* reactor_ = nullptr;                      // null once gRPC is done with it
  grpc::CallbackServerContext* context_ = nullptr;  // lives as long as the reactor
  grpc::ByteBuffer in_, out_;
  bool reading_ = false, writing_ = false, paused_ = false, finished_ = false;
  bool reads_done_ = false;
  bool waiting_ = false;             // for the budget to wake it
  std::optional<absl::Status> end_;  // how the call will end
  bool reply_due_ = false;
  v1::PushReply reply_;
  std::map<uint64_t, Outstanding> outstanding_;  // by seq
  size_t outstanding_bytes_ = 0;
  uint64_t durable_seq_ = 0;
};

}  // namespace stepwell::ingest
