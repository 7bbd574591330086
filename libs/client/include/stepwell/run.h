// Logs a training to Stepwell from C++: docs/guide/cpp.md shows it.
//
//   stepwell::Run run({.experiment = "digits", .name = "lr-0.1", .params = {{"lr", 0.1}}});
//   for (int step = 0; step < 100; ++step) run.Log({{"train/loss", loss}, {"epoch", epoch}}, step);
//
// Log returns when the record is in the spool on this machine's disk, so it survives a kill -9 of the process. It waits
// for no network, and throws nothing unless the run is strict. A process of its own, the uploader, brings the spool to
// the server.
//
// Thread safety: all methods but the destructor and moves may be called from any thread. The child of a fork that uses
// a run is a writer of its own, which says nothing about how the run ended.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "stepwell/values.h"

namespace stepwell {

// What a strict run throws instead of a warning.
class Error : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

// What another run shows below `step`.
struct ForkPoint {
  std::string run;  // its id
  std::int64_t step = 0;
};

struct RunOptions {
  std::string experiment = "default";  // its name; made if it is new
  std::string name = {};               // default: the time
  Params params = {};
  std::vector<std::pair<std::string, std::string>> labels = {};
  std::string group = {};
  std::string job_type = {};
  std::string note = {};
  // The run's id, to log to one run from several processes, or to go on with it; default: a new run.
  std::string id = {};
  bool resume = false;  // without an id: goes on with the run of this name, if there is one
  // Training goes on at this step: the run's points at it and beyond are hidden.
  std::optional<std::int64_t> rewind_to = {};
  // The new run begins with this, as it is when the server makes the run, and with that run's parameters. Steps go on
  // there. Whatever becomes of the other run changes nothing.
  std::optional<ForkPoint> fork_from = {};
  std::string mode = {};    // "online", "offline" (only the spool), "disabled"; default: STEPWELL_MODE, "online"
  std::string dir = {};     // the spool folder; default: STEPWELL_DIR, or the user's own
  std::string server = {};  // host:port of gRPC; default: STEPWELL_SERVER, "127.0.0.1:7008"
  std::string workspace = "default";
  // This process's name among the run's writers, such as a rank; default: a new one. A second process of the same name
  // takes the place of the first.
  std::string writer = {};
  // Whether this process tells the run's status, and takes points back when it goes on. Default: yes, unless the run
  // may be another's (`id`, `resume`) and a launcher made this process another rank than 0 (RANK, OMPI_COMM_WORLD_RANK,
  // PMI_RANK, SLURM_PROCID, LOCAL_RANK).
  std::optional<bool> primary = {};
  bool drop_when_full = false;  // when the spool is full (STEPWELL_SPOOL_MAX): drops and counts, else Log waits
  // Handles SIGTERM: the run is told as killed, and then what had handled it before is done. A handler that was there
  // is called from ours, and the run is told as killed when it ends; without one the process ends, as it would have.
  bool handle_sigterm = false;
  bool strict = false;  // throws stepwell::Error where there is a warning else
  // Gets each warning, once; default: a line on stderr. Called from any thread; it must not call the run.
  std::function<void(const std::string&)> on_warning = {};
};

class Run {
 public:
  using Step = std::optional<std::int64_t>;  // default: one more than that of the call before
  using Wall = std::optional<double>;        // seconds since the epoch; default: now

  // Throws std::invalid_argument for a mode that there is not, and a fork of no run; nothing here waits for the server.
  explicit Run(RunOptions options = {});
  // Finishes the run: "failed" while an exception unwinds the stack, else "finished".
  ~Run();
  Run(Run&&) noexcept;
  Run& operator=(Run&&) noexcept;

  // Scalars of one step.
  void Log(std::initializer_list<Scalar> values, Step step = {}, Wall wall = {}) {
    Log(values.begin(), values.size(), step, wall);
  }
  void Log(const std::vector<Scalar>& values, Step step = {}, Wall wall = {}) {
    Log(values.data(), values.size(), step, wall);
  }
  void Log(const Scalar* values, std::size_t count, Step step = {}, Wall wall = {});
  // What values.h has: a Text, Histogram, Image, Tensor, Audio, Video, PrCurve, Mesh or Embedding.
  void Log(std::string_view tag, const Value& value, Step step = {}, Wall wall = {});

  // Objects become dotted keys. Said again, a parameter is replaced.
  void LogParams(const Params& params);
  void Label(std::string_view key, std::string_view value);
  void Note(std::string_view text);
  // By which metric a metric is drawn, and which of its values ("last", "min", "max") sums it up. Kept as the label
  // `stepwell.metric/<name>`.
  void DefineMetric(std::string_view name, std::string_view step_metric, std::string_view summary = {});
  // Training goes on at this step: the run's points at it and beyond that were logged before are hidden.
  void Rewind(std::int64_t step);

  // Ends the run; nothing is lost without `wait_seconds`, since the uploader goes on. `status`: "finished", "failed" or
  // "killed"; default: "finished", or "killed" if SIGTERM was handled. Returns whether the server has everything, as
  // seen for at most so long.
  bool Finish(std::string_view status = {}, double wait_seconds = 0);

  std::string id() const;  // chosen here; empty for a run that is found by its name
  std::string name() const;
  std::string experiment() const;
  std::string writer() const;
  std::string spool() const;  // the folder of this process's records; empty before the first one in a fork's child
  std::int64_t step() const;  // that the next Log without one gets

 private:
  class Impl;
  template <typename Call>
  void Carefully(std::string_view what, const Call& call);

  std::unique_ptr<Impl> impl_;
};

}  // namespace stepwell
