// One writer of one run: pushes its batches, in order, exactly once.
//
// Batches get the numbers behind the server's mark. Those that are not acknowledged stay in a window of bounded size
// and are sent again when a stream breaks; the server drops what it has already. So a batch is either acknowledged,
// which means durable, or still here. A stream that just ends (a server that stops or rebalances) is no error.
//
// No thread of its own: gRPC's threads send and acknowledge; a stream that broke is made new by the next call that
// needs it, which waits as long as the connection's policy allows.
//
// Thread safety: one owner calls the methods. Inside, mutex_ guards what gRPC's callbacks and the owner share; a
// callback holds nothing else, and nothing is called out of the class while it is held but gRPC's non-blocking Start...
// functions.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "push/connection.h"
#include "stepwell/v1/ingest.pb.h"

namespace stepwell::push {

// Of unacknowledged batches: enough for a server that gathers for 5 ms and syncs, at 500 MB/s.
inline constexpr size_t kWindowBytes = 4 << 20;

class RunWriter {
 public:
  // Makes or joins the run and takes the writer's place: an older process with the same writer id is fenced.
  // FAILED_PRECONDITION: the run was deleted.
  static absl::StatusOr<std::unique_ptr<RunWriter>> Open(Connection* connection, const v1::OpenRunRequest& request);
  ~RunWriter();
  RunWriter(const RunWriter&) = delete;
  RunWriter& operator=(const RunWriter&) = delete;

  const v1::OpenRunReply& opened() const { return opened_; }
  const v1::Limits& limits() const { return opened_.limits(); }

  // Numbers the batch and puts it into the window; waits while the window is full. Errors are final for this writer:
  // FAILED_PRECONDITION (fenced by another process, or the run was deleted), DATA_LOSS (the server lost acknowledged
  // batches, as after a restore: open again), INVALID_ARGUMENT, UNAVAILABLE (patience ended), CANCELLED (stopped).
  absl::Status Push(std::unique_ptr<v1::PushRequest> batch);
  // Waits until all is durable.
  absl::Status Flush();
  // Looks after the stream between pushes: one that ended is judged (fenced, deleted: an error as of Push) and made
  // new, so that what was pushed gets through without another Push.
  absl::Status Tend();
  // Says that the process that logs lives, on the stream that there is or the next.
  void Beat();
  uint64_t durable_seq();  // everything up to this batch is on the server's disk
  // Ends the stream, if one is open. The next Push makes a new one.
  void CloseStream();
  bool stream_open() const { return stream_ != nullptr; }

  // Items that the server left out of batches since the last call.
  std::vector<v1::Refusal> TakeRefusals();

 private:
  class Stream;
  struct Pending {
    uint64_t seq = 0;
    size_t bytes = 0;
    std::unique_ptr<v1::PushRequest> request;
  };

  RunWriter(Connection* connection, v1::OpenRunReply opened);

  // All REQUIRE mutex_.
  absl::Status EnsureStream(std::unique_lock<std::mutex>& lock);
  absl::Status JudgeEnd(std::unique_lock<std::mutex>& lock);
  void SendNext();
  void DropAcknowledged();
  void OnReply(const v1::PushReply& reply);

  Connection* const connection_;
  const v1::OpenRunReply opened_;

  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Pending> window_;  // in order of seq, without gaps
  size_t window_bytes_ = 0;
  uint64_t durable_seq_;  // the highest acknowledged
  uint64_t next_seq_;     // of the next Push
  uint64_t send_seq_;     // what the stream sends next
  std::unique_ptr<Stream> stream_;
  std::vector<v1::Refusal> refusals_;
  v1::PushRequest alive_;
  bool beat_due_ = false;
  absl::Status final_;  // why nothing can be pushed any more
  // Back-off: streams that ended in a row without a single reply.
  int failures_ = 0;
  std::chrono::steady_clock::time_point last_reply_;
};

}  // namespace stepwell::push
