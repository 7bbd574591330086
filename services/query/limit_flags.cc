#include "query/limit_flags.h"

#include "base/flags.h"

namespace stepwell::query {

void AddLimitFlags(CLI::App& program, QueryLimits& limits) {
  AddCount(program, "--http-connections", limits.connections, "connections at once; more wait to be accepted");
  AddCount(program, "--http-connections-per-address", limits.connections_per_address,
           "connections of one address; more are closed");
  AddSize(program, "--http-memory", &limits.http_memory, "bodies being read and answers being sent: 256MiB");
  AddDuration(program, "--http-stall", &limits.http_stall,
              "a client that is slower than --http-rate for so long is cut off: 5s");
  AddSize(program, "--http-rate", &limits.http_rate, "bytes a second that a client must read: 8KiB");
  AddCount(program, "--http-waiting", limits.http_waiting, "long answers that may wait for their clients at once");
  AddCount(program, "--live-listeners", limits.live_listeners, "live views at once");
  AddSize(program, "--live-listener-budget", &limits.live_listener_budget,
          "events that wait for one live view: 64KiB; more are skipped");
  AddSize(program, "--live-history", &limits.live_history,
          "events of an experiment that are kept for live views that come back: 256KiB");
  AddDuration(program, "--query-timeout", &limits.query_timeout,
              "a chart's answer may take so long, with the time in which its client reads: 30s");
  AddDuration(program, "--disconnected-after", &limits.disconnected_after,
              "a running run that says nothing for so long is shown as disconnected: 2m; several times --heartbeat");
  AddSize(program, "--console-memory", &limits.console_memory,
          "lines of runs' consoles that are kept to be read and searched: 256MiB; half of it for one run");
  AddCount(program, "--raw-points", limits.raw_points,
           "points of a series that smoothing, other x axes and expressions are computed on");
  AddSize(program, "--raw-memory", &limits.raw_memory,
          "points that were read for smoothing and the like and are kept for the next question: 256MiB");
  AddSize(program, "--query-memory", &limits.query_memory, "bytes of one answer with series: 256MiB");
}

}  // namespace stepwell::query
