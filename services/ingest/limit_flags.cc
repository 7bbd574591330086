#include "ingest/limit_flags.h"

#include "base/flags.h"

namespace stepwell::ingest {

void AddLimitFlags(CLI::App& program, ServerOptions& options) {
  Limits& limits = options.limits;
  AddSize(program, "--ingest-stream-budget", &options.stream_budget, "unacknowledged bytes of one stream: 8MiB");
  AddCount(program, "--ingest-streams", options.streams, "streams that clients push over at once");
  AddSize(program, "--series-memory", &options.series_memory,
          "series of runs in memory, their points not counted; beyond it no new ones are taken: 2GiB");
  AddSize(program, "--catalog-backlog", &options.catalog_backlog,
          "new names and notes that may wait while PostgreSQL is away: 1GiB");
  AddSize(program, "--live-ring", &options.live_ring, "recent batches that live views are told of: 16MiB");
  AddDuration(program, "--heartbeat", &options.heartbeat,
              "how often clients are asked to say that the process that logs lives: 20s");
  AddSize(program, "--disk-low", &options.disk.low,
          "free disk under which points are sealed early (else the smaller of 10 % and 20GiB)");
  AddSize(program, "--disk-stop", &options.disk.stop,
          "free disk under which no points are taken (else the smaller of 5 % and 5GiB)");
  AddSize(program, "--disk-ballast", &options.disk.ballast,
          "disk held back for deleting once it is low (else the smaller of 1 % and 512MiB)");
  AddCount(program, "--max-series-per-run", limits.series_per_run, "series of one run");
  AddCount(program, "--max-writers-per-run", limits.writers_per_run, "writers of one run, such as event files");
  AddCount(program, "--max-points-per-batch", limits.points_per_batch, "points of one batch");
  AddSize(program, "--max-batch", &limits.message_bytes, "bytes of one batch: 4MiB");
  AddSize(program, "--max-tag", &limits.tag_bytes, "bytes of a tag: 16KiB");
  AddSize(program, "--max-value", &limits.inline_bytes, "bytes of a value that is no blob: 1MiB");
  AddSize(program, "--max-blob", &limits.blob_bytes, "bytes of a blob: 64MiB");
  AddCount(program, "--max-params", limits.param_count, "parameters and labels of one run");
  AddCount(program, "--max-fork-depth", limits.fork_depth, "runs that a fork descends from");
  AddSize(program, "--max-param", &limits.param_bytes, "bytes of a parameter: 64KiB");
  AddSize(program, "--max-note", &limits.note_bytes, "bytes of a run's note: 256KiB");
}

}  // namespace stepwell::ingest
