#include <algorithm>
#include <charconv>

#include "base/status_macros.h"
#include "query/handlers.h"
#include "query/parameters.h"

namespace stepwell::query {
namespace {

using auth::Action;

class Listener : public LiveListener {
 public:
  explicit Listener(std::shared_ptr<net::Outlet> outlet) : outlet_(std::move(outlet)) {}
  bool Offer(std::string_view events) override { return outlet_->Offer(events); }
  bool closed() const override { return outlet_->closed(); }
  void Close() override { outlet_->Close(); }

 private:
  const std::shared_ptr<net::Outlet> outlet_;  // shared with the connection that it leads to
};

absl::StatusOr<std::optional<uint64_t>> LastEventId(const net::Request& request) {
  const std::string_view text = request.Header("last-event-id");
  if (text.empty()) return std::optional<uint64_t>();
  uint64_t id = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), id);
  if (error != std::errc() || end != text.data() + text.size()) {
    return absl::InvalidArgumentError("Last-Event-ID is none that this server gave out");
  }
  return std::optional<uint64_t>(id);
}

absl::StatusOr<net::Response> Get(Services& services, const net::Request& request) {
  RETURN_IF_ERROR(CheckParameters(request, {"experiment", "run"}));
  auto subscription = std::make_shared<LiveHub::Subscription>();
  ASSIGN_OR_RETURN(subscription->after, LastEventId(request));
  for (const std::string& id : request.query.FindAll("experiment")) {
    ASSIGN_OR_RETURN(auto granted, services.finder.Experiment(request.principal, Action::kLiveRead, id));
    subscription->experiments.push_back(std::move(granted));
  }
  const bool whole = !subscription->experiments.empty();
  for (const std::string& id : request.query.FindAll("run")) {
    ASSIGN_OR_RETURN(const GrantedRun run, services.finder.Run(request.principal, Action::kLiveRead, id));
    subscription->runs.insert(run->number);
    if (whole) continue;
    ASSIGN_OR_RETURN(const catalog::Run found, services.catalog.GetRun(run));
    ASSIGN_OR_RETURN(auto granted, services.finder.Experiment(request.principal, Action::kLiveRead, found.experiment));
    const bool known = std::any_of(subscription->experiments.begin(), subscription->experiments.end(),
                                   [&](const auto& one) { return one->number == granted->number; });
    if (!known) subscription->experiments.push_back(std::move(granted));
  }
  if (subscription->experiments.empty()) {
    return absl::InvalidArgumentError("name what to listen to: experiment=ID or run=ID (both may repeat)");
  }
  ASSIGN_OR_RETURN(subscription->seat, services.live.TakeSeat());
  net::Response response;
  response.content_type = "text/event-stream";
  response.compressible = false;
  response.Set("Cache-Control", "no-store");
  response.listen = [&services, subscription](std::shared_ptr<net::Outlet> outlet) {
    outlet->Offer("retry: 2000\n\n");
    subscription->listener = std::make_shared<Listener>(outlet);
    if (!services.live.Subscribe(*subscription).ok()) outlet->Close();  // the client comes back in 2 s
    subscription->listener.reset();                                     // the feeds have it now, and its seat
    subscription->seat.reset();
  };
  return response;
}

}  // namespace

absl::Status AddLiveRoutes(net::Router& router, Services& services) {
  return router.Add("GET", "/api/v1/live", [&services](const net::Request& request) { return Get(services, request); });
}

}  // namespace stepwell::query
