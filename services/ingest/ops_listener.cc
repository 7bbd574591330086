#include "ingest/ops_listener.h"

#include "base/json.h"
#include "base/status_macros.h"
#include "net/http_server.h"

namespace stepwell::ingest {
namespace {

net::Response Healthy() {
  net::Response response;
  JsonWriter(response.body).Object().Key("healthy").Bool(true).End();
  return response;
}

class Listener : public OpsListener {
 public:
  Listener(std::shared_ptr<prometheus::Registry> registry, std::vector<net::Readiness::Part> parts)
      : registry_(std::move(registry)),
        readiness_(std::move(parts), *registry_),
        log_(net::Logger::FormatFor(stderr), net::LogLevel::kWarning),
        metrics_(registry_),
        app_(router_, authority_, net::AppOptions{false, 0, true}) {}
  ~Listener() override {
    if (http_) http_->Stop();
  }

  absl::Status Begin(const std::string& address) {
    RETURN_IF_ERROR(router_.Add("GET", "/healthz", [](const net::Request&) { return Healthy(); }));
    RETURN_IF_ERROR(router_.Add("GET", "/readyz", [this](const net::Request&) { return readiness_.Answer(); }));
    RETURN_IF_ERROR(router_.Add("GET", "/metrics", [this](const net::Request&) {
      net::Response response;
      response.content_type = "text/plain; version=0.0.4; charset=utf-8";
      response.body = net::MetricsText(*registry_);
      return response;
    }));
    net::HttpOptions options;
    options.address = address.starts_with(":") ? "0.0.0.0" + address : address;
    options.io_threads = 1;
    options.handler_threads = 2;
    options.stream_threads = 1;
    ASSIGN_OR_RETURN(http_, net::HttpServer::Start(options, app_, metrics_, log_));
    url_ = "http://" + options.address.substr(0, options.address.rfind(':') + 1) + std::to_string(http_->port());
    return absl::OkStatus();
  }
  std::string url() const override { return url_; }

 private:
  const std::shared_ptr<prometheus::Registry> registry_;
  net::Readiness readiness_;
  const net::Logger log_;
  net::HttpMetrics metrics_;
  net::Router router_;
  const auth::Authority authority_{};
  const net::App app_;
  std::unique_ptr<net::HttpServer> http_;
  std::string url_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<OpsListener>> OpsListener::Start(const std::string& address,
                                                                std::shared_ptr<prometheus::Registry> registry,
                                                                std::vector<net::Readiness::Part> parts) {
  auto listener = std::make_unique<Listener>(std::move(registry), std::move(parts));
  RETURN_IF_ERROR(listener->Begin(address));
  return listener;
}

}  // namespace stepwell::ingest
