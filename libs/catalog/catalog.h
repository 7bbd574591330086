// Everything small and everything searched, in PostgreSQL: the only place with SQL. Points are not here.
//
// Errors: NOT_FOUND, ALREADY_EXISTS, FAILED_PRECONDITION and INVALID_ARGUMENT say what the caller did; UNAVAILABLE: the
// database is away or slow (try again); INTERNAL otherwise. Serialisation failures and deadlocks are retried inside.
//
// Thread safety: all methods may be called from any thread; a pool of connections is behind them, and a call waits for
// one (at most Options::pool_wait). No method keeps a connection between calls.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "auth/granted.h"
#include "catalog/bulk_edit.h"
#include "catalog/named_view.h"
#include "catalog/run_table.h"
#include "prometheus/registry.h"

namespace stepwell::catalog {

using auth::ExperimentRef;
using auth::Granted;
using auth::RunRef;
using auth::WorkspaceRef;

inline constexpr int kPool = 16;  // connections, unless it is set

struct Options {
  std::string url;  // libpq connection string or URL
  int pool = kPool;
  std::chrono::milliseconds pool_wait{5000};
  std::chrono::milliseconds statement_timeout{5000};
  std::chrono::milliseconds lock_timeout{2000};
  // Runs on which a filter is tried first, in order, before all that match are looked for: enough for a page of 100 if
  // one in twenty matches, and 5 to 15 ms.
  int64_t filter_window = 2000;
  // Parameters and labels of a run that are logged; new ones beyond are left out, with a warning of the run.
  uint64_t params_per_run = 10'000;
  // A fork may descend from so many runs, one after the other.
  uint64_t fork_depth = 64;
  // A run that is running and was heard of (RunsHeard), but not for so long, is shown as disconnected.
  std::chrono::milliseconds disconnected_after{120'000};
  std::shared_ptr<prometheus::Registry> registry = nullptr;  // shared with the page that shows it; nullptr: no metrics
};

// ---- what ingest writes ----

struct ForkSpec {
  std::string run_id;  // the parent's
  int64_t step = 0;
};
struct OpenSpec {
  std::string experiment;  // name
  std::string run_id;      // empty: found by (experiment, name), or made with a new id
  std::string name;
  std::string writer;
  std::string client;
  bool must_exist = false;  // NOT_FOUND instead of a new run
  std::optional<ForkSpec> fork;
};
// A run that was made as a fork. Numbers of its own writers begin at `writers`: those below are inherited.
struct ForkRef {
  uint64_t run = 0;
  std::string id;
  uint64_t parent = 0;
  int64_t step = 0;
  uint32_t writers = 0;
};
struct OpenedRun {
  RunRef run;
  uint32_t writer_number = 0;  // 0, 1, 2, ... within the run
  uint64_t epoch = 0;
  bool created = false;
  uint64_t generation = 1;
  std::vector<ForkRef> forks;  // if it is a fork: it, the last, and before it all forks that it descends from
  std::string fork_refused;    // the run was made just now, but without its parent's history, and why
};

// One change of a run's metadata, applied in order. Applying the same again changes nothing.
struct RunNote {
  enum class Kind { kParam, kLabel, kStatus, kWarning, kText };
  uint64_t run_number = 0;
  Kind kind = Kind::kParam;
  std::string key;    // param, label
  std::string value;  // param: JSON; label; status; text
  double wall = 0;    // status, warning: seconds since the epoch
  // warning:
  std::string source, file, tag, reason;
  int64_t offset = -1;
  uint64_t count = 1;
};

// A series as lists and filters know it.
struct SeriesRow {
  uint64_t run_number = 0;
  uint32_t writer_number = 0;
  uint32_t series = 0;
  std::string tag;  // any bytes
  int kind = 0;     // stepwell.v1.Kind
  std::string plugin, content, display_name, description, value_type;
  uint64_t count = 0;
  int64_t first_step = 0, last_step = 0, min_step = 0, max_step = 0;
  double last = 0, min = 0, max = 0;  // scalars; finite extremes (NaN: none)
  double last_wall = 0;
  uint64_t first_lsn = 0;
};

// ---- what query reads ----

struct Experiment {
  std::string id, name, workspace, description;
  double created = 0, updated = 0;  // seconds since the epoch
  int64_t run_count = 0;
};
struct Metric {
  double last = 0, min = 0, max = 0;  // NaN: no finite value
  int64_t last_step = 0;
  uint64_t count = 0;
};
struct Run {
  std::string id, name, experiment, status, note;
  std::string owner;  // name of who made it
  uint64_t number = 0;
  double created = 0, updated = 0;
  double duration = 0;  // seconds
  std::optional<double> finished;
  std::optional<ForkSpec> forked_from;
  int color_slot = 0;
  std::map<std::string, std::string> params;  // JSON values
  std::map<std::string, std::string> labels;
  std::map<std::string, Metric> summary;  // by tag; only of the columns asked for
  bool deleted = false;
  bool archived = false;
};
struct Warning {
  double time = 0;
  std::string source, file, tag, reason;
  int64_t offset = -1;
  uint64_t count = 1;
};
struct WriterRow {
  uint32_t number = 0;
  std::string name, client;
  double opened = 0;  // the last time, in seconds since the epoch
  // How often, and once more for each deletion of the run.
  uint64_t epoch = 0;
};
struct TagRow {
  std::string tag;
  int kind = 0;
  int64_t runs = 0;
};

template <typename T>
struct Page {
  std::vector<T> items;
  std::string next;  // cursor; empty: the last page
};

// Which runs of a list as to `archived`. kDefault: those that are not, unless the filter asks about it.
enum class Archived { kDefault, kNo, kYes, kAny };

struct RunQuery {
  std::vector<Granted<ExperimentRef>> experiments;
  std::string filter;                // filter language (libs/query/filter.h compiles it); empty: all
  std::string order;                 // metrics."val/loss".min,-created
  std::vector<std::string> columns;  // names of params and metrics to fill; empty: all params, no metrics
  bool deleted = false;              // the trash instead
  Archived archived = Archived::kDefault;
  bool total = false;  // count all that match
  uint32_t limit = 100;
  std::string cursor;
};
struct RunPage : Page<Run> {
  std::optional<int64_t> total;  // if asked for
};
struct GroupQuery {
  std::vector<Granted<ExperimentRef>> experiments;
  std::string filter;
  std::string by;                    // keys with commas between them: params.arch,labels.team
  std::string order;                 // of keys of `by`, count, newest, and means: -count,metrics."val/loss".min
  std::vector<std::string> columns;  // params and metrics to sum up
  Archived archived = Archived::kDefault;
  uint32_t limit = 100;
  std::string cursor;
};
struct GroupPage : Page<Group> {
  int64_t total = 0;  // groups
};
struct RunEdit {
  std::optional<std::string> name, note, status;
  std::optional<bool> archived;
  std::map<std::string, std::optional<std::string>> labels;  // nullopt removes
};

class Catalog {
 public:
  // Does not connect: a program may start before its database. Until one call has found a schema that fits this
  // program, calls answer UNAVAILABLE and say so. INVALID_ARGUMENT: this is no URL.
  static absl::StatusOr<std::unique_ptr<Catalog>> Open(Options options);
  virtual ~Catalog() = default;

  // Applies the numbered files of `folder` that are missing, in order, each once, under a lock, forward only. A
  // database of a newer version is FAILED_PRECONDITION.
  virtual absl::Status Migrate(const std::string& folder) = 0;
  // OK if the database answers, takes writes, and its schema fits this program.
  virtual absl::Status Check() = 0;
  // For a stop: in `grace` from now, and for good, nothing waits for the database any more. Calls under way and new
  // ones end with UNAVAILABLE, those that connect just then some 3 s later.
  virtual void EndCalls(std::chrono::milliseconds grace) = 0;

  // Plain look-ups that a decision needs; NOT_FOUND if absent. FindRun finds deleted runs too.
  virtual absl::StatusOr<WorkspaceRef> FindWorkspace(std::string_view name) = 0;
  virtual absl::StatusOr<ExperimentRef> FindExperiment(std::string_view id) = 0;
  virtual absl::StatusOr<RunRef> FindRun(std::string_view id) = 0;
  // Those that are there, in no order that matters.
  virtual absl::StatusOr<std::vector<RunRef>> FindRuns(std::span<const std::string> ids) = 0;
  virtual absl::StatusOr<RunRef> FindRunByNumber(uint64_t number) = 0;

  // -- writing (ingest)
  virtual absl::StatusOr<OpenedRun> OpenRun(const Granted<WorkspaceRef>& workspace, const OpenSpec& spec) = 0;
  // The parent has so many writers by now. Gives the number at which the run's own begin from now on, above all that
  // were given: those are forgotten. Only before any of them may log.
  virtual absl::StatusOr<uint32_t> WidenFork(uint64_t run, uint32_t writers) = 0;
  virtual absl::Status ApplyNotes(std::span<const RunNote> notes) = 0;
  // Inserts or replaces, and marks their runs as updated. Rows of unknown runs are left out.
  virtual absl::Status PutSeries(std::span<const SeriesRow> rows) = 0;
  // The processes that log to these runs live. Runs of which this was never said are left as they are.
  virtual absl::Status RunsHeard(std::span<const uint64_t> runs) = 0;
  // Runs whose grace period in the trash is over, or that were claimed before: from now on they cannot be restored, and
  // no list has them. A run with forks is held back until they are forgotten. Then forgets one after its points are
  // gone.
  virtual absl::StatusOr<std::vector<uint64_t>> ClaimRunsToPurge(std::chrono::seconds grace) = 0;
  virtual absl::Status ForgetRun(uint64_t number) = 0;

  // -- reading (query)
  virtual absl::StatusOr<Page<Experiment>> ListExperiments(const Granted<WorkspaceRef>& workspace, uint32_t limit,
                                                           std::string_view cursor) = 0;
  virtual absl::StatusOr<Experiment> GetExperiment(const Granted<ExperimentRef>& experiment) = 0;
  virtual absl::StatusOr<RunPage> ListRuns(const RunQuery& query) = 0;
  // Runs that agree in some keys, summed up.
  virtual absl::StatusOr<GroupPage> GroupRuns(const GroupQuery& query) = 0;
  // The run's own columns, then parameters, labels and metrics in the order in which they first came; those of which
  // the key, or the name in it, begins so.
  virtual absl::StatusOr<std::vector<KeyRow>> ListKeys(const Granted<ExperimentRef>& experiment,
                                                       std::string_view prefix, uint32_t limit) = 0;
  // Values of a key that begin so, as text; longer ones than 199 characters are left out.
  virtual absl::StatusOr<KeyValues> ListValues(const Granted<ExperimentRef>& experiment, std::string_view key,
                                               std::string_view prefix, uint32_t limit) = 0;
  virtual absl::StatusOr<Run> GetRun(const Granted<RunRef>& run) = 0;
  virtual absl::StatusOr<Page<Warning>> ListWarnings(const Granted<RunRef>& run, uint32_t limit,
                                                     std::string_view cursor) = 0;
  // The processes that log to a run, by number.
  virtual absl::StatusOr<Page<WriterRow>> ListWriters(const Granted<RunRef>& run, uint32_t limit,
                                                      std::string_view cursor) = 0;
  // Tags of all runs of an experiment in the order in which they first came. kind 0: all.
  virtual absl::StatusOr<Page<TagRow>> ListTags(const Granted<ExperimentRef>& experiment, int kind, uint32_t limit,
                                                std::string_view cursor) = 0;
  // Runs of the experiment that changed after `since` (seconds since the epoch), for live updates; also those that have
  // left it since, which say so by their `experiment`.
  virtual absl::StatusOr<std::vector<Run>> ChangedRuns(const Granted<ExperimentRef>& experiment, double since,
                                                       uint32_t limit) = 0;

  // -- editing
  virtual absl::StatusOr<Run> EditRun(const Granted<RunRef>& run, const RunEdit& edit) = 0;
  // All of the edits or none; see bulk_edit.h. The runs are of the workspace.
  virtual absl::StatusOr<BulkResult> EditRuns(const Granted<WorkspaceRef>& workspace,
                                              std::span<const BulkEdit> edits) = 0;
  // To the trash and back. Deleting raises the epochs of all writers, so that none writes on.
  virtual absl::Status DeleteRun(const Granted<RunRef>& run) = 0;
  virtual absl::Status RestoreRun(const Granted<RunRef>& run) = 0;
  // -- named views of an experiment; see named_view.h
  virtual absl::StatusOr<Page<NamedView>> ListNamedViews(const Granted<ExperimentRef>& experiment, uint32_t limit,
                                                         std::string_view cursor) = 0;
  virtual absl::StatusOr<NamedView> MakeNamedView(const Granted<ExperimentRef>& experiment,
                                                  const ViewChange& change) = 0;
  virtual absl::StatusOr<NamedView> ChangeNamedView(const Granted<ExperimentRef>& experiment, std::string_view id,
                                                    const ViewChange& change) = 0;
  // Its versions stay, and restoring one takes it back.
  virtual absl::Status DeleteNamedView(const Granted<ExperimentRef>& experiment, std::string_view id) = 0;
  // The state of that version as the newest.
  virtual absl::StatusOr<NamedView> RestoreNamedView(const Granted<ExperimentRef>& experiment, std::string_view id,
                                                     int version) = 0;
  // The newest first; of a deleted view too.
  virtual absl::StatusOr<Page<ViewVersion>> ListViewVersions(const Granted<ExperimentRef>& experiment,
                                                             std::string_view id, uint32_t limit,
                                                             std::string_view cursor) = 0;
  // Makes a stored view, named by its content; the same content gives the same id. `state` is JSON.
  virtual absl::StatusOr<std::string> PutView(const Granted<WorkspaceRef>& workspace, std::string_view state) = 0;
  virtual absl::StatusOr<std::string> GetView(const Granted<WorkspaceRef>& workspace, std::string_view id) = 0;
};

}  // namespace stepwell::catalog
