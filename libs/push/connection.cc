#include "push/connection.h"

#include <algorithm>
#include <charconv>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"

namespace stepwell::push {
namespace {

// "host:port", or with a scheme before it: grpcs:// and https:// mean TLS.
struct Target {
  explicit Target(std::string server) : address(std::move(server)) {
    if (const size_t at = address.find("://"); at != std::string::npos) {
      tls = absl::StartsWith(address, "grpcs:") || absl::StartsWith(address, "https:");
      address.erase(0, at + 3);
    }
    while (!address.empty() && address.back() == '/') {
      address.pop_back();
    }
  }
  std::string address;
  bool tls = false;
};

std::shared_ptr<grpc::Channel> MakeChannel(const std::string& server) {
  grpc::ChannelArguments arguments;
  // A dead server is found out without data: a ping after a minute, 20 s for its answer.
  arguments.SetInt(GRPC_ARG_KEEPALIVE_TIME_MS, 60'000);
  arguments.SetInt(GRPC_ARG_KEEPALIVE_TIMEOUT_MS, 20'000);
  arguments.SetInt(GRPC_ARG_MIN_RECONNECT_BACKOFF_MS, 100);
  arguments.SetInt(GRPC_ARG_INITIAL_RECONNECT_BACKOFF_MS, 100);
  arguments.SetInt(GRPC_ARG_MAX_RECONNECT_BACKOFF_MS, 2'000);
  arguments.SetMaxReceiveMessageSize(64 << 20);
  // The proxy of an environment variable is for the web, not for the tracker beside it.
  arguments.SetInt(GRPC_ARG_ENABLE_HTTP_PROXY, 0);
  const Target target(server);
  return grpc::CreateCustomChannel(
      target.address, target.tls ? grpc::SslCredentials({}) : grpc::InsecureChannelCredentials(), arguments);
}

// A unary call that hangs is given up and tried again.
constexpr std::chrono::seconds kCallTime{40};

}  // namespace

bool IsTransient(const absl::Status& status) {
  switch (status.code()) {
    case absl::StatusCode::kUnavailable:
    case absl::StatusCode::kDeadlineExceeded:
    case absl::StatusCode::kResourceExhausted:
    case absl::StatusCode::kAborted:
    case absl::StatusCode::kInternal:
    case absl::StatusCode::kUnknown:
    case absl::StatusCode::kCancelled:
      return true;
    default:
      return false;
  }
}

absl::Status FromGrpc(const grpc::Status& status) {
  return absl::Status(static_cast<absl::StatusCode>(status.error_code()), status.error_message());
}

std::chrono::milliseconds RetryAfter(const grpc::ClientContext& context) {
  constexpr int kMost = 30'000;
  const auto& metadata = context.GetServerTrailingMetadata();
  const auto found = metadata.find("retry-after-ms");
  int told = 0;
  if (found != metadata.end()) {
    std::from_chars(found->second.data(), found->second.data() + found->second.size(), told);
  }
  return std::chrono::milliseconds(std::clamp(told, 0, kMost));
}

Connection::Connection(const std::string& server, RetryPolicy policy, Stopper* stopper)
    : Connection(MakeChannel(server), server, policy, stopper) {}

Connection::Connection(std::shared_ptr<grpc::Channel> channel, std::string server, RetryPolicy policy, Stopper* stopper)
    : channel_(std::move(channel)),
      stub_(v1::Ingest::NewStub(channel_)),
      server_(std::move(server)),
      policy_(policy),
      stopper_(stopper) {}

void Connection::ReportAway(const absl::Status& why) {
  if (absl::IsResourceExhausted(why)) {
    answered_ = true;
    if (!away_.exchange(true) && tell_) {
      tell_(absl::StrCat("server ", server_, " takes nothing now (", std::string(why.message()), "); waiting"));
    }
    return;
  }
  if (!away_.exchange(true) && answered_ && tell_) {
    tell_(absl::StrCat("server ", server_, " is away (", std::string(why.message()), "); trying again"));
  }
}

void Connection::ReportBack() {
  const bool answered = answered_.exchange(true);
  if (away_.exchange(false) && answered && tell_) {
    tell_(absl::StrCat("server ", server_, " is back"));
  }
}

absl::Status Connection::Retry(const std::function<absl::Status()>& attempt) {
  auto start = std::chrono::steady_clock::now();
  auto pause = policy_.first;
  for (;;) {
    if (stopper_->stopped()) {
      return absl::CancelledError("stopped");
    }
    absl::Status status = attempt();
    if (!IsTransient(status)) {
      ReportBack();
      return status;
    }
    if (absl::IsResourceExhausted(status)) {
      start = std::chrono::steady_clock::now();
    }
    // Whoever says "try again" answers, even if the call has never succeeded: a server whose database is away.
    if (channel_->GetState(/*try_to_connect=*/false) == GRPC_CHANNEL_READY) {
      answered_ = true;
    }
    const auto patience = answered_ ? policy_.patience_after : policy_.patience_before;
    if (patience.count() > 0 && std::chrono::steady_clock::now() - start >= patience) {
      return absl::UnavailableError(absl::StrCat("server ", server_, " did not answer for ", patience.count() / 1000,
                                                 " s (", std::string(status.message()),
                                                 "); is it running, and is --server right?"));
    }
    ReportAway(status);
    if (stopper_->WaitFor(pause)) {
      return absl::CancelledError("stopped");
    }
    pause = std::min(pause * 2, policy_.longest);
  }
}

absl::StatusOr<v1::OpenRunReply> Connection::OpenRun(const v1::OpenRunRequest& request) {
  v1::OpenRunReply reply;
  absl::Status status = Retry([&] {
    grpc::ClientContext context;
    Authorize(context);
    context.set_deadline(std::chrono::system_clock::now() + kCallTime);
    reply.Clear();
    return FromGrpc(stub_->OpenRun(&context, request, &reply));
  });
  if (!status.ok()) {
    return status;
  }
  return reply;
}

absl::StatusOr<std::vector<v1::DescribeSeriesReply::Item>> Connection::DescribeSeries(
    const v1::DescribeSeriesRequest& request) {
  std::vector<v1::DescribeSeriesReply::Item> items;
  absl::Status status = Retry([&] {
    items.clear();
    grpc::ClientContext context;
    Authorize(context);
    context.set_deadline(std::chrono::system_clock::now() + kCallTime);
    auto stream = stub_->DescribeSeries(&context, request);
    v1::DescribeSeriesReply reply;
    while (stream->Read(&reply)) {
      for (v1::DescribeSeriesReply::Item& item : *reply.mutable_items()) {
        items.push_back(std::move(item));
      }
    }
    return FromGrpc(stream->Finish());
  });
  if (!status.ok()) {
    return status;
  }
  return items;
}

absl::Status Connection::SyncRun(const std::string& run_id) {
  return Retry([&] {
    grpc::ClientContext context;
    Authorize(context);
    context.set_deadline(std::chrono::system_clock::now() + kCallTime);
    v1::SyncRunRequest request;
    request.set_run_id(run_id);
    v1::SyncRunReply reply;
    return FromGrpc(stub_->SyncRun(&context, request, &reply));
  });
}

}  // namespace stepwell::push
