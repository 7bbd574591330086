#include "net/http_metrics.h"

#include <dirent.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cstdio>
#include <fstream>
#include <sstream>

#include <prometheus/text_serializer.h>

namespace stepwell::net {
namespace {

int OpenFiles() {
  DIR* folder = opendir("/proc/self/fd");
  if (folder == nullptr) return 0;
  int count = -1;  // the folder's own
  while (const dirent* entry = readdir(folder)) count += entry->d_name[0] != '.';
  closedir(folder);
  return count;
}

// Seconds since the epoch at which this process started: the boot time and field 22 of /proc/self/stat, in ticks after
// it.
double StartTime() {
  std::ifstream stat("/proc/self/stat");
  std::string text((std::istreambuf_iterator<char>(stat)), {});
  std::istringstream fields(text.substr(std::min(text.rfind(')') + 1, text.size())));
  std::string field;
  for (int i = 3; i <= 22; ++i) fields >> field;
  double boot = 0;
  std::ifstream system("/proc/stat");
  for (std::string name; system >> name;) {
    if (name == "btime" && system >> boot) break;
  }
  return boot + std::strtod(field.c_str(), nullptr) / static_cast<double>(sysconf(_SC_CLK_TCK));
}

long ResidentBytes() {
  long size = 0, resident = 0;
  std::ifstream("/proc/self/statm") >> size >> resident;
  return resident * sysconf(_SC_PAGESIZE);
}

void AppendOne(std::string& out, const char* name, const char* type, const char* help, double value) {
  char buffer[256];
  std::snprintf(buffer, sizeof(buffer), "# HELP %s %s\n# TYPE %s %s\n%s %.17g\n", name, help, name, type, name, value);
  out += buffer;
}

void AppendProcess(std::string& out) {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  rlimit files{};
  getrlimit(RLIMIT_NOFILE, &files);
  const auto seconds = [](const timeval& t) {
    return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_usec) / 1e6;
  };
  AppendOne(out, "process_cpu_seconds_total", "counter", "Processor time used.",
            seconds(usage.ru_utime) + seconds(usage.ru_stime));
  AppendOne(out, "process_resident_memory_bytes", "gauge", "Resident memory.", static_cast<double>(ResidentBytes()));
  AppendOne(out, "process_open_fds", "gauge", "Open file descriptors.", OpenFiles());
  AppendOne(out, "process_max_fds", "gauge", "Most file descriptors that may be open.",
            static_cast<double>(files.rlim_cur));
  AppendOne(out, "process_start_time_seconds", "gauge", "Start of the process since the epoch.", StartTime());
}

}  // namespace

prometheus::Histogram::BucketBoundaries DurationBuckets() {
  prometheus::Histogram::BucketBoundaries bounds;
  for (double bound = 0.001; bound < 40; bound *= 2) bounds.push_back(bound);
  return bounds;
}

std::string MetricsText(prometheus::Registry& registry) {
  std::ostringstream text;
  prometheus::TextSerializer().Serialize(text, registry.Collect());
  std::string out = text.str();
  AppendProcess(out);
  return out;
}

std::string_view RouteClass(const auth::Route* route) {
  if (route == nullptr) return "static";
  if (route->method != "GET") return route->cost == auth::Cost::kScan ? "query" : "write";
  switch (route->action) {
    case auth::Action::kBlobRead:
      return "blob";
    case auth::Action::kPointsRead:
    case auth::Action::kDataExport:
      return "export";
    case auth::Action::kPublic:
    case auth::Action::kServerRead:
    case auth::Action::kOpsMetrics:
      return "static";
    default:
      return "list";
  }
}

HttpMetrics::HttpMetrics(std::shared_ptr<prometheus::Registry> registry)
    : registry_(std::move(registry)),
      requests_(prometheus::BuildCounter()
                    .Name("stepwell_http_requests_total")
                    .Help("Requests answered.")
                    .Register(*registry_)),
      durations_(prometheus::BuildHistogram()
                     .Name("stepwell_http_request_duration_seconds")
                     .Help("From the last byte of a request to the last byte of its answer handed to the socket.")
                     .Register(*registry_)),
      bytes_(prometheus::BuildCounter()
                 .Name("stepwell_http_response_bytes_total")
                 .Help("Bytes of answers sent.")
                 .Register(*registry_)),
      in_flight_(prometheus::BuildGauge()
                     .Name("stepwell_http_in_flight")
                     .Help("Requests being answered.")
                     .Register(*registry_)
                     .Add({})),
      connections_(prometheus::BuildGauge()
                       .Name("stepwell_http_connections")
                       .Help("Open connections.")
                       .Register(*registry_)
                       .Add({})),
      turned_away_(prometheus::BuildCounter()
                       .Name("stepwell_http_connections_refused_total")
                       .Help("Connections closed at once, as their address had too many.")
                       .Register(*registry_)
                       .Add({})),
      memory_(prometheus::BuildGauge()
                  .Name("stepwell_http_memory_bytes")
                  .Help("Bodies of requests, and bytes of answers and events that wait for clients.")
                  .Register(*registry_)
                  .Add({})),
      waiting_(prometheus::BuildGauge()
                   .Name("stepwell_http_waiting")
                   .Help("Long answers that are not made on until their clients have read.")
                   .Register(*registry_)
                   .Add({})),
      cut_off_(prometheus::BuildCounter()
                   .Name("stepwell_http_cut_off_total")
                   .Help("Connections closed because their clients read too slowly.")
                   .Register(*registry_)
                   .Add({})) {}

void HttpMetrics::Answered(std::string_view route_class, int status, std::chrono::nanoseconds took) {
  requests_.Add({{"class", std::string(route_class)}, {"code", std::to_string(status)}}).Increment();
  durations_.Add({{"class", std::string(route_class)}}, DurationBuckets())
      .Observe(std::chrono::duration<double>(took).count());
}

void HttpMetrics::Sent(std::string_view route_class, uint64_t bytes) {
  bytes_.Add({{"class", std::string(route_class)}}).Increment(static_cast<double>(bytes));
}

}  // namespace stepwell::net
