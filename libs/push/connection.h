// The way to one server: a channel that all writers of a process share, and the calls that need no stream. Waits out a
// server that is away, with back-off, as long as the policy allows.
//
// Thread safety: all methods may be called from any thread.
#pragma once

#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "grpcpp/grpcpp.h"
#include "push/stopper.h"
#include "stepwell/v1/ingest.grpc.pb.h"

namespace stepwell::push {

struct RetryPolicy {
  std::chrono::milliseconds first{100};  // pause after the first failure; doubles
  std::chrono::milliseconds longest{5000};
  // How long a server may be away before a call gives up: to begin with, and once it has answered. Zero: for ever. A
  // server that says it has no room (RESOURCE_EXHAUSTED) is there, and is waited for as long as it says so.
  std::chrono::milliseconds patience_before{10'000};
  std::chrono::milliseconds patience_after{600'000};
};

// Worth another try: the server is away, busy or restarting. FAILED_PRECONDITION (fenced, deleted), INVALID_ARGUMENT
// and the like are final.
bool IsTransient(const absl::Status& status);

absl::Status FromGrpc(const grpc::Status& status);

// How long the server wants to be left alone ("retry-after-ms" behind the end of a call), at most 30 s; 0: not told.
std::chrono::milliseconds RetryAfter(const grpc::ClientContext& context);

class Connection {
 public:
  // `server`: "host:port", or "grpcs://host:port" for TLS. `stopper` outlives the connection; stopping it makes every
  // wait end with CANCELLED.
  Connection(const std::string& server, RetryPolicy policy, Stopper* stopper);
  // Over a channel that exists already, such as one inside the process.
  Connection(std::shared_ptr<grpc::Channel> channel, std::string server, RetryPolicy policy, Stopper* stopper);

  absl::StatusOr<v1::OpenRunReply> OpenRun(const v1::OpenRunRequest& request);
  // In the order of the series' first appearance, as far as the server knows it.
  absl::StatusOr<std::vector<v1::DescribeSeriesReply::Item>> DescribeSeries(const v1::DescribeSeriesRequest& request);
  absl::Status SyncRun(const std::string& run_id);

  // Sent with every call from now on (`authorization: Bearer …`); empty: none. Before the first call.
  void UseToken(const std::string& token) { authorization_ = token.empty() ? "" : "Bearer " + token; }
  void Authorize(grpc::ClientContext& context) const {
    if (!authorization_.empty()) context.AddMetadata("authorization", authorization_);
  }

  // Runs `attempt` until it succeeds, fails for good, patience ends or somebody stops.
  absl::Status Retry(const std::function<absl::Status()>& attempt);

  v1::Ingest::Stub& stub() { return *stub_; }
  Stopper& stopper() { return *stopper_; }
  const std::string& server() const { return server_; }
  const RetryPolicy& policy() const { return policy_; }
  // Called once when the server goes away and once when it is back, with what to tell the user.
  // `tell` must not block and may be called from any thread.
  void OnTrouble(std::function<void(const std::string&)> tell) { tell_ = std::move(tell); }

  // What streams see of the server; each change is told once.
  void ReportAway(const absl::Status& why);
  void ReportBack();

 private:
  std::shared_ptr<grpc::Channel> channel_;
  std::unique_ptr<v1::Ingest::Stub> stub_;
  const std::string server_;
  const RetryPolicy policy_;
  Stopper* const stopper_;
  std::string authorization_;
  std::function<void(const std::string&)> tell_;
  std::atomic<bool> answered_{false};
  std::atomic<bool> away_{false};
};

}  // namespace stepwell::push
